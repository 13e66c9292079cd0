"""Commands about the session itself. What only the session can do is returned as a word."""

from trunkline.twin.cube.commands import Call, command


@command("exit", "exec")
@command("quit", "exec")
@command("logout", "exec")
async def leave(_call: Call) -> str:
    return "exit"


@command("enable", "exec")
async def enable(_call: Call) -> str:
    return "enable"


@command("disable")
async def disable(_call: Call) -> str:
    return "disable"


@command("configure")
async def configure(call: Call) -> str | None:
    answer = (await call.terminal.ask("Configuring from terminal, memory, or network [terminal]? ")).strip().lower()
    if "terminal".startswith(answer):
        return None if is_locked(call) else "configure"
    call.terminal.write('?Must be "terminal", "memory" or "network"')
    return None


@command("configure terminal")
async def configure_terminal(call: Call) -> str | None:
    return None if is_locked(call) else "configure"


def is_locked(call: Call) -> bool:
    """Whether somebody else configures exclusively; says so."""
    lock = call.router.held_lock
    if lock is None:
        return False
    call.terminal.write(
        f"% Configuration mode locked exclusively by user '{lock.user}' process '{lock.process_id}' "
        f"from terminal '{lock.line}'. Please try later."
    )
    return True


@command("terminal length <lines>", "exec")
async def terminal_length(call: Call) -> None:
    call.terminal.length_lines = call.number("lines")


@command("terminal width <columns>", "exec")
async def terminal_width(call: Call) -> None:
    call.terminal.width_columns = call.number("columns")


@command("terminal monitor")
async def terminal_monitor(call: Call) -> None:
    call.terminal.is_monitoring = True


@command("terminal no monitor")
async def terminal_no_monitor(call: Call) -> None:
    call.terminal.is_monitoring = False


@command("terminal exec prompt timestamp", "exec")
async def prompt_timestamp(call: Call) -> None:
    call.terminal.has_timestamps = True


@command("terminal no exec prompt timestamp", "exec")
async def no_prompt_timestamp(call: Call) -> None:
    call.terminal.has_timestamps = False


@command("show privilege", "exec")
async def show_privilege(call: Call) -> None:
    call.terminal.write("Current privilege level is 15")


@command("show users", "exec")
async def show_users(call: Call) -> None:
    call.terminal.write("    Line       User       Host(s)              Idle       Location")
    for line in sorted(call.router.lines_in_use):
        mark = "*" if line == call.terminal.line else " "
        call.terminal.write(
            f"{mark}{line + 2:>3} vty {line:<6} {call.terminal.user:<10} idle                 00:00:00 127.0.0.1"
        )
