"""From a meeting to what decides it: two parties, without names, clocks and whatever makes no difference. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from trunkline.health.rehearsal.stand_ins import Dates
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import End, Meeting

Judged = tuple[tuple[Certificate, Dates], ...]


@dataclass(frozen=True)
class Party:
    """One end. `chain` is as the other end's clock judges it, `anchors` as its own does; of these only what the other's chain
    may lead to.
    """

    chain: Judged
    anchors: Judged
    minimum: str
    maximum: str
    ciphers: tuple[str, ...]
    curve: str


@dataclass(frozen=True)
class Case:
    """What is rehearsed once, however often it is asked for."""

    client: Party
    server: Party

    @property
    def certificates(self) -> Iterator[Certificate]:
        for party in (self.client, self.server):
            yield from (one for one, _ in (*party.chain, *party.anchors))


def case_of(meeting: Meeting) -> Case:
    return Case(_party(meeting.client, meeting.server), _party(meeting.server, meeting.client))


def _party(end: End, other: End) -> Party:
    anchors = _within_reach(other.chain, end.anchors)
    return Party(_judged(end.chain, other.clock), _judged(anchors, end.clock), end.minimum, end.maximum, end.ciphers, end.curve)


def _judged(certificates: Iterable[Certificate], clock: datetime) -> Judged:
    return tuple((one, _dates(one, clock)) for one in certificates)


def _dates(certificate: Certificate, clock: datetime) -> Dates:
    if clock > certificate.not_after:
        return Dates.EXPIRED
    return Dates.FUTURE if clock < certificate.not_before else Dates.VALID


def _within_reach(chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """By name, as OpenSSL looks for issuers: trust stores hold dozens that no chain of a trunk leads to."""
    names = {name for one in chain for name in _names(one)}
    found: list[Certificate] = []
    while more := [one for one in anchors if one not in found and _names(one)[0] in names]:
        found += more
        names |= {_names(one)[1] for one in more}
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _names(certificate: Certificate) -> tuple[str, str]:
    """Subject and issuer, in which neither case nor blanks count (RFC 5280 §7.1)."""
    subject, issuer = (" ".join(name.lower().split()) for name in (certificate.subject, certificate.issuer))
    return subject, issuer


@lru_cache(maxsize=8192)
def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.issued_by(issuer)
