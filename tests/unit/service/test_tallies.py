"""What only grows."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from support.fake import NOW, FakeWorld
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import JournalFailed
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Counting
from trunkline.model.outcome import Outcome, Result
from trunkline.model.passes import Failure, Pass
from trunkline.service.tallies import Tallies
from trunkline.views import document
from trunkline.views.metrics.background import DURATION_BUCKETS_SECONDS


@pytest.fixture(scope="module")
def done() -> Pass:
    world = FakeWorld()
    world.cubes["vg-yohur"].numbers = {"tls_server_handshake_failures": 16}
    return world.converge("vg-yohur")


@pytest.fixture
def tallies() -> Tallies:
    return Tallies(lambda device, readings, counting: dict(readings))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("", "applied"),
        ("device_unreachable", "transient"),
        ("waiting", "transient"),
        ("journal_failed", "transient"),
        ("device_refused", "stalled"),
        ("access_refused", "stalled"),
        ("our_bug", "our_bug"),
    ],
)
def test_results_are_counted_by_what_happens_next_and_errors_by_reason(
    tallies: Tallies, done: Pass, reason: str, kind: str
) -> None:
    finished = replace(done, failure=Failure(reason, "cannot") if reason else None)
    tallies.count(finished)
    tallies.count(finished)
    assert tallies.totals.results == {("vg-yohur", kind): 2}
    assert tallies.totals.errors == ({("vg-yohur", reason): 2} if reason else {})


def test_a_pass_without_a_result_is_an_error(tallies: Tallies) -> None:
    tallies.count_error("a", "our_bug")
    assert tallies.totals.results == {("a", "our_bug"): 1}
    assert tallies.totals.errors == {("a", "our_bug"): 1}


def test_counters_of_devices_and_moments_are_kept(tallies: Tallies, done: Pass) -> None:
    tallies.take(done)
    assert tallies.totals.devices == {"cube/vg-yohur": {"tls_server_handshake_failures": 16}}
    assert tallies.totals.last_success == {"yohur-seoul": done.finished_at}
    assert set(tallies.totals.last_observed) == {"cube/vg-yohur", "cluster/seoul"}


def test_what_was_known_before_this_process_does_not_replace_what_is_newer(tallies: Tallies, done: Pass) -> None:
    tallies.restore("yohur-seoul", NOW)
    tallies.take(done)
    tallies.restore("yohur-seoul", NOW)
    assert tallies.totals.last_success == {"yohur-seoul": done.finished_at}


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0, 0), (0.05, 0), (0.051, 1), (300.0, 11), (301.0, 12)])
def test_durations_fall_into_buckets(tallies: Tallies, done: Pass, seconds: float, bucket: int) -> None:
    from datetime import timedelta

    tallies.count(replace(done, finished_at=done.started_at + timedelta(seconds=seconds)))
    assert [n for n, count in enumerate(tallies.totals.duration_buckets) if count] == [bucket]
    assert len(tallies.totals.duration_buckets) == len(DURATION_BUCKETS_SECONDS) + 1


def test_steps_of_certificates_go_on_over_a_restart() -> None:
    """The journal is told that a process begins at 0, so that the same count twice is not taken for nothing new."""
    journal = SqlJournal(open_engine("sqlite://"), document.of_pass)
    outcome = Outcome(Key("cube/vg-yohur", Kind.IDENTITY, "sip-trunk-cert-1"), "create", Result.APPLIED)
    other = Outcome(Key("cube/vg-yohur", Kind.DIAL_PEER, "100"), "create", Result.APPLIED)
    done = replace(FakeWorld().converge("vg-yohur"), outcomes=(outcome, other))
    for expected in (1, 2):
        tallies = Tallies(journal.monotone)
        assert tallies.totals.exchange == {}, "what was counted before is not known, and not 0"
        tallies.begin()
        assert sum(tallies.totals.exchange.values()) == expected - 1
        tallies.take(done)
        assert tallies.totals.exchange["identity/applied"] == expected
        assert sum(tallies.totals.exchange.values()) == expected, "a dial-peer is no certificate"
    tallies.take(done)
    assert tallies.totals.exchange["identity/applied"] == 3


def test_a_reading_that_could_not_be_kept_makes_nothing_look_young(done: Pass) -> None:
    """The counters stand still then, and the age of what they are made from says so."""

    def fails(device: str, readings: Mapping[str, int], counting: Counting) -> dict[str, int]:
        if device.startswith("cube/"):
            raise JournalFailed("cannot use the journal: disk full")
        return dict(readings)

    tallies = Tallies(fails)
    with pytest.raises(JournalFailed):
        tallies.take(done)
    assert tallies.totals.devices == tallies.totals.last_observed == tallies.totals.last_success == {}
    assert tallies.totals.results == {}, "whoever called it counts the error, and once"
