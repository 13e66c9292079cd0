"""Commands about the machine: version, clock, NTP. Sources: captures of IOS 15, IOS XE 16 and 17."""

from datetime import timedelta

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.execs import version


@command("show clock", "exec")
@command("show clock detail", "exec")
async def show_clock(call: Call) -> None:
    call.terminal.write(f"{call.router.clock_mark}{call.router.zone.clock(call.router.clock())}")
    if "detail" in call.arguments["words"]:
        call.terminal.write(f"Time source is {'hardware calendar' if call.router.clock_mark else 'NTP'}")


@command("show ntp status", "exec")
async def show_ntp_status(call: Call) -> None:
    now, zone = call.router.clock(), call.router.zone
    is_synchronized = not call.router.clock_mark
    seconds = int(now.timestamp()) + 2208988800
    stamp = f"{seconds & 0xFFFFFFFF:08X}.8B020DC8 ({zone.clock(now)})"
    for line in (
        "Clock is synchronized, stratum 3, reference is 10.72.86.1"
        if is_synchronized
        else "Clock is unsynchronized, stratum 16, no reference clock",
        "nominal freq is 250.0000 Hz, actual freq is 250.0000 Hz, precision is 2**10",
        f"ntp uptime is {int(_uptime(call).total_seconds() * 100)} (1/100 of seconds), resolution is 4000",
        f"reference time is {stamp if is_synchronized else f'00000000.00000000 (00:00:00.000 {zone.name} Mon Jan 1 1900)'}",
        "clock offset is 0.5000 msec, root delay is 2.33 msec",
        "root dispersion is 12.31 msec, peer dispersion is 1.20 msec",
        f"loopfilter state is {_LOOP[is_synchronized]}, drift is 0.000000000 s/s",
        "system poll interval is 64, last update was 9 sec ago.",
    ):
        call.terminal.write(line)


_LOOP = {True: "'CTRL' (Normal Controlled Loop)", False: "'NSET' (Never set)"}


def _uptime(call: Call) -> timedelta:
    return call.router.clock() - call.router.started_at


@command("show version", "exec")
async def show_version(call: Call) -> None:
    for line in version.lines(call.router, _uptime(call)):
        call.terminal.write(line)


@command("show logging")
async def show_logging(call: Call) -> None:
    call.terminal.write("Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns)")
    call.terminal.write("Log Buffer (16000 bytes):")
    call.terminal.write()
    for row in call.router.log:
        for line in row.replace("\r", "").split("\n"):
            call.terminal.write(line)


@command("show configuration id detail")
async def show_configuration_id(call: Call) -> None:
    changed_at = call.router.last_change[0]
    call.terminal.write(f"Last change time             : {changed_at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z")


@command("show cube status", "exec")
async def show_cube_status(call: Call) -> None:
    call.terminal.write("CUBE-Version : 15")
    call.terminal.write(f"SW-Version : {call.router.train.version}, Platform {version.platform(call.router.train)}")
    call.terminal.write("HA-Type : none")
    call.terminal.write("Dynamic License Usage Count : 0")
