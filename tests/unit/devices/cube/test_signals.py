"""Facts and doubts from the cheap signals."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.devices.cube import signals
from trunkline.devices.cube.read.config import RunningConfig, Section
from trunkline.devices.cube.read.system import Version, clock, zone_offsets
from trunkline.devices.cube.signals import Saving, Signals

VERSION = Version("17.09.04a", (17, 9, 4), "cube-01")
NOW = datetime(2026, 1, 5, 9, 59, 58, tzinfo=UTC)
CALLS = "Total call-legs: 0\n"


def seen(change: str = "", save: str = "", now: str = "10:00:00.000 UTC Mon Jan 5 2026") -> Signals:
    stamps = f"! Last configuration change at {change}\n" if change else ""
    stamps += f"! NVRAM config last updated at {save}\n" if save else ""
    return signals.signals([stamps, f"{now}\n", "% Invalid input detected at '^' marker.\n", CALLS], NOW)


MINE, KIMS = "09:00:00 UTC Mon Jan 5 2026 by trunkline", "09:00:00 UTC Mon Jan 5 2026 by kim"


@pytest.mark.parametrize(
    ("change", "save", "owes"),
    [
        (MINE, "", True),
        (MINE, "08:59:59 UTC Mon Jan 5 2026 by kim", True),
        (MINE, "09:00:01 UTC Mon Jan 5 2026 by trunkline", False),
        (KIMS, "", False),
        ("", "", False),
    ],
)
def test_only_ones_own_change_is_saved(change: str, save: str, owes: bool) -> None:
    assert seen(change, save).owes_save("trunkline") is owes


def test_stamps_that_cannot_be_read_leave_it_unknown() -> None:
    broken = signals.signals(["! Changed lately\n", "", "", CALLS], NOW)
    assert broken.owes_save("trunkline") is None
    assert next(gap.evidence for gap in signals.gaps(broken, "cube/x")) == "! Changed lately"


@pytest.mark.parametrize(
    ("now", "is_fresh"),
    [
        ("09:00:01.000 UTC Mon Jan 5 2026", True),
        ("09:00:02.999 UTC Mon Jan 5 2026", True),
        ("09:00:05.000 UTC Mon Jan 5 2026", False),
        ("% not a time", True),
    ],
)
def test_a_stamp_proves_nothing_while_its_second_may_last(now: str, is_fresh: bool) -> None:
    assert seen(KIMS, now=now).is_just_changed is is_fresh


def test_an_unreadable_table_is_unknown_and_told() -> None:
    facts = signals.facts(seen(KIMS), VERSION, {"UTC": timedelta(0)}, Saving(), NOW + timedelta(seconds=90))
    assert (facts.connections, facts.listening, dict(facts.counters)) == (None, None, {})
    assert facts.clock == datetime(2026, 1, 5, 10, 1, 30, tzinfo=UTC), "it went on while the rest was read"
    (gap,) = signals.gaps(seen(KIMS), "cube/x")
    assert gap.name == "`show sip-ua connections tcp tls detail`"
    assert gap.evidence.startswith("% Invalid input")


def config(*lines: str) -> RunningConfig:
    return RunningConfig({line: Section() for line in lines})


@pytest.mark.parametrize(
    ("lines", "now", "hour_in_utc"),
    [
        ((), "10:00:00.000 UTC Mon Jan 5 2026", 10),
        (("clock timezone KST 9 0",), "10:00:00.000 KST Mon Jan 5 2026", 1),
        (("clock timezone NST -3 30",), "10:30:00.000 NST Mon Jan 5 2026", 14),
        (("clock timezone CET 1 0", "clock summer-time CEST recurring"), "10:00:00.000 CEST Tue Jul 7 2026", 8),
        (
            ("clock timezone CET 1 0", "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00"),
            "10:00:00.000 CET Mon Jan 5 2026",
            9,
        ),
        (
            ("clock timezone LHST 10 30", "clock summer-time LHDT recurring 1 Sun Oct 2:00 1 Sun Apr 2:00 30"),
            "11:00:00.000 LHDT Mon Jan 5 2026",
            0,
        ),
        (("clock timezone UTC -5 0",), "10:00:00.000 UTC Mon Jan 5 2026", 15),
        (("clock timezone KST 9 0",), "10:00:00.000 XYZ Mon Jan 5 2026", None),
    ],
)
def test_the_clock_in_utc(lines: tuple[str, ...], now: str, hour_in_utc: int | None) -> None:
    read = clock(now).value
    assert read
    moment = read.at(zone_offsets(config(*lines)))
    assert (moment.hour if moment else None) == hour_in_utc
