"""Exec commands of the simulated CUBE that are neither PKI nor SIP."""

from datetime import datetime, timedelta

from trunkline.twin.cube.commands import Call, command

# Session verbs are returned as a word: only the session can leave, enter configuration mode, or ask for a password.


@command("exit", "exec")
@command("quit", "exec")
@command("logout", "exec")
async def leave(_call: Call) -> str:
    return "exit"


@command("enable", "exec")
async def enable(_call: Call) -> str:
    return "enable"


@command("disable", "privileged")
async def disable(_call: Call) -> str:
    return "disable"


@command("configure terminal")
async def configure(_call: Call) -> str:
    return "configure"


@command("terminal length <lines>", "exec")
async def terminal_length(call: Call) -> None:
    call.terminal.length_lines = int(call.arguments["lines"])


@command("terminal width <columns>", "exec")
async def terminal_width(_call: Call) -> None:
    """Nothing here wraps lines."""


@command("terminal monitor")
async def terminal_monitor(call: Call) -> None:
    call.terminal.is_monitoring = True


@command("terminal no monitor")
async def terminal_no_monitor(call: Call) -> None:
    call.terminal.is_monitoring = False


@command("show running-config")
@command("show running-config brief|all|full")
async def show_running(call: Call) -> None:
    for line in call.router.running_text(is_brief="brief" in call.arguments["words"]):
        call.terminal.write(line)


@command("show startup-config")
async def show_startup(call: Call) -> None:
    lines = [*call.router.startup, "end", ""]
    call.terminal.write(f"Using {sum(len(line) + 1 for line in lines)} out of 262136 bytes")
    for line in lines:
        call.terminal.write(line)


@command("write memory")
@command("write")
@command("copy running-config startup-config")
async def write_memory(call: Call) -> None:
    if call.arguments["words"].startswith("copy"):
        await call.terminal.ask("Destination filename [startup-config]? ")
    call.terminal.write("Building configuration...")
    if call.router.faults.fails_to_save:
        call.terminal.write("startup-config file open failed (Device or resource busy)")
        return
    call.router.save(call.terminal.user)
    call.terminal.write("[OK]")


@command("show clock", "exec")
@command("show clock detail", "exec")
async def show_clock(call: Call) -> None:
    now = call.router.clock()
    stamp = f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}"
    call.terminal.write(f"{call.router.clock_mark}{stamp}")
    if "detail" in call.arguments["words"]:
        source = "hardware calendar" if call.router.clock_mark else "NTP"
        call.terminal.write(f"Time source is {source}")


@command("show ntp status", "exec")
async def show_ntp_status(call: Call) -> None:
    if call.router.clock_mark:
        call.terminal.write("Clock is unsynchronized, stratum 16, no reference clock")
    else:
        call.terminal.write("Clock is synchronized, stratum 3, reference is 10.72.86.1")


@command("show version", "exec")
async def show_version(call: Call) -> None:
    for line in version_lines(call):
        call.terminal.write(line)


def version_lines(call: Call) -> list[str]:
    """As IOS 15 and IOS-XE 16 and later print it."""
    router = call.router
    version = router.train.version
    uptime = _uptime(router.clock() - router.started_at)
    if not router.train.is_xe:
        return [
            f"Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc1)",
            "Technical Support: http://www.cisco.com/techsupport",
            "",
            "ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)",
            "",
            f"{router.hostname} uptime is {uptime}",
            "System returned to ROM by power-on",
            'System image file is "flash0:c2900-universalk9-mz.SPA.bin"',
            "",
            "Cisco CISCO2901/K9 (revision 1.0) with 479232K/45056K bytes of memory.",
            "Processor board ID FTX0000A0AA",
            "2 Gigabit Ethernet interfaces",
            "",
            "Configuration register is 0x2102",
            "",
        ]
    plain = ".".join(part.lstrip("0") or "0" for part in version.split("."))
    return [
        f"Cisco IOS XE Software, Version {version}",
        f"Cisco IOS Software [IOSXE], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {plain}, "
        "RELEASE SOFTWARE (fc2)",
        "Technical Support: http://www.cisco.com/techsupport",
        "",
        "ROM: IOS-XE ROMMON",
        "",
        f"{router.hostname} uptime is {uptime}",
        f"Uptime for this control processor is {uptime}",
        "System returned to ROM by reload",
        'System image file is "bootflash:packages.conf"',
        "Last reload reason: Reload Command",
        "",
        "cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.",
        "Processor board ID 9AAAAAAAAAA",
        "3 Gigabit Ethernet interfaces",
        "",
        "Configuration register is 0x2102",
        "",
    ]


def _uptime(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    parts = [(days, "day"), (hours % 24, "hour"), (minutes % 60, "minute")]
    shown = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count] or ["0 minutes"]
    return ", ".join(shown)


@command("show call active voice compact", "exec")
async def show_calls(call: Call) -> None:
    header = "<callID>  A/O FAX T<sec> Codec       type        Peer Address       IP R<ip>:<udp>    VRF"
    call.terminal.write(header)
    call.terminal.write(f"Total call-legs: {call.router.live_calls}")
    for number in range(call.router.live_calls):
        side = "ANS" if number % 2 == 0 else "ORG"
        call.terminal.write(
            f"{number + 101:>10}  {side}     T120   g711ulaw    VOIP        P1001         10.72.86.74:24580    NA"
        )


@command("show ip address trusted list", "exec")
async def show_trusted(call: Call) -> None:
    running = call.router.running
    off = "no ip address trusted authenticate" in running.section("voice service voip")
    call.terminal.write("IP Address Trusted Authentication")
    call.terminal.write(f"  Administration State: {'DOWN' if off else 'UP'}")
    call.terminal.write(f"  Operation State:      {'DOWN' if off else 'UP'}")
    call.terminal.write()
    call.terminal.write("IP Address Trusted Call Block Cause: call-reject (21)")
    call.terminal.write()
    call.terminal.write("IP Address Trusted List:")
    for line in running.section("voice service voip", "ip address trusted list"):
        call.terminal.write(f"  {line}")


@command("show privilege", "exec")
async def show_privilege(call: Call) -> None:
    call.terminal.write("Current privilege level is 15")


@command("show configuration id detail")
async def show_configuration_id(call: Call) -> None:
    changed_at: datetime = call.router.last_change[0]
    call.terminal.write(f"Last change time             : {changed_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z")
