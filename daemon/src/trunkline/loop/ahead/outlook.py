"""Whether links come up after a plan, and which of those that work now would not. Pure, but for what is rehearsed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from trunkline.loop.ahead import meetings
from trunkline.model.desired import Desired, DesiredLink
from trunkline.model.handshake import Meeting, Met, Outlook
from trunkline.model.key import Kind, cube_target
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.outcome import Reason
from trunkline.model.plan import Action, Plan
from trunkline.ports import Rehearsal

Forecasts = Mapping[str, tuple[Outlook, ...]]

DECISIVE = frozenset(
    {
        Kind.VOICE_SERVICE,
        Kind.VOICE_SERVICE_SIP,
        Kind.TRUSTED_LIST,
        Kind.TLS_CIPHER,
        Kind.TLS_PROFILE,
        Kind.TENANT,
        Kind.SERVER_GROUP,
        Kind.DIAL_PEER,
        Kind.SIP_UA,
        Kind.TRUSTPOINT,
        Kind.TRUST_ANCHOR,
        Kind.IDENTITY,
        Kind.CALLMANAGER_TRUST,
        Kind.SIP_SECURITY_PROFILE,
        Kind.SIP_TRUNK,
    }
)
"""Kinds of resources of which a handshake may depend; of a key pair only its loss."""


def is_decided_by(plan: Plan) -> bool:
    """Whether a step of the plan could change how a handshake ends."""
    return any(
        step.key.kind in DECISIVE or (step.key.kind is Kind.KEY_PAIR and step.change.action is Action.DELETE)
        for step in plan.steps
    )


@dataclass(frozen=True)
class Outset:
    """From where one looks ahead: documents and devices as they are, and how their handshakes would go now."""

    desired: Desired
    observed: Mapping[str, Observed]
    rehearsal: Rehearsal
    now: datetime

    def to(self, after: Mapping[str, Observed]) -> Forecasts:
        """By link, every handshake of it as it would go now and then. Links without TLS, or with an end unread, have none."""
        return {link.name: found for link in self.desired.links if (found := tuple(self._of(link, after)))}

    @cached_property
    def _first(self) -> Mapping[str, tuple[tuple[Meeting, Met], ...]]:
        return {
            link.name: tuple((meeting, self.rehearsal.meet(meeting)) for meeting in self._meetings(link, self.observed))
            for link in self.desired.links
        }

    def _meetings(self, link: DesiredLink, observed: Mapping[str, Observed]) -> tuple[Meeting, ...]:
        return meetings.of(link, self.desired, observed, self.now)

    def _of(self, link: DesiredLink, after: Mapping[str, Observed]) -> Iterator[Outlook]:
        first = self._first[link.name]
        last = [meeting for meeting, _ in first] if after is self.observed else self._meetings(link, after)
        for (one, met), other in zip(first, last, strict=True):
            yield Outlook(one.client.name, one.server.name, met, met if other == one else self.rehearsal.meet(other))


def broken(forecasts: Forecasts, desired: Desired, observed: Mapping[str, Observed]) -> tuple[Reason, ...]:
    """Why a plan is not to be carried out: the links that work, as far as anybody can tell, and would not come up after it."""
    return tuple(
        _objection(link, lost, len(forecasts[link.name]))
        for link in desired.links
        if _is_up(link, observed) and (lost := _lost(forecasts.get(link.name, ())))
    )


def _lost(ways: tuple[Outlook, ...]) -> list[Outlook]:
    return [way for way in ways if way.before.is_ok and way.after.is_ok is False]


def _is_up(link: DesiredLink, observed: Mapping[str, Observed]) -> bool:
    """Whether a connection with any of its nodes is established; where that cannot be read, it may be."""
    seen = observed.get(cube_target(link.cube))
    rows = seen.facts.connections if seen and isinstance(seen.facts, CubeFacts) else None
    return rows is None or any(row.state == "Established" and row.remote_address in link.node_addresses for row in rows)


def _objection(link: DesiredLink, lost: list[Outlook], of_all: int) -> Reason:
    first = lost[0]
    cure = f"; {first.after.cure}" if first.after.cure else ""
    return Reason(
        "breaks-link",
        f"link {link.name} works and would not come up afterwards ({len(lost)} of {of_all} handshakes): "
        f"{way(first)}: {first.after.text}{cure}; set guard.allow_break in estate.yaml to do it all the same",
        link.origin,
    )


def way(of_one: Outlook) -> str:
    """ "cube/vg-yohur → cluster/seoul/cucm-sub1"."""
    return f"{of_one.client} → {of_one.server}"
