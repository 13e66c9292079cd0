"""Certificates of the probe's own: made in memory, asked once of every issuer that allows it, and asked anew in good time."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from trunkline.health.tunnel import ProbeIdentity
from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.errors import TrunklineError
from trunkline.model.public_key import KeyType, der_of
from trunkline.model.renewal.wish import Signing
from trunkline.ports import Issuer

LOG = logging.getLogger(__name__)
NAME = "trunkline probe"
VALIDITY = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=1)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class _Made:
    """What an issuer gave, or that it gave nothing; good until `until`."""

    until: datetime
    issuer: str = ""  # SHA-256 of the CA certificate
    identity: ProbeIdentity | None = None


@dataclass
class ProbeIdentities:
    """By SHA-256 of the issuing CA, what the probe may present. The private keys never leave the memory of this process.

    An issuer that gives nothing is named in the log and asked again after an hour: a trunk is renewed without it, too.
    """

    now: Callable[[], datetime]
    _made: dict[str, _Made] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, issuers: Mapping[str, Issuer]) -> dict[str, ProbeIdentity]:
        """Of these issuers by name, those that have the probe's own certificate. Does not raise."""
        with self._lock:
            found = [self._from(name, issuers[name]) for name in sorted(issuers)]
        return {made.issuer: made.identity for made in found if made.identity}

    def _from(self, name: str, issuer: Issuer) -> _Made:
        known = self._made.get(name)
        if known is None or known.until <= self.now():
            known = self._made[name] = self._asked(name, issuer)
        return known

    def _asked(self, name: str, issuer: Issuer) -> _Made:
        now = self.now()
        try:
            abilities = issuer.abilities()
            if not abilities.is_probing:
                return _Made(now + ASK_AGAIN_AFTER)
            return _mint(issuer, abilities.algorithms, now)
        except (TrunklineError, ValueError) as error:
            LOG.warning("issuer %s gives the probe no certificate: %s", name, error)
            return _Made(now + ASK_AGAIN_AFTER)


def _mint(issuer: Issuer, algorithms: frozenset[str], now: datetime) -> _Made:
    """Raises as `Issuer.sign`, and ValueError where the answer is not for our key."""
    key: PrivateKey = ec.generate_private_key(ec.SECP256R1())
    kind = KeyType("ec", 256)
    if "ec" not in algorithms:
        key, kind = rsa.generate_private_key(public_exponent=65537, key_size=2048), KeyType("rsa", 2048)
    signing = Signing("probe", "trunkline", _request(key), (NAME,), kind, VALIDITY)
    answer = issuer.sign(signing)
    leaf = next((one for one in answer if one.public_key_der == der_of(key.public_key())), None)
    if leaf is None:
        raise ValueError("what it answered is not for the key of the request")
    issued_by = chain_above(leaf, (*answer, *issuer.chain()))
    if not issued_by:
        raise ValueError("who issued what it answered is not told")
    halfway = now + (leaf.not_after - now) / 2
    identity = ProbeIdentity(_pem(key), tuple(one.pem for one in (leaf, *_below_root(issued_by))))
    return _Made(halfway, issued_by[0].sha256, identity)


def _below_root(chain: tuple[Certificate, ...]) -> list[Certificate]:
    return [one for one in chain if not one.is_self_signed]


def _request(key: PrivateKey) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _pem(key: PrivateKey) -> str:
    """For the `ssl` module, which takes PEM; it goes through a pipe, never through a file."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
