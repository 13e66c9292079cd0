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
    """Calls are counted here, not carried."""
    legs = call.router.live_calls
    call.terminal.write(f"Total SIP call legs:{legs}, User Agent Client:{legs // 2}, User Agent Server:{legs - legs // 2}")
    for role, name, count in (("UAC", "Client(UAC)", legs // 2), ("UAS", "Server(UAS)", legs - legs // 2)):
        call.terminal.write(f"SIP {role} CALL INFO")
        call.terminal.write(f"Number of SIP User Agent {name} calls: {count}")
        call.terminal.write()
