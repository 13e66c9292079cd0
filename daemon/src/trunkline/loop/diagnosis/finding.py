"""How a rule says what it found: a finding with its title, and cures that know whether the documents are right. Pure."""

from collections.abc import Iterable

from trunkline.loop.diagnosis.causes import BY_CODE
from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.certificate import Certificate
from trunkline.model.desired import Enforcement
from trunkline.model.key import Key
from trunkline.model.resource import Origin


def found(
    code: str,
    evidence: Iterable[Sight],
    cures: Iterable[Cure],
    holders: Iterable[str],
    certainty: Certainty = Certainty.SEEN,
    origin: Origin | None = None,
) -> Finding:
    """A finding of the catalogue."""
    return Finding(code, BY_CODE[code].title, certainty, tuple(evidence), tuple(cures), tuple(holders), origin=origin)


def put_right(evidence: Evidence, key: Key, by_hand: Cure) -> tuple[Cure, ...]:
    """The cure for a resource that is wrong on a device: by the documents where they are right, in them where they are not."""
    change, origin = evidence.changes.get(key), evidence.origin(key)
    if change is None:
        stays = f"the documents ask for nothing else: correct {origin}, or it stays so"
        return (Cure(stays), by_hand) if origin else (by_hand,)
    at = f" ({origin})" if origin else ""
    if evidence.link.enforcement is Enforcement.OBSERVE:
        return (
            by_hand,
            Cure(f"or let trunkline do it, which only observes here: `enforcement: enforce` and `trunkline apply`{at}"),
        )
    held = next((one for one in evidence.finished.plan.held if one.change.key == key), None) if evidence.finished.plan else None
    if held:
        return (by_hand, Cure(f"trunkline would do it{at}, but holds it: [{held.code}] {held.reason}"))
    return (Cure(f"the documents are right{at}: `trunkline apply`, or the daemon at its next pass, puts it right"), by_hand)


def typed(text: str, where: str, *lines: str) -> Cure:
    """What a person types on a CUBE in configuration mode."""
    return Cure(text, where, tuple(lines))


def named(certificate: Certificate) -> str:
    """A certificate as a person recognises it."""
    name = certificate.common_name or certificate.subject
    return f"`{name}` (serial {certificate.serial[-8:]}, {certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d})"
