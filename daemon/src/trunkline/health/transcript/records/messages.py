"""The bytes of handshake messages and alerts as facts. RFC 5246 §7.2 and §7.4, RFC 8446 §4 and §6, RFC 6066 §3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trunkline.health.transcript.names import registries as names
from trunkline.health.transcript.names.registries import named
from trunkline.health.transcript.names.suites import SIGNALS, SUITES
from trunkline.health.transcript.records.certificates import Shown, shown
from trunkline.health.transcript.records.octets import Octets
from trunkline.model import der

RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
"""RFC 8446 §4.1.3: a ServerHello with this random asks for another ClientHello."""
LEGACY, TLS13 = 0x0303, 0x0304
"""RFC 8446 §4.1.2: whoever speaks TLS 1.3 writes 1.2 in a hello, and the truth among its extensions."""
SERVER_NAME, GROUPS, SIGNATURES, VERSIONS, AUTHORITIES, KEY_SHARE = 0, 10, 13, 43, 47, 51


@dataclass(frozen=True)
class Facts:
    """What a message says. Names as IANA registers them; an empty field was not said, or its bytes are not there."""

    version: str = ""  # of a hello; the chosen one of a ServerHello
    versions: tuple[str, ...] = ()  # offered by supported_versions
    suites: tuple[str, ...] = ()  # offered, or the one chosen
    server_name: str = ""
    groups: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    certificates: tuple[Shown, ...] = ()
    has_no_certificate: bool = False
    authorities: tuple[str, ...] = ()  # CAs that a CertificateRequest names
    takes_any_authority: bool = False
    is_retry: bool = False
    session: str = ""  # of a hello: the session that is offered or taken up, in hex
    random: str = ""  # of a hello, in hex
    alert_level: str = ""
    alert: str = ""


@dataclass(frozen=True)
class _Extensions:
    names: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)


def decoded(kind: str, data: bytes, version: str) -> Facts:
    """Facts of one message with its header of four bytes, as far as its bytes are there. Never fails.

    `version` is the one that the two ends speak, as named here; empty where that is not known.
    """
    is_tls13 = version == "TLS 1.3"
    octets = Octets(data)
    is_whole = len(data) >= 4 + int.from_bytes(octets.piece(4).data[1:], "big")
    if kind == "ClientHello":
        return _client_hello(octets, is_whole)
    if kind in ("ServerHello", "HelloRetryRequest"):
        return _server_hello(octets, is_whole)
    if kind == "Certificate":
        return _certificate(octets, is_tls13)
    if kind == "CertificateRequest":
        return _request_13(octets) if is_tls13 else _request(octets, version)
    if kind == "EncryptedExtensions":
        return Facts(extensions=_extensions(octets.vector(2), is_choice=True).names)
    return Facts()


def alert(data: bytes, text: str) -> Facts:
    """An alert from its two bytes, or from its words (`fatal unknown_ca`) where these are not there."""
    if len(data) >= 2:
        return Facts(alert_level=named(data[0], names.ALERT_LEVELS), alert=named(data[1], names.ALERTS))
    level, _, name = text.partition(" ")
    return Facts(alert_level=level, alert=name.strip().replace(" ", "_").lower())


def _version(number: int | None) -> str:
    return "" if number is None else named(number, names.VERSIONS)


def _client_hello(octets: Octets, is_whole: bool) -> Facts:
    version = octets.number(2)
    random = octets.piece(32).data.hex()
    session = octets.vector(1).data.hex()
    suites = tuple(named(code, SUITES) for code in octets.vector(2).numbers(2) if code not in SIGNALS)
    octets.vector(1)
    said = _extensions(octets.vector(2), is_choice=False)
    told = _version(version if is_whole or version != LEGACY else None)
    return replace(said.facts, version=told, suites=suites, extensions=said.names, session=session, random=random)


def _server_hello(octets: Octets, is_whole: bool) -> Facts:
    version = octets.number(2)
    random = octets.piece(32).data.hex()
    session = octets.vector(1).data.hex()
    suite = octets.number(2)
    octets.piece(1)
    said = _extensions(octets.vector(2), is_choice=True)
    version = TLS13 if (suite or 0) >> 8 == 0x13 else version if is_whole or suite is not None or version != LEGACY else None
    return replace(
        said.facts,
        version=said.facts.versions[0] if said.facts.versions else _version(version),
        versions=(),
        suites=(named(suite, SUITES),) if suite is not None else (),
        extensions=said.names,
        is_retry=random == RETRY_RANDOM,
        session=session,
        random=random,
    )


def _extensions(octets: Octets, is_choice: bool) -> _Extensions:
    """A client offers lists where a server names its choice."""
    found: dict[int, Octets] = {}
    while (kind := octets.number(2)) is not None:
        found.setdefault(kind, octets.vector(2))
    # A copy for each reading: what is read is gone.
    body = {kind: value.data for kind, value in found.items()}
    facts = Facts(
        versions=_versions(body, is_choice),
        server_name=_server_name(body.get(SERVER_NAME, b"")),
        groups=_groups(body, is_choice),
        signatures=_named_list(body.get(SIGNATURES, b""), 2, names.SIGNATURES),
        authorities=tuple(_authorities(Octets(body.get(AUTHORITIES, b"")).vector(2))),
    )
    return _Extensions(tuple(named(kind, names.EXTENSIONS) for kind in found), facts)


def _versions(body: Mapping[int, bytes], is_choice: bool) -> tuple[str, ...]:
    data = Octets(body.get(VERSIONS, b""))
    listed = data if is_choice else data.vector(1)
    return tuple(named(code, names.VERSIONS) for code in listed.numbers(2))


def _groups(body: Mapping[int, bytes], is_choice: bool) -> tuple[str, ...]:
    if is_choice:
        chosen = Octets(body.get(KEY_SHARE, b"")).number(2)
        return () if chosen is None else (named(chosen, names.GROUPS),)
    return _named_list(body.get(GROUPS, b""), 2, names.GROUPS)


def _named_list(data: bytes, size_bytes: int, table: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(named(code, table) for code in Octets(data).vector(size_bytes).numbers(2))


def _server_name(data: bytes) -> str:
    entry = Octets(data).vector(2)
    entry.piece(1)
    text = entry.vector(2).data.decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _certificate(octets: Octets, is_tls13: bool) -> Facts:
    if is_tls13:
        octets.vector(1)
    length = octets.number(3)
    if length == 0:
        return Facts(has_no_certificate=True)
    return Facts(certificates=tuple(_list_of(octets.piece(length or 0), is_tls13)))


def _list_of(octets: Octets, is_tls13: bool) -> Iterator[Shown]:
    while (length := octets.number(3)) is not None:
        if length:
            yield shown(octets.piece(length).data, length)
        if is_tls13:
            octets.vector(2)


def _request(octets: Octets, version: str) -> Facts:
    """RFC 5246 §7.4.4; before TLS 1.2 there was no list of signatures (RFC 4346 §7.4.4)."""
    octets.vector(1)
    signatures = _named_list(_with_length(octets), 2, names.SIGNATURES) if version in ("TLS 1.2", "") else ()
    length = octets.number(2)
    listed = octets.piece(length or 0)
    return Facts(signatures=signatures, authorities=tuple(_authorities(listed)), takes_any_authority=length == 0)


def _with_length(octets: Octets) -> bytes:
    """The next list with its own length before it."""
    listed = octets.vector(2).data
    return len(listed).to_bytes(2, "big") + listed


def _request_13(octets: Octets) -> Facts:
    octets.vector(1)
    length = octets.number(2)
    is_whole = length is not None and octets.left_bytes >= length
    said = _extensions(octets.piece(length or 0), is_choice=False)
    takes_any = is_whole and "certificate_authorities" not in said.names
    return replace(said.facts, extensions=said.names, takes_any_authority=takes_any)


def _authorities(octets: Octets) -> Iterator[str]:
    while octets.left_bytes:
        found = octets.vector(2).data
        told = der.name(found)
        yield told if told is not None else "a name that is cut"
