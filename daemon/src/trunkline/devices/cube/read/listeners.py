"""The listen sockets at the end of `show sip-ua connections`."""

import re
from collections.abc import Iterator

from trunkline.devices.cube.read.reading import NotUnderstood

LISTEN_HEAD = "SIP Transport Layer Listen Sockets"
COLUMN_NAMES = ({"Conn-Id", "Local-Address"}, {"Conn-Id", "Local-Address", "Tenant"})
RULE = re.compile(r"^\s*=+(?:\s+=+)*\s*$")
# "[10.72.86.86]:5061", "[10.72.86.86]:5061:" and "10.64.100.145:5091:vrf", by release
SOCKET = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|(\d+(?:\.\d+){3})):(\d+)(?::\S*)?")


def listening(lines: list[str]) -> Iterator[str]:
    """Sockets as "[ADDRESS]:PORT". `lines` begin with the head. Raises NotUnderstood."""
    has_tenant: bool | None = None
    for line in lines[1:]:
        words = line.split()
        if not words or RULE.match(line):
            continue
        if has_tenant is None:
            if set(words) not in COLUMN_NAMES:
                raise NotUnderstood("the columns of the listen sockets are not known", line)
            has_tenant = "Tenant" in words
            continue
        socket = SOCKET.fullmatch(words[1]) if len(words) == 2 + has_tenant else None
        if not socket or not words[0].isdigit() or not words[-1 if has_tenant else 0].isdigit():
            raise NotUnderstood("a listen socket does not fit its columns", line)
        yield f"[{socket[1] or socket[2]}]:{socket[3]}"
    if has_tenant is None:
        raise NotUnderstood("the listen sockets were cut off", lines[0])
