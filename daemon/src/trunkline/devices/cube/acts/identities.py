"""`crypto pki import`: a certificate is pasted, and believed to be there only when it is read back."""

import re

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.read.trustpoints import exported
from trunkline.devices.cube.session import CubeSession
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused
from trunkline.model.plan import Command

ANEW = "`trunkline renew` begins anew with another key; the earlier certificate stays in use until then"
LOGGED = "show logging | include PKI-3"
TRUSTPOINT = re.compile(r"^crypto pki import (\S+) certificate$")
SAID = re.compile(r"%PKI-3-.*")


def install(session: CubeSession, command: Command) -> str:
    """Raises DeviceRefused, with the words of the CUBE and what it logged, unless the export shows this very certificate."""
    line, wanted = command.lines[0], Certificate.from_pem(command.payload["pem"])
    found = TRUSTPOINT.match(line)
    assert found  # noqa: S101 - the dialect made it
    earlier = _logged(session)
    reply = session.paste(line, command.payload["pem"])
    reading = exported(session.export([found[1]])[0])
    if not reading.problem and wanted in reading.value:
        return ""
    said = error_in(reply) or " ".join(reply.split())[-160:]
    hint = _complaint([entry for entry in _logged(session) if entry not in earlier], found[1])
    raise DeviceRefused(
        f"cannot do `{line}` on {session.access.where}: the CUBE says `{said}`"
        + (f" and logs `{hint}`" if hint else "")
        + (f"; {reading.problem}" if reading.problem else "; the trustpoint does not hold the certificate afterwards")
        + f"; once the cause is mended, {ANEW}",
        (line, said, hint),
    )


def _logged(session: CubeSession) -> list[str]:
    """Complaints with their times, oldest first; a CUBE that does not show its log has none."""
    return [line.strip() for line in session.ask([LOGGED])[0].split("\n") if SAID.search(line)]


def _complaint(entries: list[str], trustpoint: str) -> str:
    """The newest one about the trustpoint."""
    named = re.compile(rf"(?:\bTrustpoint-|[\s:]){re.escape(trustpoint)}\.?(?:\s|$)")
    found = [match[0].strip() for entry in entries if named.search(entry) and (match := SAID.search(entry))]
    return found[-1] if found else ""
