"""`Memory`: what the journal remembers of certificates for one CUBE and its clusters; devices cannot be asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key


class Holder(NamedTuple):
    """Who holds a key: a trustpoint of "cube/NAME", or a node of "cluster/NAME"."""

    target: str
    name: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A request for a certificate, from the moment when the device printed it. `chain` is what the issuer answered, judged
    good: the certificate first, then its issuers; empty while there is no answer.
    """

    holder: Holder
    issuer: str
    csr_pem: str
    requested_at: datetime
    chain: tuple[Certificate, ...] = ()
    issued_at: datetime | None = None
    waits: str = ""  # what the issuer said while it does not answer yet


@dataclass(frozen=True, slots=True)
class Order:
    """A person's wish to renew now. Served when a certificate that begins after `at` is in use."""

    holder: Holder  # the base trustpoint, or a node
    reason: str
    at: datetime
    is_compromised: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's consent to one change, by its key; spent when that was done."""

    key: Key
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """Since when a trustpoint is seen bound, which connections were up at that moment, and when the one before it was last in
    use: bound, on a connection, or on the wire.
    """

    holder: Holder
    since: datetime
    connections: frozenset[int] = frozenset()  # Conn-Ids that were up, and so present what was bound before
    earlier_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """What another CUBE's newest pass said of its links with a cluster; `trusted` are the CA certificates, by SHA-256, that it
    held when this process last looked at it; None where it did not.
    """

    finished_at: datetime
    is_trust_ready: bool
    trusted: frozenset[str] | None = None

    def is_known_to_trust(self, ca: Certificate, since: datetime) -> bool:
        """Whether it accepts what this CA signed. An issuer that was away in its pass is nothing that it could have lacked."""
        is_held = self.trusted is None or ca.sha256 in self.trusted
        return is_held and self.is_trust_ready and self.finished_at >= since


@dataclass(frozen=True, slots=True)
class Memory:
    enrolments: Mapping[Holder, Enrolment] = field(default_factory=dict)
    orders: Mapping[Holder, Order] = field(default_factory=dict)
    approvals: Mapping[Key, Approval] = field(default_factory=dict)
    bindings: Mapping[Holder, Binding] = field(default_factory=dict)
    others: Mapping[str, Readiness] = field(default_factory=dict)  # by CUBE: of those that share a cluster with this one
