"""Where syslog comes from. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cube, Documents
from trunkline.desired.lint.finding import Finding
from trunkline.desired.senders import stated

STATED = ("management", "syslog_address")


def shared_address(documents: Documents) -> Iterator[Finding]:
    """A line tells its sender by the address that it comes from. Only what is stated for syslog is meant to be one device's:
    ports of one address may lead to several, and a pair of CUBEs may speak SIP on one address in turns.
    """
    for name, cube in sorted(documents.cubes.items()):
        address = cube.value.management.syslog_address or ""
        others = [other for other, its in sorted(documents.cubes.items()) if other != name and address in _of(its.value)]
        if address and others:
            message = f"{address} is an address of {documents.cubes[others[0]].path} too: its syslog is nobody's"
            cure = "Give each CUBE addresses of its own, or let a relay send the lines with their names"
            yield Finding(cube.origin(*STATED), message, cure)


def _of(cube: Cube) -> set[str]:
    return {address for _, address in stated(cube)}
