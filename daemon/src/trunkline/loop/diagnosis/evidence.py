"""`Evidence`: everything that a diagnosis of one link is made from, and the questions that all rules ask of it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from trunkline.loop.ends.binding import bound
from trunkline.model.certificate import Certificate
from trunkline.model.desired import Desired, DesiredLink
from trunkline.model.event import Event
from trunkline.model.handshake import Look, Outlook
from trunkline.model.key import Key, Kind, cluster_target, cube_target, wire_target
from trunkline.model.observed import ClusterFacts, CubeFacts, Identity, Node, Observed, Shown, WireFacts
from trunkline.model.passes import Pass
from trunkline.model.plan import Change
from trunkline.model.realtime import TrunkStatus
from trunkline.model.resource import Origin, Resource


@dataclass(frozen=True, eq=False)
class Far:
    """One node of the cluster, with everything that was seen of it."""

    name: str
    address: str  # where the CUBE calls it
    holder: str  # "cluster/NAME/NODE"
    facts: Node | None = None
    identity: Identity | None = None
    trusted: tuple[Certificate, ...] | None = None  # None: not readable
    look: Look | None = None
    shown: Shown | None = None
    status: TrunkStatus | None = None  # of the link's trunk


@dataclass(frozen=True)
class Evidence:
    """One link at one moment. `finished` is a dry pass that read everything; `now` its moment by our clock.

    `counters_before` are the CUBE's counters as an earlier pass read them, at `counted_at`; `owed` the activations that
    trunkline knows to be owed.
    """

    link: DesiredLink
    desired: Desired
    finished: Pass
    now: datetime
    events: tuple[Event, ...] = ()
    counters_before: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None
    owed: frozenset[Key] = frozenset()

    @property
    def cube_holder(self) -> str:
        return cube_target(self.link.cube)

    @property
    def cluster_holder(self) -> str:
        return cluster_target(self.link.cluster)

    @cached_property
    def cube(self) -> Observed | None:
        """None where nothing of it could be read."""
        seen = self.finished.observed.get(self.cube_holder)
        return seen if seen and seen.is_readable else None

    @cached_property
    def cluster(self) -> Observed | None:
        seen = self.finished.observed.get(self.cluster_holder)
        return seen if seen and seen.is_readable else None

    @cached_property
    def wire(self) -> WireFacts:
        seen = self.finished.observed.get(wire_target(self.link.cube))
        return seen.facts if seen and isinstance(seen.facts, WireFacts) else WireFacts()

    @cached_property
    def cube_facts(self) -> CubeFacts | None:
        return self.cube.facts if self.cube and isinstance(self.cube.facts, CubeFacts) else None

    @cached_property
    def cluster_facts(self) -> ClusterFacts | None:
        return self.cluster.facts if self.cluster and isinstance(self.cluster.facts, ClusterFacts) else None

    @cached_property
    def own(self) -> Identity | None:
        """The certificate that the CUBE shall present."""
        return self.cube.identity_of(self.link.identity_trustpoint) if self.cube else None

    @cached_property
    def nodes(self) -> tuple[Far, ...]:
        """Those that the documents name, in their order."""
        return tuple(self._far(*one) for one in zip(self.link.nodes, self.link.node_addresses, strict=False))

    def _far(self, name: str, address: str) -> Far:
        holder, facts = f"{self.cluster_holder}/{name}", self.cluster_facts
        realtime = facts.realtime.get(name) if facts else None
        return Far(
            name,
            address,
            holder,
            next((node for node in (facts.nodes if facts else ()) if node.name == name), None),
            self.cluster.identity_of(name) if self.cluster else None,
            self.cluster.trusted.get(name) if self.cluster and not self._is_unread(name) else None,
            self.wire.looks.get(holder),
            self.wire.shown.get(holder),
            realtime.trunks.get(self.link.trunk.name) if realtime else None,
        )

    def _is_unread(self, node: str) -> bool:
        assert self.cluster  # noqa: S101 - asked only where it was read
        return self.cluster.has_gap(Key(self.cluster_holder, Kind.CALLMANAGER_TRUST, f"{node}/"))

    @cached_property
    def shown(self) -> Shown | None:
        """What the CUBE presented to the probe. None where it may present another certificate to the nodes: a binding by
        address, or of a tenant, does not count for the address that the probe comes from.
        """
        bindings = (bound(self.cube, address) for address in self.link.node_addresses) if self.cube else iter(())
        is_for_all = all(one is None or one.said.startswith("crypto signaling default") for one in bindings)
        return self.wire.shown.get(self.cube_holder) if is_for_all else None

    @property
    def rehearsed(self) -> tuple[Outlook, ...]:
        """Every handshake of the link, as the pass let it be played in memory; none where nobody could."""
        return self.finished.forecasts.get(self.link.name, ())

    @cached_property
    def known(self) -> tuple[Certificate, ...]:
        """Every certificate that was seen anywhere: to say who issued what."""
        found = [c for seen in self.finished.observed.values() for held in seen.trusted.values() for c in held]
        for one in self.wire.shown.values():
            found += one.chain
        return tuple(dict.fromkeys(found))

    def resource(self, key: Key) -> Resource | None:
        """As the device shows it."""
        seen = self.finished.observed.get(key.target)
        return seen.resources.get(key) if seen else None

    def section(self, kind: Kind, name: str | int = "") -> Mapping[str, str]:
        """A section of the CUBE's configuration, by slot; empty where there is none."""
        found = self.resource(Key(self.cube_holder, kind, str(name)))
        return found.settings if found else {}

    @cached_property
    def profile(self) -> Resource | None:
        """The SIP Trunk Security Profile as stored."""
        return self.resource(self.link.security_profile)

    @cached_property
    def trunk(self) -> Resource | None:
        return self.resource(self.link.trunk)

    def wanted(self, key: Key) -> Resource | None:
        return self.desired.resources.get(key)

    @cached_property
    def dial_peers(self) -> tuple[Resource, ...]:
        """The link's dial-peers as the documents state them, by tag."""
        stated = (one for key, one in self.desired.resources.items() if key.kind is Kind.DIAL_PEER)
        return tuple(sorted((one for one in stated if self.link.name in one.links), key=lambda one: int(one.key.name)))

    @cached_property
    def changes(self) -> Mapping[Key, Change]:
        """What differs from the documents and concerns this link, or no link more than another."""
        concerned = (
            change
            for change in self.finished.remaining
            if change.resource is None or not change.resource.links or self.link.name in change.resource.links
        )
        return {change.key: change for change in concerned}

    def origin(self, key: Key) -> Origin | None:
        """The line of the documents that states this resource."""
        stated = self.wanted(key)
        return stated.origin if stated else None

    def place(self, holder: str) -> str:
        """Where a person finds a holder: "vg-yohur", "cucm-sub1"."""
        return holder.rpartition("/")[2]

    def events_of(self, holder: str) -> Iterator[Event]:
        return (event for event in self.events if event.target == holder)

    @cached_property
    def established(self) -> frozenset[str] | None:
        """The addresses that a TLS connection is established with; None: not readable."""
        if self.cube_facts is None or self.cube_facts.connections is None:
            return None
        return frozenset(row.remote_address for row in self.cube_facts.connections if row.state == "Established")

    def risen(self, *names: str) -> int:
        """By how much these counters rose since they were read before; 0 where that is not known."""
        after = self.cube_facts.counters if self.cube_facts else {}
        pairs = ((after[name], self.counters_before[name]) for name in names if name in after and name in self.counters_before)
        return sum(max(0, now - before) for now, before in pairs)
