"""What is forecast of the handshakes of each link, in words and as data. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from trunkline.model.handshake import Met, Outlook
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass

MOST_TOLD = 3


def lines(finished: Pass) -> Iterator[str]:
    """A line for each link, and one for each cause where it would not come up."""
    changes = bool((finished.plan and finished.plan.steps) or (finished.once_enforced and finished.once_enforced.steps))
    when = _when(finished) if changes else "now"
    for link, ways in sorted(finished.forecasts.items()):
        first, *more = _of_link([way.after for way in ways], _will(when))
        yield f"  link {link}  {when}: {first}"
        yield from (f"      {line}" for line in more)


def _when(finished: Pass) -> str:
    if isinstance(finished.verdict, Hold):
        return "if this were not held"
    return "once this is enforced" if finished.once_enforced and finished.once_enforced.steps else "after this"


def _will(when: str) -> tuple[str, str]:
    if when == "now":
        return "comes up", "does NOT come up"
    return ("would come up", "would NOT come up") if when.startswith("if") else ("will come up", "will NOT come up")


def _of_link(met: Sequence[Met], will: tuple[str, str]) -> Iterator[str]:
    good = [one for one in met if one.is_ok]
    bad = [one for one in met if one.is_ok is False]
    unknown = [one for one in met if one.is_ok is None]
    if bad:
        yield f"{will[1]}: {len(bad)} of {_counted(met)} would be refused"
        yield from _causes(bad)
    elif good:
        used = ", ".join(sorted({f"{one.version} {one.cipher}".strip() for one in good}))
        yield f"{will[0]}: {_counted(good)} rehearsed ({used})" + (f", of {len(unknown)} nobody can tell" if unknown else "")
    else:
        yield "nobody can tell whether it comes up"
    yield from (f"not known: {text}" for text in _few(one.text for one in unknown))


def _counted(met: Sequence[Met]) -> str:
    return f"{len(met)} handshake{'' if len(met) == 1 else 's'}"


def _causes(bad: Iterable[Met]) -> Iterator[str]:
    yield from _few(f"{one.text}; {one.cure}" if one.cure else one.text for one in bad)


def _few(texts: Iterable[str]) -> Iterator[str]:
    """Each once; the other nodes of a cluster seldom have another cause than the first ones."""
    unique = list(dict.fromkeys(texts))
    yield from unique[:MOST_TOLD]
    if len(unique) > MOST_TOLD:
        yield f"and {len(unique) - MOST_TOLD} more like these; `--format json` has all"


def of_link(ways: Iterable[Outlook]) -> list[dict[str, Any]]:
    return [
        {"client": way.client, "server": way.server, "before": _of_met(way.before), "after": _of_met(way.after)} for way in ways
    ]


def _of_met(met: Met) -> dict[str, Any]:
    return {
        "is_ok": met.is_ok,
        "refused_by": met.refused_by,
        "reason": met.reason.value if met.reason else None,
        "text": met.text,
        "cure": met.cure,
        "version": met.version,
        "cipher": met.cipher,
    }
