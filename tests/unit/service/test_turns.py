"""The queue: no duplicates, never two passes on one device, back-off by CUBE."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from support.fake import FakeWorld
from support.waiting import eventually
from trunkline.model.passes import Failure, Pass
from trunkline.service.turns import Turn, Turns, backoff_seconds


@dataclass
class Bench:
    """Turns whose passes last until they are told to end."""

    at: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    begun: list[str] = field(default_factory=list)
    underway: set[str] = field(default_factory=set)
    clashes: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    retries: list[tuple[str, float]] = field(default_factory=list)
    finish: Callable[[str, Turn], None] = lambda name, turn: None

    def __post_init__(self) -> None:
        self.turns = Turns(self.take, lambda name, seconds: self.retries.append((name, seconds)), lambda: self.at, 4)

    def take(self, name: str, turn: Turn) -> None:
        if name in self.underway:
            self.clashes.append(name)
        self.underway.add(name)
        self.begun.append(name)
        assert self.gate.wait(60)
        self.underway.discard(name)
        self.finish(name, turn)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="module")
def done() -> Pass:
    return FakeWorld().run("vg-yohur")


def failed(done: Pass, reason: str) -> Pass:
    from dataclasses import replace

    return replace(done, failure=Failure(reason, "cannot"))


def test_a_cube_that_is_queued_or_under_way_is_not_queued_again(bench: Bench) -> None:
    for _ in range(5):
        bench.turns.look_at("a")
    bench.turns.look_at("b")
    eventually(lambda: len(bench.underway) == 2)
    bench.gate.set()
    bench.turns.end()
    assert sorted(bench.begun) == ["a", "b"]
    assert bench.clashes == []


def test_a_new_commit_during_a_pass_is_followed_by_one_more(bench: Bench) -> None:
    bench.turns.look_at("a")
    eventually(lambda: bench.underway == {"a"})
    for _ in range(3):
        bench.turns.look_at("a", is_forced=True)
    bench.gate.set()
    eventually(lambda: bench.begun == ["a", "a"])
    bench.turns.end()
    assert bench.begun == ["a", "a"]
    assert bench.clashes == []


def test_failures_that_go_away_back_off_by_cube_and_a_commit_does_not_wait(bench: Bench, done: Pass) -> None:
    bench.gate.set()
    bench.finish = lambda name, turn: bench.turns.finished(name, turn, failed(done, "device_unreachable"))
    bench.turns.look_at("a")
    eventually(lambda: bench.retries == [("a", 1.0)])
    bench.turns.look_at("a")
    bench.turns.look_at("b")
    eventually(lambda: sorted(bench.begun) == ["a", "b"])
    bench.at += timedelta(seconds=1)
    eventually(lambda: (bench.turns.look_at("a"), bench.retries[-1] == ("a", 2.0))[1])
    bench.turns.look_at("a", is_forced=True)
    eventually(lambda: bench.retries[-1] == ("a", 4.0))
    bench.turns.end()


@pytest.mark.parametrize("reason", ["stalled", "device_refused", "access_refused", "desired_invalid"])
def test_a_stalled_pass_goes_on_looking(bench: Bench, done: Pass, reason: str) -> None:
    turn = Turn(failures=3)
    bench.turns.finished("a", turn, failed(done, reason))
    assert (turn.failures, turn.not_before) == (0, None)


def test_a_pass_without_a_result_backs_off_and_keeps_the_last_one(bench: Bench, done: Pass) -> None:
    turn = Turn(previous=done)
    bench.turns.finished("a", turn, None)
    assert (turn.failures, turn.previous) == (1, done)


def test_backoff_doubles_to_a_quarter_of_an_hour() -> None:
    assert [backoff_seconds(n) for n in (1, 2, 3, 10, 11, 4000)] == [1, 2, 4, 512, 900, 900]


def test_a_cube_without_a_document_is_forgotten_after_its_pass(bench: Bench, done: Pass) -> None:
    bench.finish = lambda name, turn: bench.turns.finished(name, turn, done)
    bench.turns.look_at("a")
    eventually(lambda: bench.underway == {"a"})
    assert bench.turns.keep_only([]) == ["a"], "it is in the middle of a pass"
    bench.gate.set()
    eventually(lambda: bench.turns._by_name == {})
    assert bench.turns.passes() == []
    bench.turns.end()


def test_a_cube_that_comes_back_during_its_pass_is_never_in_two(bench: Bench) -> None:
    bench.turns.look_at("a")
    eventually(lambda: bench.underway == {"a"})
    bench.turns.keep_only([])
    bench.turns.keep_only(["a"])
    bench.turns.look_at("a", is_forced=True)
    bench.gate.set()
    eventually(lambda: bench.begun == ["a", "a"])
    bench.turns.end()
    assert bench.clashes == []


def test_after_the_end_nothing_begins(bench: Bench) -> None:
    bench.gate.set()
    bench.turns.end()
    bench.turns.look_at("a", is_forced=True)
    assert bench.begun == []


def test_a_full_read_is_due_at_first_and_then_after_its_interval() -> None:
    turn, now = Turn(), datetime(2026, 11, 24, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert [turn.is_full_due(now + after, hour) for after in (timedelta(0), hour / 2, hour, hour * 1.5)] == [
        True,
        False,
        True,
        False,
    ]


def test_what_a_device_tells_during_a_pass_is_looked_at_after_it(bench: Bench, done: Pass) -> None:
    bench.finish = lambda name, turn: bench.turns.finished(name, turn, done)
    bench.turns.look_at("a")
    eventually(lambda: bench.underway == {"a"})
    bench.turns.look_at("a", has_news=True)
    bench.gate.set()
    eventually(lambda: bench.begun == ["a", "a"])
    bench.turns.end()


def test_what_a_device_tells_does_not_end_its_back_off(bench: Bench, done: Pass) -> None:
    bench.finish = lambda name, turn: bench.turns.finished(name, turn, failed(done, "device_unreachable"))
    bench.turns.look_at("a")
    eventually(lambda: bench.underway == {"a"})
    bench.turns.look_at("a", has_news=True)
    bench.gate.set()
    eventually(lambda: bench.retries == [("a", 1.0)] and not bench.turns.is_busy("a"))
    bench.turns.look_at("a", has_news=True)
    bench.turns.end()
    assert bench.begun == ["a"]
