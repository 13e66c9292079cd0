"""`show sip-ua status`, `timers`, `register status` and `calls`. Source: Cisco IOS voice command reference, `show sip-ua`."""

from collections.abc import Iterator

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config.running import RunningConfig

DEFAULT_TIMERS = {"trying": 500, "expires": 180000, "connect": 500, "disconnect": 500, "options": 500}


@command("show sip-ua status", "exec")
async def show_status(call: Call) -> None:
    for line in _status(call.router.running):
        call.terminal.write(line)


def _word(is_on: bool) -> str:
    return "ENABLED" if is_on else "DISABLED"


def _status(running: RunningConfig) -> Iterator[str]:
    lines = running.section("sip-ua")
    binds = running.section("voice service voip", "sip")
    yield "SIP User Agent Status"
    yield f"SIP User Agent for UDP : {_word('no transport udp' not in lines)}"
    yield f"SIP User Agent for TCP : {_word('no transport tcp' not in lines)}"
    yield f"SIP User Agent for TLS over TCP : {_word('no transport tcp tls' not in lines)}"
    for shown, kind in (("signaling", "control"), ("media", "media")):
        yield f"SIP User Agent bind status({shown}): {_bound(running, binds, kind)}"
    yield from (
        "SIP early-media for 180 responses with SDP: ENABLED",
        "SIP max-forwards : 70",
        "SIP DNS SRV version: 2 (rfc 2782)",
        "NAT Settings for the SIP-UA",
        "Role in SDP: NONE",
        "Check media source packets: DISABLED",
        "Maximum duration for a telephone-event in NOTIFYs: 2000 ms",
        f"SIP support for ISDN SUSPEND/RESUME: {_word('no suspend-resume' not in lines)}",
        f"Redirection (3xx) message handling: {_word('no redirection' not in lines)}",
        "Reason Header will override Response/Request Codes: DISABLED",
        "Out-of-dialog Refer: DISABLED",
        "Presence support is DISABLED",
        f"protocol mode is {running.value('protocol mode ', 'sip-ua') or 'ipv4'}",
        "SDP application configuration:",
        " Version line (v=) required",
        " Owner line (o=) required",
        " Timespec line (t=) required",
        " Media supported: audio video image ",
        " Network types supported: IN ",
        " Address types supported: IP4 IP6 ",
        " Transport types supported: RTP/AVP udptl",
    )


def _bound(running: RunningConfig, binds: tuple[str, ...], kind: str) -> str:
    """The address of the interface that is bound, as later releases print it."""
    start = f"bind {kind} source-interface "
    interface = next((line.removeprefix(start) for line in binds if line.startswith(start)), "")
    words = running.value("ip address ", f"interface {interface}").split() if interface else []
    return f"ENABLED {words[0]}" if words else "DISABLED "


@command("show sip-ua timers", "exec")
async def show_timers(call: Call) -> None:
    values = dict(DEFAULT_TIMERS)
    for line in call.router.running.section("sip-ua"):
        words = line.split()
        if words[0] == "timers" and words[1] in values and words[-1].isdigit():
            values[words[1]] = int(words[-1])
    trying, expires, connect, disconnect, options = values.values()
    for line in (
        "SIP UA Timer Values (millisecs unless noted)",
        f"trying {trying}, expires {expires}, connect {connect}, disconnect {disconnect}",
        "prack 500, rel1xx 500, notify 500, update 500",
        f"refer 500, register 500, info 500, options {options},hold 2880 minutes",
        ", register-dns-cache 3600 seconds",
        "tcp/udp aging 5 minutes",
        "tls aging 60 minutes",
        "tls establish 20 seconds",
    ):
        call.terminal.write(line)


@command("show sip-ua register status", "exec")
async def show_registrations(call: Call) -> None:
    """Nothing registers: trunks to a CUCM do not."""
    call.terminal.write("Line peer expires(sec) registered")


@command("show sip-ua calls", "exec")
async def show_calls(call: Call) -> None:
    """Calls are counted here, not carried: every other leg is one that the router placed itself."""
    legs = call.router.call_legs
    placed, taken = legs[0::2], legs[1::2]
    if call.router.train.is_xe:
        call.terminal.write(f"Total SIP call legs:{len(legs)}, User Agent Client:{len(placed)}, User Agent Server:{len(taken)}")
    for role, name, own in (("UAC", "Client(UAC)", placed), ("UAS", "Server(UAS)", taken)):
        call.terminal.write(f"SIP {role} CALL INFO")
        for number, remote in enumerate(own, start=1):
            for line in _leg(call.router.address, number, remote):
                call.terminal.write(line)
        call.terminal.write(f"Number of SIP User Agent {name} calls: {len(own)}")
        call.terminal.write()


def _leg(local: str, number: int, remote: str) -> Iterator[str]:
    """The upper part, which tells who talks to whom."""
    yield f"Call {number}"
    yield f"SIP Call ID : 515205D4-20B711D6-8015FF77-{number:08X}@{local}"
    yield "State of the call : STATE_ACTIVE (7)"
    yield "Substate of the call : SUBSTATE_NONE (0)"
    yield "Calling Number : 5550200"
    yield "Called Number : 5551101"
    yield f"Source IP Address (Sig ): {local}"
    yield f"Destn SIP Req Addr:Port : [{remote}]:5061"
    yield f"Destn SIP Resp Addr:Port: [{remote}]:5061"
    yield f"Destination Name : {remote}"
    yield "Number of Media Streams : 1"
    yield "Number of Active Streams: 1"
    yield ""
