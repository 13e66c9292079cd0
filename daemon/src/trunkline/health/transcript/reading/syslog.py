"""`%SIP-2-TLS_HANDSHAKE_FAILED` in its two forms. Cisco: CUBE configuration guide, "SIP TLS Support on CUBE"."""

import re
from dataclasses import dataclass
from typing import Literal

REASON = re.compile(r"Reason: (.{1,120}?), Connection ID: (\d+), local address : (\S+) and remote address : (\S+)")
IDENTITY = re.compile(r"TLS_HANDSHAKE_FAILED ?:\s?(.{1,120}?) - (.{0,300})")
SIPS_PORT = "5061"
"""Where SIP over TLS is listened for: RFC 3261 §19.1.2."""
PAIR = re.compile(r"(\w+)=([^,\s]*)")


@dataclass(frozen=True)
class Failure:
    """What the CUBE logged of a handshake that failed: `local` and `remote` are address and port as written."""

    reason: str
    local: str = ""
    remote: str = ""
    tenant: str = ""
    connection: str = ""

    @property
    def role(self) -> Literal["", "client", "server"]:
        """The CUBE's part: whoever is called is called at the port of SIP over TLS. Empty where neither or both have it."""
        is_called, calls = (end.rpartition(":")[2] == SIPS_PORT for end in (self.local, self.remote))
        return "" if is_called == calls else "server" if is_called else "client"


def failure(text: str) -> Failure:
    """From the line, beginning with the mnemonic. A form that is not known is a reason in its own words."""
    by_reason = REASON.search(text)
    if by_reason:
        return Failure(by_reason[1], by_reason[3], by_reason[4], connection=by_reason[2])
    identity = IDENTITY.match(text)
    if identity is None:
        return Failure(text.partition(":")[2].strip()[:200] or "no reason is given")
    said = dict(PAIR.findall(identity[2]))
    local, remote = (_joined(said, end) for end in ("local", "remote"))
    return Failure(identity[1].strip(), local, remote, said.get("tenant", ""))


def _joined(said: dict[str, str], end: str) -> str:
    address, port = said.get(f"{end}_addr", ""), said.get(f"{end}_port", "")
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}" if address else ""


def address_of(end: str) -> str:
    """`[2001:db8::1]:5061` and `10.0.0.1:5061` without the port."""
    return end.rpartition(":")[0].strip("[]")
