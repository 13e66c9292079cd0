"""From what the rules found to the order in which a person should act. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trunkline.loop.diagnosis.causes import BY_CODE
from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.loop.diagnosis.symptoms import health
from trunkline.model.cause import Certainty, Cure, Finding, Health, Sight

MOST_SIGHTS, MOST_CURES = 8, 5


def merged(found: Iterable[Finding]) -> list[Finding]:
    """One finding for each cause, with what was seen at every end."""
    made: dict[str, Finding] = {}
    for one in found:
        earlier = made.get(one.code)
        made[one.code] = _joined(earlier, one) if earlier else one
    return list(made.values())


def _joined(first: Finding, second: Finding) -> Finding:
    certainty = min(first.certainty, second.certainty)
    return replace(
        first,
        certainty=certainty,
        evidence=_unique((*first.evidence, *second.evidence))[:MOST_SIGHTS],
        cures=_cures((*first.cures, *second.cures))[:MOST_CURES],
        holders=tuple(dict.fromkeys((*first.holders, *second.holders))),
        origin=first.origin or second.origin,
    )


def _unique(sights: Iterable[Sight]) -> tuple[Sight, ...]:
    return tuple(dict.fromkeys(sights))


def _cures(cures: Iterable[Cure]) -> tuple[Cure, ...]:
    """What the documents do comes first, whatever is typed by hand after it; lines of one kind are one cure."""
    made: dict[tuple[str, str], Cure] = {}
    for one in dict.fromkeys(cures):
        key = (one.text, one.where)
        earlier = made.get(key)
        made[key] = replace(one, lines=_sections((*earlier.lines, *one.lines))) if earlier else one
    return tuple(made.values())


def _sections(lines: Iterable[str]) -> tuple[str, ...]:
    """Each section once, with all that is typed in it: the same line in another section is another line."""
    made: dict[str, dict[str, None]] = {}
    section = ""
    for line in lines:
        section = section if line.startswith(" ") else line
        made.setdefault(section, {})[line] = None
    return tuple(line for of in made.values() for line in of)


def ranked(found: Sequence[Finding], evidence: Evidence) -> tuple[Finding, ...]:
    """Surest first, then what strikes earliest in the life of a connection, then what concerns the most; what follows from
    another finding comes after everything that does not.
    """
    told = [replace(one, follows_from=_root(one, found, evidence)) for one in found]
    is_down = health(evidence) is Health.DOWN
    return tuple(sorted(told, key=lambda one: (bool(one.follows_from), *_order(one, evidence, is_down=is_down))))


def _order(one: Finding, evidence: Evidence, *, is_down: bool) -> tuple[int, bool, int, bool, str]:
    """Where no node is connected, what concerns one of them does not explain it, however early it strikes."""
    whole = {evidence.cube_holder, evidence.cluster_holder}
    is_of_some = not whole & set(one.holders) and len(one.holders) < len(evidence.nodes)
    return (_weight(one), is_down and is_of_some, BY_CODE[one.code].stage, is_of_some, one.code)


def _weight(one: Finding) -> int:
    """An end that cannot be read comes first: the rest is judged without it."""
    return -1 if one.code in ("cube-unreachable", "cluster-unreachable") else int(one.certainty)


def _root(one: Finding, found: Sequence[Finding], evidence: Evidence) -> str:
    """The finding that explains this one: it concerns the same end, or a whole device."""
    whole = {evidence.cube_holder, evidence.cluster_holder}
    for other in found:
        concerns = set(other.holders)
        if (
            other.code != one.code
            and one.code in BY_CODE[other.code].explains
            and (concerns & whole or set(one.holders) <= concerns)
        ):
            return other.code
    return ""


def explained(found: Sequence[Finding], evidence: Evidence) -> frozenset[str]:
    """The holders whose failure something explains that is more than a possibility."""
    sure = [one for one in found if one.certainty < Certainty.POSSIBLE]
    holders = frozenset(holder for one in sure for holder in one.holders)
    everywhere = holders & {evidence.cube_holder, evidence.cluster_holder}
    return frozenset(node.holder for node in evidence.nodes) if everywhere else holders
