"""A command that asks: what is expected is answered, in whatever order it comes; anything else is answered by Ctrl-C."""

from collections.abc import Callable, Sequence

from trunkline.devices.cube.session import dialogs
from trunkline.devices.cube.session.dialogs import Answer
from trunkline.devices.cube.session.exchange import Exchange
from trunkline.devices.cube.session.prompts import tails
from trunkline.model.errors import DeviceRefused

MOST_LINES = 5000  # one that asks the same thing for ever


def never(_printed: str) -> bool:
    """Nothing is asked for once more."""
    return False


def converse(exchange: Exchange, where: str, line: str, answers: Sequence[Answer], again: Callable[[str], bool] = never) -> str:
    """Everything that was printed, up to the next prompt. The first answer whose question fits is given.

    `again` says of all that was printed so far whether a question to show it once more is answered with yes. Raises
    DeviceRefused for a question that nobody expected, and for a paste that nobody asked for, after it was left.
    """
    reply = whole = exchange.send(line, until=_is_paste)
    while not exchange.prompts.is_at_prompt(reply):
        if _is_paste(reply):
            raise _unexpected(exchange, where, line, whole + exchange.send("quit"))
        answer = next((one.reply for one in answers if _asks(one, reply)), None)
        if answer is None or whole.count("\n") > MOST_LINES:
            raise _unexpected(exchange, where, line, whole)
        if dialogs.REDISPLAYS.search(reply) and again(whole):
            answer = "yes"
        reply = exchange.send(answer, until=_is_paste)
        whole += f"\n{reply}"
    return whole


def _is_paste(text: str) -> bool:
    return bool(dialogs.PASTE_BEGINS.search(text))


def _asks(answer: Answer, printed: str) -> bool:
    """Also where a log line came behind the question or through it."""
    return any(answer.question.search(tail) for tail in tails(printed))


def _unexpected(exchange: Exchange, where: str, line: str, whole: str) -> DeviceRefused:
    """After leaving what was opened."""
    question = dialogs.last_line(whole)
    if not exchange.prompts.is_at_prompt(whole):
        exchange.interrupt()
    return DeviceRefused(
        f"cannot do `{line}` on {where}: it asks `{question}`, which trunkline has no answer for; "
        "do this step by hand, or report the question",
        (line, question),
    )
