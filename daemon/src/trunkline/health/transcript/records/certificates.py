"""The certificates of a handshake: all that is asked of them where they are whole, their head where they are cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from trunkline.model import der
from trunkline.model.certificate import Certificate

USAGES = {ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth", ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth"}


@dataclass(frozen=True)
class Shown:
    """One certificate. Serial in upper-case hex; dates in UTC; `usages` are empty where it may be used for everything."""

    subject: str = ""
    issuer: str = ""
    common_name: str = ""
    serial: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    names: tuple[str, ...] = ()  # DNS names, addresses and URIs of the subject alternative name
    usages: tuple[str, ...] = ()
    sha256: str = ""
    length: int = 0
    present: int = 0  # bytes that are there before the first gap
    flaw: str = ""  # why it could not be read although all of it is there

    @property
    def is_whole(self) -> bool:
        return self.present == self.length

    @property
    def is_self_signed(self) -> bool:
        return bool(self.subject) and self.subject == self.issuer


def shown(data: bytes, length: int) -> Shown:
    """The certificate whose bytes are `data`, of `length` bytes when whole. Never fails."""
    if len(data) < length:
        head = der.head(data)
        return Shown(issuer=head.issuer, serial=head.serial, length=length, present=len(data))
    try:
        return _whole(Certificate(data), length)
    except Exception as error:
        head = der.head(data)
        return Shown(
            issuer=head.issuer, serial=head.serial, length=length, present=length, flaw=str(error)[:200] or "unreadable"
        )


def _whole(certificate: Certificate, length: int) -> Shown:
    found = certificate.x509
    return Shown(
        subject=certificate.subject,
        issuer=certificate.issuer,
        common_name=certificate.common_name,
        serial=certificate.serial,
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        names=tuple(_names(found)),
        usages=tuple(_usages(found)),
        sha256=certificate.sha256,
        length=length,
        present=length,
    )


def _names(found: x509.Certificate) -> Iterator[str]:
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    for name in extension.value:
        if isinstance(name, x509.DNSName | x509.IPAddress | x509.UniformResourceIdentifier):
            yield str(name.value)


def _usages(found: x509.Certificate) -> Iterator[str]:
    try:
        extension = found.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE)
    except x509.ExtensionNotFound:
        return
    if isinstance(extension.value, x509.ExtendedKeyUsage):
        for usage in extension.value:
            yield USAGES.get(usage, usage.dotted_string)
