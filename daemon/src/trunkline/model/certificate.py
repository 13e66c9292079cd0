"""`Certificate`: what trunkline needs to know of an X.509 certificate; equal when the DER is equal."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import Name
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trunkline.model import der
from trunkline.model.public_key import KeyType, der_of, type_of

E = TypeVar("E", bound=x509.ExtensionType)
ISSUER, SUBJECT = 2, 4  # which part of what is signed, behind the version: RFC 5280 §4.1
_PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """An X.509 certificate. Fingerprints are upper-case hex without separators.

    Once it was loaded (`x509`), nothing that is asked of it raises: trust stores hold what CAs made long ago, with names
    that are no UTF-8, extensions that cannot be read and keys of kinds that nobody here knows.
    """

    der: bytes = field(repr=False)

    @classmethod
    def from_pem(cls, pem: str | bytes) -> "Certificate":
        """The first certificate in `pem`. Raises ValueError where there is none or it cannot be read."""
        found = certificates_in(pem)
        if not found:
            raise ValueError("no PEM certificate in the text")
        return found[0]

    @cached_property
    def x509(self) -> x509.Certificate:
        """The certificate as the cryptography package sees it. Raises ValueError for bytes that are not one."""
        return x509.load_der_x509_certificate(self.der)

    @cached_property
    def pem(self) -> str:
        return self.x509.public_bytes(serialization.Encoding.PEM).decode()

    @cached_property
    def sha256(self) -> str:
        return self.x509.fingerprint(hashes.SHA256()).hex().upper()

    @cached_property
    def sha1(self) -> str:
        """As IOS prints and pins it."""
        return self.x509.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name that IOS gives, not a proof

    @cached_property
    def md5(self) -> str:
        """As IOS prints it."""
        return self.x509.fingerprint(hashes.MD5()).hex().upper()  # noqa: S303 - a name that IOS gives, not a proof

    @cached_property
    def serial(self) -> str:
        """Upper-case hex without leading zeros."""
        return f"{self.x509.serial_number:X}"

    @cached_property
    def subject(self) -> str:
        return self._written(SUBJECT)

    @cached_property
    def issuer(self) -> str:
        return self._written(ISSUER)

    @cached_property
    def common_name(self) -> str:
        """The last CN of the subject, or nothing."""
        return self._common_name(SUBJECT)

    @cached_property
    def issuer_common_name(self) -> str:
        """The last CN of the issuer, or nothing."""
        return self._common_name(ISSUER)

    def _written(self, part: int) -> str:
        """As RFC 4514 has it, or nearly so."""
        name = self._name(part)
        return name.rfc4514_string() if name else der.written(self._said(part))

    def _common_name(self, part: int) -> str:
        name = self._name(part)
        if name is None:
            return next((text for kind, text in reversed(self._said(part)) if kind == "CN"), "")
        found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[-1].value) if found else ""

    def _name(self, part: int) -> Name | None:
        """None for one that is not written as it says."""
        try:
            return self.x509.subject if part == SUBJECT else self.x509.issuer
        except ValueError:
            return None

    def _said(self, part: int) -> list[tuple[str, str]]:
        parts = der.parts(self.der)
        first = 1 if parts and parts[0].tag == der.VERSION_TAG else 0
        return der.attributes(parts[first + part].content) if parts else []

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The CN, then the DNS names of the subject alternative name, each once (compared without case)."""
        alternative = self.extension(x509.SubjectAlternativeName)
        others = alternative.get_values_for_type(x509.DNSName) if alternative else []
        unique = {name.lower(): name for name in reversed([self.common_name, *others]) if name}
        return tuple(reversed(unique.values()))

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The IP addresses of the subject alternative name."""
        alternative = self.extension(x509.SubjectAlternativeName)
        return tuple(str(address) for address in alternative.get_values_for_type(x509.IPAddress)) if alternative else ()

    def extension(self, kind: type[E]) -> E | None:
        """None where it has none, or where its extensions cannot be read."""
        try:
            return self.x509.extensions.get_extension_for_class(kind).value
        except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            return None

    @cached_property
    def not_before(self) -> datetime:
        return self.x509.not_valid_before_utc

    @cached_property
    def not_after(self) -> datetime:
        return self.x509.not_valid_after_utc

    @cached_property
    def public_key(self) -> CertificatePublicKeyTypes | None:
        """None for a key of a kind that is not known here."""
        try:
            return self.x509.public_key()
        except (ValueError, UnsupportedAlgorithm):
            return None

    @cached_property
    def public_key_der(self) -> bytes:
        """SubjectPublicKeyInfo; nothing for a key of a kind that is not known here."""
        return der_of(self.public_key) if self.public_key else b""

    @cached_property
    def key_type(self) -> KeyType | None:
        """None for a kind of key that no trunk uses."""
        return type_of(self.public_key) if self.public_key else None

    @cached_property
    def is_ca(self) -> bool:
        """Whether basic constraints say CA; a version 1 certificate, which has none, is not one."""
        constraints = self.extension(x509.BasicConstraints)
        return bool(constraints and constraints.ca)

    @cached_property
    def is_self_signed(self) -> bool:
        return self.issued_by(self)

    @cached_property
    def extended_key_usages(self) -> frozenset[str]:
        """Dotted names; empty where the extension is absent (then every use is allowed)."""
        usages = self.extension(x509.ExtendedKeyUsage)
        return frozenset(usage.dotted_string for usage in usages or ())

    def serves_both_roles(self) -> bool:
        """Usable as TLS server and as TLS client: a trunk opens connections from both ends."""
        usages = self.extended_key_usages
        wanted = {ExtendedKeyUsageOID.SERVER_AUTH.dotted_string, ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string}
        return not usages or wanted <= usages

    def bears_one_of(self, expected: Iterable[str]) -> bool:
        """Whether one of its names or addresses is expected, without case; `*` stands for one label."""
        patterns = [re.escape(one.lower()).replace(r"\*", "[^.]+") for one in expected]
        return any(re.fullmatch(pattern, name.lower()) for pattern in patterns for name in (*self.names, *self.addresses))

    def issued_by(self, issuer: "Certificate") -> bool:
        """Whether `issuer`'s name and key signed this certificate."""
        try:
            self.x509.verify_directly_issued_by(issuer.x509)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def certificates_in(pem: str | bytes) -> tuple[Certificate, ...]:
    """Every certificate in a text, in its order. Raises ValueError naming the first block that is not a certificate."""
    data = pem.encode() if isinstance(pem, str) else pem
    found = []
    for number, block in enumerate(_PEM_BLOCK.findall(data), start=1):
        try:
            der = x509.load_pem_x509_certificate(block).public_bytes(serialization.Encoding.DER)
        except ValueError as error:
            raise ValueError(f"PEM block {number} is not a certificate: {error}") from error
        found.append(Certificate(der))
    return tuple(found)


def chain_above(leaf: Certificate, pool: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """The issuers of `leaf` found in `pool`, nearest first, up to a self-signed one or the last that can be found."""
    chain: list[Certificate] = []
    current = leaf
    while not current.is_self_signed:
        above = next((candidate for candidate in pool if candidate not in chain and current.issued_by(candidate)), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return tuple(chain)
