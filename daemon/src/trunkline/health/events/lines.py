"""One message of syslog, taken apart. Pure.

RFC 3164 as IOS writes it, `<189>43: HOSTNAME: 000044: *Nov 25 03:52:36.123 UTC: %SYS-5-CONFIG_I: Configured from …`, of which
everything in front of the percent sign may be missing (`logging origin-id`, `service sequence-numbers`, `service timestamps`:
Cisco, "Troubleshooting and Fault Management Command Reference"); the same behind the header that a relay puts in front, and in
RFC 5424; CUCM's alarms, which have the form of IOS.
"""

import re
from dataclasses import dataclass

LONGEST_PRIORITY = 191  # 23 facilities, 8 severities: RFC 3164 §4.1.1
PRIORITY = re.compile(r"^<(\d{1,3})>")
MESSAGE = re.compile(r"%(?P<facility>[A-Z][A-Z0-9_]*(?:-[A-Z][A-Z0-9_]*)*)-(?P<severity>[0-7])-(?P<name>[A-Za-z0-9_]+) ?:\s?")
RFC_5424 = re.compile(r"^1 \S+ (?P<host>\S+) \S+ \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?\ufeff?(?P<rest>.*)", re.DOTALL)
RELAYED = re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?P<host>[^\s:]+):? (?P<rest>.*)", re.DOTALL)
ISO_RELAYED = re.compile(r"^\d{4}-\d\d-\d\dT\S+ (?P<host>[^\s:]+):? (?P<rest>.*)", re.DOTALL)
ORIGIN = re.compile(r"^(?:\d+: )?(?P<origin>[A-Za-z0-9][\w.-]*(?::[0-9A-Fa-f:.]+)?): ")
SPAN = re.compile(r"(\d+[wdhy]){2}|\d{1,2}(:\d\d){1,2}(\.\d+)?")  # 2w3d, 1d04h, 00:01:23: uptimes
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True)
class Line:
    """`name` is the mnemonic, empty where a line has none; `text` what follows it; `whole` from the percent sign on.

    `origin` is the name or address that the line itself gives to its sender; empty where it gives none.
    """

    origin: str
    facility: str
    name: str
    text: str
    whole: str

    @property
    def mnemonic(self) -> str:
        """ "SYS-CONFIG_I": what it is, without how bad it is."""
        return f"{self.facility}-{self.name}" if self.name else ""


def read(message: bytes) -> Line | None:
    """None for what is no syslog: neither a priority in front nor a mnemonic, or nothing to read at all."""
    text = message.decode("utf-8", "replace").strip("\x00\r\n ")
    priority = PRIORITY.match(text)
    if priority and int(priority[1]) > LONGEST_PRIORITY:
        return None
    rest = text[priority.end() :] if priority else text
    origin, rest = _origin(rest)
    found = MESSAGE.search(rest)
    if found is None:
        return Line(origin, "", "", _plain(rest), _plain(rest)) if priority and _plain(rest) else None
    body = rest[found.end() :]
    return Line(origin, found["facility"], found["name"], _plain(body), _plain(rest[found.start() :]))


def _plain(text: str) -> str:
    """On one line, without anything that a terminal would act upon."""
    return " ".join(CONTROL.sub(" ", text).split())


def _origin(text: str) -> tuple[str, str]:
    """Who sent it by its own words, and the rest. The name that the device gives itself counts more than the relay's."""
    header = RFC_5424.match(text) or RELAYED.match(text) or ISO_RELAYED.match(text)
    rest = header["rest"] if header else text
    own = ORIGIN.match(rest)
    if own and not own["origin"].isdigit() and not SPAN.fullmatch(own["origin"]):
        return own["origin"], rest
    return (header["host"] if header and header["host"] != "-" else ""), rest
