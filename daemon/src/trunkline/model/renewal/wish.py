"""`IdentityWish`: what documents say about the certificate of one holder, and `Signing`: what an issuer is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.calendar import Policy
from trunkline.model.resource import Origin


@dataclass(frozen=True, slots=True)
class FarEnd:
    """A trunk at the far end of a link, which must accept and name what the holder presents.

    `takes_effect`: whether new trust on the cluster is "proof" (counts once a handshake of the probe shows it) or "reset"
    (counts once the trunk was reset, as somebody who knows the cluster says).
    """

    cluster: str  # target
    nodes: tuple[str, ...]
    security_profile: Key
    trunk: Key
    takes_effect: str = "proof"


RSA_2048 = KeyType("rsa", 2048)


@dataclass(frozen=True, slots=True)
class IdentityWish:
    """The certificate that a holder shall present.

    `holder` is the trustpoint of revision 0 on a CUBE, or a node of a cluster; `names` begins with the common name, the
    rest are DNS names. `issuer` is the name of an issuer of estate.yaml; empty where trunkline only watches.
    """

    target: str
    holder: str
    names: tuple[str, ...]
    subject: str = ""  # "cn=vg-yohur.example.com,o=Example", as IOS and RFC 4514 write it
    key: KeyType = RSA_2048
    issuer: str = ""
    validity: timedelta | None = None  # asked for; None: what the issuer gives
    policy: Policy = Policy()  # noqa: RUF009 - frozen
    origin: Origin | None = None
    far_ends: tuple[FarEnd, ...] = ()  # of a CUBE
    others: tuple[str, ...] = ()  # of a node: the CUBEs with a TLS link to its cluster
    nodes: tuple[str, ...] = ()  # of a cluster: those that present it, the holder first; more than one of a multi-server one


@dataclass(frozen=True, slots=True)
class Signing:
    """What an issuer is asked to sign: a request in PEM for the holder's key, and what the certificate must say."""

    target: str
    holder: str
    csr_pem: str
    names: tuple[str, ...]
    key: KeyType
    validity: timedelta | None = None
    release: tuple[int, ...] = ()  # of the device; empty where it does not matter
    wanted_by: datetime | None = None  # told to a person who signs; None: as soon as the issuer's document says

    @property
    def name(self) -> str:
        """As resources are named on an issuer: "cube/vg-yohur/sip-trunk-cert-1"."""
        return f"{self.target}/{self.holder}"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an issuer can sign. `longest` is the longest validity it gives, None where it does not say."""

    algorithms: frozenset[str] = frozenset({"rsa", "ec"})
    longest: timedelta | None = None
    is_immediate: bool = True  # False: a person signs
    is_probing: bool = True  # a certificate of its own for the probe may be had from it


Chain = tuple[Certificate, ...]
"""An issuing CA first, its issuers above it, up to the root where that is known."""
