"""A clock that is set is noticed; one that is slewed, or slow to be asked, is not."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.service.clock_steps import ClockSteps

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clocks:
    def __init__(self) -> None:
        self.now, self.passed = NOON, 1000.0
        self.steps = ClockSteps(lambda: self.now, lambda: self.passed)

    def go_on(self, passed: float, shown: float) -> float:
        self.passed += passed
        self.now += timedelta(seconds=shown)
        return self.steps.since_last().total_seconds()


@pytest.mark.parametrize("step", [-3600.0, 3600.0, -31.0])
def test_a_step_is_told_once_and_by_how_much(step: float) -> None:
    clocks = Clocks()
    assert clocks.go_on(5, 5) == 0
    assert clocks.go_on(5, 5 + step) == step
    assert clocks.go_on(5, 5) == 0


def test_a_clock_that_is_slewed_for_a_day_makes_no_step() -> None:
    clocks = Clocks()
    assert {clocks.go_on(60, 60.03) for _ in range(1440)} == {0}, "500 ppm, asked late each time"
