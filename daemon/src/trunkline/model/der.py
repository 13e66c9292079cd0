"""As much of DER as names, the parts of a certificate and the head of a cut one need. X.690 §8, RFC 5280 §4.1. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, SET, INTEGER, OBJECT_IDENTIFIER, VERSION_TAG = 0x30, 0x31, 0x02, 0x06, 0xA0
KNOWN_NAMES = {
    # RFC 4519, RFC 4514 §3; PKCS #9 for the last one
    "550403": "CN",
    "550405": "serialNumber",
    "550406": "C",
    "550407": "L",
    "550408": "ST",
    "55040a": "O",
    "55040b": "OU",
    "0992268993f22c640119": "DC",
    "2a864886f70d010901": "emailAddress",
    "2a864886f70d010902": "unstructuredName",
}
SIGNATURE_ARCS = (bytes.fromhex("2a864886f70d0101"), bytes.fromhex("2a8648ce3d04"), bytes.fromhex("2b65"))
"""RSA of PKCS #1, ECDSA of X9.62, Edwards curves: no other begins the algorithm of a certificate's signature."""
LEAST_PARTS = 6  # serial number, algorithm, issuer, dates, subject, key


@dataclass(frozen=True)
class Element:
    """One value; `is_whole` where all of its bytes are there."""

    tag: int
    content: bytes
    is_whole: bool
    following: bytes


def element(data: bytes) -> Element | None:
    """The first value of `data`; none where not even its head is there or it is no DER."""
    if len(data) < 2:
        return None
    length, head = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count:
            return None
        length, head = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    content = data[head : head + length]
    return Element(data[0], content, len(content) == length, data[head + length :])


def elements(data: bytes) -> Iterator[Element]:
    """The values one after the other, as far as they are whole."""
    while found := element(data):
        if not found.is_whole:
            return
        yield found
        data = found.following


def encoded(tag: int, content: bytes) -> bytes:
    """X.690 §8.1.3: one byte of length, or the number of bytes that follow and these."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def parts(certificate: bytes) -> list[Element]:
    """What of a certificate is signed, in its order; nothing where it cannot be taken apart."""
    outer = next(elements(certificate), None)
    inner = next(elements(outer.content), None) if outer else None
    found = list(elements(inner.content)) if inner else []
    return found if len(found) >= LEAST_PARTS else []


def name(data: bytes) -> str | None:
    """A distinguished name, the most specific part first as RFC 4514 writes it; none where it is cut or no name."""
    outer = element(data)
    if outer is None or outer.tag != SEQUENCE or not outer.is_whole:
        return None
    return written(attributes(outer.content))


def attributes(name_content: bytes) -> list[tuple[str, str]]:
    """What a distinguished name says, in its order: ("CN", "example.com")."""
    return [_attribute(pair) for rdn in elements(name_content) for pair in elements(rdn.content)]


def written(said: list[tuple[str, str]]) -> str:
    return ",".join(f"{kind}={_escaped(text)}" if kind else text for kind, text in reversed(said))


def _escaped(text: str) -> str:
    """RFC 4514 §2.4."""
    told = re.sub(r'([\\",;<>+])', r"\\\1", text)
    told = f"\\{told}" if told.startswith((" ", "#")) else told
    return f"{told[:-1]}\\ " if told.endswith(" ") and len(text) > 1 else told


def _attribute(pair: Element) -> tuple[str, str]:
    values = list(elements(pair.content))
    if len(values) < 2 or values[0].tag != OBJECT_IDENTIFIER:
        return "", "?"
    return KNOWN_NAMES.get(values[0].content.hex(), f"OID {values[0].content.hex()}"), _string(values[1])


def _string(value: Element) -> str:
    """Old CAs put ISO 8859-1 into a TeletexString, and into others where UTF-8 belongs."""
    coding = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}.get(value.tag, "utf-8")
    try:
        text = value.content.decode(coding)
    except UnicodeDecodeError:
        text = value.content.decode("iso-8859-1" if coding == "utf-8" else coding, "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@dataclass(frozen=True)
class Head:
    """What the first bytes of a certificate say; empty where they are not there."""

    serial: str = ""
    issuer: str = ""


def head(data: bytes) -> Head:
    """Serial and issuer of a certificate of which only the beginning is there. Bytes that cannot follow end the reading."""
    outer = element(data)
    inner = element(outer.content) if outer and outer.tag == SEQUENCE else None
    if inner is None or inner.tag != SEQUENCE:
        return Head()
    rest = inner.content
    first = element(rest)
    if first and first.tag == VERSION_TAG and first.is_whole:
        rest = first.following
    number = element(rest)
    if number is None or number.tag != INTEGER or not number.is_whole or not number.content:
        return Head()
    serial = f"{int.from_bytes(number.content, 'big'):X}"
    algorithm = element(number.following)
    if algorithm is None or algorithm.tag != SEQUENCE or not algorithm.is_whole:
        return Head(serial)
    kind = element(algorithm.content)
    if kind is None or not kind.content.startswith(SIGNATURE_ARCS):
        return Head(serial)
    return Head(serial, name(algorithm.following) or "")
