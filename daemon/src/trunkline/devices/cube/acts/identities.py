"""`crypto pki import`: a certificate is pasted, and believed to be there only when it is read back."""

import re

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.read.trustpoints import exported
from trunkline.devices.cube.session import CubeSession
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused
from trunkline.model.plan import Command

LOGGED = "show logging | include PKI-3"
TRUSTPOINT = re.compile(r"^crypto pki import (\S+) certificate$")
SAID = re.compile(r"%PKI-3-.*")


def install(session: CubeSession, command: Command) -> str:
    """Raises DeviceRefused, with the words of the CUBE and what it logged, unless the export shows this very certificate."""
    line, wanted = command.lines[0], Certificate.from_pem(command.payload["pem"])
    found = TRUSTPOINT.match(line)
    assert found  # noqa: S101 - the dialect made it
    reply = session.paste(line, command.payload["pem"])
    reading = exported(session.export([found[1]])[0])
    if not reading.problem and wanted in reading.value:
        return ""
    said = error_in(reply) or " ".join(reply.split())[-160:]
    hint = _logged(session, found[1])
    raise DeviceRefused(
        f"cannot do `{line}` on {session.access.where}: the CUBE says `{said}`"
        + (f" and logs `{hint}`" if hint else "")
        + (f"; {reading.problem}" if reading.problem else "; the trustpoint does not hold the certificate afterwards"),
        (line, said, hint),
    )


def _logged(session: CubeSession, trustpoint: str) -> str:
    """The last complaint about the trustpoint, or of anything; a CUBE that does not show its log has none."""
    found = [match[0].strip() for line in session.ask([LOGGED])[0].split("\n") if (match := SAID.search(line))]
    own = [line for line in found if re.search(rf"(?<![\w-]){re.escape(trustpoint)}(?![\w-])|-{re.escape(trustpoint)}\b", line)]
    return (own or [""])[-1]
