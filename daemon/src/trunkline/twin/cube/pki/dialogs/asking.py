"""What PKI dialogs have in common: the paste mode, the yes/no question, PEM on the terminal."""

import base64
import binascii

from cryptography import x509

from trunkline.twin.cube.commands import Call, Handler
from trunkline.twin.cube.pki.store import Store

FAILED_TO_SAVE = "% Error in saving certificate: status = FAIL"
UNKNOWN_TRUSTPOINT = "% Certificate Authority (trustpoint) {name} is unknown"


def store_of(call: Call) -> Store:
    store = call.router.pki
    assert isinstance(store, Store)  # noqa: S101 - the lab gives every router one
    return store


def only_no(handler: Handler) -> Handler:
    """Mark a handler that answers only the `no` form: the plain form is a configuration line."""
    handler.only_no = handler.takes_no = True  # type: ignore[attr-defined]  # an attribute that the shell looks for
    return handler


async def paste(call: Call, *, ends_at_blank: bool = True) -> str:
    """Lines until `quit`, or a blank one where that ends the paste as well."""
    lines: list[str] = []
    while True:
        line = (await call.terminal.read_line()).strip()
        if line == "quit" or (not line and ends_at_blank):
            return "\n".join(lines)
        lines.append(line)


def decoded(text: str) -> x509.Certificate | None:
    """The certificate in what was pasted: base64, with or without the BEGIN and END lines."""
    body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        return x509.load_der_x509_certificate(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error):
        return None


async def is_accepted(call: Call, question: str) -> bool:
    """Ask until the answer is yes or no."""
    while True:
        answer = (await call.terminal.ask(question)).strip().lower()
        if answer in ("yes", "y", "no", "n"):
            return answer.startswith("y")
        call.terminal.write("% Please answer 'yes' or 'no'.")


def write_pem(call: Call, pem: str) -> None:
    """A PEM block and the blank line behind it."""
    for line in pem.strip().splitlines():
        call.terminal.write(line)
    call.terminal.write()


def announce_paste(call: Call, what: str) -> None:
    """The invitation to paste, word for word: drivers wait for it."""
    call.terminal.write(f"Enter the base 64 encoded {what}.")
    call.terminal.write('End with a blank line or the word "quit" on a line by itself')
    call.terminal.write()
