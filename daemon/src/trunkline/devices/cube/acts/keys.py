"""Key pairs: made under a label that is free, destroyed by their label. Looked at before and after, in the same session."""

import time

from trunkline.devices.cube.read.keys import KeyPair, is_not_known, key_pairs
from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.session import CubeSession, dialogs
from trunkline.model.errors import DeviceBusy, DeviceRefused, OurBug
from trunkline.model.plan import Command

POLL_SECONDS = 1.0
SHOW = ("show crypto key mypubkey rsa", "show crypto key mypubkey ec")


def generate(session: CubeSession, command: Command) -> str:
    """IOS XE replaces a key pair of the same label without a question (Cisco IOS security command reference): it is looked
    for right before, under every algorithm. Raises DeviceBusy while a long key is still being made in the background.
    """
    line, label = command.lines[0], command.payload["label"]
    if label in held(session):
        raise DeviceRefused(
            f"cannot do `{line}` on {session.access.where}: there is a key pair {label} already, and IOS would replace it; "
            "its certificate would be lost with it",
            (line,),
            is_untouched=True,
        )
    reply = session.converse(line, (dialogs.Answer(dialogs.REPLACES_KEYS, "no"),), session.access.key_timeout_seconds)
    overtaken = dialogs.REPLACES_KEYS.search(reply) or dialogs.REPLACED_KEYS.search(reply)
    problem = error_in(reply) or (overtaken[0].strip() if overtaken else "")
    if problem:  # somebody made one of that name a moment ago
        raise DeviceRefused(f"cannot do `{line}` on {session.access.where}: the CUBE says `{problem}`", (line, problem))
    _await(session, line, label, is_in_background=bool(dialogs.IN_BACKGROUND.search(reply)))
    return ""


def _await(session: CubeSession, line: str, label: str, *, is_in_background: bool) -> None:
    deadline = time.monotonic() + (session.access.key_timeout_seconds if is_in_background else 0)
    while label not in held(session):
        if not is_in_background:
            raise DeviceRefused(f"cannot do `{line}` on {session.access.where}: the CUBE shows no key pair {label} afterwards")
        if time.monotonic() > deadline:
            raise DeviceBusy(f"cannot go on with key pair {label} on {session.access.where}: the CUBE is still making it")
        time.sleep(POLL_SECONDS)


def zeroize(session: CubeSession, command: Command) -> str:
    """Never without a label: that would destroy every key pair of the router, and SSH with them."""
    line, label = command.lines[0], command.payload["label"]
    if line.split() not in (["crypto", "key", "zeroize", algorithm, label] for algorithm in ("rsa", "ec")):
        raise OurBug(f"cannot do `{line}` on {session.access.where}: it does not name key pair {label!r}")
    answers = (dialogs.Answer(dialogs.REMOVES_ALL_KEYS, "no"), dialogs.Answer(dialogs.REMOVES_KEYS, "yes"))
    reply = session.converse(line, answers)
    if label in held(session):
        said = error_in(reply) or " ".join(reply.split())[-160:]
        raise DeviceRefused(f"cannot do `{line}` on {session.access.where}: the CUBE says `{said}`", (line, said))
    return ""


def held(session: CubeSession) -> dict[str, KeyPair]:
    """The key pairs there are now. Raises DeviceBusy where that cannot be read."""
    found: dict[str, KeyPair] = {}
    for show, answer in zip(SHOW, session.ask(SHOW), strict=True):
        reading = key_pairs(answer)
        if reading.problem and not is_not_known(reading):
            raise DeviceBusy(
                f"cannot see which key pairs there are on {session.access.where}: the answer to `{show}` was not understood: "
                f"{reading.problem} (`{reading.evidence}`)"
            )
        found |= reading.value
    return found
