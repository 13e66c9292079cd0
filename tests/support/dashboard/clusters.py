"""What CUCM says: its nodes, its SIP trunks, their calls, its SIP messages."""

from support.dashboard.parts import BAD, GOOD, POOR, UNKNOWN, Query, Row, defaults, lines, stacked, states, words

CLUSTER = '{device=~"cluster/$cluster"}'
EACH = "[$__rate_interval]"
STATUS = {
    0: ("in service", GOOD), 1: ("partly", POOR), 2: ("no service", BAD), 3: ("rejected", BAD), 4: ("no OPTIONS ping", UNKNOWN),
}  # fmt: skip


def row() -> Row:
    return Row(
        "CUCM",
        (
            states(
                "SIP trunks by node",
                "What RIS says of each trunk on each node. Nothing where that is older than a quarter of an hour.",
                [Query(f"device_node_trunk:trunkline_trunk_status:code{CLUSTER}", "{{node}} {{trunk}}")],
                defaults("none", mappings=words(STATUS), noValue="no trunk states"),
            ),
            states(
                "Nodes",
                "Whether a node shows its certificates over HTTPS, and whether its Cisco CallManager is started.",
                [
                    Query(f"trunkline_node_up{CLUSTER}", "{{node}} answers"),
                    Query(f"trunkline_callmanager_up{CLUSTER}", "{{node}} CallManager"),
                ],
                defaults("none", mappings=words({0: ("no", BAD), 1: ("yes", GOOD)})),
            ),
            lines(
                "Trunks connected over TLS",
                "By node, as PerfMon counts them; trunks of others are among them.",
                [Query(f"trunkline_tls_connected_trunks{CLUSTER}", "{{node}}")],
                defaults("none", min=0),
            ),
            lines(
                "Calls on trunks",
                "Now, by trunk, over all nodes.",
                [Query(f"sum by (device, trunk) (trunkline_trunk_active_calls{CLUSTER})", "{{trunk}}")],
                defaults("none", min=0),
            ),
            lines(
                "Calls of trunks a minute",
                "Attempted and completed. A gap between the two is calls that fail.",
                [
                    Query(
                        f"60 * sum by (trunk, result) (rate(trunkline_trunk_calls_total{CLUSTER}{EACH}))",
                        "{{trunk}} {{result}}",
                    )
                ],
                defaults("cpm", min=0),
            ),
            stacked(
                "SIP requests a minute",
                "Of all nodes, by method and direction.",
                [
                    Query(
                        f"60 * sum by (method, direction) (rate(trunkline_node_sip_requests_total{CLUSTER}{EACH}))",
                        "{{method}} {{direction}}",
                    )
                ],
                defaults("reqpm", min=0),
            ),
            stacked(
                "SIP responses a minute",
                "Of all nodes, by class and direction.",
                [
                    Query(
                        f"60 * sum by (class, direction) (rate(trunkline_node_sip_responses_total{CLUSTER}{EACH}))",
                        "{{class}} {{direction}}",
                    )
                ],
                defaults("reqpm", min=0),
            ),
            lines(
                "CallManager runs since",
                "How long ago Cisco CallManager was started on each node. A fall to zero is a restart.",
                [Query(f"time() - trunkline_callmanager_start_timestamp_seconds{CLUSTER}", "{{node}}")],
                defaults("s", min=0),
            ),
        ),
    )
