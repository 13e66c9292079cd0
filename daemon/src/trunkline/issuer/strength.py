"""Which keys and hashes a CUBE of some release takes. Pure.

Sources: Cisco's command references of `crypto key generate rsa|ec` and `crypto signaling` (`ecdsa-cipher` came with 15.6(1)T,
`curve-size 384` beside it), the security hardening of IOS XE 17.11 and 26 (RSA of 2048 bits at least), and the CUCM security
guide (keys of at most 4096 bits). SHA-1 signatures are refused whatever the release.
"""

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from trunkline.model.certificate import Certificate

LEAST_RSA_BITS, MOST_RSA_BITS = 2048, 4096
CURVES = {"secp256r1": 256, "secp384r1": 384, "secp521r1": 521}
EC_SINCE = (15, 6)
SIGNALLING_CURVES = frozenset({256, 384})  # what `ecdsa-cipher [curve-size 384]` offers
WEAK_HASHES = (hashes.SHA1, hashes.MD5)


@dataclass(frozen=True)
class Weakness:
    code: str
    why: str
    cure: str


def weakness(certificate: Certificate, release: tuple[int, ...] = (), *, is_root: bool = False) -> Weakness | None:
    """Why a device of this release does not take a certificate; None where it does. A root's own signature proves nothing."""
    try:
        signed_with = certificate.x509.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        signed_with = None
    if not is_root and isinstance(signed_with, WEAK_HASHES):
        return Weakness("weak-hash", f"is signed with {signed_with.name.upper()}", "have the CA sign with SHA-256 or better")
    key = certificate.public_key
    if isinstance(key, rsa.RSAPublicKey):
        return _of_rsa(key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _of_curve(key.curve.name, release, is_cas=certificate.is_ca)
    return Weakness("key-algorithm", "has a key that is neither RSA nor on a NIST curve", "use RSA, or a CA that does")


def _of_rsa(bits: int) -> Weakness | None:
    if bits < LEAST_RSA_BITS:
        return Weakness("weak-key", f"has an RSA key of {bits} bits", f"use one of at least {LEAST_RSA_BITS}")
    if bits > MOST_RSA_BITS:
        return Weakness("large-key", f"has an RSA key of {bits} bits, CUCM takes {MOST_RSA_BITS}", "use a smaller one")
    return None


def _of_curve(name: str, release: tuple[int, ...], *, is_cas: bool) -> Weakness | None:
    bits = CURVES.get(name)
    if bits is None:
        return Weakness("curve", f"has a key on the curve {name}", "use a NIST curve (P-256 or P-384)")
    if release and release < EC_SINCE:
        shown = ".".join(map(str, release[:2]))
        return Weakness("ec-release", f"has an EC key, which TLS for SIP knows since 15.6 (this is {shown})", "use RSA")
    if not is_cas and bits not in SIGNALLING_CURVES:
        return Weakness("curve", f"has a key on P-{bits}, which TLS for SIP does not offer", "use P-256 or P-384")
    return None
