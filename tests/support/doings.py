"""What may be done to a `Sick` trunk, for tests of its diagnosis."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.certificates import NOW, made
from support.sick import ADDRESSES, CLUSTER, CUBE, LINK, NAMES, PROFILE, Sick
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look, Met, Outlook, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap, Shown
from trunkline.model.realtime import TrunkStatus
from trunkline.twin.ca import Authority

Change = Callable[[Sick], object]
SERVER, CLIENT = (one.dotted_string for one in (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH))
LATE, EARLY = NOW - timedelta(days=400), NOW + timedelta(days=2)
YOUNGER_CA = made("Voice Issuing CA", "Voice Root CA", NOW - timedelta(days=5), 900, is_ca=True)
RIVAL = Certificate.from_pem(Authority.create("Voice Root CA", NOW).issuer.pem)
RENEWED = made("sub.example.com", "", NOW - timedelta(days=1), 300)
BELOW = made("Seoul Issuing CA", "Seoul CA", LATE, 900, is_ca=True)
OF_BELOW = made("sub.example.com", "Seoul Issuing CA")
DOWN = Gap(
    CLUSTER,
    "cannot reach sub: the connection failed; see whether it is up",
    Kind.CALLMANAGER_TRUST,
    "sub/",
    "",
    "device_unreachable",
)
REFUSED = Look(NOW, False, Reason.REFUSED, "10.0.0.2:5061 refuses connections: nothing listens there")


def line(kind: Kind, name: str, slot: str, text: str | None) -> Change:
    """A line of the CUBE's configuration; None takes it away."""

    def change(sick: Sick) -> None:
        if text is None:
            sick.section(kind, name).pop(slot)
        else:
            sick.configuration.setdefault((kind, name), {})[slot] = text

    return change


def dial_peer(number: str, slot: str, text: str | None) -> Change:
    return line(Kind.DIAL_PEER, number, slot, text)


def stored(key: Key, name: str, text: str) -> Change:
    return lambda sick: sick.objects[key].__setitem__(name, text)


def facts(**changes: object) -> Change:
    return lambda sick: setattr(sick, "facts", replace(sick.facts, **changes))  # type: ignore[arg-type]  # fields of CubeFacts


def node(**changes: object) -> Change:
    """Of the second node."""
    return lambda sick: sick.listed.__setitem__(1, replace(sick.listed[1], **changes))  # type: ignore[arg-type]  # of Node


def own(certificate: Certificate | None) -> Change:
    return lambda sick: setattr(sick, "own", certificate)


def second(certificate: Certificate) -> Change:
    return lambda sick: sick.nodes.__setitem__(1, certificate)


def trust(*held: Certificate, on: tuple[str, ...] = NAMES) -> Change:
    return lambda sick: sick.trust.update(dict.fromkeys(on, held))


def shown(holder: str, certificate: Certificate) -> Change:
    return lambda sick: sick.shown.update({holder: Shown(certificate, NOW)})


def both(*changes: Change) -> Change:
    def change(sick: Sick) -> None:
        for one in changes:
            one(sick)

    return change


def lost(sick: Sick) -> None:
    sick.disconnect()


def counted(**risen: int) -> Change:
    """Counters rose by so much since the last pass."""

    def change(sick: Sick) -> None:
        sick.before = dict.fromkeys(risen, 3)
        sick.facts = replace(sick.facts, counters={name: 3 + by for name, by in risen.items()})

    return change


def lost_to(*names: str) -> Change:
    return lambda sick: sick.disconnect(*names)


def came_from(name: str) -> Change:
    """The only connection with this node is one that it opened."""

    def change(sick: Sick) -> None:
        address = ADDRESSES[NAMES.index(name)]
        rows = (
            replace(row, remote_port=40123) if row.remote_address == address else row for row in sick.facts.connections or ()
        )
        sick.facts = replace(sick.facts, connections=tuple(rows))

    return change


def deaf(*names: str) -> Change:
    return lambda sick: sick.looks.update({f"{CLUSTER}/{name}": REFUSED for name in names})


def heard(*names: str) -> Change:
    return lambda sick: sick.looks.update({f"{CLUSTER}/{name}": Look(NOW, True) for name in names})


def unregistered(sick: Sick) -> None:
    sick.statuses = dict.fromkeys(NAMES, TrunkStatus.UNREGISTERED)


def non_secure(sick: Sick) -> None:
    sick.objects[PROFILE] |= {
        "securityMode": "Non Secure",
        "incomingTransport": "TCP+UDP",
        "outgoingTransport": "TCP",
        "incomingPort": "5060",
    }


def rehearsed(refuser: str, reason: Reason) -> Change:
    """In memory this end refuses the other."""
    met = Met(False, refuser, reason, "it would refuse it", "renew it")
    return lambda sick: sick.forecasts.update({LINK: (Outlook(CUBE, f"{CLUSTER}/sub", met, met),)})


def profiled(*ciphers: str, validates: str = "", name: str = "") -> Change:
    """A TLS profile is bound instead of the plain trustpoint."""

    def change(sick: Sick) -> None:
        sick.section(Kind.SIP_UA)["crypto signaling default"] = "crypto signaling default tls-profile 1"
        profile = {"trustpoint": "trustpoint own", **({"cipher": "cipher 1"} if ciphers else {})}
        profile |= {"cn-san validate": f"cn-san validate {validates}"} if validates else {}
        profile |= {"cn-san 1": f"cn-san 1 {name}"} if name else {}
        sick.configuration[Kind.TLS_PROFILE, "1"] = profile
        sick.configuration[Kind.TLS_CIPHER, "1"] = {str(n): f"cipher {n} {one}" for n, one in enumerate(ciphers, 1)}

    return change
