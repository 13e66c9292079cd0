"""The first screen: how all links are, one cell for each, what fires, what is not as it must be."""

from support.dashboard.parts import (
    AGE,
    BAD,
    GOOD,
    LIFE,
    NONE_IS_BEST,
    NONE_IS_GOOD,
    OF_NOTHING,
    POOR,
    UNKNOWN,
    Column,
    Panel,
    Query,
    Row,
    cells,
    defaults,
    number,
    states,
    table,
    words,
)  # fmt: skip

LINKS = '{link=~"$link"}'
HEALTH = {0: ("well", GOOD), 1: ("to be mended", POOR), 2: ("no connection", BAD), 3: ("not known", UNKNOWN)}
FIRST = {
    0: "", 1: "trust", 2: "certificate", 3: "name", 4: "not proven", 5: "other certificate on the wire", 6: "not in sync",
}  # fmt: skip
WALL = {
    0: ("well", GOOD),
    **{10 + code: (reason, POOR) for code, reason in FIRST.items() if code},
    10: ("to be mended", POOR),
    20: ("no connection", BAD),
    **{20 + code: (f"no connection: {reason}", BAD) for code, reason in FIRST.items() if code and code != 4},
    24: ("no connection", BAD),
    30: ("not known", UNKNOWN),
}
"""`link:trunkline_wall:code` in words."""
OF_DEVICES = '{device=~"cube/$cube|cluster/$cluster"}'


def row() -> Row:
    return Row("", (*_numbers(), _wall(), _firing(), _over_time(), _conditions()), is_folded=False)


def _numbers() -> tuple[Panel, ...]:
    return (
        number(
            "Links well",
            "The part of the chosen links whose condition Ready is True.",
            f"(count(link:trunkline_health:state{LINKS} == 0) or vector(0)) / count(link:trunkline_health:state{LINKS})",
            defaults("percentunit", ((None, BAD), (0.9, POOR), (1, GOOD)), decimals=1, min=0, max=1),
        ),
        number(
            "No connection",
            "Chosen links without any established TLS connection. Nobody can call over them.",
            f"count(link:trunkline_health:state{LINKS} == 2) or vector(0)",
            defaults("none", NONE_IS_GOOD),
        ),
        number(
            "Not known",
            "Chosen links of which an end cannot be read, or was not read completely for a quarter of an hour.",
            f"count(link:trunkline_health:state{LINKS} == 3) or vector(0)",
            defaults("none", NONE_IS_BEST),
        ),
        number(
            "Least life left",
            "Of all certificates that devices present, the one with the smallest part of its life left. Alerts fire at 15 and "
            "5 %, of long-lived ones 30 and 10 days before the end.",
            f"min(device_name:trunkline_certificate_life_left:ratio{OF_DEVICES})",
            defaults("percentunit", LIFE, decimals=0, min=0, max=1),
        ),
        number(
            "Differences",
            "Resources of the chosen links that are not as git states.",
            f"sum(trunkline_link_drift{LINKS})",
            defaults("none", NONE_IS_BEST),
        ),
        number(
            "Alerts",
            "Alerts of trunkline that fire now, whatever is chosen above.",
            'count(ALERTS{alertname=~"Trunkline.+", alertstate="firing"}) or vector(0)',
            defaults("none", NONE_IS_GOOD),
        ),
        number(
            "Newest commit",
            "Whether it can be used. If not, the last good one is reconciled.",
            "trunkline_source_broken",
            defaults("none", NONE_IS_GOOD, mappings=words({0: ("good", GOOD), 1: ("broken", BAD)})),
        ),
        number(
            "Last fetch",
            "How long ago the repository was last fetched.",
            "time() - trunkline_source_last_fetch_timestamp_seconds",
            defaults("s", AGE, decimals=0),
        ),
    )


def _wall() -> Panel:
    return cells(
        "Trunks",
        "One cell for each chosen link: how it is, and the first thing on the way to a connection that is not right. Grey: not "
        "known, for an end could not be read. `trunkline why LINK` says more.",
        Query(f"sort_desc(link:trunkline_wall:code{LINKS})", "{{link}}", is_now=True),
        defaults("none", ((None, UNKNOWN),), mappings=words(WALL), color={"mode": "thresholds"}),
        (15, 9),
    )


def _firing() -> Panel:
    return table(
        "Alerts that fire",
        "What Prometheus evaluates now; Alertmanager may keep some of it back. Each has a page in docs/runbooks.",
        [
            'sum by (alertname, severity, link, device, node, name, end, reason) (ALERTS{alertname=~"Trunkline.+", '
            'alertstate="firing"})'
        ],
        [
            Column("severity", "severity"),
            Column("alertname", "alert"),
            *(Column(name, name) for name in ("link", "device", "node", "name", "end", "reason")),
        ],
        (9, 9),
        noValue="none",
    )


def _over_time() -> Panel:
    return states(
        "Links over time",
        "How each chosen link was. Lines across are new revisions and people who configured a CUBE.",
        [Query(f"link:trunkline_health:state{LINKS}", "{{link}}")],
        defaults("none", OF_NOTHING, mappings=words(HEALTH)),
        (15, 8),
    )


def _conditions() -> Panel:
    return table(
        "Conditions that are not True",
        "TrustReady: an end lacks trust. IdentityReady: a certificate is not valid. NameMatch: the far end expects another "
        "name. Proven: no connection. OnWire: another certificate is presented. InSync: something differs from git.",
        ['trunkline_link_condition{link=~"$link", status!="True", condition!="Ready"} == 1'],
        [Column("link", "link"), Column("condition", "condition"), Column("status", "status")],
        (9, 8),
        noValue="all are True",
    )
