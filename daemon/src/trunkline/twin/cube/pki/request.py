"""What a certificate request says: the trustpoint's lines, read at the moment of enrolment, signed by its key."""

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from trunkline.twin.cube.pki.store import Key

UNSTRUCTURED_NAME = x509.ObjectIdentifier("1.2.840.113549.1.9.2")
UNSTRUCTURED_ADDRESS = x509.ObjectIdentifier("1.2.840.113549.1.9.8")
HASHES: dict[str, type[hashes.SHA384 | hashes.SHA512]] = {"sha384": hashes.SHA384, "sha512": hashes.SHA512}
"""SHA-256 for every other word: MD5 and SHA-1, which old releases use unasked, are signed by no library of today."""
KINDS = {
    "cn": NameOID.COMMON_NAME,
    "o": NameOID.ORGANIZATION_NAME,
    "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "c": NameOID.COUNTRY_NAME,
    "l": NameOID.LOCALITY_NAME,
    "st": NameOID.STATE_OR_PROVINCE_NAME,
    "s": NameOID.STATE_OR_PROVINCE_NAME,
    "dc": NameOID.DOMAIN_COMPONENT,
    "e": NameOID.EMAIL_ADDRESS,
}


@dataclass(frozen=True)
class Wanted:
    """What the request shall name; empty where it shall not be named."""

    subject: str = ""  # as `subject-name` states it
    fqdn: str = ""
    serial_number: str = ""
    address: str = ""
    alternative: str = ""  # as `subject-alt-name` states it
    hash_word: str = "sha1"


def distinguished_name(wanted: Wanted) -> x509.Name:
    """The subject as typed, then one RDN of what the router itself adds (a set, as IOS encodes it)."""
    pairs = [part.strip().partition("=") for part in re.split(r",\s*", wanted.subject) if "=" in part]
    typed = [x509.NameAttribute(KINDS[kind.lower()], value) for kind, _, value in pairs if kind.lower() in KINDS]
    own = (
        (NameOID.SERIAL_NUMBER, wanted.serial_number),
        (UNSTRUCTURED_ADDRESS, wanted.address),
        (UNSTRUCTURED_NAME, wanted.fqdn),
    )
    added = [x509.NameAttribute(oid, value) for oid, value in own if value]
    names = [x509.RelativeDistinguishedName([attribute]) for attribute in typed]
    return x509.Name([*names, x509.RelativeDistinguishedName(added)] if added else names)


def signed(wanted: Wanted, key: Key) -> x509.CertificateSigningRequest:
    """The request, with the key usage that IOS asks for."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(distinguished_name(wanted))
    builder = builder.add_extension(_usage(), critical=True)
    if wanted.alternative:
        names = [x509.DNSName(name.strip()) for name in wanted.alternative.split(",")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    algorithm = HASHES.get(wanted.hash_word)
    return builder.sign(key.private, algorithm() if algorithm else hashes.SHA256())


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
