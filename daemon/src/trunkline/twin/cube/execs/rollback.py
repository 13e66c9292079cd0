"""Archive, replace, revert timer, lock. Sources: Cisco configuration fundamentals guide; transcripts of IOS 15 and IOS XE."""

import asyncio

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config import loading
from trunkline.twin.cube.config.running import Entry, RunningConfig
from trunkline.twin.cube.execs import restoring
from trunkline.twin.cube.execs.session import is_locked
from trunkline.twin.cube.rollback import Lock, Pending, difference, warning_after
from trunkline.twin.cube.router import Router

NOTHING_PENDING = "%No Rollback Confirmed Change pending"
NO_ARCHIVE = "%Please turn config archive on before using the 'revert' option"


def archive_path(router: Router) -> str:
    return router.running.value("path ", "archive").replace("$h", router.hostname)


def archive_now(router: Router) -> str:
    """Put the running configuration into the archive; returns the name of the file."""
    most = int(router.running.value("maximum ", "archive") or 10)
    return router.archive.keep(archive_path(router), router.text_lines(), router.clock(), most)


@command("archive config")
async def archive_config(call: Call) -> None:
    if archive_path(call.router):
        archive_now(call.router)
    else:
        call.terminal.write("The archive command is not configured")


@command("show archive")
async def show_archive(call: Call) -> None:
    archive, path = call.router.archive, archive_path(call.router)
    if not path:
        call.terminal.write("Archive feature not enabled")
        return
    most = int(call.router.running.value("maximum ", "archive") or 10)
    call.terminal.write(f"The maximum archive configurations allowed is {most}.")
    call.terminal.write(f"There are currently {len(archive.names)} archive configurations saved.")
    call.terminal.write(f"The next archive file will be named {path}-<timestamp>-{archive.count}")
    call.terminal.write(" Archive #  Name")
    for number in range(1, most + 1):
        name = archive.names[number - 1] if number <= len(archive.names) else ""
        newest = " <- Most Recent" if name and number == len(archive.names) else ""
        call.terminal.write(f"   {number:<8} {name}{newest}")


@command("show archive config differences")
@command("show archive config differences <first>")
@command("show archive config differences <first> <second>")
async def show_differences(call: Call) -> None:
    """Without files, startup against running."""
    first = _root(call.router, call.arguments.get("first", "nvram:startup-config"))
    second = _root(call.router, call.arguments.get("second", "system:running-config"))
    if first is None or second is None:
        call.terminal.write("%Error opening file (No such file or directory)")
        return
    lines = list(difference(first, second))
    for line in ("!Contextual Config Diffs:", *lines) if lines else ("!No changes were found",):
        call.terminal.write(line)


def _root(router: Router, name: str) -> Entry | None:
    if name == "system:running-config":
        return router.running.root
    lines = router.saved_lines if name == "nvram:startup-config" else router.archive.files.get(name)
    if lines is None:
        return None
    config = RunningConfig(router.train.numbers)
    loading.load("\n".join(lines), config)
    return config.root


@command("configure terminal revert timer <minutes>")
async def configure_revert(call: Call) -> str | None:
    if is_locked(call):
        return None
    if not archive_path(call.router):
        call.terminal.write(NO_ARCHIVE)
        return None
    minutes = call.number("minutes")
    file = archive_now(call.router)
    call.terminal.write(f"Rollback Confirmed Change: Backing up current running config to {file}")
    call.terminal.write()
    call.router.syslog(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_BACKUP: Backing up current running config to {file}")
    _arm(call, file, minutes, is_idle=False)
    return "configure"


def _arm(call: Call, file: str, minutes: int, *, is_idle: bool) -> None:
    router = call.router
    router.archive.disarm()
    pending = Pending(call.terminal.user, is_idle, minutes, router.clock(), file)
    loop = asyncio.get_running_loop()
    pending.timers = [
        loop.call_later(warning_after(minutes).total_seconds(), _warn, router),
        loop.call_later(minutes * 60, restoring.roll_back, router),
    ]
    router.archive.pending = pending


def _warn(router: Router) -> None:
    router.tell(
        "Rollback Confirmed Change: Rollback will begin in one minute.\r\n"
        'Enter "configure confirm" if you wish to keep what you\'ve configured\r\n'
    )


@command("configure confirm")
async def confirm(call: Call) -> None:
    if not call.router.archive.disarm():
        call.terminal.write(NOTHING_PENDING)


@command("configure revert now")
async def revert_now(call: Call) -> None:
    if call.router.archive.pending is None:
        call.terminal.write(NOTHING_PENDING)
    else:
        restoring.roll_back(call.router)


@command("configure revert timer <minutes>")
@command("configure revert timer idle <minutes>")
async def revert_timer(call: Call) -> None:
    pending = call.router.archive.pending
    if pending is None:
        call.terminal.write(NOTHING_PENDING)
        return
    _arm(call, pending.file, call.number("minutes"), is_idle=" idle " in call.arguments["words"])


@command("show archive config rollback timer")
async def show_timer(call: Call) -> None:
    pending = call.router.archive.pending
    if pending is None:
        call.terminal.write(NOTHING_PENDING)
        return
    call.terminal.write(f"Time configured(or reconfigured): {call.router.zone.stamp(pending.armed_at)}")
    call.terminal.write(f"Timer type: {'idle' if pending.is_idle else 'absolute'} timer")
    call.terminal.write(f"Timer value: {pending.minutes} min")
    call.terminal.write(f"User: {pending.user}")


QUESTION = (
    "This will apply all necessary additions and deletions",
    "to replace the current running configuration with the",
    "contents of the specified configuration file, which is",
    "assumed to be a complete configuration, not a partial",
)


@command("configure replace <url>")
@command("configure replace <url> <options...>")
async def replace(call: Call) -> None:
    url, options = call.arguments["url"], call.arguments.get("options", "").split()
    lines = call.router.saved_lines if url == "nvram:startup-config" else call.router.archive.files.get(url)
    if lines is None:
        call.terminal.write(f"Error: Could not open file {url} for reading")
        return
    if "force" not in options:
        for line in QUESTION:
            call.terminal.write(line)
        asked = "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
        if not (await call.terminal.ask(asked)).strip().lower().startswith("y"):
            return
    if "time" in options and options[-1].isdigit():
        _arm(call, archive_now(call.router), int(options[-1]), is_idle=False)
    for line in restoring.restore(call.router, lines, is_listed="list" in options):
        call.terminal.write(line)
    call.router.left_configuration(call.terminal.user)


@command("show configuration lock")
async def show_lock(call: Call) -> None:
    lock = call.router.held_lock
    for line in _lock_lines(call, lock) if call.router.train.is_xe else _classic_lock_lines(lock):
        call.terminal.write(line)


def _lock_lines(call: Call, lock: Lock | None) -> list[str]:
    head = ["Config Session Lock", "---------------------"]
    if lock is None:
        return head
    seconds = int((call.router.clock() - lock.since).total_seconds())
    return [
        *head,
        f"Owner PID   : {lock.process_id}",
        f"TTY number  : {lock.line}",
        f"TTY username    : {lock.user}",
        "User debug info : CLI Session Lock",
        f"Lock Active time (in Sec)   : {seconds}",
    ]


def _classic_lock_lines(lock: Lock | None) -> list[str]:
    return [
        "Parser Configure Lock",
        "---------------------",
        f"Owner PID : {lock.process_id if lock else -1}",
        f"User : {lock.user if lock else 'unknown'}",
        f"TTY : {lock.line if lock else -1}",
        f"Type : {'EXCLUSIVE' if lock else 'NO LOCK'}",
        f"State : {'LOCKED' if lock else 'FREE'}",
        f"Class : {'EXPOSED' if lock else 'unknown'}",
        f"Count : {1 if lock else 0}",
        "Pending Requests : 0",
        f"User debug info : {'configure terminal' if lock else ''}".rstrip(),
    ]
