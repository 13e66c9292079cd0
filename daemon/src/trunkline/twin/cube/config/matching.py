"""How IOS finds a command: word by word, by unambiguous prefix. Used for exec commands and for configuration lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Pattern(Generic[T]):
    """Words of a command: keywords (`a|b` is a choice), `<name>` one word, `<name...>` the rest of the line."""

    words: tuple[str, ...]
    means: T

    @classmethod
    def of(cls, text: str, means: T) -> "Pattern[T]":
        return cls(tuple(text.split()), means)


@dataclass(frozen=True)
class Match(Generic[T]):
    """A command found: its words with keywords written out, and its arguments by name."""

    means: T
    words: tuple[str, ...]
    arguments: dict[str, str]


class Mismatch(Exception):  # noqa: N818 - a value that travels as an exception
    """No single command fits. `column` is that of the first wrong character within the line."""

    def __init__(self, kind: str, column: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind  # "invalid", "ambiguous", "incomplete"
        self.column = column


def find(patterns: Sequence[Pattern[T]], line: str) -> Match[T]:
    """The pattern that the line means. Raises Mismatch."""
    words = line.split()
    alive: list[tuple[Pattern[T], tuple[str, ...]]] = [(pattern, ()) for pattern in patterns]
    column = 0
    for position, word in enumerate(words):
        column = line.index(word, column)
        alive = _step(alive, position, word, column)
        column += len(word)
    complete = [(pattern, seen) for pattern, seen in alive if _is_complete(pattern, len(words))]
    if not complete:
        raise Mismatch("incomplete", len(line))
    pattern, seen = min(complete, key=lambda entry: _vagueness(entry[0]))
    return Match(pattern.means, _written(pattern, seen, line), _arguments(pattern, seen, line))


def _step(
    alive: list[tuple[Pattern[T], tuple[str, ...]]], position: int, word: str, column: int
) -> list[tuple[Pattern[T], tuple[str, ...]]]:
    """What is still possible behind the next word: an exact keyword hides the longer ones that begin with it."""
    offered = [(pattern, seen, token) for pattern, seen in alive if (token := _token(pattern, position)) is not None]
    free = [(pattern, (*seen, word)) for pattern, seen, token in offered if token.startswith("<")]
    keywords = [(pattern, seen, one) for pattern, seen, token in offered if token[0] != "<" for one in token.split("|")]
    exact = [(pattern, (*seen, one)) for pattern, seen, one in keywords if one.lower() == word.lower()]
    if exact:
        return [*exact, *free]
    prefixed = [(pattern, (*seen, one)) for pattern, seen, one in keywords if one.lower().startswith(word.lower())]
    if len({seen[-1] for _, seen in prefixed}) > 1:
        raise Mismatch("ambiguous", column)
    if not prefixed and not free:
        raise Mismatch("invalid", column + max((_agreement(word, one) for _, _, one in keywords), default=0))
    return [*prefixed, *free]


def _agreement(word: str, keyword: str) -> int:
    """How many characters of a word a keyword shares: IOS points at the first that is wrong, not at the word."""
    pairs = zip(word.lower(), keyword.lower(), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _token(pattern: Pattern[T], position: int) -> str | None:
    if position < len(pattern.words):
        return pattern.words[position]
    last = pattern.words[-1] if pattern.words else ""
    return last if last.endswith("...>") else None


def _is_complete(pattern: Pattern[T], count: int) -> bool:
    if count == len(pattern.words):
        return True
    return bool(pattern.words) and pattern.words[-1].endswith("...>") and count >= len(pattern.words)


def _vagueness(pattern: Pattern[T]) -> tuple[int, int]:
    """The pattern that says most in keywords wins, and of two such the one with fewer free words."""
    free = sum(word.startswith("<") for word in pattern.words)
    return (free - len(pattern.words), free)


def _rest_from(line: str, position: int) -> str:
    """The line from its word number `position` on, blanks kept: free text is stored as typed."""
    parts = line.split(None, position)
    return parts[position].rstrip() if len(parts) > position else ""


def _written(pattern: Pattern[T], seen: tuple[str, ...], line: str) -> tuple[str, ...]:
    if pattern.words and pattern.words[-1].endswith("...>"):
        start = len(pattern.words) - 1
        return (*seen[:start], _rest_from(line, start))
    return seen


def _arguments(pattern: Pattern[T], seen: tuple[str, ...], line: str) -> dict[str, str]:
    found = {}
    for position, token in enumerate(pattern.words):
        if token.endswith("...>"):
            found[token[1:-4]] = _rest_from(line, position)
        elif token.startswith("<"):
            found[token[1:-1]] = seen[position]
        elif "|" in token:
            found[token] = seen[position]
    return found
