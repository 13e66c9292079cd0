"""The facts of a message that `-trace` tells in words."""

import re
from collections.abc import Iterator, Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from trunkline.health.transcript.names import registries as names
from trunkline.health.transcript.names.registries import named
from trunkline.health.transcript.names.suites import SIGNALS, SUITES
from trunkline.health.transcript.records.certificates import Shown, shown
from trunkline.health.transcript.records.messages import RETRY_RANDOM, Facts

SUITE = re.compile(r"\{0x([0-9A-Fa-f]{2}), 0x([0-9A-Fa-f]{2})\}")
HELLO_VERSION = re.compile(r"(?:client|server)_version=0x([0-9a-fA-F]{1,4})")
RANDOM = re.compile(r"gmt_unix_time=0x([0-9A-Fa-f]{8})|random_bytes \(len=28\): ([0-9A-Fa-f]{56})")
SESSION = re.compile(r"session_id \(len=\d{1,2}\): ([0-9A-Fa-f]+)")
EXTENSION = re.compile(r"extension_type=[^(]{0,60}\((\d{1,5})\), length=")
DECIMAL, HEXADECIMAL = re.compile(r"\((\d{1,5})\)\s*$"), re.compile(r"\(0x([0-9a-fA-F]{4})\)")
DUMPED = re.compile(r"^\s*[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -]){1,16})")
AUTHORITY = re.compile(r"DistinguishedName \(len=\d+\): (.{1,400})")
LISTED = re.compile(r"certificate_list, length=(\d+)")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
BEGUN = re.compile(r"ASN\.1Cert, length=(\d{1,8})")


def facts_told(name: str, told: Sequence[str]) -> Facts:
    """Never fails; what is not told stays empty."""
    if name in ("ClientHello", "ServerHello"):
        return _hello(told, is_choice=name == "ServerHello")
    if name == "Certificate":
        listed = next((int(found[1]) for line in told if (found := LISTED.search(line))), None)
        return Facts(certificates=tuple(_certificates(told)), has_no_certificate=listed == 0)
    if name == "CertificateRequest":
        authorities = tuple(found[1].strip() for line in told if (found := AUTHORITY.search(line)))
        signatures = tuple(_coded(told, HEXADECIMAL, 16, names.SIGNATURES))
        return Facts(signatures=signatures, authorities=authorities, takes_any_authority=not authorities)
    return Facts()


def _hello(told: Sequence[str], is_choice: bool) -> Facts:
    said = next((int(found[1], 16) for line in told if (found := HELLO_VERSION.search(line))), None)
    version = "" if said is None else named(said, names.VERSIONS)
    codes = [int(found[1] + found[2], 16) for line in told if (found := SUITE.search(line))]
    bodies = _bodies(told)
    versions = tuple(_coded(bodies.get(43, ()), DECIMAL, 10, names.VERSIONS))
    random = "".join(found[1] or found[2] for line in told if (found := RANDOM.search(line))).lower()
    return Facts(
        version=versions[0] if is_choice and versions else version,
        versions=() if is_choice else versions,
        suites=tuple(named(code, SUITES) for code in codes if code not in SIGNALS),
        server_name=_server_name(bodies.get(0, ())),
        groups=tuple(_coded(bodies.get(51 if is_choice else 10, ()), DECIMAL, 10, names.GROUPS)),
        signatures=tuple(_coded(bodies.get(13, ()), HEXADECIMAL, 16, names.SIGNATURES)),
        extensions=tuple(named(kind, names.EXTENSIONS) for kind in bodies),
        is_retry=random == RETRY_RANDOM,
        session=next((found[1].lower() for line in told if (found := SESSION.search(line))), ""),
        random=random,
    )


def _bodies(told: Sequence[str]) -> Mapping[int, Sequence[str]]:
    """The lines below each extension."""
    found: dict[int, list[str]] = {}
    lines: list[str] | None = None
    for line in told:
        begun = EXTENSION.search(line)
        if begun:
            lines = found.setdefault(int(begun[1]), [])
        elif lines is not None:
            lines.append(line)
    return found


def _coded(lines: Sequence[str], pattern: re.Pattern[str], radix: int, table: Mapping[int, str]) -> Iterator[str]:
    for line in lines:
        found = pattern.search(line)
        if found:
            yield named(int(found[1], radix), table)


def _server_name(lines: Sequence[str]) -> str:
    dumped = bytes.fromhex("".join(re.sub(r"[ -]", "", found[1]) for line in lines if (found := DUMPED.match(line))))
    text = dumped[5:].decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _certificates(told: Sequence[str]) -> Iterator[Shown]:
    """Those whose PEM is whole; one that is cut is told by its length alone."""
    for block in re.split(r"(?=ASN\.1Cert, length=)", "\n".join(told))[1:]:
        begun = BEGUN.match(block)
        length = int(begun[1]) if begun else 0
        pem = PEM.search(block)
        try:
            certificate = x509.load_pem_x509_certificate(pem[0].encode()) if pem else None
        except ValueError:
            certificate = None
        der = certificate.public_bytes(Encoding.DER) if certificate else b""
        yield shown(der, max(length, len(der)))
