"""Since when a change is not saved: anybody's, told from two stamps, by which IOS also tells what is none."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.devices.cube import signals
from trunkline.devices.cube.saving import Stamps
from trunkline.devices.cube.signals import Signals

OFFSETS = {"UTC": timedelta(0), "KST": timedelta(hours=9)}
DAY = "UTC Mon Jan 5 2026"
KIM, OURS = f"09:00:00 {DAY} by kim", f"09:00:00 {DAY} by trunkline"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def seen(change: str = "", save: str = "") -> Signals:
    stamps = f"! Last configuration change at {change}\n" if change else ""
    stamps += f"! NVRAM config last updated at {save}\n" if save else ""
    return signals.signals([stamps, f"10:00:00.000 {DAY}\n", "", "Total call-legs: 0\n"], NINE)


@pytest.fixture
def stamps() -> Stamps:
    return Stamps("trunkline")


@pytest.mark.parametrize(
    ("change", "save", "since"),
    [
        (KIM, "", NINE),
        (KIM, f"08:59:59 {DAY} by kim", NINE),
        (KIM, f"09:00:00 {DAY} by kim", None),
        (KIM, f"09:00:01 {DAY} by lee", None),
        ("18:00:00 KST Mon Jan 5 2026 by kim", "", NINE),
        ("18:00:00 XYZ Mon Jan 5 2026 by kim", "", None),  # how far that is from UTC, nobody says
        (f"09:00:00 {DAY}", f"08:00:00 {DAY} by kim", None),  # a reload sets the stamp, and nobody's name
        ("", "", None),
        ("lately by kim", "", None),
        (OURS, "", None),  # perhaps the export of an earlier process
    ],
)
def test_a_change_of_anybody_is_unsaved_until_a_later_save(
    stamps: Stamps, change: str, save: str, since: datetime | None
) -> None:
    assert stamps.unsaved_since(seen(change, save), OFFSETS) == since


def test_ones_own_change_counts_once_this_process_made_one(stamps: Stamps) -> None:
    stamps.configured()
    assert stamps.unsaved_since(seen(OURS), OFFSETS) == NINE
    assert stamps.unsaved_since(seen(OURS, f"09:00:04 {DAY} by trunkline"), OFFSETS) is None


def test_an_export_hides_nothing_and_adds_nothing(stamps: Stamps) -> None:
    at_ten, at_eleven = (f"{hour}:00:00 {DAY} by trunkline" for hour in (10, 11))
    stamps.exported(seen(KIM), seen(at_ten))
    assert stamps.unsaved_since(seen(at_ten), OFFSETS) == NINE, "kim's change is behind it"
    assert stamps.owes_save(seen(at_ten)) is False, "and it is kim's to save"
    stamps.exported(seen(at_ten), seen(at_eleven))
    assert stamps.unsaved_since(seen(at_eleven), OFFSETS) == NINE, "also behind a second one"
    assert stamps.unsaved_since(seen(at_eleven, f"11:00:01 {DAY} by kim"), OFFSETS) is None
    stamps.exported(seen(KIM, f"09:30:00 {DAY} by kim"), seen(at_ten))
    assert stamps.unsaved_since(seen(at_ten, f"09:30:00 {DAY} by kim"), OFFSETS) is None, "all was saved before it"


def test_an_export_behind_ones_own_change_leaves_it_to_be_saved(stamps: Stamps) -> None:
    stamps.configured()
    at_ten = f"10:00:00 {DAY} by trunkline"
    stamps.exported(seen(OURS), seen(at_ten))
    assert (stamps.owes_save(seen(at_ten)), stamps.unsaved_since(seen(at_ten), OFFSETS)) == (True, NINE)
    stamps.configured()
    assert stamps.unsaved_since(seen(at_ten), OFFSETS) == datetime(2026, 1, 5, 10, tzinfo=UTC)


def test_stamps_that_cannot_be_read_leave_it_unknown(stamps: Stamps) -> None:
    assert stamps.unsaved_since(signals.signals(["! Changed lately\n", "", "", ""], NINE), OFFSETS) is None
