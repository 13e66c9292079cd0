"""The acts of a certificate's life on a CUBE, as commands: what no line of configuration says. Pure.

Sources: Cisco IOS security command reference, `crypto key generate`, `crypto key zeroize`, `crypto pki authenticate`,
`crypto pki enroll`, `crypto pki import`; Cisco IOS SIP configuration guide, "clear sip-ua tcp tls connection".
"""

from collections.abc import Callable, Mapping

from trunkline.model.errors import DesiredInvalid, OurBug
from trunkline.model.key import Kind
from trunkline.model.plan import Action, Change, Command

Commands = tuple[Command, ...]


def _key_pair(change: Change) -> Commands:
    """Made or destroyed by its label; never replaced, since whatever was issued for it would be lost at once."""
    label = change.key.name
    if change.before is not None and change.after is not None:
        has, wanted = (one.settings.get("type", "") for one in (change.before, change.after))
        raise DesiredInvalid(
            f"cannot make key pair {label} of {wanted} on {change.key.target}: there is one of {has} by that name, and "
            "replacing it would destroy its certificate; a renewal with `key:` changed makes a new label"
        )
    algorithm, _, bits = _type(change).partition(" ")
    if not label or len(label.split()) != 1 or "?" in label or algorithm not in ("rsa", "ec"):
        raise OurBug(f"cannot do anything with key pair {label!r} of {_type(change)!r} on {change.key.target}")
    if change.action is Action.DELETE:
        return (Command("zeroize", (f"crypto key zeroize {algorithm} {label}",), {"label": label}),)
    lines = {
        "rsa": f"crypto key generate rsa general-keys label {label} modulus {bits}",
        "ec": f"crypto key generate ec keysize {bits} label {label}",
    }
    return (Command("generate", (lines[algorithm],), {"label": label}),)


def _type(change: Change) -> str:
    return change.resource.settings.get("type", "") if change.resource else ""


def _anchor(change: Change) -> Commands:
    return _pasted(change, "authenticate", f"crypto pki authenticate {change.key.name}")


def _identity(change: Change) -> Commands:
    return _pasted(change, "import", f"crypto pki import {change.key.name} certificate")


def _pasted(change: Change, verb: str, line: str) -> Commands:
    """Deleting the trustpoint deletes what it holds, so that needs no deletion of its own."""
    if change.after is None:
        return ()
    settings = change.after.settings
    return (Command(verb, (line, f"<certificate with SHA-256 {settings['sha256']}>"), {"pem": settings["pem"]}),)


def _request(change: Change) -> Commands:
    """`payload["public"]` is what the request must be for, where it is known already."""
    if change.after is None:
        return ()
    payload = {name: change.after.settings[name] for name in ("public",) if name in change.after.settings}
    return (Command("enroll", (f"crypto pki enroll {change.key.name}",), payload),)


def _connection(change: Change) -> Commands:
    """The identifier may be given to another connection meanwhile, so the far end is named too."""
    if change.resource is None:
        return ()
    remote = change.resource.settings["remote"]
    version = "ipv6" if remote.startswith("[") else "ipv4"
    line = f"clear sip-ua tcp tls connection id {change.key.name} target {version}:{remote}"
    return (Command("recycle", (line,), {"id": change.key.name, "remote": remote}),)


ACTS: Mapping[Kind, Callable[[Change], Commands]] = {
    Kind.KEY_PAIR: _key_pair,
    Kind.TRUST_ANCHOR: _anchor,
    Kind.CERTIFICATE_REQUEST: _request,
    Kind.IDENTITY: _identity,
    Kind.CONNECTION: _connection,
}
