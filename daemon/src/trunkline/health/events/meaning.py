"""What a line means for trunks. Pure. Forms: Cisco, "System Message Guide" and CUBE configuration guide, "SIP TLS Support"."""

import re
from datetime import datetime

from trunkline.health.events.lines import Line
from trunkline.health.events.redacted import command_without_secrets, line_without_secrets
from trunkline.health.transcript.names.reasons import cause_of_words, coarse
from trunkline.health.transcript.reading.syslog import failure
from trunkline.model.event import Event, EventKind

LONGEST = 400  # characters of what is kept
LONGEST_NAME = 64
HANDSHAKE, TYPED, LISTENER = "SIP-TLS_HANDSHAKE_FAILED", "PARSER-CFGLOG_LOGGEDCMD", "SIP-LISTEN_SOCKET"
CONFIGURED = frozenset({"SYS-CONFIG_I", "SYS-CONFIG_P", "DMI-CONFIG_I"})
CERTIFICATES = ("PKI-", "CRYPTO_PKI-", "UC_CERT-")
COMMAND = re.compile(r"User: ?(?P<user>.*?)\s+logged command: ?(?P<command>.*)")
BY_LINE = re.compile(
    r"^Configured from \S+ by (?:(?P<user>.+?) on )?(?P<via>(?:vty|console|con|tty|aux)\S*(?: \([^)\s]*\))?)\s*$", re.IGNORECASE
)
BY_PROGRAM = re.compile(r"^Configured programmatically by process (?P<process>\S+) from \S+ as (?P<user>.+?) on (?P<line>\S+)")
BY_MODEL = re.compile(r"Configured from (?P<via>NETCONF\S*) by (?P<user>[^,\s]+)")
ANYBODY = re.compile(r"^Configured from (?P<via>\S+)(?: by (?P<user>\S.*))?$")


def event(line: Line, target: str, at: datetime) -> Event:
    """What a line of `target` tells."""
    kept = line_without_secrets(line.whole)[:LONGEST]
    if line.mnemonic == HANDSHAKE:
        told = failure(line.whole[line.whole.index(line.name) :])
        return Event(
            target, at, EventKind.HANDSHAKE_FAILED, kept, coarse(cause_of_words(told.reason)), told.remote[:LONGEST_NAME]
        )
    if line.mnemonic in CONFIGURED:
        user, via = _who(line.text)
        return Event(target, at, EventKind.CONFIGURED, kept, user=user[:LONGEST_NAME], via=via[:LONGEST_NAME])
    if line.mnemonic == TYPED:
        return _typed(line, target, at, kept)
    if line.mnemonic == LISTENER:
        return Event(target, at, EventKind.LISTENER, kept)
    is_pki = line.mnemonic.startswith(CERTIFICATES)
    return Event(target, at, EventKind.CERTIFICATES if is_pki else EventKind.OTHER, kept)


def _typed(line: Line, target: str, at: datetime, kept: str) -> Event:
    found = COMMAND.match(line.text)
    if found is None:
        return Event(target, at, EventKind.TYPED, kept)
    command = command_without_secrets(found["command"].strip())[:LONGEST]
    return Event(target, at, EventKind.TYPED, kept, user=found["user"][:LONGEST_NAME], command=command)


def _who(text: str) -> tuple[str, str]:
    """User and line. "console by console" names a line and nobody."""
    by_program, by_model, by_line = BY_PROGRAM.match(text), BY_MODEL.search(text), BY_LINE.match(text)
    if by_program:
        return by_program["user"], f"{by_program['line']}, process {by_program['process']}"
    if by_model:
        return by_model["user"], by_model["via"]
    if by_line:
        return by_line["user"] or "", by_line["via"]
    anybody = ANYBODY.match(text)
    return ((anybody["user"] or "").strip(), anybody["via"]) if anybody else ("", "")
