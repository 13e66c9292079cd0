"""What a CA's people are asked for, in their words. Pure."""

from dataclasses import dataclass
from datetime import datetime

from trunkline.model.renewal.wish import Chain, Signing

FOLDER = "certificates"  # of desired state


@dataclass(frozen=True)
class Asking:
    """One request for a person."""

    issuer: str
    signing: Signing
    deadline: datetime
    stated: Chain = ()
    instructions: str = ""


def letter(asking: Asking) -> str:
    """The text beside a request."""
    signing = asking.signing
    days = f"{signing.validity.days} days" if signing.validity else "as your policy says"
    by = f"the CA {asking.stated[0].subject}" if asking.stated else "your issuing CA"
    lines = (
        f"A certificate is asked for: {signing.name}",
        "",
        *([asking.instructions.rstrip(), ""] if asking.instructions.strip() else []),
        f"Please sign the request in {file_stem(signing)}.csr.pem by {by}, until {asking.deadline:%Y-%m-%d %H:%M} UTC.",
        "",
        f"  common name         {signing.names[0]}",
        f"  alternative names   {', '.join('DNS:' + name for name in signing.names)}",
        f"  key                 {signing.key}, in the request; it never leaves the device",
        "  extended key usage  serverAuth and clientAuth, both: a trunk opens connections from both ends",
        "  key usage           digitalSignature" + (", keyEncipherment" if signing.key.algorithm == "rsa" else ""),
        "  signature           SHA-256 or better",
        f"  validity            {days}, and not longer than the CA's own",
        "",
        "Bring the certificate back in PEM, with the CAs above it if you have them, in one of two ways:",
        f"  - as a file {FOLDER}/{file_stem(signing)}.pem in the repository of desired state, by merge request;",
        "  - trunkline certificates submit FILE",
        "It is found by its public key, whatever its file is called, and judged before it is used.",
    )
    return "\n".join(lines) + "\n"


def file_stem(signing: Signing) -> str:
    """ "cube/vg-yohur/sip-trunk-cert-1" is vg-yohur.sip-trunk-cert-1; a node of a cluster likewise."""
    return signing.name.partition("/")[2].replace("/", ".")
