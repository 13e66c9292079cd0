"""Reconciliation: what differs, who fights, passes, their errors and durations, what is held."""

from support.dashboard.parts import BAD, GOOD, POOR, Column, Panel, Query, Row, defaults, lines, stacked, table

LINKS = '{link=~"$link"}'
CUBE = '{cube=~"$cube"}'
EACH = "[$__rate_interval]"


def row() -> Row:
    return Row("Reconciliation", (*_differences(), *_passes(), _well(), _held(), _revision()))


def _differences() -> tuple[Panel, ...]:
    return (
        stacked(
            "Differences by kind",
            "Resources of the chosen links that are not as git states, by side and kind.",
            [Query(f"sum by (side, kind) (trunkline_link_drift{LINKS}) > 0", "{{side}} {{kind}}")],
            defaults("none", min=0, noValue="none"),
        ),
        lines(
            "Mended again",
            "Within an hour: what had been mended shortly before. Somebody, or another tool, wants something else.",
            [Query(f"increase(trunkline_fights_total{LINKS}[1h])", "{{link}}")],
            defaults("none", min=0),
        ),
        table(
            "Links",
            "What each joins, and how long ago it was last in sync.",
            [
                f"max by (link, cube_device, cluster_device, trunk) (trunkline_link_info{LINKS})",
                f"time() - max by (link) (trunkline_last_success_timestamp_seconds{LINKS})",
            ],
            [
                Column("link", "link"),
                Column("cube_device", "CUBE"),
                Column("cluster_device", "cluster"),
                Column("trunk", "SIP trunk"),
                Column("Value #B", "in sync before", "s", ((None, GOOD), (900, POOR), (3600, BAD))),
            ],
            (8, 8),
        ),
    )


def _passes() -> tuple[Panel, ...]:
    quantile = "histogram_quantile({}, sum by (le) (rate(trunkline_reconcile_duration_seconds_bucket[$__rate_interval])))"
    return (
        stacked(
            "Passes a minute",
            "Of the chosen CUBEs, by result.",
            [Query(f"60 * sum by (result) (rate(trunkline_reconcile_total{CUBE}{EACH})) > 0", "{{result}}")],
            defaults("cpm", min=0),
        ),
        stacked(
            "Passes that ended early",
            "Of the chosen CUBEs, a minute, by reason.",
            [Query(f"60 * sum by (reason) (rate(trunkline_reconcile_errors_total{CUBE}{EACH}))", "{{reason}}")],
            defaults("cpm", min=0),
        ),
        lines(
            "How long passes take",
            "Half of them, and 95 of a hundred, end within that.",
            [Query(quantile.format("0.5"), "half"), Query(quantile.format("0.95"), "95 %")],
            defaults("s", min=0),
        ),
    )


def _well() -> Panel:
    return lines(
        "Links well over time",
        "The part of all links whose condition Ready is True, whatever is chosen above.",
        [Query("estate:trunkline_links_well:ratio", "all links")],
        defaults("percentunit", min=0, max=1),
        (8, 7),
    )


def _held() -> Panel:
    return lines(
        "Held, and left over",
        "Changes that a policy or a guard keeps back, by CUBE; resources that trunkline made where no document leads any more.",
        [
            Query(f"trunkline_held_changes{CUBE}", "{{cube}} held"),
            Query(f"trunkline_leftover_resources{CUBE}", "{{device}} left over"),
        ],
        defaults("none", min=0),
        (8, 7),
    )


def _revision() -> Panel:
    return table(
        "Revision",
        "The commit that is reconciled.",
        ["max by (revision) (trunkline_source_revision_info)"],
        [Column("revision", "commit")],
        (8, 7),
    )
