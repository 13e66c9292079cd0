"""What would be broken at a given date, and what is worth a remark. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trunkline.views.certificates import dates
from trunkline.views.certificates.places import IDENTITIES, NEEDED, Role
from trunkline.views.certificates.rows import Row, places_in_words, usages_of

PRESENTED = IDENTITIES - {Role.EARLIER}


@dataclass(frozen=True)
class Finding:
    """`is_broken` false: a remark. `code` is stable."""

    code: str
    is_broken: bool
    text: str
    sha256: str
    where: str
    source: str = ""


def findings(rows: Iterable[Row], at: datetime) -> list[Finding]:
    """What is broken first; within that, in the order of the rows."""
    found = [one for row in rows for one in _of_row(row, at)]
    return sorted(found, key=lambda one: not one.is_broken)


def as_data(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "is_broken": finding.is_broken,
        "text": finding.text,
        "sha256": finding.sha256,
        "where": finding.where,
        "source": finding.source,
    }


def _of_row(row: Row, at: datetime) -> Iterator[Finding]:
    if row.role not in NEEDED:
        return
    yield from _validity(row, at)
    if row.role in PRESENTED:
        yield from _client_auth(row, at)
        yield from _length(row, at)
        yield from _window(row)


def _found(row: Row, code: str, text: str, *, is_broken: bool, source: str = "") -> Finding:
    where = next(places_in_words(row), "")
    return Finding(code, is_broken, f"{row.role.value} {row.name}: {text}", row.certificate.sha256, where, source)


def _validity(row: Row, at: datetime) -> Iterator[Finding]:
    one, standing = row.certificate, row.standing
    if at < one.not_before:
        yield _found(row, "not-yet-valid", f"begins only {one.not_before:%Y-%m-%d %H:%M}Z", is_broken=True)
    if at < one.not_after:
        return
    ended = f"ended {one.not_after:%Y-%m-%d %H:%M}Z"
    if standing and row.renewal_at and standing["switch_at"] and datetime.fromisoformat(standing["switch_at"]) < one.not_after:
        text = f"{ended}; by then {standing['issuer']} has renewed it (switch {standing['switch_at'][:10]}), if nothing fails"
        yield _found(row, "renewed-before", text, is_broken=False)
    elif row.role is Role.COMING:
        yield _found(row, "renewed-before", f"{ended}; its own renewal is planned once it is in use", is_broken=False)
    else:
        yield _found(row, "expired", f"{ended}, and nothing that is planned renews it", is_broken=True)


def _client_auth(row: Row, at: datetime) -> Iterator[Finding]:
    one = row.certificate
    if not one.serves_both_roles():
        says = ", ".join(usages_of(one))
        text = f"may be used for {says} only; a trunk needs clientAuth and serverAuth, for both ends open connections"
        yield _found(row, "no-client-auth", text, is_broken=True)
    rule = dates.client_auth_ended(one.issuer, at)
    if rule:
        text = f"{rule.who} issues no clientAuth from {rule.since:%Y-%m-%d} on: what replaces it must come from another CA"
        yield _found(row, "client-auth-ends", text, is_broken=False, source=rule.source)


def _length(row: Row, at: datetime) -> Iterator[Finding]:
    """Of what is issued by the rules of that date: only a remark, for what was issued before stays valid."""
    one, rule = row.certificate, dates.longest_at(at)
    life = one.not_after - one.not_before
    if rule is None or life <= rule.longest:
        return
    allowed = f"publicly trusted CAs may give {rule.longest.days} days from {rule.since:%Y-%m-%d} on"
    kind = "its successor lives shorter" if dates.is_public(one.issuer) else "its CA is taken for a private one, which may"
    yield _found(row, "validity-too-long", f"lives {life.days} days; {allowed}; {kind}", is_broken=False, source=rule.source)


def _window(row: Row) -> Iterator[Finding]:
    standing = row.standing
    if standing and row.renewal_at and standing["windows"] and standing["deadline"] is None and not standing["coming"]:
        text = "no maintenance window opens before its end, so the switch will happen outside of them; state one that does"
        yield _found(row, "no-window", text, is_broken=True)
