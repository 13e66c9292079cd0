"""`clear sip-ua tcp tls connection`: an idle connection ends, so that the next one presents what is bound now.

Source: Cisco IOS SIP configuration guide, "clear sip-ua tcp connection id 1 target ipv4:172.18.194.183:5060".
"""

import time

from trunkline.devices.cube import signals
from trunkline.devices.cube.read import calls
from trunkline.devices.cube.read.connections import connections
from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.session import CubeSession, dialogs
from trunkline.model.errors import DeviceBusy, DeviceRefused
from trunkline.model.plan import Command

POLL_SECONDS = 0.5
MOST_POLLS = 20


def recycle(session: CubeSession, command: Command) -> str:
    """One that is gone already is done. Raises DeviceBusy where a call may be on it."""
    line, remote = command.lines[0], command.payload["remote"]
    if not _is_there(session, command):
        return ""
    busy = calls.busy_addresses(session.ask([calls.COMMAND])[0])
    address = remote.rpartition(":")[0].strip("[]")
    if busy.value is None or address in busy.value:
        why = "a call with that address is up" if busy.value else f"whether a call is on it is not known: {busy.problem}"
        raise DeviceBusy(f"cannot do `{line}` on {session.access.where}: {why}")
    reply = session.order(line, (dialogs.Answer(dialogs.CONFIRM, ""),))
    if problem := error_in(reply):
        raise DeviceRefused(f"cannot do `{line}` on {session.access.where}: the CUBE says `{problem}`", (line, problem))
    for _ in range(MOST_POLLS):
        if not _is_there(session, command):
            return ""
        time.sleep(POLL_SECONDS)
    raise DeviceBusy(f"cannot do `{line}` on {session.access.where}: the connection is still there")


def _is_there(session: CubeSession, command: Command) -> bool:
    """The identifier may belong to another connection by now. Raises DeviceBusy where the table cannot be read."""
    reading = connections(session.ask([signals.CONNECTIONS])[0])
    if reading.value is None:
        raise DeviceBusy(f"cannot see the connections of {session.access.where}: {reading.problem} (`{reading.evidence}`)")
    wanted = (int(command.payload["id"]), command.payload["remote"])
    return wanted in {(row.connection_id, row.remote) for row in reading.value.rows}
