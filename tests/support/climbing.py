"""A certificate's ladder on a simulated CUBE, climbed by hand through the device."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from support.cubes import Bench
from trunkline.devices.cube.device import CubeDevice
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.plan import Action, Change, Difference, Step
from trunkline.model.resource import Resource
from trunkline.twin.ca import Authority, Wish, certify

CUBE, NAME = "cube/x", "sip-trunk-cert-1"


@dataclass
class Ladder:
    """A CUBE, the hand that climbs, and a CA that signs for it."""

    bench: Bench
    device: CubeDevice
    authority: Authority
    kind: str = "rsa 2048"

    @property
    def issuer(self) -> Certificate:
        return Certificate.from_pem(self.authority.issuer.pem)

    def look(self) -> Observed:
        return self.device.observe([], full=True)

    def do(self, action: Action, kind: Kind, settings: dict[str, str] | None, name: str = NAME) -> str:
        key = Key(CUBE, kind, name)
        dialect = self.device.dialect()
        before = self.look().resources.get(key) if action is not Action.CREATE else None
        after = dialect.canonical(Resource(key, settings)) if settings is not None else None
        has, wants = (one.settings if one else {} for one in (before, after))
        slots = dict.fromkeys([*wants, *(has if action is Action.DELETE else ())])
        differences = tuple(
            Difference(slot, has.get(slot), wants.get(slot)) for slot in slots if has.get(slot) != wants.get(slot)
        )
        change = Change(action, key, before, after, differences)
        return self.device.carry_out(Step(change, dialect.render(change)))

    def make_key(self) -> None:
        self.do(Action.CREATE, Kind.KEY_PAIR, {"type": self.kind})

    def make_trustpoint(self, *, enrollment: str = "terminal pem", is_asked: bool = False) -> None:
        has_alternative = self.bench.router.train.numbers >= (16,)
        lines = [
            f"enrollment {enrollment}",
            *([] if is_asked else ["serial-number none", "fqdn none", "ip-address none"]),
            "subject-name cn=vg-yohur.example.com,o=Example",
            *(["subject-alt-name vg-yohur.example.com"] if has_alternative else []),
            "revocation-check none",
            f"fingerprint {self.issuer.sha1}",
            f"{'rsa' if self.kind.startswith('rsa') else 'ec'}keypair {NAME}",
            "hash sha256",
        ]
        self.do(Action.CREATE, Kind.TRUSTPOINT, {line: line for line in lines})

    def trust(self) -> None:
        self.do(Action.CREATE, Kind.TRUST_ANCHOR, {"sha256": self.issuer.sha256, "pem": self.issuer.pem})

    def public(self) -> str:
        return self.look().resources[Key(CUBE, Kind.KEY_PAIR, NAME)].settings["public"]

    def ask(self) -> str:
        return self.do(Action.CREATE, Kind.CERTIFICATE_REQUEST, {"issuer": "lab", "public": self.public()})

    def sign(self, csr_pem: str, *, begins: datetime | None = None) -> Certificate:
        wish = Wish("vg-yohur.example.com", begins or datetime.now(UTC), 90, names=("vg-yohur.example.com",))
        public = x509.load_pem_x509_csr(csr_pem.encode()).public_key()
        return Certificate(certify(wish, public, self.authority.issuer).public_bytes(Encoding.DER))

    def install(self, certificate: Certificate) -> None:
        self.do(Action.CREATE, Kind.IDENTITY, {"sha256": certificate.sha256, "pem": certificate.pem})

    def ready(self) -> None:
        self.make_key()
        self.make_trustpoint()
        self.trust()

    def presented(self) -> Certificate | None:
        found = self.bench.lab.cubes[self.bench.name].agent.presented("10.72.86.74")
        return Certificate(found.public_bytes(Encoding.DER)) if found else None


def climber_of(bench: Bench, kind: str = "rsa 2048") -> Ladder:
    device = bench.device()
    device.observe([])
    return Ladder(bench, device, Authority.create("new issuing CA", datetime.now(UTC)), kind)
