"""`no crypto pki …`: what takes certificates away asks first."""

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.pki.dialogs import asking

ARE_YOU_SURE = "Are you sure you want to do this? [yes/no]: "


@command("crypto pki trustpoint <name>", "config")
@asking.only_no
async def remove_trustpoint(call: Call) -> None:
    """Without a question while it holds no certificate. One that `crypto signaling` refers to goes as well."""
    name, store, running = call.arguments["name"], asking.store_of(call), call.router.running
    entry = running.find((f"crypto pki trustpoint {name}",))
    if entry is None:
        call.terminal.write(f"% Trustpoint '{name}' does not exist")
        return
    trustpoint = store.trustpoints.get(name)
    if trustpoint and not trustpoint.is_empty:
        call.terminal.write("% Removing an enrolled trustpoint will destroy all certificates")
        call.terminal.write(f"{' ' if call.router.train.is_xe else ''}received from the related Certificate Authority.")
        call.terminal.write()
        if not await asking.is_accepted(call, ARE_YOU_SURE):
            return
        call.terminal.write("% Be sure to ask the CA administrator to revoke your certificates.")
        call.terminal.write()
    running.root.children.remove(entry)
    store.trustpoints.pop(name, None)
    call.router.announce()


@command("crypto pki certificate chain <name>", "config")
@asking.only_no
async def remove_chain(call: Call) -> None:
    """The certificates go, the trustpoint stays."""
    trustpoint = asking.store_of(call).trustpoints.get(call.arguments["name"])
    if trustpoint is None or trustpoint.is_empty:
        return
    call.terminal.write(f"This will remove all certificates for trustpoint {trustpoint.name}")
    if await asking.is_accepted(call, ARE_YOU_SURE):
        trustpoint.ca = trustpoint.identity = trustpoint.request = None
        call.router.announce()
