"""The dialogs that a certificate is pasted in: of a CA, accepted only by its fingerprint, and of the router's own key."""

from typing import NoReturn

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.session import dialogs
from trunkline.devices.cube.session.exchange import Exchange
from trunkline.model.errors import DeviceRefused


def paste(exchange: Exchange, where: str, command: str, pem: str) -> str:
    """What the CUBE says of it, up to a prompt or a question. Raises DeviceRefused unless it asked for a certificate.

    An error in front of the paste would have every line of the certificate taken for configuration.
    """
    reply = exchange.send(command, until=lambda text: bool(dialogs.PASTE_BEGINS.search(text)))
    if not dialogs.PASTE_BEGINS.search(reply):
        _refuse(exchange, where, command, reply)
    for line in pem.split("\n"):
        if line.strip():  # a blank line would end the paste, and the rest would be taken for configuration
            exchange.send(line.strip(), until=lambda text: "\n" in text)
    return exchange.send("quit")


def paste_anchor(exchange: Exchange, where: str, command: str, pem: str, fingerprints: dict[str, str]) -> None:
    """In configuration mode. Raises DeviceRefused unless the CUBE says that it imported this very certificate."""
    reply = paste(exchange, where, command, pem)
    is_right = _is_right(dialogs.printed_fingerprints(reply), dialogs.pinned_fingerprint(reply), fingerprints)
    if not is_right or dialogs.MISMATCH in reply:
        _reject(exchange, where, command, reply)
    if dialogs.ACCEPT_CERTIFICATE.search(reply):
        if not dialogs.printed_fingerprints(reply):
            _reject(exchange, where, command, reply)
        reply = exchange.send("yes")
    if error_in(reply) or dialogs.IMPORTED not in reply:
        _refuse(exchange, where, command, reply)


def _is_right(printed: dict[str, str], pinned: str, wanted: dict[str, str]) -> bool:
    """Whether nothing that IOS prints contradicts what was sent."""
    return all(wanted.get(name) == value for name, value in printed.items()) and (not pinned or pinned in wanted.values())


def _reject(exchange: Exchange, where: str, command: str, reply: str) -> NoReturn:
    printed = dialogs.printed_fingerprints(reply) or dialogs.pinned_fingerprint(reply)
    if dialogs.ACCEPT_CERTIFICATE.search(reply):
        exchange.send("no")
    elif not exchange.prompts.is_at_prompt(reply):
        exchange.interrupt()
    raise DeviceRefused(
        f"cannot accept the certificate for `{command}` on {where}: the CUBE shows another fingerprint than trunkline "
        "computed, so it did not receive what was sent, or another one is pinned in the trustpoint",
        (command, str(printed)),
    )


def _refuse(exchange: Exchange, where: str, command: str, reply: str) -> NoReturn:
    if not exchange.prompts.is_at_prompt(reply):
        exchange.interrupt()
    said = error_in(reply) or " ".join(reply.split())[-160:]
    cure = ""
    if dialogs.HOLDS_A_CA.search(reply):
        cure = "; a trustpoint holds one CA certificate for good: state a trustpoint with another name"
    raise DeviceRefused(f"cannot do `{command}` on {where}: the CUBE says `{said}`{cure}", (command, said))
