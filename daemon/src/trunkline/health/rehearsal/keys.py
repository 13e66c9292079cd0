"""Keys of stand-ins: private keys never leave devices, so each real public key is played by one of our own."""

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from trunkline.model.certificate import Certificate

MOST_RSA_BITS = 2048
"""Larger ones take a second to make, and OpenSSL, told to ask for no strength, treats them alike."""
SLOTS = 8  # keys of each kind that are there for all meetings; a meeting with more keys gets more
STRANGER = -1  # the slot of whoever is not in a meeting
CURVES: Mapping[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Part(NamedTuple):
    """Who plays a public key: the kind and size of the key, and which one of these."""

    algorithm: str
    bits: int
    slot: int


class CannotRehearseError(Exception):
    """A key of a kind for which there is no stand-in."""


_made: dict[Part, PrivateKey] = {}
_making = threading.Lock()


def private(part: Part) -> PrivateKey:
    """Always the same for the same part: what it signed stays signed by it."""
    with _making:
        if part not in _made:
            _made[part] = _new(part)
        return _made[part]


def _new(part: Part) -> PrivateKey:
    if part.algorithm == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=part.bits)
    return ec.generate_private_key(CURVES[part.bits]) if part.algorithm == "ec" else ed25519.Ed25519PrivateKey.generate()


def cast(certificates: Iterable[Certificate]) -> dict[bytes, Part]:
    """Parts by public key, different ones for different keys; the same in most meetings, so that little is made anew.

    Raises CannotRehearseError.
    """
    found: dict[bytes, Part] = {}
    for public, certificate in sorted({one.public_key_der: one for one in certificates}.items()):
        algorithm, bits = _kind(certificate)
        slot = sum(public[-32:]) % SLOTS
        taken = {part.slot for part in found.values() if part[:2] == (algorithm, bits)}
        while slot in taken:
            slot = slot + 1 if len(taken) >= SLOTS else (slot + 1) % SLOTS
        found[public] = Part(algorithm, bits, slot)
    return found


def _kind(certificate: Certificate) -> tuple[str, int]:
    kind = certificate.key_type
    if kind and kind.algorithm == "rsa":
        return "rsa", min(kind.bits, MOST_RSA_BITS)
    if kind and kind.bits in CURVES:
        return "ec", kind.bits
    if isinstance(certificate.public_key, ed25519.Ed25519PublicKey):
        return "ed25519", 256
    raise CannotRehearseError(f"the certificate of {certificate.common_name} has a key of a kind that is not rehearsed")


def sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256())) if isinstance(key, ec.EllipticCurvePrivateKey) else key.sign(data)
