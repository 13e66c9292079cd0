"""A world in memory whose CUBEs make keys and requests, whose issuer signs them, and whose wire is looked at.

After every act it is asked whether each end accepts what the other presents: `BreachError` tells when one did not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.fake import NOW, FakeCluster, FakeCube, FakeWorld, _key, certificate
from trunkline.loop.request import Request
from trunkline.model.certificate import Certificate, certificates_in, chain_above
from trunkline.model.errors import DeviceRefused, Waiting
from trunkline.model.key import Key, Kind, cluster_target, cube_target, issuer_target, wire_target
from trunkline.model.observed import Acceptance, Gap, Identity, IssuerFacts, Observed, Shown, WireFacts
from trunkline.model.passes import Pass, Precedent
from trunkline.model.plan import Change, Command, Step
from trunkline.model.renewal.wish import IdentityWish
from trunkline.model.resource import Resource

ISSUER = "lab"


class BreachError(AssertionError):
    """At some moment one end did not accept what the other presented."""


def ca(name: str) -> Certificate:
    return certificate(name, is_ca=True)


def signed(name: str, issuer: str, public: object, at: datetime, days: float = 90) -> Certificate:
    """A certificate of an issuing CA of that name for a public key."""
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer))
    builder = (
        x509.CertificateBuilder(signer, subject, public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=1))
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    return Certificate(builder.sign(_key(issuer), None).public_bytes(serialization.Encoding.DER))


@dataclass(repr=False)
class CertifiedCube(FakeCube):
    """`keys` by label, `identities` by trustpoint. The first identity is what the document names."""

    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    identities: dict[str, Certificate] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)  # Conn-Ids by address
    next_id: int = 1
    busy: frozenset[str] = frozenset()  # addresses with a call
    are_ids_reused: bool = False  # the lowest number that is free is given to the next connection
    are_connections_readable: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.identities[self.trustpoint] = self.identity
        self.keys["first-key"] = ec.generate_private_key(ec.SECP256R1())
        self.write(Kind.TRUSTPOINT, self.trustpoint, "rsakeypair first-key")

    def connect(self, *addresses: str) -> None:
        self.connections = addresses
        for address in addresses:
            if address not in self.ids:
                free = next(number for number in range(1, 1000) if number not in self.ids.values())
                self.ids[address], self.next_id = free if self.are_ids_reused else self.next_id, self.next_id + 1

    def bound(self) -> set[str]:
        """The trustpoints that new handshakes present."""
        return {
            line.split("trustpoint ")[1].split()[0]
            for key, section in self.sections.items()
            if key.kind in (Kind.SIP_UA, Kind.TLS_PROFILE)
            for line in section.values()
            if "trustpoint " in line
        }

    def presented(self) -> set[str]:
        """The trustpoints that `crypto signaling` leads to."""
        lines = self.sections[Key(self.target, Kind.SIP_UA, "")].values()
        profiles = [line.split("tls-profile ")[1].split()[0] for line in lines if "tls-profile " in line]
        lines = [*lines, *(one for tag in profiles for one in self.sections[Key(self.target, Kind.TLS_PROFILE, tag)].values())]
        return {line.split("trustpoint ")[1].split()[0] for line in lines if "trustpoint " in line}

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        seen = super().observe(keys, full=full)
        resources = dict(seen.resources)
        for label, private in self.keys.items():
            key = Key(self.target, Kind.KEY_PAIR, label)
            resources[key] = Resource(key, {"type": "ec 256", "public": _public(private)})
        for name, held in self.identities.items():
            key = Key(self.target, Kind.IDENTITY, name)
            needs = frozenset({Key(self.target, Kind.TRUSTPOINT, name)})
            resources[key] = Resource(key, {"sha256": held.sha256, "pem": held.pem}, needs=needs)
        resources = {key: one for key, one in resources.items() if not seen.has_gap(key)}
        trusted = {name: held for name, held in seen.trusted.items() if Key(self.target, Kind.TRUST_ANCHOR, name) in resources}
        pool = tuple(one for held in trusted.values() for one in held)
        identities = tuple(
            Identity(self.target, name, held, chain_above(held, pool))
            for name, held in sorted(self.identities.items())
            if Key(self.target, Kind.IDENTITY, name) in resources
        )
        rows = tuple(replace(row, connection_id=self.ids[row.remote_address]) for row in seen.facts.connections)
        facts = replace(seen.facts, busy_addresses=self.busy, connections=rows if self.are_connections_readable else None)
        return replace(seen, resources=resources, identities=identities, trusted=trusted, facts=facts)

    def carry_out(self, step: Step) -> str:
        acts = [command for command in step.commands if command.verb not in ("configure", "authenticate")]
        if not acts:
            super().carry_out(step)
            if step.key.kind is Kind.TRUSTPOINT and Key(self.target, Kind.TRUSTPOINT, step.key.name) not in self.sections:
                self.identities.pop(step.key.name, None)
            return ""
        self.faults.before_step(step)
        self.sent.append(step)
        produced = "".join(self._certify(step.key, command) for command in acts)
        self.is_unsaved = True
        self.faults.after_step(step)
        return produced

    def _certify(self, key: Key, command: Command) -> str:
        name = key.name
        if command.verb == "generate":
            if name in self.keys:
                raise DeviceRefused(f"{name} is there")
            self.keys[name] = ec.generate_private_key(ec.SECP256R1())
        elif command.verb == "zeroize":
            del self.keys[name]
            lost = [one for one in self.identities if self._label(one) == name]
            for one in lost:
                del self.identities[one]
        elif command.verb == "enroll":
            return self._request(name)
        elif command.verb == "import":
            self.identities[name] = Certificate.from_pem(command.payload["pem"])
        elif command.verb == "recycle":
            address = command.payload["remote"].rpartition(":")[0]
            self.ids.pop(address, None)
            self.connect(*self.connections)
        return ""

    def _label(self, trustpoint: str) -> str:
        section = self.sections.get(Key(self.target, Kind.TRUSTPOINT, trustpoint), {})
        return next((line.split()[1] for line in section.values() if line.startswith(("rsakeypair", "eckeypair"))), "")

    def _request(self, trustpoint: str) -> str:
        private = self.keys[self._label(trustpoint)]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whoever")])
        made = x509.CertificateSigningRequestBuilder(subject).sign(private, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()


def _is_accepted(presented: Certificate, store: tuple[Certificate, ...]) -> bool:
    """As OpenSSL does without partial chains: up to a certificate that signed itself."""
    chain = chain_above(presented, store)
    return presented in store or bool(chain and chain[-1].is_self_signed)


def _public(private: ec.EllipticCurvePrivateKey) -> str:
    der = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest().upper()


class _Plain:
    """The dialect of what has no language of its own."""

    def canonical(self, resource: Resource) -> Resource:
        return resource

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:
        return wanted

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:
        return has == wanted

    def manages(self, key: Key, slot: str) -> bool:
        return False

    def is_cosmetic(self, key: Key, slot: str) -> bool:
        return False

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
        return frozenset()

    def waits_for_calls(self, change: Change) -> bool:
        return False

    def must_replace(self, change: Change) -> bool:
        return False

    def render(self, change: Change) -> tuple[Command, ...]:
        return (Command("sign", (f"sign {change.key.name}",), dict(change.after.settings) if change.after else {}),)


@dataclass(repr=False)
class FakeIssuer:
    """Signs whatever it is asked for. `waits` and `refuses` make it say so instead."""

    now: "object"
    name: str = "New CA"
    days: float = 90
    waits: str = ""
    refuses: str = ""
    asked: int = 0
    root: str = ""  # who signed its CA; empty: the CA itself
    is_down: bool = False
    named: str = ""  # the name that its certificates bear, whatever is asked for
    target: str = issuer_target(ISSUER)

    @property
    def chain(self) -> tuple[Certificate, ...]:
        return (certificate(self.name, self.root, is_ca=True), ca(self.root)) if self.root else (ca(self.name),)

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        if self.is_down:
            return Observed(
                self.target, NOW, {}, (Gap(self.target, "connection refused"),), facts=IssuerFacts((), "connection refused")
            )
        return Observed(self.target, NOW, {}, facts=IssuerFacts(self.chain))

    def dialect(self) -> _Plain:
        return _Plain()

    def carry_out(self, step: Step) -> str:
        self.asked += 1
        if self.waits:
            raise Waiting(self.waits, NOW)
        if self.refuses:
            raise DeviceRefused(f"cannot use the answer of issuer {ISSUER}: {self.refuses}; have it issued anew")
        (command,) = step.commands
        request = x509.load_pem_x509_csr(command.payload["csr_pem"].encode())
        name = self.named or command.payload["names"].split(",")[0]
        leaf = signed(name, self.name, request.public_key(), self.now(), self.days)
        return "".join(one.pem for one in (leaf, *self.chain))

    def save(self) -> None: ...

    def close(self) -> None: ...


@dataclass(repr=False)
class FakeWire:
    """Shows what is presented now. Nodes accept what they hold, unless their service must be restarted first."""

    world: "CertifiedWorld"
    cube: str

    @property
    def target(self) -> str:
        return wire_target(self.cube)

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        now = self.world.clock.now()
        cube = self.world.cubes[self.cube]
        presented = [cube.identities.get(name) for name in sorted(cube.presented())]
        shown = {cube.target: Shown(presented[0] if presented else None, now, "" if presented else "nothing")}
        if self.world.is_shut_out:
            shown = {cube.target: Shown(None, now, "the other end closed the connection")}
        accepted = {}
        issuing = self.world.issuer.chain[0]
        for name, cluster in self.world.clusters.items():
            for node, store in cluster.stores.items():
                holds = issuing in store.values() and not self.world.are_restarts_needed
                where = f"{cluster_target(name)}/{node}"
                accepted[(where, issuing.sha256)] = Acceptance(holds, now, "" if holds else "unknown CA")
        return Observed(self.target, now, {}, facts=WireFacts(shown, accepted))

    def dialect(self) -> _Plain:
        return _Plain()

    def carry_out(self, step: Step) -> str:
        raise AssertionError("nothing is done on the wire")

    def save(self) -> None: ...

    def close(self) -> None: ...


@dataclass(repr=False)
class CertifiedWorld(FakeWorld):
    """One CUBE renews its certificate; whatever is done, both ends must accept each other afterwards."""

    wish_of: dict[str, IdentityWish] = field(default_factory=dict)
    issuer: FakeIssuer = field(init=False)
    are_acts_watched: bool = False
    is_shut_out: bool = False  # the CUBE answers its cluster alone: the probe sees nothing
    are_restarts_needed: bool = False  # nodes do not accept what they hold, until they are restarted

    def __post_init__(self) -> None:
        super().__post_init__()
        self.issuer = FakeIssuer(self.clock.now)
        for name, cube in list(self.cubes.items()):
            self.cubes[name] = CertifiedCube(cube.target, cube.trustpoint, cube.identity, self.faults)
        self.faults.after_step = lambda step: self.see_that_all_accept() if self.are_acts_watched else None

    def devices(self) -> dict[str, object]:
        wires = {wire_target(name): FakeWire(self, name) for name in self.cubes}
        return {**super().devices(), self.issuer.target: self.issuer, **wires}

    def request(self, cube: str, previous: Pass | Precedent | None = None, *, is_dry: bool = False) -> Request:
        made = super().request(cube, previous, is_dry=is_dry)
        wish = self.wish_of.get(cube)
        if wish is None:
            return made
        return replace(
            made,
            keys={**made.keys, self.issuer.target: (), wire_target(cube): ()},
            wishes=(wish,),
        )

    def see_that_all_accept(self) -> None:
        """The CUBE's certificate is there with its key, held by every node, named by the profile; and the other way round."""
        for cube in self.cubes.values():
            for trustpoint in cube.presented():
                presented = cube.identities.get(trustpoint)
                if presented is None or cube._label(trustpoint) not in cube.keys:
                    raise BreachError(f"{cube.target} presents {trustpoint}, which holds no certificate with a key")
                for cluster in self.clusters.values():
                    self._see(cube, presented, cluster)

    def _see(self, cube: CertifiedCube, presented: Certificate, cluster: FakeCluster) -> None:
        for node, store in cluster.stores.items():
            if not _is_accepted(presented, tuple(store.values())):
                raise BreachError(f"{node} does not trust {presented.common_name} of {cube.target}")
            own = cluster.renewed.get(node) or certificate(f"{node}.example.com")
            if not any(own == held or own.issued_by(held) for held in cube.anchors.values()):
                raise BreachError(f"{cube.target} does not trust {node}")
        links = [link.value for link in self.documents.links_by_cube[cube.target.partition("/")[2]]]
        for link in links:
            profile = cluster.objects[Key(cluster.target, Kind.SIP_SECURITY_PROFILE, link.security_profile.name)]
            if presented.common_name.lower() not in profile["x509SubjectName"].lower().split(","):
                raise BreachError(f"{link.security_profile.name} does not name {presented.common_name}")

    def climb(self, cube: str, most_passes: int = 40) -> list[Pass]:
        """Passes until none wants another look."""
        found = [self.run(cube)]
        while len(found) < most_passes and found[-1].goes_on(found[-2] if len(found) > 1 else None):
            found.append(self.run(cube, found[-1]))
        return found


__all__ = ["BreachError", "CertifiedCube", "CertifiedWorld", "FakeIssuer", "certificates_in", "cube_target"]
