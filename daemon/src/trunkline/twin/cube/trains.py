"""The releases that the simulated CUBE can be: one table of everything in which they differ."""

from dataclasses import dataclass
from enum import StrEnum


class ConnectionLayout(StrEnum):
    """Layouts of `show sip-ua connections tcp tls detail`, by the release that brought them."""

    CLASSIC = "15"
    WITH_TLS = "16.10"
    WITH_TENANT = "17.8"
    WIDE = "17.14"


@dataclass(frozen=True)
class Train:
    """One release. Sources: Cisco's command references and captures of `show running-config` of these releases."""

    name: str
    version: str  # as `show version` prints it
    is_xe: bool
    layout: ConnectionLayout
    trustpoint_hash: str = ""  # the implied `hash` line, where the release shows one
    has_license_capacity: bool = False
    has_tls_profile: bool = True
    has_tls13: bool = False
    requires_fingerprint: bool = False
    refuses_weak_tls: bool = False
    warns_of_weak_tls: bool = False
    replaces_keys_silently: bool = True
    logs_failed_handshakes: str = ""  # "", "17.8" or "17.14": the form of %SIP-2-TLS_HANDSHAKE_FAILED
    strict_ciphers: str = "AES128-SHA:DHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
    over_indents_signalling: bool = False
    warns_of_strict_cipher: bool = False
    logs_weak_handshakes: bool = False
    default_key_bits: int = 1024
    generates_in_background: bool = False  # RSA keys of 4096 bits
    logs_requests: bool = False  # %PKI-6-CSR_FINGERPRINT and %PKI-6-CERT_INSTALL
    shows_install_time: bool = False
    shows_storage: bool = True  # where certificates are kept, once saved
    shows_key_size: bool = False
    validates_names: bool = False  # cn-san validate

    @property
    def least_tls(self) -> str:
        """Where no version is stated: 1.0 went with 16.9; a release that refuses weak ones does not offer them either."""
        if self.refuses_weak_tls:
            return "v1.2"
        return "v1.1" if self.is_xe else "v1.0"

    @property
    def trusts_named_peers(self) -> bool:
        """Whoever was validated by name passes the check for toll fraud, from 17.8 (CUBE configuration guide, SIP TLS)."""
        return self.numbers >= (17, 8)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.name.split("."))


TRAINS = {
    train.name: train
    for train in (
        Train(
            "15.6",
            "15.6(3)M1",
            is_xe=False,
            layout=ConnectionLayout.CLASSIC,
            has_license_capacity=True,
            has_tls_profile=False,
            replaces_keys_silently=False,
            strict_ciphers="AES128-SHA",
        ),
        Train(
            "16.12",
            "16.12.04",
            is_xe=True,
            layout=ConnectionLayout.WITH_TLS,
            validates_names=True,
            has_license_capacity=True,
            has_tls_profile=False,
        ),
        Train(
            "17.6",
            "17.06.05",
            is_xe=True,
            layout=ConnectionLayout.WITH_TLS,
            default_key_bits=2048,
            generates_in_background=True,
            logs_requests=True,
            shows_install_time=True,
            shows_storage=False,
            validates_names=True,
        ),
        Train(
            "17.9",
            "17.09.04a",
            is_xe=True,
            default_key_bits=2048,
            generates_in_background=True,
            logs_requests=True,
            shows_install_time=True,
            shows_storage=False,
            validates_names=True,
            layout=ConnectionLayout.WITH_TENANT,
            trustpoint_hash="sha256",
            logs_failed_handshakes="17.8",
        ),
        Train(
            "17.15",
            "17.15.04c",
            is_xe=True,
            default_key_bits=2048,
            generates_in_background=True,
            logs_requests=True,
            shows_install_time=True,
            shows_storage=False,
            validates_names=True,
            shows_key_size=True,
            layout=ConnectionLayout.WIDE,
            trustpoint_hash="sha512",
            has_tls13=True,
            logs_failed_handshakes="17.14",
        ),
        Train(
            "17.18",
            "17.18.02",
            is_xe=True,
            default_key_bits=2048,
            generates_in_background=True,
            logs_requests=True,
            shows_install_time=True,
            shows_storage=False,
            validates_names=True,
            shows_key_size=True,
            logs_weak_handshakes=True,
            warns_of_strict_cipher=True,
            layout=ConnectionLayout.WIDE,
            trustpoint_hash="sha512",
            has_tls13=True,
            logs_failed_handshakes="17.14",
            warns_of_weak_tls=True,
            over_indents_signalling=True,
        ),
        Train(
            "26.1",
            "26.01.01",
            is_xe=True,
            default_key_bits=2048,
            generates_in_background=True,
            logs_requests=True,
            shows_install_time=True,
            shows_storage=False,
            validates_names=True,
            shows_key_size=True,
            logs_weak_handshakes=True,
            layout=ConnectionLayout.WIDE,
            trustpoint_hash="sha512",
            has_tls13=True,
            logs_failed_handshakes="17.14",
            requires_fingerprint=True,
            refuses_weak_tls=True,
        ),
    )
}
