"""`Observed`: what one device showed at one moment, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look
from trunkline.model.key import Key, Kind, issuer_target
from trunkline.model.realtime import Realtime
from trunkline.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read. It is never taken for "absent": it holds every change that depends on it.

    `kind` None means the whole target, `name` None every resource of that kind, and a name that ends with a slash every
    resource below it: "cucm-sub1/" is the whole trust store of that node. A node shows its trust store, its own certificate
    and its request in one answer, so that a gap of the first is one of all three.
    """

    target: str
    reason: str
    kind: Kind | None = None
    name: str | None = None
    evidence: str = ""  # the line of the device that was not understood
    code: str = ""  # the stable word of the error behind it: "access_refused", …; empty: read, but not understood

    def covers(self, key: Key) -> bool:
        if key.target != self.target:
            return False
        if self.kind is Kind.CALLMANAGER_TRUST and key.kind in (Kind.IDENTITY, Kind.CERTIFICATE_REQUEST):
            return self.name in (None, f"{key.name}/")
        if self.kind not in (None, key.kind):
            return False
        return self.name in (None, key.name) or (self.name.endswith("/") and key.name.startswith(self.name))


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate that a holder presents on TLS connections, with the issuers that are known on that device."""

    target: str
    holder: str  # a CUBE's trustpoint, or the name of a CUCM node
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()  # nearest issuer first


@dataclass(frozen=True, slots=True)
class Connection:
    """One row of a CUBE's table of SIP connections over TLS; what the release does not print is None."""

    remote_address: str
    remote_port: int
    connection_id: int
    state: str
    local_address: str | None = None
    tls_version: str | None = None
    cipher: str | None = None
    curve: str | None = None
    tenant: str | None = None

    @property
    def remote(self) -> str:
        """ "10.2.2.2:5061", or "[2001:db8::2]:5061"."""
        address = f"[{self.remote_address}]" if ":" in self.remote_address else self.remote_address
        return f"{address}:{self.remote_port}"


@dataclass(frozen=True, slots=True)
class DialPeerState:
    """One row of a CUBE's table of dial-peers. `keepalive` is "active", "busyout", or empty where it has none."""

    is_up: bool
    keepalive: str = ""


@dataclass(frozen=True, slots=True)
class Counting:
    """Who counts what is in `CubeFacts.counters`: behind one address there may be two routers, and each may be reloaded."""

    serial: str = ""  # of the chassis; empty: not known
    uptime: timedelta | None = None  # when the session with it was opened; None: not known


@dataclass(frozen=True, slots=True)
class CubeFacts:
    """What a CUBE tells about itself beside its configuration."""

    release: tuple[int, ...]  # 15.6(3)M1 → (15, 6, 3); 17.09.04a → (17, 9, 4)
    release_text: str
    hostname: str
    clock: datetime | None  # aware, UTC
    clock_is_authoritative: bool
    connections: tuple[Connection, ...] | None = None  # None: not readable
    listening: tuple[str, ...] | None = None  # "[10.72.86.86]:5061"; None: not readable
    counters: Mapping[str, int] = field(default_factory=dict)  # "tls_server_handshake_failures": 16, …; absent is unknown
    active_call_legs: int | None = None
    has_unsaved_changes: bool | None = None
    last_change: str = ""  # "18:18:53 UTC Fri Jun 6 2025 by admin", without a user where IOS changed it by itself
    busy_addresses: frozenset[str] | None = None  # remote ends of the signalling of calls that are up; None: not known
    unsaved_since: datetime | None = None  # of the newest change that nobody saved; None: none, or not known
    dial_peers: Mapping[int, DialPeerState] | None = None  # those asked for, by tag; None: not readable, or not asked for
    counting: Counting = Counting()


@dataclass(frozen=True, slots=True)
class Node:
    """One server of a cluster, as the cluster lists it."""

    name: str
    address: str
    is_publisher: bool
    is_reachable: bool = True
    clock: datetime | None = None  # as its web server says; None: not known
    callmanager_started_at: datetime | None = None  # since when its service Cisco CallManager runs; None: not known
    callmanager_status: str = ""  # "Started", "Stopped", "Starting", …; empty: not known


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a CUCM cluster tells about itself."""

    version: str  # "15.0.1.11901(2)"
    nodes: tuple[Node, ...]
    realtime: Mapping[str, Realtime] = field(default_factory=dict)  # by node, of those that ever told


@dataclass(frozen=True, slots=True)
class Shown:
    """What one end presented to the probe. `certificate` None: why not is in `problem`."""

    certificate: Certificate | None
    at: datetime
    problem: str = ""
    chain: tuple[Certificate, ...] = ()  # as sent, the certificate itself first


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a node accepted a certificate that the probe presented, proven by an answer over the connection."""

    is_accepted: bool
    at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WireFacts:
    """What the probe saw. `shown` is by holder: the CUBE's target, or a node's name as "cluster/NAME/NODE"; `accepted` by node
    (as above) and SHA-256 of the issuing CA of the certificate that the probe presented. `looks` is by holder, too.
    """

    shown: Mapping[str, Shown] = field(default_factory=dict)
    accepted: Mapping[tuple[str, str], Acceptance] = field(default_factory=dict)
    looks: Mapping[str, Look] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """What an issuer says of itself: its chain, issuing CA first; `problem` where it could not be asked."""

    chain: tuple[Certificate, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """One target at one moment. `fingerprint` changes when anything that a plan builds on changes."""

    target: str
    at: datetime
    resources: Mapping[Key, Resource]
    gaps: tuple[Gap, ...] = ()
    fingerprint: str = ""
    identities: tuple[Identity, ...] = ()
    trusted: Mapping[str, tuple[Certificate, ...]] = field(default_factory=dict)  # by trustpoint or by node
    facts: CubeFacts | ClusterFacts | WireFacts | IssuerFacts | None = None

    def has_gap(self, key: Key) -> bool:
        return any(gap.covers(key) for gap in self.gaps)

    @property
    def is_readable(self) -> bool:
        """Whether the target could be read at all; single parts may be missing."""
        return not any(gap.kind is None for gap in self.gaps)

    def identity_of(self, holder: str) -> Identity | None:
        return next((identity for identity in self.identities if identity.holder == holder), None)


def issuer_chain(observed: Mapping[str, Observed], issuer: str | None) -> tuple[Certificate, ...]:
    """Of the issuer of that name, the issuing CA first; nothing where none is named, or it could not be asked."""
    seen = observed.get(issuer_target(issuer)) if issuer else None
    return seen.facts.chain if seen and isinstance(seen.facts, IssuerFacts) else ()


def unreadable(target: str, at: datetime, reason: str, code: str = "") -> Observed:
    """The observation of a device that could not be reached: one gap, nothing else."""
    return Observed(target, at, {}, gaps=(Gap(target, reason, code=code),))
