"""Text without what may be a secret. Pure.

A command that was typed is cut where a secret may begin: what follows is worth less than a secret is. IOS itself hides them
only where `hidekeys` is configured under `archive`, `log config`. Words are known by how they begin: people abbreviate them.
"""

import re

REMOVED = "<removed>"
LOGGED = "logged command:"
FIRST_TWO_WORDS = re.compile(
    r"^\s*(?:no )?(?:user\S*|ena\S*|snmp\S*|tac\S*|radius\S*)\s+\S+\s+(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL
)
"""Of these commands only what they are about is kept: a user, a community."""
ANNOUNCED = re.compile(
    r"(?<!\S)(?:pas\S*|secr?\S*|key\S*|[\w-]+-(?:key|password|secret|community|psk)|psk\S*|comm\S*|cred\S*|auth\S*|priv|pin|token\S*"
    r"|md5|sha\S*|3?des|aes\S*|hmac\S*)\s+(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
SAID = re.compile(r"\b(?:password|passphrase|secret|community|key-string)\b[ :=]+(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL)
"""In what a device says by itself, where `key` and `authentication` are ordinary words."""
HARMLESS = re.compile(r"^\s*(?:no )?crypto key ", re.IGNORECASE)
HASH = re.compile(r"\$\d{1,2}\$\S+")  # type 5, 8, 9 and 14 of IOS
IN_A_URL = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+]*://)[^\s/@]*:[^\s/]*@", re.IGNORECASE)


def line_without_secrets(text: str) -> str:
    """A whole line of syslog."""
    head, typed, command = text.partition(LOGGED)
    return head + typed + command_without_secrets(command) if typed else _anywhere(_cut(SAID.search(text), text))


def command_without_secrets(command: str) -> str:
    """A command that somebody typed."""
    shortened = _cut(FIRST_TWO_WORDS.match(command), command)
    harmless = HARMLESS.match(shortened)
    begin = harmless.end() if harmless else 0
    return _anywhere(_cut(ANNOUNCED.search(shortened, begin), shortened))


def _cut(found: re.Match[str] | None, text: str) -> str:
    return text[: found.start("rest")] + REMOVED if found else text


def _anywhere(text: str) -> str:
    return IN_A_URL.sub(rf"\g<scheme>{REMOVED}@", HASH.sub(REMOVED, text))
