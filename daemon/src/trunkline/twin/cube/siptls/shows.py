"""`show sip-ua connections …` in the layouts of the releases. Sources: captures of 15, 16.10, 17.8 and 17.14."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.siptls import settings
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.siptls.table import Counters, Row
from trunkline.twin.cube.trains import ConnectionLayout

NOTE = (
    "---------Printing Detailed Connection Report---------",
    "Note:",
    " ** Tuples with no matching socket entry",
    "    - Do 'clear sip <tcp[tls]/udp> conn t ipv4:<addr>:<port>'",
    "      to overcome this error condition",
    " ++ Tuples with mismatched address/port entry",
    "    - Do 'clear sip <tcp[tls]/udp> conn t ipv4:<addr>:<port> id <connid>'",
    "      to overcome this error condition",
)
WITH_OAUTH_NOTE = frozenset({ConnectionLayout.WITH_TLS, ConnectionLayout.WIDE})
WITH_TENANTS = frozenset({ConnectionLayout.WITH_TENANT, ConnectionLayout.WIDE})
HEAD = "  Remote-Port Conn-Id Conn-State  WriteQ-Size "
RULE = "  =========== ======= =========== =========== "
COLUMNS: Mapping[ConnectionLayout, tuple[str, str]] = {
    ConnectionLayout.CLASSIC: ("Local-Address", "==========="),
    ConnectionLayout.WITH_TLS: (
        "Local-Address TLS-Version Cipher                         Curve",
        "============= =========== ============================== =====",
    ),
    ConnectionLayout.WITH_TENANT: (
        "Local-Address TLS-Version Cipher                        Curve       Tenant",
        "============= =========== ============================  =========== ======",
    ),
    ConnectionLayout.WIDE: (
        "           Local-Address               TLS-Version                Cipher              Curve Tenant",
        "====================================== =========== ================================== ===== ======",
    ),
}
"""What stands behind the queue size: headings and the rule below them."""
AGENTS: dict[str, SipAgent] = {}
"""The SIP agent of each router, by the loopback address that it listens on."""


def register(agent: SipAgent) -> None:
    AGENTS[agent.loopback] = agent


def agent_of(call: Call) -> SipAgent:
    return AGENTS[str(call.router.network.loopback(call.router.address))]


@command("show sip-ua connections tcp tls detail", "exec")
async def detail(call: Call) -> None:
    agent, layout = agent_of(call), call.router.train.layout
    lines = [*counters(agent, layout), "", *_note(layout), "", *_agents(agent, layout), *listeners(agent, layout)]
    for line in lines:
        call.terminal.write(line)


@command("show sip-ua connections tcp tls brief", "exec")
async def brief(call: Call) -> None:
    agent, layout = agent_of(call), call.router.train.layout
    for line in (*counters(agent, layout), "", *listeners(agent, layout, is_brief=True)):
        call.terminal.write(line)


@command("show sip-ua connections tcp|udp brief|detail", "exec")
async def plain(call: Call) -> None:
    """Without TLS nothing is ever sent here: the lab's trunks are secure ones."""
    agent, layout = agent_of(call), call.router.train.layout
    for line in _counts(0, Counters()):
        call.terminal.write(line)
    call.terminal.write()
    note = _note(layout) if call.arguments["words"].endswith("detail") else ()
    for line in (*note, *([""] if note else []), *_listen_head(layout)):
        call.terminal.write(line)
    call.terminal.write(_listener(agent, layout, Listener(5060, 2)))


def counters(agent: SipAgent, layout: ConnectionLayout) -> Iterator[str]:
    found = agent.counters
    yield from _counts(len(agent.rows), found)
    if layout in WITH_TENANTS and agent.rows:
        row = next(iter(agent.rows.values()))
        yield f"Max. tls send msg queue size of 1, recorded for {row.remote[0]}:{row.remote[1]}"
    yield f"TLS client handshake failures : {found.client_handshake_failures}"
    yield f"TLS server handshake failures : {found.server_handshake_failures}"


def _counts(active: int, found: Counters) -> Iterator[str]:
    yield f"Total active connections      : {active}"
    yield f"No. of send failures          : {found.send_failures}"
    yield f"No. of remote closures        : {found.remote_closures}"
    yield f"No. of conn. failures         : {found.connection_failures}"
    yield f"No. of inactive conn. ageouts : {found.inactive_ageouts}"


def _note(layout: ConnectionLayout) -> tuple[str, ...]:
    return (*NOTE, " * Connections with SIP OAuth ports") if layout in WITH_OAUTH_NOTE else NOTE


def _agents(agent: SipAgent, layout: ConnectionLayout) -> Iterator[str]:
    """The connections of each peer."""
    head, rule = COLUMNS[layout]
    is_bound = settings.is_bound(agent.router.running)
    for address in sorted({row.remote[0] for row in agent.rows.values()}):
        rows = [row for row in agent.rows.values() if row.remote[0] == address]
        yield f"Remote-Agent:{address}, Connections-Count:{len(rows)}"
        yield HEAD + head
        yield RULE + rule
        yield from (row_line(row, layout, is_bound=is_bound) for row in rows)
        yield ""


def row_line(row: Row, layout: ConnectionLayout, *, is_bound: bool) -> str:
    """One row; widths are those of the rules above."""
    start = f"  {row.remote[1]:>11} {row.connection_id:>7} {row.state:<11} {0:>11}"
    result, address = row.secured.result, row.local[0]
    if layout is ConnectionLayout.CLASSIC:
        return f"{start} {address}"
    if layout is ConnectionLayout.WITH_TLS:
        shown = address if is_bound else f"{'-':>12}"
        return f"{start} {shown:<13} {result.version:>11} {result.cipher:>30} {row.curve:<5}".rstrip()
    if layout is ConnectionLayout.WITH_TENANT:
        return f"{start} {address:<13} {result.version:>11} {result.cipher:>28}  {row.curve:>11} {0:>6}"
    local, cipher = f"{address}:{row.local[1]}", f"{result.cipher}:{_authentication(row)}"
    return f"{start} {local:<38} {result.version:>11} {cipher:>34} {row.curve:<5} {0:>5}"


def _authentication(row: Row) -> str:
    """What kind of key the server proved, as the wide layout appends it to the cipher."""
    return "ECDSA" if "ECDSA" in row.secured.result.cipher else "RSA"


@dataclass(frozen=True)
class Listener:
    """A socket that waits for connections."""

    port: int
    connection_id: int
    tenant: int = 0


def listeners(agent: SipAgent, layout: ConnectionLayout, *, is_brief: bool = False) -> Iterator[str]:
    yield from _listen_head(layout, is_brief=is_brief)
    if agent.is_listening:
        is_bound = settings.is_bound(agent.router.running)
        yield _listener(agent, layout, Listener(agent.port, 2 if is_bound else 0), is_brief=is_brief)


def _listen_head(layout: ConnectionLayout, *, is_brief: bool = False) -> Iterator[str]:
    yield "-------------- SIP Transport Layer Listen Sockets ---------------"
    if layout not in WITH_TENANTS:
        yield "  Conn-Id               Local-Address             "
        yield " ===========    ============================= "
    elif is_brief:
        yield "  Conn-Id             Local-Address            Tenant "
        yield " ==========    ===========================   ============"
    else:
        yield "  Conn-Id             Local-Address                      Tenant "
        yield " ==========    ===========================              ========"


def _listener(agent: SipAgent, layout: ConnectionLayout, listener: Listener, *, is_brief: bool = False) -> str:
    bound = agent.router.address if settings.is_bound(agent.router.running) else "0.0.0.0"  # noqa: S104 - only shown
    address = f"[{bound}]:{listener.port}"
    if layout is ConnectionLayout.CLASSIC:
        return f"   {listener.connection_id:<13}{address}"
    if layout is ConnectionLayout.WITH_TLS:
        return f"   {listener.connection_id:<13}{address}:"
    if is_brief:
        return f"  {listener.connection_id:<14}{address + ':':<31}{listener.tenant}"
    return f"  {listener.connection_id:<14}{address}:{listener.tenant:>{45 - len(address)}}"
