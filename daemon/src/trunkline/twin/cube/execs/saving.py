"""Showing, saving and losing the configuration. Sources: Cisco configuration fundamentals command reference; transcripts."""

from trunkline.twin.cube.commands import Call, command

STARTUP = "startup-config"


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
async def write_memory(call: Call) -> None:
    _save(call)


@command("copy running-config <destination>")
async def copy_running(call: Call) -> None:
    """To the startup configuration or to a file."""
    destination = call.arguments["destination"]
    if STARTUP.startswith(destination.lower()) or destination == f"nvram:{STARTUP}":
        await call.terminal.ask(f"Destination filename [{STARTUP}]? ")
        _save(call)
        return
    asked = destination.partition(":")[2] or "running-config"
    name = (await call.terminal.ask(f"Destination filename [{asked}]? ")).strip() or asked
    lines = call.router.text_lines()
    call.router.archive.files[f"{destination.partition(':')[0]}:{name}"] = lines
    size = sum(len(line) + 1 for line in lines)
    call.terminal.write(f"{size} bytes copied in 0.732 secs ({size} bytes/sec)")


def _save(call: Call) -> None:
    call.terminal.write("Building configuration...")
    if call.router.faults.fails_to_save:
        call.terminal.write("startup-config file open failed (Device or resource busy)")
        return
    call.router.save(call.terminal.user)
    call.terminal.write("[OK]")


@command("reload")
async def reload(call: Call) -> None:
    if not call.router.is_saved:
        answer = (await call.terminal.ask("System configuration has been modified. Save? [yes/no]: ")).strip().lower()
        if answer.startswith("y"):
            _save(call)
    if (await call.terminal.ask("Proceed with reload? [confirm]")).strip().lower() in ("", "y", "yes"):
        call.router.reload()
