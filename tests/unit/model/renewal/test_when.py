"""When a certificate is renewed, and in which window the switch happens. The first two are the examples of renewal.md."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from trunkline.model.renewal import when
from trunkline.model.renewal.calendar import Policy, Window

SUNDAYS = Policy(windows=(Window("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", timedelta(hours=2), "Asia/Seoul"),))
MONTHLY = Policy(windows=(Window("0 1 1 * *", timedelta(hours=4), "Europe/Berlin"),))
DAYS_90 = timedelta(days=90)
BORN = datetime(2027, 1, 4, 9, tzinfo=UTC)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def test_the_switch_is_in_the_first_window_after_the_certificate_is_due() -> None:
    found = when.must_start(BORN, BORN + DAYS_90, SUNDAYS, when.seed("cube/vg-yohur", "sip-trunk-cert", "1A2B"))
    assert whole_minute(found.renewal_at) == at(3, 4, 5, 43)
    assert (found.at, found.retry_at, found.deadline) == (at(3, 6, 17), at(3, 13, 17), at(4, 3, 19))


def test_the_switch_is_earlier_where_the_first_window_would_be_the_last() -> None:
    born = at(2, 10, 12)
    found = when.must_start(born, born + DAYS_90, MONTHLY, when.seed("cube/cube-busan", "sip-trunk-cert", "1A2B"))
    assert whole_minute(found.renewal_at) == at(4, 9, 9, 17)
    assert (found.at, found.retry_at, found.deadline) == (at(3, 31, 23), at(4, 30, 23), at(5, 1, 3))


def test_a_missed_window_is_followed_by_the_next_and_at_last_by_none() -> None:
    def start(now: datetime) -> datetime | None:
        return when.must_start(BORN, BORN + DAYS_90, SUNDAYS, "x", now).at

    assert start(at(3, 6, 19)) == at(3, 13, 17)  # it has just closed
    assert start(at(3, 13, 18)) == at(3, 13, 18)  # it is open
    assert start(at(4, 3, 18)) == at(4, 3, 18)
    assert start(at(4, 3, 19)) is None


def test_without_windows_the_switch_is_when_the_certificate_is_due_until_its_end() -> None:
    end = BORN + DAYS_90
    found = when.must_start(BORN, end, Policy(), "x")
    assert (found.at, found.deadline) == (found.renewal_at, end)
    assert when.must_start(BORN, end, Policy(), "x", end).at is None
    assert when.is_open(Policy(), BORN)
    assert when.next_opening(Policy(), BORN) == BORN


def test_one_window_is_better_than_none() -> None:
    found = when.must_start(at(4, 20), at(5, 4), MONTHLY, "x")
    assert (found.at, found.retry_at, found.deadline) == (at(4, 30, 23), None, at(5, 1, 3))
    nothing = when.must_start(at(4, 2), at(4, 20), MONTHLY, "x")
    assert (nothing.at, nothing.retry_at, nothing.deadline) == (None, None, None)


def test_a_window_that_is_always_open_lets_the_switch_happen_when_it_is_due() -> None:
    always = Policy(windows=(Window("0 0 * * *", timedelta(days=1), "UTC"),))
    found = when.must_start(BORN, BORN + DAYS_90, always, "x")
    assert found.at == found.renewal_at


def test_short_lived_certificates_are_renewed_when_half_is_left() -> None:
    policy = Policy(smear=0.0)
    assert when.renewal_at(BORN, BORN + timedelta(days=10), policy, "x") == BORN + timedelta(days=5)
    assert when.renewal_at(BORN, BORN + timedelta(days=30), policy, "x") == BORN + timedelta(days=20)


def test_nothing_is_renewed_before_a_tenth_of_its_life() -> None:
    assert when.renewal_at(BORN, BORN + DAYS_90, Policy(remaining=0.95), "x") == BORN + timedelta(days=9)


def test_a_fleet_is_spread_evenly_over_the_smear() -> None:
    policy = replace(Policy(), smear=0.1)
    latest = when.renewal_at(BORN, BORN + DAYS_90, replace(policy, smear=0.0), "")
    tenths = [0] * 10
    for number in range(2000):
        seed = when.seed(f"cube/c{number}", "sip", "01")
        earlier = (latest - when.renewal_at(BORN, BORN + DAYS_90, policy, seed)) / (DAYS_90 * 0.1)
        tenths[int(earlier * 10)] += 1
    assert min(tenths) > 150, tenths
    assert max(tenths) < 250, tenths


def test_a_certificate_without_end_is_answered_at_once() -> None:
    found = when.must_start(BORN, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), SUNDAYS, "x")
    assert found.at is not None
    assert found.at >= found.renewal_at
