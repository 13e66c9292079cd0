"""From the first prompt to privileged mode with a quiet terminal."""

import re

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.session.access import CubeAccess
from trunkline.devices.cube.session.exchange import Exchange
from trunkline.devices.cube.session.prompts import EXEC_PROMPT, PASSWORD, Prompts, without_log_tail
from trunkline.model.errors import AccessRefused

AFTER_PASSWORD = re.compile(r"[Pp]assword:\s*$|\n\S+[#>] ?$")


def log_in(exchange: Exchange, access: CubeAccess) -> bool:
    """Whether the pager could be switched off. Raises AccessRefused where privileged mode is refused."""
    printed = without_log_tail(exchange.until(lambda text: EXEC_PROMPT.search(without_log_tail(text)) is not None))
    prompt = EXEC_PROMPT.search(printed)
    assert prompt is not None  # noqa: S101 - that is what was waited for
    exchange.prompts = Prompts(prompt[1])
    if prompt[2] == ">":
        _enable(exchange, access)
    answers = exchange.ask(["terminal length 0", "terminal width 511", "terminal no monitor"])
    return not error_in(answers[0])


def _enable(exchange: Exchange, access: CubeAccess) -> None:
    exchange.write("enable\n")
    printed = exchange.until(lambda text: bool(AFTER_PASSWORD.search(text)))
    if PASSWORD.search(printed):
        exchange.write(f"{access.enable_password or ''}\n")
        printed = exchange.until(lambda text: bool(AFTER_PASSWORD.search(text)))
    if not printed.rstrip().endswith("#"):
        raise AccessRefused(
            f"cannot enter privileged mode on {access.where}: the enable password is wrong or missing; "
            "correct the secret that management.enable_password refers to"
        )
