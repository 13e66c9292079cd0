"""So many requests in any minute, and fewer where the cluster says that it was too many."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.devices.cucm.soap.budget import LONGEST_PAUSE_SECONDS, PER_MINUTE, Budget


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def spend(budget: Budget, times: int) -> None:
    for _ in range(times):
        budget.spend()


def test_it_is_below_the_lowest_limit_that_is_documented() -> None:
    assert PER_MINUTE < 15


def test_what_was_spent_a_minute_ago_is_there_again(clock: Clock) -> None:
    budget = Budget(3, clock)
    spend(budget, 2)
    clock.now = 30
    spend(budget, 1)
    assert budget.room() == 0
    clock.now = 60
    assert budget.room() == 2
    clock.now = 90
    assert budget.room() == 3


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(0, 20))
def test_whoever_asks_within_its_room_never_sends_more_in_any_minute(waits: list[float], per_minute: int) -> None:
    clock, sent = Clock(), list[float]()
    budget = Budget(per_minute, clock)
    for wait in waits:
        clock.now += wait
        for _ in range(budget.room()):
            budget.spend()
            sent.append(clock.now)
    assert all(sum(at <= other < at + 60 for other in sent) <= per_minute for at in sent)


def test_a_restart_may_spend_more_than_there_is_and_the_rest_waits_for_it(clock: Clock) -> None:
    budget = Budget(2, clock)
    spend(budget, 5)
    assert budget.room() == 0


def test_too_many_is_five_ten_twenty_seconds_of_silence_and_half_as_many_after_it(clock: Clock) -> None:
    budget = Budget(12, clock)
    for seconds, allowed in ((5, 6), (10, 3), (20, 1), (40, 1)):
        budget.put_off()
        budget.put_off()  # another answer of the same round
        assert budget.room() == 0
        clock.now += seconds - 0.1
        assert budget.room() == 0
        clock.now += 0.1
        assert budget.room() == allowed
    for _ in range(20):
        budget.put_off()
        clock.now += LONGEST_PAUSE_SECONDS
        assert budget.room() == 1
    budget.went_well()
    assert budget.room() == 2
    for _ in range(20):
        budget.went_well()
    assert budget.room() == 12
    budget.put_off()
    clock.now += 5
    assert budget.room() == 6, "it begins with five seconds again"
