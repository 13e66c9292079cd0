"""Who changed a device that is not as desired. Pure but for the journal."""

from collections.abc import Iterable

from trunkline.loop.request import Request
from trunkline.model.event import Event, EventKind
from trunkline.model.key import Kind, cube_target
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.passes import Settled
from trunkline.model.plan import Change
from trunkline.ports import Journal
from trunkline.views.typed import STAMP

MOST = 50
WHO = frozenset({EventKind.CONFIGURED, EventKind.TYPED})
OWN_WORK = frozenset({Kind.KEY_PAIR, Kind.CERTIFICATE_REQUEST, Kind.SIGNATURE, Kind.IDENTITY, Kind.CONNECTION})
"""What differs while certificates climb, without anybody's doing."""


def of(
    request: Request, changes: Iterable[Change], seen: Observed | None, revision: str, journal: Journal
) -> tuple[Event, ...]:
    """What people did to the device since it was last as desired, newest last; nothing where it is, or never was.

    Where no syslog tells, its own stamp does: `seen` is from before trunkline changed anything. Not where the documents changed
    since: the difference may be theirs.
    """
    target = cube_target(request.cube)
    if not any(change.key.target == target and change.key.kind not in OWN_WORK for change in changes):
        return ()
    settled = request.settled()
    if settled is None:
        return ()
    told = journal.events((target,), settled.at)
    found = tuple(event for event in told if event.kind in WHO and not (event.user and event.user == request.own_user))
    return found[-MOST:] or (_by_stamp(request, seen, settled) if settled.revision == revision else ())


def _by_stamp(request: Request, seen: Observed | None, settled: Settled) -> tuple[Event, ...]:
    facts = seen.facts if seen else None
    if seen is None or not isinstance(facts, CubeFacts) or facts.last_change in ("", settled.last_change):
        return ()
    moment, _, user = facts.last_change.partition(" by ")
    if not user or user == request.own_user:
        return ()
    return (Event(seen.target, seen.at, EventKind.OTHER, f"{STAMP}{moment}", user=user),)
