"""YAML text to plain data with the place of every value. Pure.

What two YAML readers understand differently is refused or stays text: `yes` and `on`, octal and sexagesimal numbers,
tags. Aliases and merge keys are refused too: a document is read by people, and a few aliases can unfold to gigabytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from trunkline.desired import cures

Path = tuple[str | int, ...]
Position = tuple[int, int]

MOST_LEVELS = 20
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
WHOLE_NUMBER = re.compile(r"^-?(0|[1-9][0-9]{0,17})$")
OTHER_NUMBER = re.compile(
    r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$|^0(o[0-7]+|x[0-9a-fA-F]+)$"
)
NO_FIELD_TAKES = 0.5
"""Stands for every number that is not a plain whole one. No field takes it, so it is reported as what it is: `17.10`
without quotes would be 17.1, and 010 is 8 to some readers and 10 to others.
"""


@dataclass(frozen=True)
class Flaw:
    """Something that is wrong with the YAML itself."""

    line: int
    column: int
    code: str
    message: str
    cure: str


@dataclass(frozen=True)
class Tree:
    """A document as plain data; `value` means nothing where a flaw says that it could not be read."""

    value: Any
    positions: Mapping[Path, Position] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    @property
    def is_readable(self) -> bool:
        return all(flaw.code == "TL004" for flaw in self.flaws)


class _UnreadableError(Exception):
    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def read(content: bytes) -> Tree:
    """The first thing that makes a file unreadable is its only flaw; keys stated twice are all reported."""
    reader = _Reader()
    try:
        text = _text(content)
        try:
            value = reader.document(yaml.parse(text, Loader=LOADER))
        except yaml.YAMLError as error:
            raise _UnreadableError(_not_yaml(error, text)) from error
    except _UnreadableError as error:
        return Tree(None, reader.positions, (error.flaw,))
    return Tree(value, reader.positions, tuple(reader.flaws))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        flaw = Flaw(line, column, "TL003", "this is not UTF-8 text", "Save the file in UTF-8")
        raise _UnreadableError(flaw) from error


def _not_yaml(error: yaml.YAMLError, text: str) -> Flaw:
    mark, lines = getattr(error, "problem_mark", None), text.split("\n")
    if mark is None:
        before = text[: getattr(error, "position", 0)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Flaw(line, column, "TL003", "a control character stands here", "Remove it; an editor may not show it")
    if mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return Flaw(mark.line + 1, mark.column + 1, "TL003", "a tab stands where YAML wants blanks", "Indent with blanks")
    what = getattr(error, "problem", None) or "it cannot be read"
    return Flaw(mark.line + 1, mark.column + 1, "TL003", f"this is not YAML: {what}", cures.NOT_YAML)


@dataclass
class _Reader:
    positions: dict[Path, Position] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def document(self, events: Iterator[yaml.Event]) -> Any:
        """The only document of a stream. Raises _UnreadableError where it holds none or several."""
        next(events)
        first = next(events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _UnreadableError(Flaw(1, 1, "TL003", "the document is empty", cures.EMPTY))
        value = self._node(next(events), events, ())
        next(events)
        following = next(events)
        if isinstance(following, yaml.DocumentStartEvent):
            raise _refusal(following, "a second document begins here", "Put each document into a file of its own")
        return value

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], where: Path) -> Any:
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(event, "an alias stands here", "Write the value out: documents are read without aliases")
        if getattr(event, "tag", None) is not None:
            raise _refusal(event, "a tag stands here", "Remove the word that begins with `!`; the schema knows the types")
        if len(where) > MOST_LEVELS:
            raise _refusal(event, f"this is nested deeper than {MOST_LEVELS} levels", cures.NOT_YAML)
        self.positions.setdefault(where, _place(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, where)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - nothing else begins a value
        return _scalar(event)

    def _sequence(self, events: Iterator[yaml.Event], where: Path) -> list[Any]:
        made: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            made.append(self._node(event, events, (*where, len(made))))
        return made

    def _mapping(self, events: Iterator[yaml.Event], where: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or not event.value.isprintable():  # it is printed in messages
                raise _refusal(event, "a key must be a word", cures.NOT_YAML)
            key = event.value
            if key == "<<" and not event.style:
                raise _refusal(event, "a merge key stands here", "Write the values out: documents are read without merge keys")
            if key in made:
                self.flaws.append(Flaw(*_place(event), "TL004", f"`{key}` is stated twice", cures.DUPLICATE))
                self._node(next(events), events, (*where, key, len(self.flaws)))
                continue
            self.positions[*where, key] = _place(event)
            made[key] = self._node(next(events), events, (*where, key))
        return made


def _place(event: yaml.Event) -> Position:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refusal(event: yaml.Event, message: str, cure: str) -> _UnreadableError:
    return _UnreadableError(Flaw(*_place(event), "TL003", message, cure))


def _scalar(event: yaml.ScalarEvent) -> Any:
    """As YAML 1.2 reads it. Nothing but true and false is a truth value."""
    text: str = event.value
    if event.style:
        return text
    if text in WORDS:
        return WORDS[text]
    if WHOLE_NUMBER.match(text):
        return int(text)
    return NO_FIELD_TAKES if OTHER_NUMBER.match(text) else text
