"""TLS connections: handshakes that failed, what the others agreed to, calls, dial-peers."""

from support.dashboard.parts import BAD, GOOD, POOR, Query, Row, defaults, lines, stacked, states, words

CUBE = '{device=~"cube/$cube"}'
EACH = "[$__rate_interval]"


def row() -> Row:
    return Row(
        "Connections and handshakes",
        (
            lines(
                "Failed handshakes by side",
                "As the CUBEs count them, a minute. `client`: on connections that the CUBE opened; `server`: on those that it "
                "was asked for.",
                [Query(f"60 * device_side:trunkline_tls_handshake_failures:rate5m{CUBE}", "{{device}} {{side}}")],
                defaults("cpm", min=0),
            ),
            stacked(
                "Failed handshakes by reason",
                "As the CUBEs tell them by syslog, a minute. Empty where none sends its syslog to trunkline.",
                [Query(f"60 * sum by (reason) (device_reason:trunkline_handshake_events:rate5m{CUBE})", "{{reason}}")],
                defaults("cpm", min=0, noValue="no CUBE sends syslog"),
            ),
            stacked(
                "Connections by version and cipher",
                "Established ones, by what they agreed to. Releases that do not tell stand without version and cipher.",
                [Query(_agreed(), "{{tls_version}} {{cipher}}")],
                defaults("none", min=0, noValue="none"),
            ),
            lines(
                "Connections by state",
                "All SIP connections over TLS in the tables of the CUBEs.",
                [Query(f"sum by (device, state) (trunkline_connections{CUBE})", "{{device}} {{state}}")],
                defaults("none", min=0),
            ),
            lines(
                "Connections that fail or end",
                "A minute, as the CUBEs count them: not opened, closed by the far end, sending failed, idle for too long.",
                [
                    Query(f"60 * rate(trunkline_connection_failures_total{CUBE}{EACH})", "{{device}} not opened"),
                    Query(f"60 * rate(trunkline_remote_closures_total{CUBE}{EACH})", "{{device}} closed by far end"),
                    Query(f"60 * rate(trunkline_send_failures_total{CUBE}{EACH})", "{{device}} not sent"),
                    Query(f"60 * rate(trunkline_inactive_ageouts_total{CUBE}{EACH})", "{{device}} idle"),
                ],
                defaults("cpm", min=0),
            ),
            lines(
                "Call legs",
                "On each CUBE; a call has two.",
                [Query(f"trunkline_active_call_legs{CUBE}", "{{device}}")],
                defaults("none", min=0),
            ),
            states(
                "Dial-peers",
                "Those that documents state. Busied out: the far end does not answer the OPTIONS keepalive.",
                [
                    Query(f"trunkline_dial_peer_up{CUBE}", "{{device}} {{dial_peer}} operational"),
                    Query(f"trunkline_dial_peer_keepalive{CUBE}", "{{device}} {{dial_peer}} keepalive"),
                ],
                defaults("none", mappings=words({0: ("down", BAD), 1: ("up", GOOD)})),
            ),
            states(
                "What is on the wire",
                "Whether a side presents the certificate that it holds for that.",
                [Query('trunkline_wire_serial_mismatch{link=~"$link"}', "{{link}} {{side}}")],
                defaults("none", mappings=words({0: ("as held", GOOD), 1: ("another one", POOR)}), noValue="not seen"),
            ),
        ),
        is_folded=False,
    )


def _agreed() -> str:
    """What a release does not tell is an empty label, in whose place Grafana would write the label's name."""
    expr = 'sum by (tls_version, cipher) (trunkline_peer_connections{device=~"cube/$cube", state="Established"})'
    for label in ("tls_version", "cipher"):
        expr = f'label_replace({expr}, "{label}", "{label} not told", "{label}", "^$")'
    return expr
