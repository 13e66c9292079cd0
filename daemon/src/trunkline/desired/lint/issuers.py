"""Rules about who signs. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Documents
from trunkline.desired.documents.issuers import AcmeIssuer, CfsslIssuer, IssuerDocument, LocalIssuer, ManualIssuer
from trunkline.desired.lint.finding import Finding


def without_chain(documents: Documents) -> Iterator[Finding]:
    """The issuing CA is pinned before anything is asked of it, so it must be known from somewhere that can be trusted."""
    estate = documents.estate
    for name, issuer in estate.value.issuers.items():
        why = _cannot_tell(issuer)
        if why and not isinstance(issuer, LocalIssuer) and not issuer.chain:
            message = f"the chain of issuer {name} is not stated, and {why}"
            yield Finding(estate.origin("issuers", name), message, "State `chain`: the issuing CA and those above it, in PEM")


def _cannot_tell(issuer: IssuerDocument) -> str:
    if isinstance(issuer, ManualIssuer):
        return "people cannot be asked for it"
    if isinstance(issuer, AcmeIssuer):
        return "ACME tells it only after it signed"
    if isinstance(issuer, CfsslIssuer) and issuer.url.startswith("http:"):
        return "what comes over http: could be anybody's"
    return ""


def unused(documents: Documents) -> Iterator[Finding]:
    used = {cube.value.identity.issuer for cube in documents.cubes.values()}
    used |= {cluster.value.certificates.issuer for cluster in documents.clusters.values()}
    for name in documents.estate.value.issuers:
        if name not in used and not documents.unread:
            cure = "Name it in an identity, or remove it"
            yield Finding(documents.estate.origin("issuers", name), f"no identity names issuer {name}", cure)
