"""`Standing`: where the certificate of one holder stands on its ladder, and what is wanted next."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from trunkline.model.key import Key
from trunkline.model.observed import Connection, Identity
from trunkline.model.renewal.memory import Enrolment
from trunkline.model.renewal.wish import Chain, IdentityWish


class Rung(IntEnum):
    """How far the coming certificate has climbed. `RUNGS` in the loop says what leads from each to the next."""

    NOTHING = 0
    KEY = 1  # the key pair is on the device
    READY = 2  # its trustpoint holds the pinned CA
    REQUESTED = 3  # the device printed a request for that key
    ISSUED = 4  # the issuer signed it, and the answer was judged good
    INSTALLED = 5  # read back from the device, equal by DER
    TRUSTED = 6  # every far end accepts it and names it
    BOUND = 7  # new handshakes present it
    ON_WIRE = 8  # seen presented; no idle connection shows the earlier one
    ALONE = 9  # the earlier one is gone


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a certificate does not climb now. `code` is stable; `until` is when it is looked at again by itself, if ever; `asks`
    is the change that waits for a person's consent.
    """

    code: str
    reason: str
    until: datetime | None = None
    asks: Key | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """The revision under way: `name` is that of its trustpoint and its key's label; a node's own name on a cluster."""

    name: str
    chain: Chain  # of its issuer: the issuing CA first
    rung: Rung
    enrolment: Enrolment | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`serving` is the holder name whose identity shall be presented; `vouched` those that far ends must trust and name."""

    wish: IdentityWish
    serving: str
    vouched: tuple[str, ...]
    identity: Identity | None = None  # what `serving` holds
    rung: Rung = Rung.ALONE
    coming: Coming | None = None
    suspended: tuple[str, ...] = ()  # those of whose trust and names far ends are given nothing, and lose nothing, for now
    kept: tuple[str, ...] = ()  # earlier ones that stay for now
    retired: tuple[str, ...] = ()  # earlier ones that go, key and all
    recycled: tuple[Connection, ...] = ()  # idle connections that present an earlier one
    restarts: tuple[Key, ...] = ()  # services whose restart would help, each with a person's approval only
    renewal_at: datetime | None = None  # when the next renewal is due, smeared
    why: str = ""  # why it is renewed: "expiry", "names", "key", "issuer", "order", "compromised", "missing"
    waits: tuple[Wait, ...] = ()
