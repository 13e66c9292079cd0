"""The rehearsal against an oracle: real handshakes over sockets, of the very certificates with their own keys."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.health.rehearsal.rehearsal import InMemory
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import End, Meeting, Met, Reason
from trunkline.twin import wire
from trunkline.twin.ca import Authority, Held, Wish, certify, new_key, pem_of, self_signed
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(days=800)  # the twin judges only the certificate itself by a clock that is off, not its CA
SERVER_ONLY, CLIENT_ONLY = (ExtendedKeyUsageOID.SERVER_AUTH,), (ExtendedKeyUsageOID.CLIENT_AUTH,)


@dataclass(frozen=True)
class Setup:
    """One end: what it holds, and how far its clock is off."""

    held: Held
    above: tuple[object, ...] = ()  # sent after its own certificate
    anchors: tuple[object, ...] = ()
    skew: timedelta = timedelta(0)
    minimum: str = "v1.2"
    maximum: str = "v1.2"
    ciphers: tuple[str, ...] = ()
    curve: str = ""

    def settings(self, openssl: dict[str, str]) -> TlsSettings:
        names = ":".join(openssl[name] for name in self.ciphers) or "ALL"
        return TlsSettings(
            self.held.key_pem,
            (self.held.pem, *map(pem_of, self.above)),
            tuple(map(pem_of, self.anchors)),
            self.minimum,
            self.maximum,
            f"{names}:@SECLEVEL=0",
            self.curve,
        )

    def end(self, name: str) -> End:
        chain = tuple(Certificate.from_pem(pem_of(one)) for one in (self.held.certificate, *self.above))
        anchors = tuple(Certificate.from_pem(pem_of(one)) for one in self.anchors)
        return End(name, chain, anchors, NOW + self.skew, self.minimum, self.maximum, self.ciphers, self.curve)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.skew


OPENSSL = {
    "ECDHE_RSA_AES256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE_ECDSA_AES128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "RSA_WITH_NULL_SHA": "NULL-SHA",
}


@cache
def root() -> Authority:
    return Authority.create("Root", LONG_AGO)


@cache
def issuing() -> Authority:
    return root().below("Issuing", LONG_AGO)


@cache
def impostor() -> Authority:
    """Another CA of the very name."""
    return Authority.create("Root", LONG_AGO)


@cache
def leaf(name: str, days: float = 30, usages: tuple[object, ...] | None = None, kind: tuple[str, int] = ("rsa", 2048)) -> Held:
    wish = Wish(name, NOW, days, names=(name,))
    wish = wish if usages is None else replace(wish, usages=usages)
    return root().issue(wish, new_key(*kind))


@cache
def own(name: str) -> Held:
    return self_signed(Wish(name, NOW, 30))


@cache
def below_issuing(name: str) -> Held:
    return issuing().issue(Wish(name, NOW, 30, names=(name,)))


@cache
def later(name: str) -> Held:
    """Valid from the day after tomorrow on."""
    key = new_key()
    return Held(certify(Wish(name, NOW + timedelta(days=3), 30), key.public_key(), root().issuer), key)


@cache
def below_expired_ca(name: str) -> tuple[Held, object]:
    key = new_key()
    ended = Wish("Ended CA", NOW, -5, organization="trunkline lab", is_ca=True)
    ca = Held(certify(ended, key.public_key(), root().issuer), key)
    own_key = new_key()
    return Held(certify(Wish(name, NOW, 30), own_key.public_key(), ca), own_key), ca.certificate


@cache
def below_no_ca(name: str) -> tuple[Held, object]:
    """Signed with the key of a certificate that is no CA's."""
    signer, key = leaf("no-ca"), new_key()
    return Held(certify(Wish(name, NOW, 30), key.public_key(), signer), key), signer.certificate


def ca() -> object:
    return root().issuer.certificate


def good() -> tuple[Setup, Setup]:
    """The CUBE and a node with certificates of one root, which both trust."""
    return Setup(leaf("cube"), anchors=(ca(),)), Setup(leaf("node"), anchors=(ca(),))


def both(**changes: object) -> tuple[Setup, Setup]:
    cube, node = good()
    return replace(cube, **changes), replace(node, **changes)


def cube(**changes: object) -> tuple[Setup, Setup]:
    near, far = good()
    return replace(near, **changes), far


def node(**changes: object) -> tuple[Setup, Setup]:
    near, far = good()
    return near, replace(far, **changes)


MIDDLE = {"held": below_issuing("cube"), "above": (issuing().issuer.certificate,)}
SELF = own("node")
MATRIX: dict[str, Callable[[], tuple[Setup, Setup]]] = {
    "good": good,
    "unknown CA": lambda: node(anchors=(issuing().issuer.certificate,)),
    "nothing trusted": lambda: node(anchors=()),
    "a CA of the same name": lambda: node(anchors=(impostor().issuer.certificate,)),
    "a CA of the same name beside the right one": lambda: node(anchors=(impostor().issuer.certificate, ca())),
    "chain of two, root trusted": lambda: cube(**MIDDLE),
    "chain of two, issuing CA trusted alone": lambda: (cube(**MIDDLE)[0], node(anchors=(issuing().issuer.certificate,))[1]),
    "missing intermediate": lambda: cube(held=below_issuing("cube")),
    "missing intermediate that is in the store": lambda: (
        cube(held=below_issuing("cube"))[0],
        node(anchors=(issuing().issuer.certificate, ca()))[1],
    ),
    "self-signed, trusted itself": lambda: (cube(anchors=(SELF.certificate,))[0], node(held=SELF)[1]),
    "self-signed, not trusted": lambda: node(held=SELF),
    "leaf of a CA trusted itself": lambda: cube(anchors=(leaf("node").certificate,)),
    "expired": lambda: cube(held=leaf("cube", -2)),
    "expired node": lambda: node(held=leaf("node", -2)),
    "not yet valid": lambda: cube(held=later("cube")),
    "expired CA above": lambda: cube(held=below_expired_ca("cube")[0], above=(below_expired_ca("cube")[1],)),
    "clock of the node far ahead": lambda: node(skew=timedelta(days=60)),
    "clock of the CUBE far behind": lambda: cube(skew=timedelta(days=-400)),
    "both clocks off alike": lambda: both(skew=timedelta(days=10)),
    "expired, and the clock of the node behind": lambda: (
        cube(held=leaf("cube", -2))[0],
        node(skew=timedelta(days=-2, hours=-6))[1],
    ),
    "server only": lambda: cube(held=leaf("cube", usages=SERVER_ONLY)),
    "client only": lambda: node(held=leaf("node", usages=CLIENT_ONLY)),
    "no usage": lambda: cube(held=leaf("cube", usages=())),
    "signed by no CA": lambda: cube(held=below_no_ca("cube")[0], above=(below_no_ca("cube")[1],)),
    "TLS 1.3": lambda: both(minimum="v1.3", maximum="v1.3"),
    "TLS 1.3, unknown CA": lambda: (
        cube(minimum="v1.3", maximum="v1.3")[0],
        node(minimum="v1.3", maximum="v1.3", anchors=())[1],
    ),
    "TLS 1.0 and 1.2": lambda: cube(minimum="v1.0", maximum="v1.0"),
    "TLS 1.0 on both": lambda: both(minimum="v1.0", maximum="v1.0"),
    "TLS 1.3 and 1.2": lambda: node(minimum="v1.3", maximum="v1.3"),
    "one cipher": lambda: both(ciphers=("ECDHE_RSA_AES256_GCM_SHA384",)),
    "no cipher in common": lambda: (
        cube(ciphers=("RSA_WITH_AES_128_CBC_SHA",))[0],
        node(ciphers=("ECDHE_RSA_AES256_GCM_SHA384",))[1],
    ),
    "authenticated mode": lambda: node(ciphers=("RSA_WITH_NULL_SHA",)),
    "authenticated mode on both": lambda: both(ciphers=("RSA_WITH_NULL_SHA",)),
    "EC": lambda: cube(held=leaf("cube", kind=("ec", 256))),
    "EC on both": lambda: (cube(held=leaf("cube", kind=("ec", 256)))[0], node(held=leaf("node", kind=("ec", 384)))[1]),
    "EC and RSA ciphers": lambda: (
        cube(held=leaf("cube", kind=("ec", 256)))[0],
        node(ciphers=("RSA_WITH_AES_128_CBC_SHA",))[1],
    ),
    "RSA and EC ciphers": lambda: node(ciphers=("ECDHE_ECDSA_AES128_GCM_SHA256",)),
    "P-384 behind P-256": lambda: cube(held=leaf("cube", kind=("ec", 384)), curve="prime256v1"),
    "P-384 and its curve": lambda: cube(held=leaf("cube", kind=("ec", 384)), curve="secp384r1"),
    "curves apart": lambda: (
        cube(curve="secp384r1", ciphers=("ECDHE_RSA_AES256_GCM_SHA384",))[0],
        node(curve="prime256v1", ciphers=("ECDHE_RSA_AES256_GCM_SHA384",))[1],
    ),
}
BROKEN = {
    "unknown CA": Reason.UNKNOWN_CA,
    "a CA of the same name": Reason.UNKNOWN_CA,
    "missing intermediate": Reason.UNKNOWN_CA,
    "self-signed, not trusted": Reason.UNKNOWN_CA,
    "expired": Reason.EXPIRED,
    "not yet valid": Reason.NOT_YET_VALID,
    "expired CA above": Reason.EXPIRED,
    "clock of the node far ahead": Reason.EXPIRED,
    "clock of the CUBE far behind": Reason.NOT_YET_VALID,
    "TLS 1.3, unknown CA": Reason.UNKNOWN_CA,
    "TLS 1.0 and 1.2": Reason.VERSION,
    "TLS 1.3 and 1.2": Reason.VERSION,
    "no cipher in common": Reason.CIPHER,
    "authenticated mode": Reason.CIPHER,
    "EC and RSA ciphers": None,  # in one direction only
}


@dataclass
class Seen:
    """What the two ends of a real handshake reported."""

    results: dict[str, HandshakeResult] = field(default_factory=dict)

    @property
    def refused_by(self) -> str:
        """Whoever complained in words of its own: the other one heard an alert, or that the connection was closed."""
        for side, result in self.results.items():
            heard = "alert" in result.reason or "closed" in result.reason or result.reason.startswith("answered")
            if not result.is_ok and not heard:
                return side
        return ""


async def _real(client: Setup, server: Setup) -> Seen:
    seen, done = Seen(), asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made = wire.context(wire.settings_for_clock(server.settings(OPENSSL), server.clock), is_server=True)
        secured = await wire.secure(reader, writer, made, is_server=True, now=server.clock())
        seen.results["server"] = secured.result if isinstance(secured, Secured) else secured
        if isinstance(secured, Secured):
            secured.writer.write(b"!")
            await secured.writer.drain()
            await secured.reader.read(1)
        done.set()

    listening = await wire.listen("127.0.0.1", 0, accept)
    port = listening.sockets[0].getsockname()[1]
    secured = await wire.connect("127.0.0.1", ("127.0.0.1", port), client.settings(OPENSSL), client.clock)
    seen.results["client"] = secured.result if isinstance(secured, Secured) else secured
    if isinstance(secured, Secured):
        try:
            await secured.reader.read(1)
        except OSError as error:
            seen.results["client"] = HandshakeResult(False, "client", wire.reason_of(error))
        secured.close()
    await asyncio.wait_for(done.wait(), 60)
    listening.close()
    return seen


def rehearsed(client: Setup, server: Setup) -> Met:
    return InMemory().meet(Meeting("link", client.end("cube/client"), server.end("cluster/x/server")))


@pytest.mark.parametrize("is_from_cube", [True, False], ids=["from the CUBE", "from the node"])
@pytest.mark.parametrize("case", MATRIX)
def test_the_rehearsal_says_what_a_real_handshake_does(case: str, is_from_cube: bool) -> None:
    near, far = MATRIX[case]()
    client, server = (near, far) if is_from_cube else (far, near)
    met, seen = rehearsed(client, server), asyncio.run(_real(client, server))
    is_ok = all(result.is_ok for result in seen.results.values())
    assert met.is_ok is is_ok, (met, seen)
    if is_ok:
        assert (met.version, met.cipher) == (seen.results["server"].version, seen.results["server"].cipher)
    else:
        assert met.refused_by == {"client": "cube/client", "server": "cluster/x/server"}[seen.refused_by], (met, seen)


@pytest.mark.parametrize(("case", "reason"), [(case, reason) for case, reason in BROKEN.items() if reason])
def test_a_refusal_has_its_reason_and_a_cure(case: str, reason: Reason) -> None:
    for client, server in (MATRIX[case](), MATRIX[case]()[::-1]):
        met = rehearsed(client, server)
        assert (met.is_ok, met.reason) == (False, reason), met
        assert met.text and met.cure


@pytest.mark.parametrize("case", ["server only", "client only"])
def test_a_purpose_counts_by_role(case: str) -> None:
    near, far = MATRIX[case]()
    found = [rehearsed(near, far), rehearsed(far, near)]
    assert sorted(met.is_ok for met in found) == [False, True]
    assert {met.reason for met in found if not met.is_ok} == {Reason.PURPOSE}
