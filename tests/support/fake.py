"""A world in memory: CUBEs and clusters that take the very commands a plan prints, with the real dialects and a real journal.

It knows nothing of time, transport or certificates' dialogs: that is the twin's task. It is here for laws and unit tests, which
need thousands of passes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from support.examples import documents, examples
from trunkline.desired.compile import compile_cube, keys_of_interest, named_elsewhere
from trunkline.desired.documents import Documents
from trunkline.devices.cube.dialect import CubeDialect, path_of, slot_of, stored, value_of
from trunkline.devices.cucm import read
from trunkline.devices.cucm.dialect import PATTERN_IDENTITY, RENAMED, CucmDialect
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.loop.apply import Hands
from trunkline.loop.reconcile import reconcile
from trunkline.loop.request import Request
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import SHARED_SECTIONS, Key, Kind, cluster_target, cube_target
from trunkline.model.observed import ClusterFacts, Connection, CubeFacts, Gap, Identity, Node, Observed
from trunkline.model.passes import Pass, Precedent
from trunkline.model.plan import Command, Step
from trunkline.model.resource import Ownership, Resource
from trunkline.ports import Rehearsal
from trunkline.views import document

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _key(name: str) -> ed25519.Ed25519PrivateKey:
    """The same key, and so the same certificate, in every process: plans can be compared."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


@cache
def certificate(name: str, issuer: str = "", *, is_ca: bool = False) -> Certificate:
    """A certificate for a name, signed by `issuer`, or by itself."""
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer or name))
    builder = (
        x509.CertificateBuilder(signer, subject, _key(name).public_key())
        .serial_number(int.from_bytes(sha256(f"{name} {issuer}".encode()).digest()[:8], "big") + 1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
    )
    made = builder.sign(_key(issuer or name), None)
    return Certificate(made.public_bytes(serialization.Encoding.DER))


def ca_certificate() -> Certificate:
    """Who signs the routers' certificates."""
    return certificate("Voice CA", is_ca=True)


def issued(name: str) -> Certificate:
    """An identity of the voice CA."""
    return certificate(name, "Voice CA")


def own_signed(name: str) -> Certificate:
    """A self-signed identity, as CUCM nodes have from the start."""
    return certificate(name)


@dataclass
class Clock:
    """Time that passes a second at every look."""

    at: datetime = NOW

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Faults:
    """What happens before and after steps and looks; tests put functions here that raise."""

    def __init__(self) -> None:
        self.before_look: Callable[[str], None] = lambda target: None
        self.before_step: Callable[[Step], None] = lambda step: None
        self.after_step: Callable[[Step], None] = lambda step: None


@dataclass(repr=False)
class FakeCube:
    """Implements `trunkline.ports.Device`. `sections` are slots and lines by key, as the running configuration has them."""

    target: str
    trustpoint: str
    identity: Certificate
    faults: Faults = field(default_factory=Faults)
    sections: dict[Key, dict[str, str]] = field(default_factory=dict)
    anchors: dict[str, Certificate] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    connections: tuple[str, ...] = ()
    is_clock_right: bool = True
    clock_shown: datetime = NOW
    is_unsaved: bool = False
    last_change: str = ""  # the stamp with the user
    looks: int = 0
    sent: list[Step] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    issuer: Certificate = field(default_factory=ca_certificate)  # of the identity
    at: datetime = NOW  # when it is looked at
    call_legs: int | None = 0

    def __post_init__(self) -> None:
        for kind, name in ((Kind.VOICE_SERVICE, "voip"), (Kind.VOICE_SERVICE_SIP, "voip"), (Kind.SIP_UA, "")):
            self.write(kind, name)
        self.write(Kind.TRUSTPOINT, self.trustpoint, "enrollment terminal", "revocation-check none")
        self.anchors[self.trustpoint] = ca_certificate()

    def write(self, kind: Kind, name: str, *lines: str) -> Key:
        """Somebody types lines into a section."""
        key = Key(self.target, kind, name)
        section = self.sections.setdefault(key, {})
        for line in lines:
            self._enter(key, section, line)
        return key

    def dialect(self) -> CubeDialect:
        return CubeDialect((17, 9, 4))

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        self.looks += 1
        self.faults.before_look(self.target)
        resources = {}
        for key, section in self.sections.items():
            if section or key.kind not in SHARED_SECTIONS:
                ownership = Ownership.STATED if key.kind in SHARED_SECTIONS else Ownership.WHOLE
                resources[key] = Resource(key, dict(section), ownership, self.dialect().references(key, section))
        for name, anchor in self.anchors.items():
            key, holder = Key(self.target, Kind.TRUST_ANCHOR, name), Key(self.target, Kind.TRUSTPOINT, name)
            resources[key] = Resource(key, {"sha256": anchor.sha256, "pem": anchor.pem}, needs=frozenset({holder}))
        resources = {key: one for key, one in resources.items() if not any(gap.covers(key) for gap in self.gaps)}
        own = Identity(self.target, self.trustpoint, self.identity, (self.issuer,))
        is_hidden = any(gap.covers(Key(self.target, Kind.TRUSTPOINT, self.trustpoint)) for gap in self.gaps)
        return Observed(
            self.target,
            self.at,
            resources,
            self.gaps,
            fingerprint_of(resources),
            () if is_hidden else (own,),
            {name: (anchor,) for name, anchor in self.anchors.items()},
            self._facts(),
        )

    def _facts(self) -> CubeFacts:
        rows = tuple(_row(number, address) for number, address in enumerate(self.connections, start=1))
        return CubeFacts(
            (17, 9, 4),
            "17.9.4",
            self.target.partition("/")[2],
            self.clock_shown,
            self.is_clock_right,
            rows,
            (),
            dict(self.numbers),
            self.call_legs,
            self.is_unsaved,
            self.last_change,
        )

    def carry_out(self, step: Step) -> str:
        self.faults.before_step(step)
        self.sent.append(step)
        for command in step.commands:
            if command.verb == "authenticate":
                assert Key(self.target, Kind.TRUSTPOINT, step.key.name) in self.sections, "no such trustpoint"
                self.anchors[step.key.name] = Certificate.from_pem(command.payload["pem"])
            else:
                self._configure(step.key, command.lines)
        self.is_unsaved = True
        self.faults.after_step(step)
        return ""

    def _configure(self, key: Key, lines: tuple[str, ...]) -> None:
        path = path_of(key)
        if lines == (f"no {path[-1]}",):
            del self.sections[key]
            if key.kind is Kind.TRUSTPOINT:
                self.anchors.pop(key.name, None)
            return
        assert lines[: len(path)] == path, lines
        section = self.sections.setdefault(key, {})
        for line in lines[len(path) :]:
            self._enter(key, section, line)

    def _enter(self, key: Key, section: dict[str, str], line: str) -> None:
        """One line, as IOS takes it: a default is not shown, `no` gives a setting back to its default."""
        text = stored(line)
        slot, default = slot_of(key.kind, text), self.dialect().implied(key, slot_of(key.kind, text))
        is_negation = text.startswith("no ") and default != text.removeprefix("no ")
        if text == default or is_negation:
            section.pop(slot, None)
        else:
            section[slot] = value_of(key.kind, text)

    def save(self) -> None:
        self.is_unsaved = False

    def close(self) -> None:
        """Nothing is open."""


@dataclass(repr=False)
class FakeCluster:
    """Implements `trunkline.ports.Device`: AXL objects, a trust store for each node, and what trunks run with."""

    target: str
    nodes: tuple[str, ...]
    faults: Faults = field(default_factory=Faults)
    objects: dict[Key, dict[str, str]] = field(default_factory=dict)
    stores: dict[str, dict[str, Certificate]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    looks: int = 0
    resets: list[str] = field(default_factory=list)
    sent: list[Step] = field(default_factory=list)
    renewed: dict[str, Certificate] = field(default_factory=dict)  # identities other than the first, by node
    issuers: dict[str, tuple[Certificate, ...]] = field(default_factory=dict)  # of those, where they did not sign themselves

    def __post_init__(self) -> None:
        self.stores = {node: {} for node in self.nodes}

    def dialect(self) -> CucmDialect:
        return CucmDialect()

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        """Only the objects asked for, and foreign trunks that use one of them."""
        self.looks += 1
        self.faults.before_look(self.target)
        asked = set(keys)
        found = {key: one for key, one in self._resources() if key in asked or one.needs & asked}
        for node, store in self.stores.items():
            for short, certificate in store.items():
                key = Key(self.target, Kind.CALLMANAGER_TRUST, f"{node}/{short}")
                found[key] = Resource(key, {"sha256": certificate.sha256, "pem": certificate.pem})
        found = {key: one for key, one in found.items() if not any(gap.covers(key) for gap in self.gaps)}
        identities = tuple(
            Identity(self.target, node, self.renewed.get(node) or own_signed(f"{node}.example.com"), self.issuers.get(node, ()))
            for node in self.nodes
        )
        return Observed(
            self.target,
            NOW,
            found,
            self.gaps,
            fingerprint_of(found),
            identities,
            {node: tuple(store.values()) for node, store in self.stores.items()},
            ClusterFacts("14.0.1", tuple(Node(node, node, node == self.nodes[0]) for node in self.nodes)),
        )

    def _resources(self) -> Iterator[tuple[Key, Resource]]:
        for key, settings in self.objects.items():
            yield key, Resource(key, dict(settings), Ownership.STATED, read.needs_of(key, settings))

    def carry_out(self, step: Step) -> str:
        self.faults.before_step(step)
        self.sent.append(step)
        for command in step.commands:
            self._do(step.key, command)
        self.faults.after_step(step)
        return ""

    def _do(self, key: Key, command: Command) -> None:
        payload, operation = command.payload, command.lines[0]
        if command.verb == "upload":
            certificate = Certificate.from_pem(payload["pem"])
            self.stores[payload["node"]][certificate.sha256[:16]] = certificate
        elif command.verb == "remove-trust":
            self.stores[payload["node"]].pop(payload["sha256"][:16], None)
        elif command.verb == "activate":
            self.resets.append(payload["name"])
        elif operation.startswith("add"):
            self.objects[key] = _shown(payload)
        elif operation.startswith("update"):
            self.objects[key] |= dict.fromkeys(payload, "")
            self.objects[key] = {name: value for name, value in (self.objects[key] | _shown(payload)).items() if value}
        else:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        users = [user for user, one in self._resources() if key in one.needs]
        if users:
            raise DeviceRefused(f"cannot remove {key}: {users[0]} uses it")
        self.objects.pop(key, None)

    def save(self) -> None:
        """A cluster keeps what it is told."""

    def close(self) -> None:
        """Nothing is open."""


def _shown(payload: object) -> dict[str, str]:
    """The fields as get would answer them."""
    renamed = {new: name for name, new in RENAMED.items()}
    plain = {renamed.get(name, name): value for name, value in dict(payload).items()}  # type: ignore[call-overload]
    identity = {"name", *PATTERN_IDENTITY} - {"pattern", "routePartitionName", "dialPlanName", "routeFilterName"}
    settings = {name: read.normalised(name, value) for name, value in plain.items() if name not in identity}
    return {name: value for name, value in settings.items() if value}


def _row(number: int, address: str) -> Connection:
    return Connection(address, 5061, number, "Established")


def fingerprint_of(resources: dict[Key, Resource]) -> str:
    content = [(str(key), sorted(one.settings.items())) for key, one in sorted(resources.items())]
    return sha256(repr(content).encode()).hexdigest()[:16]


@dataclass(repr=False)
class FakeWorld:
    """The devices of some documents, the journal, and passes over them."""

    documents: Documents = field(default_factory=lambda: documents(examples()))
    revision: str = "r1"
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    journal: SqlJournal = field(default_factory=lambda: SqlJournal(open_engine("sqlite://"), document.of_pass))
    cubes: dict[str, FakeCube] = field(default_factory=dict)
    clusters: dict[str, FakeCluster] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None

    def __repr__(self) -> str:
        return "a world"

    def __post_init__(self) -> None:
        for name, cube in self.documents.cubes.items():
            trustpoint = cube.value.identity.trustpoint
            self.cubes[name] = FakeCube(cube_target(name), trustpoint, issued(f"{name}.example.com"), self.faults)
        for name, cluster in self.documents.clusters.items():
            nodes = tuple(node.name for node in cluster.value.nodes)
            self.clusters[name] = FakeCluster(cluster_target(name), nodes, self.faults)

    def says(self, files: dict[str, bytes], revision: str) -> None:
        """A new commit."""
        self.documents, self.revision = documents(files), revision

    def devices(self) -> dict[str, FakeCube | FakeCluster]:
        every: dict[str, FakeCube | FakeCluster] = {cube.target: cube for cube in self.cubes.values()}
        return every | {cluster.target: cluster for cluster in self.clusters.values()}

    def request(self, cube: str, previous: Pass | Precedent | None = None, *, is_dry: bool = False) -> Request:
        keys = {target: set(found) for target, found in keys_of_interest(self.documents, cube).items()}
        for key in self.journal.inventory(cube):
            keys.setdefault(key.target, set()).add(key)
        precedent = previous.precedent if isinstance(previous, Pass) else previous or Precedent()
        return Request(
            cube,
            {target: tuple(sorted(found)) for target, found in keys.items()},
            lambda observed, standings: compile_cube(self.documents, self.revision, cube, observed, standings),
            precedent,
            is_dry=is_dry,
            elsewhere=lambda: named_elsewhere(self.documents, cube),
        )

    def hands(self) -> Hands:
        return Hands(self.devices(), self.journal, self.clock, rehearsal=self.rehearsal)

    def run(self, cube: str, previous: Pass | Precedent | None = None, *, is_dry: bool = False) -> Pass:
        """One pass."""
        return reconcile(self.request(cube, previous, is_dry=is_dry), self.hands())

    def plan(self, cube: str) -> Pass:
        return self.run(cube, is_dry=True)

    def converge(self, cube: str, most_passes: int = 4) -> Pass:
        """Passes until nothing is left to do."""
        finished = self.run(cube)
        for _ in range(most_passes - 1):
            if finished.is_converged:
                break
            finished = self.run(cube, finished)
        return finished

    def picture(self) -> dict[str, object]:
        """Everything that devices hold, to be compared."""
        shown: dict[str, object] = {}
        for cube in self.cubes.values():
            shown |= {str(key): dict(section) for key, section in cube.sections.items() if section}
            shown |= {f"{cube.target} anchor {name}": anchor.sha256 for name, anchor in cube.anchors.items()}
        for cluster in self.clusters.values():
            shown |= {str(key): dict(settings) for key, settings in cluster.objects.items()}
            shown |= {f"{cluster.target} store {node}": sorted(store) for node, store in cluster.stores.items()}
        return shown


def without_links(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    """The documents without some links, and an estate that allows to delete the last one."""
    kept = {path: content for path, content in files.items() if path not in {f"links/{name}.yaml" for name in names}}
    return allowing(kept, allow_empty="true", max_deletions="100")


def allowing(files: dict[str, bytes], **settings: str) -> dict[str, bytes]:
    """The documents with other settings of the guard, and in enforce mode unless told otherwise."""
    mode = settings.pop("enforcement", "enforce")
    guard = "".join(f"  {name}: {value}\n" for name, value in settings.items())
    text = f"enforcement: {mode}\n" + (f"guard:\n{guard}" if guard else "")
    return {**files, "estate.yaml": text.encode()}
