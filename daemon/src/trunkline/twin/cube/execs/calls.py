"""Calls and who may place them. Sources: CUBE configuration guide; CME toll-fraud guide; captures."""

from collections.abc import Iterator

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config.running import RunningConfig


@command("show call active voice compact", "exec")
async def show_calls(call: Call) -> None:
    call.terminal.write("<callID>  A/O FAX T<sec> Codec       type        Peer Address       IP R<ip>:<udp>")
    call.terminal.write(f"Total call-legs: {len(call.router.call_legs)}")
    for number, remote in enumerate(call.router.call_legs):
        side = "ANS" if number % 2 == 0 else "ORG"
        peer, port = f"P{1111008 + number}", 16464 + 64 * number
        start = f"{number + 5324:>10} {side}     T9     g711ulaw    VOIP"
        call.terminal.write(f"{start}        {peer:<14} {remote}:{port}")


@command("show ip address trusted list", "exec")
async def show_trusted(call: Call) -> None:
    for line in _trusted(call.router.running):
        call.terminal.write(line)


def _trusted(running: RunningConfig) -> Iterator[str]:
    state = "DOWN" if "no ip address trusted authenticate" in running.section("voice service voip") else "UP"
    yield "IP Address Trusted Authentication"
    yield f"Administration State: {state}"
    yield f"Operation State: {state}"
    yield ""
    yield "IP Address Trusted Call Block Cause: call-reject (21)"
    yield ""
    yield "VoIP Dial-peer IPv4 and IPv6 Session Targets:"
    yield "Peer Tag Oper State Session Target"
    yield "-------- ---------- --------------"
    for header in running.headers("dial-peer voice "):
        target = running.value("session target ", header)
        if target.startswith(("ipv4:", "ipv6:")):
            oper = "DOWN" if "shutdown" in running.section(header) else "UP"
            yield f"{header.split()[2]:<9} {oper:<9} {target}"
    yield ""
    yield "Configured IP Address Trusted List:"
    yield from running.section("voice service voip", "ip address trusted list")
    yield ""
    yield "Dynamic IP Address Trusted List:"
    yield "IP Address                          Subnet Mask      Count   Reason"
    yield "---------------------------------   ------------     -----   ----------------"


@command("show voice call summary", "exec")
async def show_voice_ports(call: Call) -> None:
    """A CUBE has no voice ports of its own."""
    call.terminal.write("PORT           CODEC     VAD VTSP STATE            VPM STATE")
    call.terminal.write("============== ========= === ==================== ======================")
