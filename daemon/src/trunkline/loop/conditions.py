"""What a pass says about each link: one small question per condition. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from trunkline.loop.diff import is_unknown
from trunkline.loop.on_wire import HIDING, on_wire
from trunkline.model.desired import Desired, DesiredLink
from trunkline.model.event import Event
from trunkline.model.key import Key, Kind, cluster_target, cube_target, wire_target
from trunkline.model.observed import CubeFacts, Identity, Observed, WireFacts
from trunkline.model.passes import Condition, ConditionType, Failure, Status
from trunkline.model.plan import Change
from trunkline.model.profile import named_in
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Resource
from trunkline.views.typed import changed_by

Answer = tuple[Status, str, str]  # status, reason, message

OF_A_REVISION = frozenset({Kind.KEY_PAIR, Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY})
TRUST_KINDS = frozenset({Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.CALLMANAGER_TRUST})


@dataclass(frozen=True)
class Evidence:
    """What the questions are answered from: the end of one pass."""

    desired: Desired
    observed: Mapping[str, Observed]
    remaining: tuple[Change, ...]
    now: datetime
    failure: Failure | None = None
    owed: frozenset[Key] = frozenset()
    unsaved: frozenset[str] = frozenset()  # targets that refused to make their configuration survive a reload
    standings: tuple[Standing, ...] = ()
    typed: tuple[Event, ...] = ()  # what people did to the CUBE since it was last as desired

    def cube(self, link: DesiredLink) -> Observed | None:
        return self.observed.get(cube_target(link.cube))

    def cluster(self, link: DesiredLink) -> Observed | None:
        return self.observed.get(cluster_target(link.cluster))

    def changes_of(self, link: DesiredLink) -> list[Change]:
        """The differences that concern this link; a resource that no link is named for concerns all of them.

        Not those of revisions that come or go: both ends are as they must be, with the certificate that is in use.
        """
        beside = {(one.wish.target, name) for one in self.standings for name in _beside(one)}
        return [
            change
            for change in self.remaining
            if _concerns(change.resource, link)
            and change.key.kind is not Kind.SIGNATURE
            and not (change.key.kind in OF_A_REVISION and (change.key.target, change.key.name) in beside)
        ]


def _beside(standing: Standing) -> set[str]:
    """The revisions that nothing depends on: the key of revision 0 goes by a name of its own, and with its trustpoint."""
    coming = {standing.coming.name} if standing.coming else set()
    return {*coming, *standing.retired} - {standing.serving}


def _concerns(resource: Resource | None, link: DesiredLink) -> bool:
    return resource is None or not resource.links or link.name in resource.links


def conditions(link: DesiredLink, evidence: Evidence, earlier: Mapping[ConditionType, Condition]) -> tuple[Condition, ...]:
    """The conditions of `link`. `since` is kept while the status stays what it was in `earlier`."""
    answers: dict[ConditionType, Answer] = {
        ConditionType.OBSERVED: _observed(link, evidence),
        ConditionType.TRUST_READY: _trust_ready(link, evidence),
        ConditionType.IDENTITY_READY: _identity_ready(link, evidence),
        ConditionType.NAME_MATCH: _name_match(link, evidence),
        ConditionType.PROVEN: _proven(link, evidence),
        ConditionType.ON_WIRE: on_wire(link, evidence.observed),
        ConditionType.IN_SYNC: _in_sync(link, evidence),
    }
    answers[ConditionType.READY] = _ready(answers)
    return tuple(_dated(kind, answer, evidence.now, earlier.get(kind)) for kind, answer in answers.items())


def _dated(kind: ConditionType, answer: Answer, now: datetime, earlier: Condition | None) -> Condition:
    status, reason, message = answer
    return Condition(kind, status, reason, message, earlier.since if earlier and earlier.status == status else now)


def _observed(link: DesiredLink, evidence: Evidence) -> Answer:
    if evidence.failure and not (evidence.cube(link) and evidence.cluster(link)):
        return (Status.FALSE, _camel(evidence.failure.reason), evidence.failure.message)
    gaps = [gap for seen in (evidence.cube(link), evidence.cluster(link)) for gap in (seen.gaps if seen else ())]
    if gaps:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        reason = _camel(gaps[0].code) if gaps[0].code else "Gaps"
        return (Status.FALSE, reason, f"{gaps[0].target}: {gaps[0].reason}{more}")
    return (Status.TRUE, "Read", "both ends were read")


def _trust_ready(link: DesiredLink, evidence: Evidence) -> Answer:
    unknown = [
        key
        for key, resource in evidence.desired.resources.items()
        if key.kind in TRUST_KINDS and _concerns(resource, link) and is_unknown(key, evidence.desired, evidence.observed)
    ]
    stated = [gap for gap in evidence.desired.gaps if gap.kind in TRUST_KINDS and gap.target in _targets(link)]
    if unknown or stated:
        why = stated[0].reason if stated else f"{unknown[0]} could not be read"
        return (Status.UNKNOWN, "NotReadable", why)
    missing = [change.key for change in evidence.changes_of(link) if change.key.kind in TRUST_KINDS]
    if missing:
        return (Status.FALSE, "TrustMissing", f"{missing[0]} is not as it must be ({len(missing)} in all)")
    return (Status.TRUE, "Trusted", "each end holds what it needs to accept the other")


def _targets(link: DesiredLink) -> tuple[str, str]:
    return (cube_target(link.cube), cluster_target(link.cluster))


def identity_of(link: DesiredLink, evidence: Evidence) -> Identity | None:
    """What the CUBE presents on this link."""
    seen = evidence.cube(link)
    return seen.identity_of(link.identity_trustpoint) if seen else None


def _identity_ready(link: DesiredLink, evidence: Evidence) -> Answer:
    cube, cluster = evidence.cube(link), evidence.cluster(link)
    if cube is None or cluster is None or cube.has_gap(Key(cube.target, Kind.TRUSTPOINT, link.identity_trustpoint)):
        return (Status.UNKNOWN, "NotReadable", "the identities could not be read")
    own = identity_of(link, evidence)
    if own is None:
        return (Status.FALSE, "NotEnrolled", f"trustpoint {link.identity_trustpoint} holds no identity certificate")
    problem = _first_problem((own, *cluster.identities), cube, evidence.now)
    if problem:
        return (Status.FALSE, *problem)
    unread = next((gap.reason for gap in cluster.gaps if gap.kind in HIDING), "")
    if unread or not cluster.identities:
        return (Status.UNKNOWN, "NotReadable", unread or f"no CallManager certificate of {link.cluster} could be read")
    return (
        Status.TRUE,
        "Valid",
        f"valid until {min(i.certificate.not_after for i in (own, *cluster.identities)):%Y-%m-%d}",
    )


def _first_problem(identities: tuple[Identity, ...], cube: Observed, now: datetime) -> tuple[str, str] | None:
    """By our clock; then by that of the CUBE, for a router judges by its own."""
    clock = cube.facts.clock if isinstance(cube.facts, CubeFacts) else None
    ours = (_validity(identity, now) for identity in identities)
    its_own = (_clock_off(identity, clock) for identity in identities if clock and _validity(identity, clock))
    return next((problem for problem in (*ours, *its_own) if problem), None)


def _validity(identity: Identity, now: datetime) -> tuple[str, str] | None:
    certificate, named = identity.certificate, f"the certificate of {identity.holder} on {identity.target}"
    if certificate.not_after <= now:
        return ("Expired", f"{named} ended {certificate.not_after:%Y-%m-%d}; issue a new one")
    if certificate.not_before > now:
        return ("NotYetValid", f"{named} begins {certificate.not_before}")
    if not certificate.serves_both_roles():
        return ("UsageMissing", f"the certificate of {identity.holder} lacks serverAuth or clientAuth")
    return None


def _clock_off(identity: Identity, clock: datetime) -> tuple[str, str]:
    return (
        "ClockOff",
        f"the clock of the CUBE shows {clock:%Y-%m-%d %H:%M}Z, when the certificate of {identity.holder} on {identity.target} "
        "is not valid; give it a working NTP server",
    )


def _name_match(link: DesiredLink, evidence: Evidence) -> Answer:
    own, cluster = identity_of(link, evidence), evidence.cluster(link)
    profile = cluster.resources.get(link.security_profile) if cluster else None
    if own is None or profile is None:
        return (
            Status.UNKNOWN,
            "NotReadable",
            "the identity or the security profile could not be read, or does not exist",
        )
    named = named_in(profile)
    if own.certificate.common_name.lower() in named or named & {name.lower() for name in own.certificate.names}:
        return (Status.TRUE, "Named", f"{link.security_profile.name} names {own.certificate.common_name}")
    return (Status.FALSE, "NotNamed", f"{link.security_profile.name} names none of {', '.join(own.certificate.names)}")


def _proven(link: DesiredLink, evidence: Evidence) -> Answer:
    cube = evidence.cube(link)
    facts = cube.facts if cube else None
    if not isinstance(facts, CubeFacts) or facts.connections is None:
        return (Status.UNKNOWN, "NotReadable", "the connections of the CUBE could not be read")
    established = {row.remote_address for row in facts.connections if row.state == "Established"}
    reached = [address for address in link.node_addresses if address in established]
    if not reached:
        return (
            Status.FALSE,
            "NoConnection",
            f"no TLS connection with a node of {link.cluster} is established{_restart(link, evidence)}",
        )
    missing = [address for address in link.node_addresses if address not in established]
    detail = f"; none with {', '.join(missing)} at the moment" if missing else ""
    return (Status.TRUE, "Established", f"TLS is established with {', '.join(reached)}{detail}")


def _restart(link: DesiredLink, evidence: Evidence) -> str:
    """What remains where everything is as it should be: Cisco's documents differ on whether a CUCM takes a new trust into
    account without a restart of the service, and no interface tells.
    """
    answers = (_trust_ready(link, evidence), _identity_ready(link, evidence), _name_match(link, evidence))
    if any(status is not Status.TRUE for status, _, _ in answers) or evidence.changes_of(link):
        return ""
    if _is_accepted(link, evidence):
        return "; its certificate is accepted by every node, so connections come with the next call or OPTIONS"
    return (
        "; if CallManager-trust was changed since the service Cisco CallManager last started, a restart of it may be required "
        "on each node"
    )


def _is_accepted(link: DesiredLink, evidence: Evidence) -> bool:
    """Whether the probe saw every node accept a certificate of the CA that issued the CUBE's own."""
    own, wire, cluster = identity_of(link, evidence), evidence.observed.get(wire_target(link.cube)), evidence.cluster(link)
    if not (own and own.chain and wire and isinstance(wire.facts, WireFacts) and cluster):
        return False
    found = [wire.facts.accepted.get((f"{cluster.target}/{one.holder}", own.chain[0].sha256)) for one in cluster.identities]
    return bool(found) and all(one is not None and one.is_accepted for one in found)


def _in_sync(link: DesiredLink, evidence: Evidence) -> Answer:
    if evidence.failure and not evidence.observed:
        return (Status.UNKNOWN, _camel(evidence.failure.reason), evidence.failure.message)
    changes = evidence.changes_of(link)
    if changes:
        which = f"{changes[0].key} is" if len(changes) == 1 else f"{len(changes)} resources are"
        first = f", first {changes[0].key}" if len(changes) > 1 else ""
        is_on_cube = any(change.key.target == cube_target(link.cube) for change in changes)
        who = changed_by(evidence.typed, evidence.now) if is_on_cube else ""
        return (Status.FALSE, "Drift", f"{which} not as desired{first}{f'; {who}' if who else ''}")
    if evidence.failure and evidence.unsaved & set(_targets(link)):
        return (Status.FALSE, "NotSaved", evidence.failure.message)
    uncertain = next((gap for gap in evidence.desired.gaps if gap.target in _targets(link)), None)
    if uncertain:
        return (Status.UNKNOWN, "NotDerivable", uncertain.reason)
    if any(key.name == link.trunk.name and key.target == link.trunk.target for key in evidence.owed):
        return (Status.FALSE, "ResetOwed", f"{link.trunk.name} has stored settings that it does not run with yet")
    return (Status.TRUE, "Converged", "nothing differs")


def _ready(answers: Mapping[ConditionType, Answer]) -> Answer:
    """Every condition must be true but one: a certificate that is still presented is one that the other end accepts."""
    for kind, (status, _, message) in answers.items():
        if status is not Status.TRUE and kind is not ConditionType.ON_WIRE:
            return (Status.FALSE if status is Status.FALSE else Status.UNKNOWN, f"Not{kind.value}", message)
    return (Status.TRUE, "Ready", "calls can be carried")


def _camel(reason: str) -> str:
    return "".join(word.capitalize() for word in reason.split("_"))
