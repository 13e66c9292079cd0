"""Certificates that devices hold and show, and that no book of today describes."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.certificates import NOW
from trunkline.model.certificate import Certificate

YEAR = timedelta(days=365)
P_256 = bytes.fromhex("06082a8648ce3d030107")
NO_CURVE = bytes.fromhex("06082a8648ce3d03017f")
X400_ADDRESS = bytes.fromhex("3004a3023000")  # an alternative name of a kind that nothing reads
UTF8, TELETEX = 0x0C, 0x14


def _made(name: str, *extensions: x509.ExtensionType) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(own, own, key.public_key(), 7, NOW - YEAR, NOW + YEAR)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _written_as(der: bytes, before: bytes, after: bytes) -> Certificate:
    assert before in der and len(before) == len(after)
    return Certificate(der.replace(before, after))


LATIN = _written_as(_made("Zxrich CA"), bytes([UTF8, 9]) + b"Zxrich CA", bytes([TELETEX, 9]) + "Zürich CA".encode("latin-1"))
"""Of the years before UTF-8: its name is ISO 8859-1 in a TeletexString."""
UNREADABLE_NAMES = Certificate(
    _made("x400", x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, X400_ADDRESS), x509.BasicConstraints(True, None))
)
UNKNOWN_KEY = _written_as(_made("unknown key"), P_256, NO_CURVE)
ODD = {"latin": LATIN, "x400": UNREADABLE_NAMES, "unknown-key": UNKNOWN_KEY}
