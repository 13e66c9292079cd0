"""Who changed what, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from trunkline.model.event import Event, EventKind
from trunkline.model.key import SHARED_SECTIONS, Key
from trunkline.model.passes import Pass
from trunkline.model.plan import Change, Difference

MOST_NAMED = 3
STAMP = "Last configuration change at "


def changed_by(typed: Sequence[Event], now: datetime) -> str:
    """ "changed by jovalver on vty0 (10.10.100.6) at 12:01Z"; empty where nobody is known. The newest come first."""
    people: dict[tuple[str, str], Event] = {}
    lines = {event.user: event.via for event in typed if event.via}
    for event in typed:
        people[event.user, event.via or lines.get(event.user, "")] = event
    named = sorted(people.items(), key=lambda one: one[1].at, reverse=True)
    shown = [_person(user, via, event, now) for (user, via), event in named[:MOST_NAMED]]
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return f"changed by {', '.join([*shown, *more])}" if named else ""


def _person(user: str, via: str, event: Event, now: datetime) -> str:
    if event.line.startswith(STAMP):
        return f"{user} at {event.line.removeprefix(STAMP)}, as the device itself says"
    return f"{user or 'somebody'}{f' on {via}' if via else ''} at {moment(event.at, now)}"


def moment(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}Z" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}Z"


def hand(change: Change, difference: Difference, typed: Sequence[Event], now: datetime) -> str:
    """ "`no srtp` by jovalver at 12:01Z": the command that made a difference, where the device logs commands; else empty."""
    found = ""
    sections: dict[str, str] = {}  # by user: the last command that names a section
    for event in typed:
        if event.kind is not EventKind.TYPED or not event.command or event.target != change.key.target:
            continue
        if _makes(event.command, difference) and _is_in(change.key, sections.get(event.user, "")):
            found = f"`{event.command}` by {event.user or 'somebody'} at {moment(event.at, now)}"
        if _begins_section(event.command):
            sections[event.user] = event.command
    return found


SECTIONS = ("dial-peer ", "voice ", "sip-ua", "crypto pki ", "interface ", "line ", "ip ")


def _begins_section(command: str) -> bool:
    """As written out or shortened to no less than three letters."""
    word = command.split(maxsplit=1)[0].lower()
    return len(word) > 1 and any(section.split()[0].startswith(word) for section in SECTIONS)


def _is_in(key: Key, section: str) -> bool:
    """Whether a section may be that of a key: one that is named must have its name."""
    if key.kind in SHARED_SECTIONS or not section:
        return True
    return key.name in section.split()


def _makes(command: str, difference: Difference) -> bool:
    """Whether a command brought what is there, or took away what was; its words may be shortened."""
    words = command.lower().split()
    is_negated = words[:1] in (["no"], ["default"]) and len(words) > 1
    if difference.before is not None and _is_short_for(words, difference.before.lower().split(), is_whole=True):
        return True
    lost = (difference.slot, difference.after or "")
    return is_negated and any(_is_short_for(words[1:], line.lower().split(), is_whole=False) for line in lost if line)


def _is_short_for(words: Sequence[str], full: Sequence[str], *, is_whole: bool) -> bool:
    if not words or (len(words) != len(full) if is_whole else len(words) > len(full)):
        return False
    return all(long.startswith(short) for short, long in zip(words, full, strict=False))


def lines(finished: Pass, changes: Iterable[Change]) -> Iterator[str]:
    """Who changed the device of a pass, then the commands that made differences, where they are known."""
    who = changed_by(finished.typed, finished.finished_at)
    if who:
        yield who
    for change in changes:
        for difference in change.differences:
            by = hand(change, difference, finished.typed, finished.finished_at)
            if by:
                yield f"  {change.key}: {by}"


def as_data(typed: Iterable[Event]) -> Iterator[Mapping[str, Any]]:
    for event in typed:
        yield {
            "target": event.target,
            "at": event.at.isoformat(),
            "kind": event.kind.value,
            "user": event.user,
            "via": event.via,
            "command": event.command,
            "line": event.line,
        }
