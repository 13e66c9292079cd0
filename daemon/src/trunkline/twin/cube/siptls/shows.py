"""`show sip-ua connections tcp tls` in the layouts of the releases. Sources: captures of 15, 16.10, 17.8 and 17.14."""

from collections.abc import Iterator

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.siptls.agent import Counters, Row, SipAgent
from trunkline.twin.cube.trains import ConnectionLayout

HEADS = {
    ConnectionLayout.CLASSIC: (
        "  Remote-Port Conn-Id Conn-State  WriteQ-Size Local-Address",
        "  =========== ======= =========== =========== ===========",
    ),
    ConnectionLayout.WITH_TLS: (
        "  Remote-Port Conn-Id Conn-State  WriteQ-Size Local-Address TLS-Version Cipher                         Curve",
        "  =========== ======= =========== =========== ============= =========== ============================== =====",
    ),
    ConnectionLayout.WITH_TENANT: (
        "  Remote-Port Conn-Id Conn-State  WriteQ-Size Local-Address       TLS-Version Cipher                         Curve Tenant",
        "  =========== ======= =========== =========== =================== =========== ============================== ===== ======",
    ),
    ConnectionLayout.WIDE: (
        "  Remote-Port Conn-Id Conn-State  WriteQ-Size            Local-Address               TLS-Version"
        "                Cipher              Curve Tenant",
        "  =========== ======= =========== =========== ====================================== ==========="
        " ================================== ===== ======",
    ),
}
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
AGENTS: dict[str, SipAgent] = {}
"""The SIP agent of each router, by the loopback address that it listens on."""


def register(agent: SipAgent) -> None:
    AGENTS[agent.loopback] = agent


def agent_of(call: Call) -> SipAgent:
    return AGENTS[str(call.router.network.loopback(call.router.address))]


@command("show sip-ua connections tcp tls detail", "exec")
async def detail(call: Call) -> None:
    agent, layout = agent_of(call), call.router.train.layout
    for line in (*counters(agent, layout), "", *NOTE):
        call.terminal.write(line)
    if layout in (ConnectionLayout.WITH_TLS, ConnectionLayout.WIDE):
        call.terminal.write(" * Connections with SIP OAuth ports")
    call.terminal.write()
    for address in sorted({row.remote[0] for row in agent.rows.values()}):
        rows = [row for row in agent.rows.values() if row.remote[0] == address]
        call.terminal.write(f"Remote-Agent:{address}, Connections-Count:{len(rows)}")
        for head in HEADS[layout]:
            call.terminal.write(head)
        for row in rows:
            call.terminal.write(row_line(row, layout))
        call.terminal.write()
    for line in listeners(agent, layout):
        call.terminal.write(line)


@command("show sip-ua connections tcp tls brief", "exec")
async def brief(call: Call) -> None:
    agent, layout = agent_of(call), call.router.train.layout
    for line in (*counters(agent, layout), "", *listeners(agent, layout)):
        call.terminal.write(line)


@command("clear sip-ua statistics")
async def clear(call: Call) -> None:
    agent_of(call).counters = Counters()


def counters(agent: SipAgent, layout: ConnectionLayout) -> Iterator[str]:
    found = agent.counters
    yield f"Total active connections      : {len(agent.rows)}"
    yield f"No. of send failures          : {found.send_failures}"
    yield f"No. of remote closures        : {found.remote_closures}"
    yield f"No. of conn. failures         : {found.connection_failures}"
    yield f"No. of inactive conn. ageouts : {found.inactive_ageouts}"
    if layout in (ConnectionLayout.WITH_TENANT, ConnectionLayout.WIDE) and agent.rows:
        row = next(iter(agent.rows.values()))
        yield f"Max. tls send msg queue size of 1, recorded for {row.remote[0]}:{row.remote[1]}"
    yield f"TLS client handshake failures : {found.client_handshake_failures}"
    yield f"TLS server handshake failures : {found.server_handshake_failures}"


def row_line(row: Row, layout: ConnectionLayout) -> str:
    """One row; widths are those of the rules above."""
    start = f"  {row.remote[1]:>11} {row.connection_id:>7} {row.state:<11} {0:>11}"
    result, local = row.secured.result, f"{row.local[0]}:{row.local[1]}"
    if layout is ConnectionLayout.CLASSIC:
        return f"{start} {row.local[0]}"
    if layout is ConnectionLayout.WITH_TLS:
        return f"{start} {row.local[0]:>13} {result.version:>11} {result.cipher:>30} {_curve(result.cipher)}"
    if layout is ConnectionLayout.WITH_TENANT:
        return f"{start} {local:<19} {result.version:>11} {result.cipher:>30} {_curve(result.cipher)} {0:>6}"
    cipher = f"{result.cipher}:RSA"
    return f"{start} {local:<38} {result.version:>11} {cipher:>34} {_curve(result.cipher)} {0:>6}"


def _curve(cipher: str) -> str:
    """Empty for a key exchange without a curve."""
    return "P-256" if cipher.startswith(("ECDHE", "TLS_")) else "     "


def listeners(agent: SipAgent, layout: ConnectionLayout) -> Iterator[str]:
    has_tenant = layout in (ConnectionLayout.WITH_TENANT, ConnectionLayout.WIDE)
    yield "-------------- SIP Transport Layer Listen Sockets ---------------"
    if has_tenant:
        yield "  Conn-Id             Local-Address                      Tenant "
        yield " ==========    ===========================              ========"
    else:
        yield "  Conn-Id               Local-Address             "
        yield " ===========    ============================= "
    if not agent.is_listening:
        return
    address = f"[{agent.router.address}]:5061"
    if has_tenant:
        yield f"  2             {address + ':':<44} 0"
    else:
        yield f"   2            {address}"
