"""Secrets whose value is known: every way in which one may be spelled, and whether any stands anywhere. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from trunkline.views.redaction.prose import is_suspicious
from trunkline.views.redaction.rules import REMOVED

LEAST, LEAST_ALONE = 4, 8
"""Shorter ones are in every text by chance; those below eight count only where no letter or digit touches them."""
TYPE_7 = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
"""What IOS combines passwords of type 7 with, from one of its first sixteen letters on; published since 1995."""
SALTS = 16


def type_7(secret: str, salt: int) -> str:
    """As `service password-encryption` stores it."""
    body = bytes(letter ^ TYPE_7[(salt + at) % len(TYPE_7)] for at, letter in enumerate(secret.encode()))
    return f"{salt:02d}{body.hex().upper()}"


def spellings(secret: str) -> frozenset[str]:
    """As it is, quoted for a URL, for XML and for JSON, in hex, in Base64 wherever in a longer text, and as type 7 of IOS."""
    data = secret.encode()
    found = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), escape(secret), json.dumps(secret)[1:-1]}
    found |= {data.hex(), data.hex().upper(), *_base64(data)}
    if len(data) < len(TYPE_7):
        found |= {one for salt in range(SALTS) for one in (type_7(secret, salt), type_7(secret, salt).lower())}
    return frozenset(one for one in found if len(one) >= LEAST)


def _base64(data: bytes) -> Iterator[str]:
    """What is the same whatever stands in front of it and behind; both alphabets."""
    for offset in range(3):
        padded = base64.b64encode(b"\0" * offset + data).decode()
        inner = padded[(0, 2, 3)[offset] :].rstrip("=")
        core = inner[:-1] if (len(data) + offset) % 3 else inner
        yield core
        yield core.replace("+", "-").replace("/", "_")


def _pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Of every spelling, the longest first."""
    spelt = sorted({one for secret in secrets if len(secret) >= LEAST for one in spellings(secret)}, key=len, reverse=True)
    if not spelt:
        return None
    return re.compile("|".join(_alone(one) for one in spelt))


def _alone(spelt: str) -> str:
    literal = re.escape(spelt)
    return literal if len(spelt) >= LEAST_ALONE else rf"(?<![A-Za-z0-9]){literal}(?![A-Za-z0-9])"


def without(text: str, secrets: Iterable[str]) -> tuple[str, int]:
    """A text without these secrets in any spelling, and how often one was there."""
    pattern = _pattern(secrets)
    return pattern.subn(REMOVED, text) if pattern else (text, 0)


def holding(files: Mapping[str, bytes], secrets: Collection[str]) -> tuple[str, ...]:
    """The files, by name, that hold one of these secrets in any spelling, in their content or their name."""
    pattern = _pattern(secrets)
    if pattern is None:
        return ()
    texts = {name: f"{name}\n{content.decode(errors='surrogateescape')}" for name, content in sorted(files.items())}
    return tuple(name for name, text in texts.items() if pattern.search(text))


def lines_of_key(pem: str) -> tuple[str, ...]:
    """A private key in PEM as what must not be anywhere: each of its whole lines, and the key in one piece."""
    lines = [line.strip() for line in pem.splitlines() if line.strip() and "-----" not in line and ":" not in line]
    whole = "".join(lines)
    try:
        base64.b64decode(whole, validate=True)
    except binascii.Error:
        return ()
    return (*(line for line in lines if len(line) >= LEAST_ALONE * 4), whole) if whole else ()


def distinct(secrets: Iterable[str]) -> frozenset[str]:
    """Those found by a rule that may be looked for in other places too: no ordinary word is among them."""
    return frozenset(
        one for one in secrets if len(one) >= LEAST_ALONE and " " not in one and is_suspicious(one, is_strong=True)
    )
