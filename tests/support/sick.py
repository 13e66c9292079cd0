"""One link as values: both ends well, so that a test changes what it is about and asks for the diagnosis."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from support.certificates import CUCM_CA, ISSUING, NOW, ROOT, made
from trunkline.loop.diagnosis.diagnosing import diagnose
from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.model.cause import Diagnosis
from trunkline.model.certificate import Certificate
from trunkline.model.desired import Desired, DesiredLink, Enforcement
from trunkline.model.event import Event
from trunkline.model.handshake import Look, Outlook
from trunkline.model.key import Key, Kind
from trunkline.model.observed import (
    Acceptance,
    ClusterFacts,
    Connection,
    CubeFacts,
    DialPeerState,
    Gap,
    Identity,
    Node,
    Observed,
    Shown,
    WireFacts,
)
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Change
from trunkline.model.realtime import Realtime, TrunkStatus
from trunkline.model.resource import Origin, Resource

CUBE, CLUSTER, WIRE, LINK = "cube/vg", "cluster/seoul", "wire/vg", "vg-seoul"
NAMES, ADDRESSES = ("pub", "sub"), ("10.0.0.1", "10.0.0.2")
OWN = made("vg.example.com", "Voice Issuing CA")
NODE_CERTIFICATES = tuple(made(f"{name}.example.com", "Seoul CA") for name in NAMES)
PROFILE, TRUNK = Key(CLUSTER, Kind.SIP_SECURITY_PROFILE, "vg TLS"), Key(CLUSTER, Kind.SIP_TRUNK, "TRUNK")
SIP_PROFILE = Key(CLUSTER, Kind.SIP_PROFILE, "vg")
ORIGIN = Origin("links/vg-seoul.yaml", 3)
CONFIGURATION: Mapping[tuple[Kind, str], Mapping[str, str]] = {
    (Kind.SIP_UA, ""): {
        "transport tcp tls": "transport tcp tls v1.2",
        "crypto signaling default": "crypto signaling default trustpoint own",
    },
    (Kind.VOICE_SERVICE_SIP, "voip"): {"bind control": "bind control source-interface Gi0"},
    (Kind.TRUSTED_LIST, "voip"): {"ipv4 10.0.0.0 255.0.0.0": "ipv4 10.0.0.0 255.0.0.0"},
    (Kind.DIAL_PEER, "100"): {
        "session target": "session target ipv4:10.0.0.1:5061",
        "session transport": "session transport tcp tls",
    },
    (Kind.DIAL_PEER, "101"): {
        "session target": "session target ipv4:10.0.0.2:5061",
        "session transport": "session transport tcp tls",
    },
    (Kind.DIAL_PEER, "200"): {
        "incoming called-number": "incoming called-number .T",
        "session transport": "session transport tcp tls",
    },
}
OBJECTS: Mapping[Key, Mapping[str, str]] = {
    PROFILE: {
        "securityMode": "Encrypted",
        "incomingTransport": "TLS",
        "outgoingTransport": "TLS",
        "incomingPort": "5061",
        "x509SubjectName": "vg.example.com",
    },
    SIP_PROFILE: {"enableOutboundOptionsPing": "true"},
    TRUNK: {"securityProfileName": "vg TLS", "sipProfileName": "vg", "destinations": "10.0.0.9:5061"},
}


def _key(kind: Kind, name: str) -> Key:
    return Key(CUBE, kind, name)


def _row(number: int, address: str) -> Connection:
    return Connection(address, 5061, number, "Established", "10.0.0.9")


@dataclass
class Sick:
    """What was seen; everything is well until a test changes it."""

    configuration: dict[tuple[Kind, str], dict[str, str]] = field(
        default_factory=lambda: {key: dict(lines) for key, lines in CONFIGURATION.items()}
    )
    objects: dict[Key, dict[str, str]] = field(default_factory=lambda: {key: dict(one) for key, one in OBJECTS.items()})
    stated: dict[Key, dict[str, str]] = field(default_factory=dict)  # what documents say instead
    own: Certificate | None = OWN
    others: dict[str, Certificate] = field(default_factory=dict)  # of more trustpoints
    anchors: dict[str, tuple[Certificate, ...]] = field(
        default_factory=lambda: {"own": (ISSUING,), "root": (ROOT,), "cucm": (CUCM_CA,)}
    )
    nodes: list[Certificate] = field(default_factory=lambda: list(NODE_CERTIFICATES))
    trust: dict[str, tuple[Certificate, ...]] = field(default_factory=lambda: dict.fromkeys(NAMES, (ISSUING, ROOT)))
    facts: CubeFacts = field(
        default_factory=lambda: CubeFacts(
            (17, 9, 4),
            "17.09.04a",
            "vg",
            NOW,
            True,
            tuple(_row(number, address) for number, address in enumerate(ADDRESSES)),
            ("[10.0.0.9]:5061",),
            {},
            dial_peers={100: DialPeerState(True), 101: DialPeerState(True), 200: DialPeerState(True)},
        )
    )
    listed: list[Node] = field(
        default_factory=lambda: [
            Node(name, address, name == "pub", clock=NOW, callmanager_status="Started")
            for name, address in zip(NAMES, ADDRESSES, strict=True)
        ]
    )
    version: str = "14.0.1.13900(155)"
    statuses: dict[str, TrunkStatus] = field(default_factory=dict)  # of the trunk, by node
    shown: dict[str, Shown] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    accepted: dict[tuple[str, str], Acceptance] = field(default_factory=dict)
    gaps: dict[str, tuple[Gap, ...]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    forecasts: dict[str, tuple[Outlook, ...]] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    owed: frozenset[Key] = frozenset()

    def section(self, kind: Kind, name: str = "") -> dict[str, str]:
        """A section of the CUBE, to be changed."""
        return self.configuration[kind, name]

    def disconnect(self, *names: str) -> None:
        """Nothing is established with these nodes any more."""
        gone = {address for name, address in zip(NAMES, ADDRESSES, strict=True) if name in (names or NAMES)}
        kept = tuple(row for row in self.facts.connections or () if row.remote_address not in gone)
        self.facts = replace(self.facts, connections=kept)

    def differs(self, key: Key) -> None:
        """The documents say otherwise."""
        self.changes = (*self.changes, Change(Action.UPDATE, key, after=Resource(key, {}, origin=ORIGIN)))

    def evidence(self) -> Evidence:
        wanted = {_key(*one): dict(lines) for one, lines in CONFIGURATION.items()} | {k: dict(v) for k, v in OBJECTS.items()}
        wanted |= self.stated
        resources = {key: Resource(key, one, origin=ORIGIN, links=frozenset({LINK})) for key, one in wanted.items()}
        link = DesiredLink(
            LINK,
            "vg",
            "seoul",
            Enforcement.ENFORCE,
            ADDRESSES,
            "own",
            PROFILE,
            TRUNK,
            ORIGIN,
            nodes=NAMES,
            cube_address="10.0.0.9",
        )
        observed = {one.target: one for one in (self._cube(), self._cluster(), self._wire())}
        finished = Pass("vg", "r1", NOW, NOW, observed, (), None, None, (), self.changes, (link,), {}, forecasts=self.forecasts)
        desired = Desired("r1", "vg", resources, (link,))
        counted = NOW - timedelta(minutes=1) if self.before else None
        return Evidence(link, desired, finished, NOW, self.events, self.before, counted, self.owed)

    def _cube(self) -> Observed:
        held = {_key(*one): Resource(_key(*one), lines) for one, lines in self.configuration.items()}
        above = (ISSUING, ROOT)
        there = {**({"own": self.own} if self.own else {}), **self.others}
        own = tuple(Identity(CUBE, name, one, above) for name, one in there.items())
        return Observed(CUBE, NOW, held, self.gaps.get(CUBE, ()), "", own, self.anchors, self.facts)

    def _cluster(self) -> Observed:
        held = {key: Resource(key, one) for key, one in self.objects.items()}
        identities = tuple(Identity(CLUSTER, name, one) for name, one in zip(NAMES, self.nodes, strict=True))
        realtime = {name: Realtime(NOW, {TRUNK.name: status}) for name, status in self.statuses.items()}
        facts = ClusterFacts(self.version, tuple(self.listed), realtime)
        return Observed(CLUSTER, NOW, held, self.gaps.get(CLUSTER, ()), "", identities, self.trust, facts)

    def _wire(self) -> Observed:
        return Observed(WIRE, NOW, {}, facts=WireFacts(self.shown, self.accepted, self.looks))

    def diagnosed(self) -> Diagnosis:
        return diagnose(self.evidence())

    def codes(self) -> list[str]:
        return [one.code for one in self.diagnosed().findings]
