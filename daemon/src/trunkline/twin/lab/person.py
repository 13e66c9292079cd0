"""Somebody who types into a CUBE over SSH: what a change behind trunkline's back looks like."""

import asyncio

import asyncssh

from trunkline.twin.lab.lab import Lab, LabCube

SETTLE_SECONDS = 0.05


async def _typed(lab: Lab, cube: LabCube, lines: tuple[str, ...], user: str) -> str:
    users = cube.router.identity.users
    user = user or next(iter(users))
    address = lab.loopback(cube.spec.address)
    async with asyncssh.connect(
        address, cube.spec.ssh_port, username=user, password=users[user], known_hosts=None, client_keys=None, config=None
    ) as connection:
        process = await connection.create_process(term_type="vt100", encoding="utf-8")
        enable = ["enable", cube.router.identity.enable_password]
        for line in (*enable, "terminal length 0", "configure terminal", *lines, "end", "exit"):
            process.stdin.write(f"{line}\n")
            await asyncio.sleep(SETTLE_SECONDS)
        return str(await process.stdout.read())


def type_by_ssh(lab: Lab, cube: str, lines: tuple[str, ...], user: str = "") -> str:
    """Log in to a CUBE of the lab, as its first user or another, and type configuration lines; returns what the screen showed.

    Raises ValueError with what the CUBE refused. A line that was taken may be healed before anybody looks.
    """
    screen = lab.call(_typed(lab, lab.cubes[cube], lines, user))
    refused = [line for line in screen.splitlines() if line.startswith("% ")]
    if refused:
        raise ValueError(f"{cube} refuses what was typed: {refused[0]}")
    return screen
