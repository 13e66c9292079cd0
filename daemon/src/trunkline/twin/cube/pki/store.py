"""The router's keys and trustpoints: one CA certificate and one identity certificate each, as in IOS."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from trunkline.twin.ca import PrivateKey, key_pem, pem_of
from trunkline.twin.cube.config.loading import ChainEntry


@dataclass
class Key:
    """A key pair. It never leaves the router unless it was made exportable."""

    label: str
    private: PrivateKey = field(repr=False)
    generated_at: datetime
    is_exportable: bool = False

    @property
    def kind(self) -> str:
        """ "rsa" or "ec"."""
        return "rsa" if isinstance(self.private, rsa.RSAPrivateKey) else "ec"

    @property
    def public_der(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@dataclass
class Trustpoint:
    """What a trustpoint holds beside its configuration."""

    name: str
    ca: x509.Certificate | None = None
    identity: x509.Certificate | None = None
    key_label: str = ""
    request: x509.CertificateSigningRequest | None = None
    installed_at: datetime | None = None
    authenticated_at: datetime | None = None
    stored_serials: dict[x509.Certificate, str] = field(default_factory=dict)  # as a configuration text wrote them

    @property
    def is_empty(self) -> bool:
        return self.ca is None and self.identity is None

    @property
    def is_self_signed(self) -> bool:
        return self.identity is not None and self.identity.issuer == self.identity.subject


def fingerprint_groups(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> str:
    """Groups of eight, with the blank at the end that IOS prints."""
    digits = certificate.fingerprint(algorithm).hex().upper()
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8)) + " "


class Store:
    """Keys by label, trustpoints by name, in the order of their making."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.trustpoints: dict[str, Trustpoint] = {}
        self._saved: tuple[dict[str, Key], dict[str, Trustpoint]] = ({}, {})

    def save(self) -> None:
        """Keys and certificates go to NVRAM with the configuration."""
        self._saved = (dict(self.keys), {name: replace(held) for name, held in self.trustpoints.items()})

    def reload(self) -> None:
        """Only what was saved is still there; a pending request is not."""
        keys, trustpoints = self._saved
        self.keys = dict(keys)
        self.trustpoints = {name: replace(held, request=None) for name, held in trustpoints.items()}

    def holders(self, certificate: x509.Certificate) -> list[str]:
        """The trustpoints that hold a certificate, in the order of their making."""
        return [held.name for held in self.trustpoints.values() if certificate in (held.ca, held.identity)]

    def on_trustpoint(self, name: str) -> None:
        self.trustpoints.setdefault(name, Trustpoint(name))

    def load_chain(self, entry: ChainEntry) -> None:
        """Certificates of a configuration text. Their private keys are not in it, as on a real router."""
        self.on_trustpoint(entry.trustpoint)
        trustpoint = self.trustpoints[entry.trustpoint]
        try:
            certificate = x509.load_der_x509_certificate(entry.der)
        except ValueError:
            return
        trustpoint.stored_serials[certificate] = entry.serial
        if entry.role == "ca":
            trustpoint.ca = certificate
        else:
            trustpoint.identity = certificate

    def install(self, name: str, ca: x509.Certificate, identity: x509.Certificate, key: Key) -> None:
        """Put an enrolled identity in place, as an administrator did before the story begins."""
        self.keys[key.label] = key
        self.trustpoints[name] = Trustpoint(name, ca, identity, key.label, installed_at=key.generated_at)

    def anchors(self) -> Iterator[x509.Certificate]:
        """Every certificate that a peer's chain may end in: IOS looks through all trustpoints."""
        for trustpoint in self.trustpoints.values():
            if trustpoint.ca:
                yield trustpoint.ca

    def identity_pems(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """The private key and the chain that a trustpoint presents; None where it holds no identity with a key."""
        trustpoint = self.trustpoints.get(name)
        if trustpoint is None or trustpoint.identity is None or trustpoint.key_label not in self.keys:
            return None
        chain = [trustpoint.identity]
        while chain[-1].issuer != chain[-1].subject:
            above = next((ca for ca in self.anchors() if ca.subject == chain[-1].issuer and ca not in chain), None)
            if above is None:
                break
            chain.append(above)
        return key_pem(self.keys[trustpoint.key_label].private), tuple(pem_of(certificate) for certificate in chain)

    def chain_lines(self, *, as_files: bool = False) -> list[str]:
        """`crypto pki certificate chain` blocks, or the references to NVRAM files that the startup configuration has."""
        lines = []
        for trustpoint in self.trustpoints.values():
            if trustpoint.is_empty:
                continue
            lines.append(f"crypto pki certificate chain {trustpoint.name}")
            for role, certificate in _chain(trustpoint):
                serial = trustpoint.stored_serials.get(certificate) or serial_hex(certificate)
                header = f" certificate {role}{serial}"
                if as_files:
                    lines.append(f"{header} {file_name(certificate, is_ca=role == 'ca ')}")
                else:
                    lines.extend((header, *_hex_lines(certificate)))
        return lines


def _chain(trustpoint: Trustpoint) -> Iterator[tuple[str, x509.Certificate]]:
    if trustpoint.identity:
        role = "self-signed " if trustpoint.is_self_signed and trustpoint.ca is None else ""
        yield role, trustpoint.identity
    if trustpoint.ca:
        yield "ca ", trustpoint.ca


def file_name(certificate: x509.Certificate, *, is_ca: bool) -> str:
    """nvram:IOS-Self-Sig#1.cer: the beginning of the issuer's name, the end of the serial number."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME) or list(certificate.issuer)
    issuer = str(names[0].value).replace(" ", "")[:12] if names else "cert"
    serial = f"{certificate.serial_number:X}"[-4:]
    return f"nvram:{issuer}#{serial}{'CA' if is_ca else ''}.cer"


def serial_hex(certificate: x509.Certificate) -> str:
    """An even number of digits, as stored in the certificate."""
    digits = f"{certificate.serial_number:X}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def _hex_lines(certificate: x509.Certificate) -> Iterator[str]:
    """Eight groups a line with a blank at the end, except for the last line; a tab before `quit`."""
    digits = certificate.public_bytes(serialization.Encoding.DER).hex().upper()
    for at in range(0, len(digits), 64):
        row = digits[at : at + 64]
        groups = " ".join(row[group : group + 8] for group in range(0, len(row), 8))
        yield f"  {groups} " if at + 64 < len(digits) else f"  {groups}"
    yield "  \tquit"
