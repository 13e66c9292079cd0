"""Why a node did not take a certificate as its own, and what to do about it. Pure.

The texts are those of Cisco's guide "Certificate regeneration and renewal process for CUCM" and of its troubleshooting notes on
uploads of CA-signed certificates.
"""

from dataclasses import dataclass

from cryptography import x509

from trunkline.devices.cucm.renewal.pending import Pending
from trunkline.model.certificate import Certificate


@dataclass(frozen=True)
class Refusal:
    """`why` and `cure` complete "cannot install …: WHY; CURE"."""

    why: str
    cure: str


ANEW = "request a certificate anew, and let that request be signed"
NO_CA = Refusal(
    "the CA that signed it is not in the node's CallManager-trust",
    "put the certificates of the issuer there first, by a document or with `set cert import trust CallManager`",
)
OTHER_KEY = Refusal("it is for another key than that of the request which the node holds now", ANEW)
NO_REQUEST = Refusal("the node holds no request that it could answer", ANEW)
EXPIRED = Refusal("it has expired, or the node's clock is wrong", "see `utils ntp status` on the node, or issue a new one")
WILDCARD = Refusal("the cluster takes no wildcard certificates", "state every name under `names`")
TOO_LONG = Refusal("its key is longer than the cluster takes", "state `key: rsa 2048`, rsa 3072 or rsa 4096")

KNOWN: tuple[tuple[str, Refusal], ...] = (
    ("ca certificate is not available in the trust-store", NO_CA),
    ("csr public key and certificate public key do not match", OTHER_KEY),
    ("keys/", NO_REQUEST),  # File /usr/local/platform/.security/CallManager/keys/CallManager.csr does not exist
    ("expired", EXPIRED),
    ("wildcard", WILDCARD),
    ("key length", TOO_LONG),
)


def refusal(said: str, request: Pending | None, leaf: Certificate) -> Refusal:
    """What a node's words mean; where it has none, what can be told from its request."""
    text = said.lower()
    if "csr san and certificate san" in text:
        return _other_names(request, leaf)
    known = next((meaning for words, meaning in KNOWN if words in text), None)
    return known or _from_request(request, leaf)


def _from_request(request: Pending | None, leaf: Certificate) -> Refusal:
    if request is None:
        return NO_REQUEST
    if request.public_der != leaf.public_key_der:
        return OTHER_KEY
    return Refusal("the node does not say why", "see the log of Cisco Certificate Change Notification on it")


def _other_names(request: Pending | None, leaf: Certificate) -> Refusal:
    """Both sets must be equal; what was added and what is missing is told."""
    asked = set(request.names) if request else set()
    has = {name.lower() for name in alternative_names(leaf)}
    parts = [
        f"{verb} {', '.join(sorted(names))}"
        for verb, names in (("lacks", asked - has), ("adds", has - asked))
        if names and asked
    ]
    told = f": the certificate {' and '.join(parts)}" if parts else ""
    return Refusal(
        f"its DNS names are not those of the request{told}",
        "let the issuer sign the names of the request as they are, or state under `names` what it adds",
    )


def alternative_names(leaf: Certificate) -> tuple[str, ...]:
    """The DNS names beside the common name. `names` of a certificate holds the common name too, which may be no DNS name."""
    found = leaf.extension(x509.SubjectAlternativeName)
    return tuple(found.get_values_for_type(x509.DNSName)) if found else ()
