"""Handshakes: why they fail, in one vocabulary, what a look at one end found, and what two ends would make of each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from trunkline.model.certificate import Certificate


class Reason(StrEnum):
    """Why a handshake, or the SIP request after it, failed: stable words, for labels of metrics and for a diagnosis."""

    NO_CERTIFICATE = "no_certificate"  # one end presented none
    UNKNOWN_CA = "unknown_ca"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_NAME = "wrong_name"
    PURPOSE = "purpose"  # of the extended key usage
    BAD_CERTIFICATE = "bad_certificate"  # refused, and the alert does not say why
    VERSION = "version"
    CIPHER = "cipher"
    REFUSED = "refused"  # nothing listens there
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CLOSED = "closed"  # ended without an alert
    NOT_TLS = "not_tls"
    NO_ANSWER = "no_answer"  # TLS came up, and a SIP request was not answered with SIP
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Look:
    """One look of the probe at one end.

    `is_success` is True only when a SIP request was answered on a connection with certificates of both; None where that could
    not be tried, since the probe presented none. `seconds` is by phase: "connect", "handshake", "answer"; what was not
    reached is missing. `doubts` is what the probe thinks of the certificate that was presented, by what trunkline knows of
    the peer of that end: "expired", "not_yet_valid", "wrong_name", "unknown_ca". The probe refuses nobody: an end may answer
    well and present what its peer will refuse.
    """

    at: datetime
    is_success: bool | None = None
    reason: Reason | None = None
    problem: str = ""
    version: str = ""
    cipher: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """What would become of a meeting: where it fails, which end refuses, why, in plain words, and what to do.

    `is_ok` None: nobody can tell, and `text` says why not. `version` and `cipher` are those of a handshake that came up.
    """

    is_ok: bool | None
    refused_by: str = ""  # the name of an end
    reason: Reason | None = None
    text: str = ""
    cure: str = ""
    version: str = ""
    cipher: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a handshake that may be rehearsed: what it would present, trust and allow.

    `chain` is what it sends, its own certificate first; empty: it presents none. `anchors` is what it trusts; where that
    could not be read whole, `is_trust_known` is False. `expected` are the names of which the peer's certificate must bear
    one, in lower case, `*` for one label; None: it does not look at names.
    """

    name: str  # "cube/NAME" or "cluster/NAME/NODE"
    chain: tuple[Certificate, ...]
    anchors: tuple[Certificate, ...]
    clock: datetime
    minimum: str = "v1.2"  # "v1.0" … "v1.3"
    maximum: str = "v1.2"
    ciphers: tuple[str, ...] = ()  # as IOS names them; empty: whatever the release allows
    curve: str = ""  # as OpenSSL names it; empty: whatever the release allows
    expected: frozenset[str] | None = None
    is_trust_known: bool = True


@dataclass(frozen=True, slots=True)
class Meeting:
    """A handshake that may be rehearsed: `client` opens the connection to `server`.

    `obstacle` is what is known without a handshake: why none comes about, or why nobody can tell.
    """

    link: str
    client: End
    server: End
    obstacle: Met | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One way of a link, as it would go now, and once a plan and what follows it are carried out. Ends by name."""

    client: str
    server: str
    before: Met
    after: Met
