"""A recorded estate with certificates in every role, for the views of certificates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Identity, IssuerFacts, Node, Observed, Shown, WireFacts
from trunkline.model.passes import Pass
from trunkline.model.renewal.calendar import Policy, Window
from trunkline.model.renewal.memory import Enrolment, Holder
from trunkline.model.renewal.standing import Coming, Rung, Standing, Wait
from trunkline.model.renewal.wish import IdentityWish
from trunkline.views import document

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SUNDAYS = Window("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", timedelta(hours=2), "Asia/Seoul")
OPENS = datetime(2026, 11, 28, 17, tzinfo=UTC)  # Sunday, 02:00 in Seoul
CUBE, CLUSTER = "cube/vg-yohur", "cluster/seoul"
NODES = ("cucm-pub", "cucm-sub1")


@cache
def _key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def made(
    name: str,
    issuer: str = "",
    begins: datetime = NOW - timedelta(days=200),
    days: int = 300,
    usages: tuple[str, ...] = (),
    is_ca: bool = False,
) -> Certificate:
    """A certificate in the name of `issuer`, else of its own; the same call gives the same one."""
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer or name))
    builder = (
        x509.CertificateBuilder(signer, subject, _key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(one) for one in usages]), critical=False)
    return Certificate(builder.sign(_key(issuer or name), hashes.SHA256()).public_bytes(serialization.Encoding.DER))


LONG_AGO = NOW - timedelta(days=1000)
ROOT = made("Voice Root CA", "", LONG_AGO, 7300, is_ca=True)
ISSUING = made("Voice Issuing CA", "Voice Root CA", LONG_AGO, 3650, is_ca=True)
CUCM_CA = made("Seoul CA", "", LONG_AGO, 1150, is_ca=True)
OLD_CA = made("Cisco Manufacturing CA", "", LONG_AGO, 500, is_ca=True)
IDENTITY = made("vg-yohur.example.com", "Voice Issuing CA")
COMING = made("vg-yohur.example.com", "Voice Issuing CA", NOW - timedelta(days=1), 300)
NODE = made("cucm-pub.example.com", "Seoul CA", NOW - timedelta(days=100), 365)
SUB_STORED = made("cucm-sub1.example.com", "Seoul CA", NOW - timedelta(days=3), 365)
SUB_SHOWN = made("cucm-sub1.example.com", "Seoul CA", NOW - timedelta(days=350), 360)


@dataclass
class Estate:
    """What the passes of one CUBE saw; tests replace what they are about."""

    identities: tuple[Identity, ...] = (
        Identity(CUBE, "sip-trunk-cert", IDENTITY, (ISSUING, ROOT)),
        Identity(CUBE, "sip-trunk-cert-1", COMING, (ISSUING, ROOT)),
    )
    standings: tuple[Standing, ...] = field(default_factory=lambda: (standing(), watched()))
    shown: dict[str, Certificate] = field(
        default_factory=lambda: {CUBE: IDENTITY, f"{CLUSTER}/cucm-pub": NODE, f"{CLUSTER}/cucm-sub1": SUB_SHOWN}
    )
    nodes: tuple[Certificate, ...] = (NODE, SUB_STORED)

    def finished(self) -> Pass:
        trusted = {"sip-trunk-cert": (ISSUING,), "sip-trunk-cert-1": (ISSUING,), "cucm-ca": (CUCM_CA,)}
        wire = WireFacts({holder: Shown(one, NOW) for holder, one in self.shown.items()})
        seen = (
            Observed(CUBE, NOW, {}, identities=self.identities, trusted=trusted),
            Observed(
                CLUSTER,
                NOW,
                {},
                identities=tuple(Identity(CLUSTER, node, one) for node, one in zip(NODES, self.nodes, strict=True)),
                trusted=dict.fromkeys(NODES, (ISSUING, ROOT, OLD_CA)),
                facts=ClusterFacts("14", tuple(Node(node, node, node == NODES[0]) for node in NODES)),
            ),
            Observed("wire/vg-yohur", NOW, {}, facts=wire),
            Observed("issuer/lab", NOW, {}, facts=IssuerFacts((ISSUING, ROOT))),
        )
        observed = {one.target: one for one in seen}
        return Pass("vg-yohur", "r1", NOW, NOW, observed, (), None, None, (), (), (), {}, standings=self.standings)

    def recorded(self) -> dict[str, Any]:
        return document.of_pass(self.finished())


def wish(
    target: str = CUBE, holder: str = "sip-trunk-cert", issuer: str = "lab", windows: tuple[Window, ...] = (SUNDAYS,)
) -> IdentityWish:
    return IdentityWish(target, holder, (f"{holder}.example.com",), issuer=issuer, policy=Policy(windows=windows))


def standing(*waits: Wait, rung: Rung = Rung.INSTALLED) -> Standing:
    """Of the CUBE, with its renewal under way."""
    holder = Holder(CUBE, "sip-trunk-cert-1")
    asked = Enrolment(holder, "lab", "", NOW, (COMING, ISSUING, ROOT), NOW)
    return Standing(
        wish(),
        "sip-trunk-cert",
        ("sip-trunk-cert", "sip-trunk-cert-1"),
        Identity(CUBE, "sip-trunk-cert", IDENTITY, (ISSUING, ROOT)),
        rung,
        Coming("sip-trunk-cert-1", (ISSUING, ROOT), rung, asked),
        renewal_at=NOW - timedelta(days=1),
        why="expiry",
        waits=waits or (Wait("window", "what can be felt happens in a window", OPENS),),
    )


def settled() -> Standing:
    """Of the CUBE, with nothing to do for a while."""
    return Standing(
        wish(), "sip-trunk-cert-1", ("sip-trunk-cert-1",), Identity(CUBE, "sip-trunk-cert-1", COMING, (ISSUING,)),
        kept=("sip-trunk-cert",), renewal_at=NOW + timedelta(days=190),
    )  # fmt: skip


def watched() -> Standing:
    """Of a node that trunkline only looks at."""
    return Standing(wish(CLUSTER, "cucm-pub", ""), "cucm-pub", ("cucm-pub",), Identity(CLUSTER, "cucm-pub", NODE))


def asking() -> Standing:
    """Of the CUBE, waiting for a restart that a person must allow."""
    reason = "cucm-pub of cluster/seoul does not accept certificates of Voice Issuing CA: Cisco CallManager must be restarted"
    return standing(Wait("restart", reason, asks=Key(CLUSTER, Kind.SERVICE_RESTART, "cucm-pub")))
