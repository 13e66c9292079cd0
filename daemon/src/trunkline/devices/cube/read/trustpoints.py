"""`show crypto pki trustpoints status` and `crypto pki export X pem terminal`."""

import re
from dataclasses import dataclass, field

from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading
from trunkline.model.certificate import Certificate, certificates_in

TRUSTPOINT = re.compile(r"^Trustpoint (\S+?):\s*$")
HELD = re.compile(r"^ +(\S.*?) certificate configured:\s*$")
SHA1 = re.compile(r"^\s+Fingerprint SHA1:\s*((?:[0-9A-F]{8} ?){5})\s*$")
REQUEST = re.compile(r"^\s+Request Fingerprint (?:MD5|SHA1|SHA256):\s*[0-9A-F ]+$")  # of a certificate that is still to come
STATE = re.compile(r"^ +State:\s*$")
AUTHENTICATED = re.compile(r"^ +Issuing CA authenticated \.+ (Yes|No)\b")
ISSUER = "Issuing CA"


@dataclass
class _Status:
    """One trustpoint while it is read."""

    line: str
    titles: list[str] = field(default_factory=list)
    prints: list[str] = field(default_factory=list)
    has_state: bool = False
    is_authenticated: bool | None = None

    def checked(self) -> tuple[str, ...]:
        """Raises NotUnderstood unless all parts are there and agree."""
        if not self.has_state or self.is_authenticated is None:
            raise NotUnderstood("the status of a trustpoint was cut off", self.line)
        if len(self.titles) != len(self.prints):
            raise NotUnderstood("a certificate of a trustpoint is shown without its SHA1 fingerprint", self.line)
        if self.is_authenticated != (ISSUER in self.titles):
            raise NotUnderstood("the status of a trustpoint contradicts itself", self.line)
        return tuple(self.prints)


def trustpoint_status(text: str) -> Reading[dict[str, tuple[str, ...]]]:
    """The SHA-1 fingerprints of what each trustpoint holds, in the order printed, upper-case without blanks."""
    try:
        read = _statuses(list(until_prompt(lines_of(text))))
        return Reading({name: status.checked() for name, status in read.items()})
    except NotUnderstood as reason:
        return Reading({}, reason.problem, reason.evidence)


def _statuses(lines: list[str]) -> dict[str, _Status]:
    read: dict[str, _Status] = {}
    current: _Status | None = None
    for line in lines:
        found = TRUSTPOINT.match(line)
        if found:
            if found[1] in read:
                raise NotUnderstood("a trustpoint is shown twice", line)
            current = read[found[1]] = _Status(line)
        elif line.strip():
            if current is None or line[0] != " ":
                raise NotUnderstood("the layout of `show crypto pki trustpoints status` is not known", line)
            _take(current, line)
    return read


def _take(status: _Status, line: str) -> None:
    if status.has_state and (HELD.match(line) or STATE.match(line)):
        raise NotUnderstood("a certificate belongs to no trustpoint", line)
    if held := HELD.match(line):
        status.titles.append(held[1])
    elif found := SHA1.match(line):
        status.prints.append(found[1].replace(" ", ""))
        if len(status.prints) != len(status.titles):
            raise NotUnderstood("a fingerprint belongs to no certificate", line)
    elif STATE.match(line):
        status.has_state = True
    elif authenticated := AUTHENTICATED.match(line):
        status.is_authenticated = authenticated[1] == "Yes"
    elif ("Fingerprint SHA1" in line and not REQUEST.match(line)) or "authenticated" in line:
        raise NotUnderstood("a line of `show crypto pki trustpoints status` is not in a known form", line)


BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def exported(text: str) -> Reading[tuple[Certificate, ...]]:
    """Every certificate that an export printed, compared by DER from here on."""
    try:
        lines = lines_of(text)
        if lines.count(BEGIN) != lines.count(END) or sum(BEGIN in line for line in lines) != lines.count(BEGIN):
            raise NotUnderstood("an exported certificate was cut off", first_line(reversed(lines)))
        return Reading(certificates_in("\n".join(lines)))
    except NotUnderstood as reason:
        return Reading((), reason.problem, reason.evidence)
    except ValueError as error:
        return Reading((), f"an exported certificate cannot be read: {error}", BEGIN)
