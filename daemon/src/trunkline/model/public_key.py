"""What is asked of a public key, whoever holds it: its encoding, the print that names it, its kind and size."""

from hashlib import sha256
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


class KeyType(NamedTuple):
    """The kind of a key pair: "rsa" with the bits of its modulus, or "ec" with the bits of its NIST curve."""

    algorithm: str
    bits: int

    def __str__(self) -> str:
        return f"{self.algorithm} {self.bits}"


def type_of(public: PublicKeyTypes) -> KeyType | None:
    """None for a kind that no trunk uses."""
    if isinstance(public, rsa.RSAPublicKey):
        return KeyType("rsa", public.key_size)
    return KeyType("ec", public.key_size) if isinstance(public, ec.EllipticCurvePublicKey) else None


def der_of(public: PublicKeyTypes) -> bytes:
    """SubjectPublicKeyInfo."""
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def print_of(public: PublicKeyTypes) -> str:
    """SHA-256 of SubjectPublicKeyInfo, upper-case hex: by it keys, requests and certificates are matched."""
    return sha256(der_of(public)).hexdigest().upper()
