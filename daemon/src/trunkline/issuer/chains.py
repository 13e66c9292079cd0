"""The order of CA certificates that come without one. Pure."""

from trunkline.model.certificate import Certificate, certificates_in, chain_above
from trunkline.model.errors import DesiredInvalid
from trunkline.model.renewal.wish import Chain


def arranged(found: tuple[Certificate, ...], issuer: str) -> Chain:
    """The issuing CA first, its issuers above it. Raises DesiredInvalid where it is not clear which one issues."""
    authorities = [one for one in dict.fromkeys(found) if one.is_ca]
    lowest = [one for one in authorities if not any(other != one and other.issued_by(one) for other in authorities)]
    if not lowest:
        return ()
    if len(lowest) > 1:
        names = ", ".join(one.subject for one in lowest)
        raise DesiredInvalid(
            f"cannot tell which CA of issuer {issuer} issues: it names {names}; state `chain` of it in estate.yaml, "
            "the issuing CA and those above it"
        )
    return (lowest[0], *chain_above(lowest[0], tuple(authorities)))


def stated_chain(pem: str, issuer: str) -> Chain:
    """`chain` of a document, in order; empty where none is stated. Raises DesiredInvalid for what is no CA certificate."""
    if not pem:
        return ()
    try:
        found = arranged(certificates_in(pem), issuer)
    except ValueError as error:
        raise DesiredInvalid(f"cannot use `chain` of issuer {issuer}: {error}; put PEM certificates there") from error
    if not found:
        raise DesiredInvalid(f"cannot use `chain` of issuer {issuer}: it holds no CA certificate; put the issuing CA there")
    return found
