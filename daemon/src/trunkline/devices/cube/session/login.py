"""From the first prompt to privileged mode with a quiet terminal."""

import re

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.session.access import CubeAccess
from trunkline.devices.cube.session.exchange import Exchange
from trunkline.devices.cube.session.prompts import PASSWORD, Prompts, exec_prompt
from trunkline.model.errors import AccessRefused

AFTER_PASSWORD = re.compile(r"[Pp]assword:\s*$|\n\S+[#>] ?$")


def log_in(exchange: Exchange, access: CubeAccess) -> bool:
    """Whether the pager could be switched off. Raises AccessRefused where privileged mode is refused."""
    prompt = exec_prompt(exchange.until(lambda text: exec_prompt(text) is not None))
    assert prompt is not None  # noqa: S101 - that is what was waited for
    exchange.prompts = Prompts(prompt[1])
    if prompt[2] == ">":
        _enable(exchange, access)
    answers = exchange.ask(["terminal length 0", "terminal width 511", "terminal no monitor"])
    return not error_in(answers[0])


def _enable(exchange: Exchange, access: CubeAccess) -> None:
    printed = exchange.send("enable", until=lambda text: bool(AFTER_PASSWORD.search(text)))
    if PASSWORD.search(printed):
        exchange.write(f"{access.enable_password or ''}\n")  # it is not echoed
        printed = exchange.until(lambda text: bool(AFTER_PASSWORD.search(text)))
    if not exchange.prompts.is_at_prompt(printed):
        raise AccessRefused(
            f"cannot enter privileged mode on {access.where}: the enable password is wrong or missing; "
            "correct the secret that management.enable_password refers to"
        )
