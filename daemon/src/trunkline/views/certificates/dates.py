"""Rules that come into force on a date, each with its source. A pure table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class LongestValidity:
    """What is issued from `since` on by a publicly trusted CA lives so long at most."""

    since: datetime
    longest: timedelta
    source: str


@dataclass(frozen=True)
class ClientAuthEnds:
    """From `since` on, `who` puts no clientAuth into what it issues; `issuers` are words in the names of its CAs."""

    since: datetime
    who: str
    issuers: tuple[str, ...]
    source: str


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


SC081 = "CA/Browser Forum ballot SC-081v3"
VALIDITY = (
    LongestValidity(_day(2020, 9, 1), timedelta(days=398), "CA/Browser Forum ballot SC31"),
    LongestValidity(_day(2026, 3, 15), timedelta(days=200), SC081),
    LongestValidity(_day(2027, 3, 15), timedelta(days=100), SC081),
    LongestValidity(_day(2029, 3, 15), timedelta(days=47), SC081),
)
CLIENT_AUTH = (
    ClientAuthEnds(
        _day(2026, 5, 13),
        "Let's Encrypt",
        ("let's encrypt", "isrg"),
        "letsencrypt.org, Ending TLS Client Authentication Certificate Support in 2026 (by default since 2026-02-11)",
    ),
    ClientAuthEnds(
        _day(2026, 5, 1), "DigiCert", ("digicert",), "DigiCert, clientAuth EKU sunset (by default since 2025-10-01)"
    ),
    ClientAuthEnds(
        _day(2027, 3, 15),
        "every publicly trusted CA",
        (),
        "Cisco field notices FN74345 (CUCM) and FN74350 (CUBE): March 2027",
    ),
)
"""The last one is for every public CA. Field notices have moved their dates before: read them again before relying on one."""
PUBLIC = (
    "digicert",
    "let's encrypt",
    "isrg",
    "sectigo",
    "globalsign",
    "entrust",
    "godaddy",
    "identrust",
    "quovadis",
    "hydrantid",
)
"""Words in the names of CAs that browsers trust. Whoever has none of them is taken for a private CA."""


def longest_at(at: datetime) -> LongestValidity | None:
    """The rule for what is issued at that moment."""
    return next((rule for rule in reversed(VALIDITY) if rule.since <= at), None)


def client_auth_ended(issuer: str, at: datetime) -> ClientAuthEnds | None:
    """The rule by which this CA issues no clientAuth any more at that moment; None where it does, or is private."""
    return next((rule for rule in _rules(issuer) if rule.since <= at), None)


def client_auth_ends(issuer: str) -> ClientAuthEnds | None:
    """The first rule by which this CA issues no clientAuth any more from its date on; None where it is private."""
    return min(_rules(issuer), key=lambda rule: rule.since, default=None)


def _rules(issuer: str) -> list[ClientAuthEnds]:
    name = issuer.lower()
    matching = [rule for rule in CLIENT_AUTH if not rule.issuers or any(word in name for word in rule.issuers)]
    return matching if is_public(issuer) else []


def is_public(issuer: str) -> bool:
    name = issuer.lower()
    return any(word in name for word in PUBLIC)
