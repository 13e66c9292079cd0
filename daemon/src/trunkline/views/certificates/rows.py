"""One row for each certificate, wherever it lies: what it is, when it ends, what happens to it next. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trunkline.model.certificate import Certificate
from trunkline.views.certificates.places import IDENTITIES, Place, Recorded, Role, Seen, places
from trunkline.views.certificates.standings import LEADS_TO, SAYS

USAGES = {"1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth"}


@dataclass(frozen=True)
class Row:
    """A certificate with all its places, the most important first."""

    certificate: Certificate
    places: tuple[Place, ...]
    action: str  # what happens next, in words
    next_at: datetime  # when that is
    renewal_at: datetime | None = None

    @property
    def role(self) -> Role:
        return self.places[0].role

    @property
    def name(self) -> str:
        return self.certificate.common_name or self.certificate.subject or self.certificate.serial

    @property
    def standing(self) -> Recorded | None:
        """Of who presents it, or is about to."""
        return next((place.standing for place in self.places if place.standing), None)

    @property
    def waits(self) -> list[Recorded]:
        """What blocks it: said of the coming certificate where there is one to show, else of the one in use."""
        standing = self.standing
        if standing is None or self.role not in (Role.COMING, Role.IDENTITY, Role.NODE, Role.STORED):
            return []
        return list(standing["waits"])

    @property
    def is_shown(self) -> bool | None:
        """Whether the wire shows it anywhere; None where that was not seen."""
        seen = [place.is_shown for place in self.places if place.is_shown is not None]
        return any(seen) if seen else None


def rows(passes: Iterable[Recorded], now: datetime, cubes: Iterable[str] = ()) -> list[Row]:
    """What must happen first comes first. With `cubes`, only what their own passes saw."""
    wanted = set(cubes)
    seen = Seen(one for one in passes if not wanted or one["cube"] in wanted)
    of: dict[str, list[Place]] = {}
    for place in places(seen):
        if place.sha256 in seen.pems:  # a pass recorded by an earlier release holds none
            of.setdefault(place.sha256, []).append(place)
    made = [_row(seen.certificate(sha256), held, now) for sha256, held in of.items()]
    return sorted(
        made, key=lambda row: (row.role is Role.OTHER, row.next_at, _rank(row.role), row.name, row.certificate.sha256)
    )


def _rank(role: Role) -> int:
    return list(Role).index(role)


def _row(certificate: Certificate, held: list[Place], now: datetime) -> Row:
    ordered = tuple(sorted(held, key=lambda place: (_rank(place.role), place.target, place.holder)))
    standing = next((place.standing for place in ordered if place.standing), None)
    role = ordered[0].role
    renewal_at = _at(standing["renewal_at"]) if standing and role in (Role.IDENTITY, Role.NODE, Role.STORED) else None
    action, at = _next(certificate, role, ordered[0], now)
    return Row(certificate, ordered, action, at, renewal_at)


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _next(one: Certificate, role: Role, place: Place, now: datetime) -> tuple[str, datetime]:
    """What happens next, and when it must."""
    if one.not_after <= now and role is not Role.OTHER:
        return "has ended", one.not_after
    if role not in IDENTITIES:
        return ("replace it before its end" if role is not Role.OTHER else "nothing"), one.not_after
    if role is Role.WIRE:
        return "find out why it is presented", now
    return _next_of_standing(one, role, place, now)


def _next_of_standing(one: Certificate, role: Role, place: Place, now: datetime) -> tuple[str, datetime]:
    standing = place.standing
    if standing is None or not standing["issuer"]:
        stays = "nothing: only kept" if role is Role.EARLIER else "renew it by hand before its end; no issuer is stated"
        return stays, one.not_after
    coming = standing["coming"]
    if role is Role.COMING:
        return f"{SAYS[coming['rung']]}; next: {LEADS_TO[coming['rung']]}", now
    if role is Role.EARLIER:
        return ("goes, key and all" if place.holder in standing["retired"] else "stays for now, then goes"), now
    if role is Role.STORED:
        return "is stored; the node presents it after Cisco CallManager is restarted", now
    if coming and coming["name"] != standing["serving"]:
        return f"{coming['name']} takes its place: {SAYS[coming['rung']]}", now
    if coming:
        return f"renewed ({standing['why']}): {SAYS[coming['rung']]}; next: {LEADS_TO[coming['rung']]}", now
    return _renewed(one, standing)


def _renewed(one: Certificate, standing: Recorded) -> tuple[str, datetime]:
    renewal_at, switch_at = _at(standing["renewal_at"]), _at(standing["switch_at"])
    if renewal_at is None:
        return "renewed by trunkline; nothing is planned yet", one.not_after
    if switch_at is None:
        return "cannot be switched: no maintenance window opens before its end", min(renewal_at, one.not_after)
    return f"renewed by {standing['issuer']}, switched {switch_at:%Y-%m-%d %H:%M}Z", renewal_at


def key_of(certificate: Certificate) -> str:
    """Type and size: "rsa 2048", "ec 256", else the name of the type; "unknown" where that is not known either."""
    if certificate.key_type:
        return str(certificate.key_type)
    key = certificate.public_key
    return type(key).__name__.removesuffix("PublicKey").lower() if key else "unknown"


def usages_of(certificate: Certificate) -> list[str]:
    """Extended key usages by their short names, else as dotted numbers; empty where every use is allowed."""
    return sorted(USAGES.get(usage, usage) for usage in certificate.extended_key_usages)


def as_data(row: Row) -> dict[str, Any]:
    """A row for JSON: stable keys. The PEM is in the recorded pass."""
    one, standing = row.certificate, row.standing
    return {
        "role": row.role.value,
        "places": [
            {"role": place.role.value, "target": place.target, "holder": place.holder, "is_on_wire": place.is_shown}
            for place in row.places
        ],
        "subject": one.subject,
        "names": list(one.names),
        "issuer": one.issuer,
        "serial": one.serial,
        "sha256": one.sha256,
        "not_before": one.not_before.isoformat(),
        "not_after": one.not_after.isoformat(),
        "key": key_of(one),
        "extended_key_usages": usages_of(one),
        "is_ca": one.is_ca,
        "renewal_at": row.renewal_at.isoformat() if row.renewal_at else None,
        "switch_at": standing["switch_at"] if standing and row.renewal_at else None,
        "deadline": standing["deadline"] if standing and row.renewal_at else None,
        "action": row.action,
        "next_at": row.next_at.isoformat(),
        "waits": row.waits,
        "is_on_wire": row.is_shown,
    }


def places_in_words(row: Row) -> Iterator[str]:
    """The places, those that share role and target on one line: "cluster/seoul cucm-pub, cucm-sub1"."""
    grouped: dict[tuple[Role, str], list[str]] = {}
    for place in row.places:
        grouped.setdefault((place.role, place.target), []).append(place.holder)
    for (role, target), holders in grouped.items():
        suffix = "" if role is row.role else f" ({role.value})"
        yield f"{target} {', '.join(filter(None, holders))}".rstrip() + suffix
