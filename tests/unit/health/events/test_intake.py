"""Whose a message is, and what is dropped."""

from datetime import UTC, datetime, timedelta

from trunkline.health.events.intake import BURST, MOST_WAITING, RATE_PER_SECOND, Intake
from trunkline.health.events.senders import Senders, unambiguous
from trunkline.health.transcript.names.reasons import BY_WORDS, coarse
from trunkline.model.handshake import Reason
from trunkline.views.metrics.events import REASONS, by_device, of_device

NOW = datetime(2026, 11, 25, 12, 1, tzinfo=UTC)
LINE = b"<189>1: %LINK-3-UPDOWN: Interface up"
NAMED = b"<189>Nov 25 03:52:36 %s 43: %%SYS-5-CONFIG_I: Configured from console by console"
SENDERS = Senders({"10.0.0.1": "cube/a", "10.0.0.2": "cube/b"}, {"a": "cube/a", "b": "cube/b"}, frozenset({"10.9.9.9"}))


def test_a_line_is_of_the_device_whose_address_it_comes_from_whatever_it_says() -> None:
    intake = Intake(SENDERS)
    told = intake.take("10.0.0.1", NAMED % b"b", NOW)
    assert told
    assert (told.target, told.at) == ("cube/a", NOW)


def test_a_relay_speaks_for_the_device_that_the_line_names() -> None:
    intake = Intake(SENDERS)
    for name, target in ((b"B.example.com", "cube/b"), (b"a", "cube/a"), (b"10.0.0.2", "cube/b")):
        told = intake.take("10.9.9.9", NAMED % name, NOW)
        assert told
        assert told.target == target
    assert intake.take("10.9.9.9", NAMED % b"c", NOW) is None
    assert intake.take("10.9.9.9", LINE, NOW) is None
    assert intake.dropped == {"unknown_sender": 2}


def test_strangers_are_counted_and_leave_nothing_behind() -> None:
    intake = Intake(SENDERS)
    for number in range(3000):
        assert intake.take(f"192.0.2.{number}", LINE, NOW) is None
    assert intake.dropped == {"unknown_sender": 3000}
    assert not intake._buckets
    assert not intake.waiting


def test_a_flood_of_one_device_is_cut_and_others_are_heard() -> None:
    intake = Intake(SENDERS)
    for _ in range(int(BURST) + 500):
        intake.take("10.0.0.1", LINE, NOW)
    assert intake.dropped == {"flood": 500}
    assert intake.take("10.0.0.2", LINE, NOW)
    assert intake.take("10.0.0.1", LINE, NOW + timedelta(seconds=1))
    for _ in range(int(RATE_PER_SECOND) - 1):
        intake.take("10.0.0.1", LINE, NOW + timedelta(seconds=1))
    assert intake.take("10.0.0.1", LINE, NOW + timedelta(seconds=1)) is None


def test_what_nobody_takes_away_does_not_heap_up() -> None:
    intake = Intake(SENDERS)
    for second in range(60):
        for _ in range(int(RATE_PER_SECOND)):
            intake.take("10.0.0.1", LINE, NOW + timedelta(seconds=second))
    assert len(intake.waiting) == MOST_WAITING
    assert intake.dropped["flood"] == 60 * RATE_PER_SECOND - MOST_WAITING


def test_what_cannot_be_read_is_counted() -> None:
    intake = Intake(SENDERS)
    assert intake.take("10.0.0.1", b"\xff\xfe", NOW) is None
    assert intake.dropped == {"unreadable": 1}


def test_of_a_device_that_no_document_states_any_more_nothing_is_left() -> None:
    intake = Intake(SENDERS)
    intake.take("10.0.0.1", LINE, NOW)
    intake.take("10.0.0.2", LINE, NOW)
    intake.follow(Senders({"10.0.0.2": "cube/b"}))
    counts = intake.heard()
    assert counts.last == {"cube/b": NOW}
    assert counts.messages == {("cube/b", "other"): 1}


def test_a_name_that_two_devices_bear_is_nobody_s() -> None:
    assert unambiguous([("a", "cube/1"), ("b", "cube/1"), ("a", "cube/2"), ("b", "cube/1")]) == {"b": "cube/1"}


def test_all_counts_of_every_device_begin_before_it_sends_anything() -> None:
    """A counter that begins at 1 did not rise, for Prometheus: the first failure would be told by nothing."""
    intake = Intake(SENDERS)
    samples = [sample for device, told in by_device(intake.heard()).items() for sample in of_device(device, told)]
    assert {sample.labels for sample in samples if sample.family == "trunkline_handshake_events_total"} == {
        (device, reason.value) for device in ("cube/a", "cube/b") for reason in REASONS
    }
    assert {sample.value for sample in samples} == {0.0}, "and none was heard at any time"
    intake.follow(Senders({"10.0.0.1": "cube/a"}))
    assert set(by_device(intake.heard())) == {"cube/a"}
    assert by_device(intake.heard(is_listening=False)) == {}


def test_every_meaning_of_the_words_of_a_device_has_its_count() -> None:
    assert {coarse(cause) for _, cause in BY_WORDS} | {Reason.OTHER} <= set(REASONS)
