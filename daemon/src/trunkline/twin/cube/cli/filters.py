"""Output filters: `| include`, `exclude`, `begin`, `section`, `count`."""

import re
from collections.abc import Callable


def selector(expression: str) -> Callable[[list[str]], list[str]]:
    """`include X`, `exclude X`, `begin X`, `section X`, `count X`; words may be abbreviated."""
    word, _, pattern = expression.strip().partition(" ")
    kinds = {"include": _include, "exclude": _exclude, "begin": _begin, "section": _section, "count": _count}
    found = [kind for kind in kinds if word and kind.startswith(word.lower())]
    if len(found) != 1 or not pattern.strip():
        raise ValueError(expression)
    compiled = re.compile(pattern.strip())
    return lambda lines: kinds[found[0]](lines, compiled)


def _include(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [line for line in lines if pattern.search(line)]


def _exclude(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [line for line in lines if not pattern.search(line)]


def _begin(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    start = next((position for position, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[start:]


def _section(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    """A matching line with everything indented deeper below it."""
    kept, depth = [], -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and indent > depth:
            kept.append(line)
        elif pattern.search(line):
            kept.append(line)
            depth = indent
        else:
            depth = -1
    return kept


def _count(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [f"Number of lines which match regexp = {len(_include(lines, pattern))}"]
