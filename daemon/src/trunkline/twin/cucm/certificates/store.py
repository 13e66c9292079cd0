"""A trust store as CUCM keeps it: one certificate for each common name."""

from dataclasses import dataclass, field

from cryptography import x509


@dataclass(frozen=True)
class TrustEntry:
    """A certificate of a trust store, under the file name that CUCM gives it."""

    certificate: x509.Certificate

    @property
    def filename(self) -> str:
        return f"{subject_cn(self.certificate).replace(' ', '_')}_{self.certificate.serial_number:x}.pem"


@dataclass
class TrustStore:
    """The trust of one unit on one node ("CallManager-trust")."""

    entries: list[TrustEntry] = field(default_factory=list)

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        return tuple(entry.certificate for entry in self.entries)

    def rival(self, certificate: x509.Certificate) -> TrustEntry | None:
        """The entry with the same common name."""
        name = subject_cn(certificate)
        return next((entry for entry in self.entries if subject_cn(entry.certificate) == name), None)

    def put(self, entry: TrustEntry) -> bool:
        """Store it, in place of an earlier one of its name. False where that one is as young, or younger."""
        rival = self.rival(entry.certificate)
        if rival and rival.certificate.not_valid_before_utc >= entry.certificate.not_valid_before_utc:
            return False
        self.entries = [*(held for held in self.entries if held is not rival), entry]
        return True

    def remove(self, certificate: x509.Certificate) -> None:
        self.entries = [entry for entry in self.entries if entry.certificate != certificate]

    def named(self, filename: str) -> TrustEntry | None:
        return next((entry for entry in self.entries if entry.filename == filename), None)


def subject_cn(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def dns_names(certificate: x509.Certificate | x509.CertificateSigningRequest) -> set[str]:
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {name.lower() for name in alternative.get_values_for_type(x509.DNSName)}


def peer_names(certificate: x509.Certificate) -> set[str]:
    """CN and DNS names, in lower case: what a security profile may name."""
    return {subject_cn(certificate).lower()} | dns_names(certificate)
