"""Laws of windows and of the moment of the switch, across zones and changes of the clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.renewal import when, windows
from trunkline.model.renewal.calendar import Policy, Window

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
]
RULES = [
    "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "FREQ=MONTHLY;BYDAY=+1SA;BYHOUR=23",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;BYHOUR=1", "0 2 * * sun", "30 1 * * *", "0 3 1 * *", "15 0 1 1,7 *", "0 22 * * fri",
]  # fmt: skip

some_windows = st.builds(
    Window, st.sampled_from(RULES), st.integers(5, 10080).map(lambda n: timedelta(minutes=n)), st.sampled_from(ZONES)
)
policies = st.builds(
    Policy,
    remaining=st.floats(0.05, 0.9),
    smear=st.floats(0, 0.2),
    windows=st.lists(some_windows, max_size=3).map(tuple),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
lives = st.integers(1, 1200 * 24).map(lambda hours: timedelta(hours=hours))
seeds = st.text(max_size=5)


@given(some_windows, moments)
def test_what_opens_is_open_from_its_first_to_its_last_moment(window: Window, now: datetime) -> None:
    found = windows.opening_at_or_after((window,), now)
    assert found is not None
    assert found.end > now
    assert windows.is_open((window,), max(found.start, now))
    assert windows.is_open((window,), found.end - timedelta(seconds=1))
    assert found.end > now + windows.HORIZON or not windows.is_open((window,), found.end)  # it may never close
    assert windows.is_open((window,), now) == (found.start <= now)


@given(policies, moments)
def test_the_next_opening_is_never_past_and_nothing_is_open_before_it(policy: Policy, now: datetime) -> None:
    following = when.next_opening(policy, now)
    assert following is not None
    assert following >= now
    assert when.is_open(policy, following)
    assert following == now or not when.is_open(policy, now + (following - now) / 2)


@given(policies, moments, lives, seeds)
def test_the_switch_is_in_a_window_before_the_end_wherever_there_is_one(
    policy: Policy, born: datetime, life: timedelta, seed: str
) -> None:
    end = born + life
    found = when.must_start(born, end, policy, seed)
    is_any = not policy.windows or any(windows.openings(policy.windows, born, end))
    assert (found.at is not None) == (found.deadline is not None) == is_any
    assert born + life * 0.0999 <= found.renewal_at <= end
    if found.at is not None and found.deadline is not None:
        assert born <= found.at < found.deadline <= end
        assert when.is_open(policy, found.at)
        assert found.retry_at is None or found.at < found.retry_at < end
    if found.at is not None and found.at < found.renewal_at and policy.windows:
        late = list(windows.openings(policy.windows, found.renewal_at, end))
        assert len(late) < 2  # only where waiting would leave no window to retry


@given(policies, moments, lives, seeds, st.integers(0, 1200 * 24))
def test_the_switch_only_moves_later_as_time_passes(
    policy: Policy, born: datetime, life: timedelta, seed: str, hours: int
) -> None:
    before = when.must_start(born, born + life, policy, seed, born)
    after = when.must_start(born, born + life, policy, seed, born + timedelta(hours=hours))
    if after.at is None:
        return
    assert before.at is not None
    assert after.at >= max(before.at, born + timedelta(hours=hours))


@given(policies, moments, lives, st.integers(0, 2000), seeds)
def test_who_lives_longer_is_not_renewed_earlier(
    policy: Policy, born: datetime, life: timedelta, hours: int, seed: str
) -> None:
    longer = born + life + timedelta(hours=hours)
    assert when.renewal_at(born, born + life, policy, seed) <= when.renewal_at(born, longer, policy, seed)
