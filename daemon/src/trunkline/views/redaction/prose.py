"""What looks like a secret in ordinary words. Pure."""

import re

from trunkline.views.redaction.rules import Rule

_VALUE = r"(?P<a>\"[^\"]+\"|'[^']+'|[^\s,;{}()\[\]\"'`<>]+)"
STRONG = r"(?:password|passwd|passphrase|passcode|pwd?|secret|community|token|psk|pin)"
GIVEN = rf"(?:{STRONG}|pass)"  # only what is set, not what goes by: "pass: X", and no "pass 12 of vg"
WEAK = r"(?:key|key-string|credentials?|authentication|auth|pass)"
ALGORITHM = r"(?:md5|sha|aes|des|3des|priv)"


def _rule(pattern: str, source: str) -> Rule:
    return Rule("other", re.compile(pattern, re.IGNORECASE), source)


ASSIGNED = _rule(rf"\b{GIVEN}\"?\s*(?:=\s*|:\s*(?=[\"']\S)){_VALUE}", "NAME=VALUE, NAME: 'VALUE'")
"""Whatever the value looks like."""
BEHIND_A_WORD: tuple[tuple[Rule, bool], ...] = (
    (_rule(rf"\b{GIVEN}\"?\s*:\s*{_VALUE}", "NAME: VALUE"), True),
    (_rule(rf"\b(?:{STRONG}|{WEAK})\s+\d\s+{_VALUE}", "a type of IOS in front of a secret"), True),
    (_rule(rf"\b{STRONG}(?:\s+(?:is|was|for\s+\S+\s+is))?\s+{_VALUE}", "in a sentence"), True),
    (_rule(rf"(?<![\w-]){WEAK}(?:\s*[=:]\s*|\s+){_VALUE}", "behind a word that announces other things, too"), False),
    (_rule(rf"(?<![\w-]){ALGORITHM}\s+{_VALUE}", "behind an algorithm; with a colon it is a fingerprint"), False),
)
"""And whether the word speaks of secrets only."""

LEAST, LEAST_HEX = 6, 16
HEX = re.compile(r"[0-9A-Fa-f]+")
_PART = r"(?:[A-Za-z]+\d{0,4}|\d+)"
ORDINARY = re.compile(rf"[A-Za-z]+|{_PART}(?:-{_PART})+|[\d.:/]+|[A-Z]{{2,5}}\d{{2,4}}|[A-Za-z]+\d(?:/\d+)+")
"""Words, names such as "hmac-sha-256" and "sip-trunk-cert", addresses, "AES256", interfaces."""
REFERENCE = re.compile(r"env:[A-Za-z_]\w*|file:[\w./-]+")
SIGNS = frozenset("!@#$%^&*+=~?|\\")


def is_reference(value: str) -> bool:
    """Whether a value only says where a secret is."""
    return bool(REFERENCE.fullmatch(value.strip("\"'.,;:)")))


def is_suspicious(value: str, *, is_strong: bool) -> bool:
    """Whether a word looks chosen by nobody or by a machine: long enough, and of several kinds of letters.

    Behind a word that speaks of nothing but secrets less is enough: a letter and a digit in six.
    """
    value = value.strip("\"'.,;:!?")
    if len(value) < LEAST or is_reference(value) or ORDINARY.fullmatch(value):
        return False
    if HEX.fullmatch(value):
        return len(value) >= LEAST_HEX or (is_strong and any(one.isdigit() for one in value))
    kinds = sum((any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value))))
    has_sign = any(one in SIGNS for one in value)
    return (kinds >= 2 or has_sign) if is_strong else (kinds == 3 or (kinds >= 2 and has_sign))
