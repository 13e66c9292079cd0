"""The acts of a certificate's life on a cluster, as commands, and when what a node shows is as good as what is wanted. Pure.

Sources: Cisco certificate management API (CUCM 14 and later), `POST /csr` and `POST /identity/certificates`; Cisco
serviceability SOAP API, `soapDoControlServices`.
"""

from collections.abc import Callable, Mapping

from trunkline.model.certificate import certificates_in
from trunkline.model.errors import DesiredInvalid
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Change, Command
from trunkline.model.resource import Resource

Commands = tuple[Command, ...]
CALLMANAGER_SERVICE = "Cisco CallManager"
DISTRIBUTIONS = ("this-server", "multi-server")
NOT_SHOWN = frozenset({"distribution"})
"""What a node does not tell of a request that it holds."""


def names_in(text: str) -> list[str]:
    """Sorted, in lower case, each once."""
    return sorted({name.strip().lower() for name in text.split(",") if name.strip()})


def canonical(resource: Resource) -> Resource:
    """A request as a node shows it: DNS names are compared without case and order."""
    if resource.key.kind is not Kind.CERTIFICATE_REQUEST:
        return resource
    settings = dict(resource.settings)
    if "names" in settings:
        settings["names"] = ",".join(names_in(settings["names"]))
    for slot in ("common_name", "key"):
        if slot in settings:
            settings[slot] = settings[slot].strip().lower()
    return resource.with_settings(settings)


def implied(key: Key, slot: str, wanted: str | None) -> str | None:
    """What a node cannot show is taken to be as wanted; None for all the rest."""
    return wanted if key.kind is Kind.CERTIFICATE_REQUEST and slot in NOT_SHOWN else None


def satisfies(key: Key, slot: str, has: str, wanted: str) -> bool:
    """A cluster adds the names of its nodes to a request by itself; a node shows its certificate without the issuers."""
    if key.kind is Kind.CERTIFICATE_REQUEST and slot in NOT_SHOWN:
        return True
    if key.kind is Kind.CERTIFICATE_REQUEST and slot == "names":
        return set(names_in(wanted)) <= set(names_in(has))
    if key.kind is Kind.IDENTITY and slot == "pem":
        return _first(has) == _first(wanted)
    return has == wanted


def _first(pem: str) -> object:
    try:
        return certificates_in(pem)[0]
    except (ValueError, IndexError):
        return pem


def _request(change: Change) -> Commands:
    """A node keeps a request until it is answered or another takes its place; it does nobody harm."""
    if change.after is None:
        return ()
    wanted, node = canonical(change.after).settings, change.key.name
    distribution = wanted.get("distribution") or DISTRIBUTIONS[0]
    algorithm, _, bits = wanted.get("key", "rsa 2048").partition(" ")
    _see_that_it_can_be(change, distribution, (algorithm, bits))
    payload = {
        "node": node,
        "distribution": distribution,
        "common_name": change.after.settings.get("common_name", "").strip(),
        "names": wanted.get("names", ""),
        "key_type": algorithm,
        "key_bits": bits,
    }
    shown = (f"request for CallManager of {node}", *(f"{name}={value}" for name, value in payload.items() if name != "node"))
    return (Command("request", shown, payload),)


def _see_that_it_can_be(change: Change, distribution: str, key: tuple[str, str]) -> None:
    """A CallManager unit holds an RSA key; the one of CallManager-ECDSA is another certificate, which trunks use beside it."""
    cannot = f"cannot request a certificate for {change.key.name} on {change.key.target}"
    origin = f" ({change.origin})" if change.origin else ""
    if distribution not in DISTRIBUTIONS:
        raise DesiredInvalid(
            f"{cannot}: distribution {distribution!r} is not known; write {' or '.join(DISTRIBUTIONS)}{origin}"
        )
    algorithm, bits = key
    if algorithm != "rsa" or not bits.isdigit() or not 2048 <= int(bits) <= 4096:
        raise DesiredInvalid(
            f"{cannot}: the unit CallManager takes no key of {algorithm} {bits}; write rsa 2048, rsa 3072 or rsa 4096{origin}"
        )


def _install(change: Change) -> Commands:
    """A node always has some certificate of its own, so that there is nothing to be deleted."""
    if change.after is None:
        return ()
    settings, node = change.after.settings, change.key.name
    shown = (f"CallManager certificate of {node}", f"certificate with SHA-256 {settings['sha256']}")
    return (Command("install", shown, {"node": node, "pem": settings["pem"]}),)


def _restart(change: Change) -> Commands:
    node = change.key.name
    return (Command("restart-service", (f"restart {CALLMANAGER_SERVICE} on {node}",), {"node": node}),)


ACTS: Mapping[Kind, Callable[[Change], Commands]] = {
    Kind.CERTIFICATE_REQUEST: _request,
    Kind.IDENTITY: _install,
    Kind.SERVICE_RESTART: _restart,
}
