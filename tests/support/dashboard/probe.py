"""What the probe found at the ends of links."""

from support.dashboard.parts import AGE, BAD, GOOD, POOR, Column, Query, Row, defaults, lines, states, table, words

ENDS = '{device=~"cube/$cube|cluster/$cluster"}'


def row() -> Row:
    return Row(
        "Probe",
        (
            states(
                "Ends that answer",
                "Whether a SIP request was answered on a TLS connection with certificates of both. Nothing where the probe has "
                "no certificate that the end would accept.",
                [Query(f"trunkline_probe_success{ENDS}", "{{end}}")],
                defaults("none", mappings=words({0: ("fails", BAD), 1: ("answers", GOOD)}), noValue="none was tried"),
            ),
            table(
                "Why an end fails, or would be refused",
                "`fails`: by what the last look met. `would be refused`: by what its far end trusts and expects.",
                [
                    _said("trunkline_probe_failure", "fails")
                    + " or "
                    + _said("trunkline_probe_presented_doubt", "would be refused"),
                ],
                [Column("end", "end"), Column("what", "it"), Column("reason", "reason")],
                noValue="all are well",
            ),
            lines(
                "How long a look takes",
                "By phase, the slowest of the chosen ends.",
                [Query(f"max by (phase) (trunkline_probe_duration_seconds{ENDS})", "{{phase}}")],
                defaults("s", min=0),
                (6, 8),
            ),
            lines(
                "How old a look is",
                "At each end. CUBEs that would count the probe as a failed handshake are looked at every six hours.",
                [Query(f"time() - trunkline_probe_timestamp_seconds{ENDS}", "{{end}}")],
                defaults("s", AGE, min=0),
                (6, 8),
            ),
            table(
                "What ends agree to and present",
                "TLS version and cipher with the probe, and the certificate that was presented.",
                [
                    f"max by (end, tls_version, cipher) (trunkline_probe_info{ENDS})",
                    f"max by (end, serial, issuer_cn) (trunkline_probe_presented_info{ENDS})",
                    f"max by (end) (trunkline_probe_presented_not_after_timestamp_seconds{ENDS}) - time()",
                ],
                [
                    Column("end", "end"),
                    Column("tls_version", "version"),
                    Column("cipher", "cipher"),
                    Column("issuer_cn", "issued by"),
                    Column("serial", "serial"),
                    Column("Value #C", "ends in", "s", ((None, BAD), (86400, POOR), (10 * 86400, GOOD))),
                ],
            ),
        ),
    )


def _said(metric: str, word: str) -> str:
    """In one query: with two, Grafana names the columns otherwise where one of them finds nothing."""
    return f'label_replace(max by (end, reason) ({metric}{ENDS} == 1), "what", "{word}", "", "")'
