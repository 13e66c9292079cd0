"""What would be broken at a date; remarks are no breakage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.certificates import COMING, CUBE, IDENTITY, ISSUING, NOW, Estate, made, settled, watched, wish
from trunkline.model.certificate import Certificate
from trunkline.model.observed import Identity
from trunkline.model.renewal.calendar import Window
from trunkline.views.certificates.dates import client_auth_ended, longest_at
from trunkline.views.certificates.findings import Finding, findings
from trunkline.views.certificates.rows import rows

SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


def at(moment: datetime, estate: Estate | None = None) -> list[Finding]:
    return findings(rows([(estate or Estate()).recorded()], moment), moment)


def broken(moment: datetime, estate: Estate | None = None) -> set[tuple[str, str]]:
    return {(one.code, one.sha256) for one in at(moment, estate) if one.is_broken}


def presenting(certificate: Certificate) -> Estate:
    identity = Identity(CUBE, "sip-trunk-cert-1", certificate, (ISSUING,))
    return Estate(identities=(identity,), standings=(replace(settled(), identity=identity, kept=()), watched()), shown={})


def test_today_nothing_is_broken() -> None:
    assert broken(NOW) == set()


def test_what_nobody_renews_is_broken_after_its_end_and_what_is_renewed_is_a_remark() -> None:
    moment = NOW + timedelta(days=160)
    found = at(moment)
    assert ("expired", "anchor of a node Seoul CA") in {(one.code, one.text.split(":")[0]) for one in found if one.is_broken}
    (renewed,) = [one for one in found if one.code == "renewed-before"]
    assert renewed.sha256 == IDENTITY.sha256
    assert "by then lab has renewed it" in renewed.text
    assert found == sorted(found, key=lambda one: not one.is_broken), "what is broken comes first"


def test_before_its_beginning_it_is_broken() -> None:
    assert ("not-yet-valid", COMING.sha256) in broken(NOW - timedelta(days=2))


@pytest.mark.parametrize(("usages", "expected"), [((SERVER,), True), ((SERVER, CLIENT), False), ((), False), ((CLIENT,), True)])
def test_a_trunk_needs_both_uses(usages: tuple[str, ...], expected: bool) -> None:
    one = made("usages.example.com", "Voice Issuing CA", usages=usages)
    assert (("no-client-auth", one.sha256) in broken(NOW, presenting(one))) is expected


def test_long_validity_of_a_private_ca_is_only_a_remark() -> None:
    found = [one for one in at(datetime(2027, 3, 16, tzinfo=UTC)) if one.code == "validity-too-long"]
    assert found
    assert not any(one.is_broken for one in found)
    assert all("100 days from 2027-03-15 on" in one.text and "SC-081v3" in one.source for one in found)


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ((2020, 1, 1), None),
        ((2026, 3, 14), 398),
        ((2026, 3, 15), 200),
        ((2027, 3, 15), 100),
        ((2029, 3, 14), 100),
        ((2029, 3, 15), 47),
    ],
)
def test_the_longest_validity_of_a_date(moment: tuple[int, int, int], days: int | None) -> None:
    rule = longest_at(datetime(*moment, tzinfo=UTC))
    assert (rule.longest.days if rule else None) == days


def test_public_cas_stop_client_auth_on_their_dates_and_private_ones_never() -> None:
    before, after, later = (datetime(*day, tzinfo=UTC) for day in ((2026, 4, 1), (2026, 6, 1), (2027, 3, 15)))
    lets = "CN=R11,O=Let's Encrypt,C=US"
    assert client_auth_ended(lets, before) is None
    assert client_auth_ended(lets, after) is not None
    assert client_auth_ended("CN=Sectigo RSA,O=Sectigo Limited", after) is None
    assert client_auth_ended("CN=Sectigo RSA,O=Sectigo Limited", later) is not None
    assert client_auth_ended("CN=Voice Issuing CA", later) is None


def test_windows_that_never_open_before_the_end_are_broken() -> None:
    never = Window("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1;BYHOUR=2", timedelta(hours=2), "UTC")
    estate = presenting(COMING)
    first = replace(estate.standings[0], wish=wish(windows=(never,)))
    assert broken(NOW, replace(estate, standings=(first,))) == {("no-window", COMING.sha256)}
    assert broken(NOW, replace(estate, standings=(replace(first, wish=wish()),))) == set()
