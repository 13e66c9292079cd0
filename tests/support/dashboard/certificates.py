"""Certificates: which end first, what keeps a renewal waiting, what was done."""

from support.dashboard.parts import (
    BAD,
    GOOD,
    LIFE,
    POOR,
    Column,
    Panel,
    Query,
    Row,
    bars,
    defaults,
    lines,
    table,
)

PRESENTED = '{store="identity", device=~"cube/$cube|cluster/$cluster"}'
HERE = '{device=~"cube/$cube|cluster/$cluster"}'
JOINED = "max by (device, name)"


def row() -> Row:
    return Row(
        "Certificates",
        (
            _what_ends_first(),
            _waits(),
            bars(
                "Life left",
                "The part of its life that each presented certificate has left; 47 days and ten years on one scale.",
                Query(f"sort(device_name:trunkline_certificate_life_left:ratio{HERE})", "{{device}} {{name}}", is_now=True),
                defaults("percentunit", LIFE, min=0, max=1, decimals=0),
                (8, 9),
            ),
            lines(
                "When they end",
                "Days and hours until each presented certificate ends. A renewal is a step upwards.",
                [Query(f"trunkline_certificate_not_after_timestamp_seconds{PRESENTED} - time()", "{{device}} {{name}}")],
                defaults("s", min=0),
                (8, 9),
            ),
            _cas(),
            _steps(),
        ),
    )


def _what_ends_first() -> Panel:
    def at(name: str, labels: str = HERE) -> str:
        return f"1000 * {JOINED} (trunkline_certificate_{name}_timestamp_seconds{labels})"

    return table(
        "What ends first",
        "Certificates that devices present: their end, when renewal is due, the last moment for the switch (when the last "
        "maintenance window before the end closes), and from when on their CA gives no clientAuth.",
        [
            at("not_after", PRESENTED),
            at("renewal"),
            at("switch_deadline"),
            at("client_auth_ends"),
            f"max by (device, name, issuer_cn, key) (trunkline_certificate_info{PRESENTED})",
        ],
        [
            Column("device", "device"),
            Column("name", "name"),
            Column("issuer_cn", "issued by"),
            Column("key", "key"),
            Column("Value #A", "ends", "dateTimeAsIso"),
            Column("Value #B", "renewal due", "dateTimeAsIso"),
            Column("Value #C", "switch until", "dateTimeAsIso"),
            Column("Value #D", "clientAuth until", "dateTimeAsIso"),
        ],
        (16, 9),
        sort="ends",
        noValue="-",
    )


def _waits() -> Panel:
    return table(
        "What renewals wait for",
        "By the code that docs/reference/certificates.md explains. `trunkline certificates` says what to do.",
        [f"max by (device, name, code) (trunkline_certificate_wait{HERE})"],
        [Column("device", "device"), Column("name", "name"), Column("code", "waits for")],
        (8, 9),
        noValue="none waits",
    )


def _cas() -> Panel:
    trusted = '{store="trust", device=~"cube/$cube|cluster/$cluster"}'
    return table(
        "Trusted certificates by their end",
        "The twenty that end first, in trustpoints and in CallManager-trust. CUCM keeps many that nobody uses.",
        [f"bottomk(20, trunkline_certificate_not_after_timestamp_seconds{trusted} - time())"],
        [
            Column("device", "device"),
            Column("name", "store and name"),
            Column("Value", "ends in", "s", ((None, BAD), (0, POOR), (30 * 86400, GOOD))),
        ],
        (8, 9),
        sort="ends in",
    )


def _steps() -> Panel:
    return lines(
        "Steps of exchanging certificates",
        "How many were done, by kind and result; those that never happened are not drawn.",
        [Query("sum by (step, result) (trunkline_exchange_steps_total) > 0", "{{step}} {{result}}")],
        defaults("none", min=0, noValue="none yet"),
        (24, 7),
    )
