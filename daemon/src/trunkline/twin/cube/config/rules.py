"""A row of a command table: what a configuration command sets, enters and hides."""

from dataclasses import dataclass

from trunkline.twin.cube.config.matching import Pattern


@dataclass(frozen=True)
class Rule:
    """One command of a section. `rank` is its place in print; `slot_words` of its pattern say what it sets."""

    rank: int
    slot_words: int
    opens: str = ""  # the section that the command enters
    default: str = ""  # the line that is not printed
    first_in: tuple[int, ...] = ()


def words(text: str) -> tuple[str, ...]:
    """A table of single words."""
    return tuple(text.split())


def rules(table: str) -> tuple[Pattern[Rule], ...]:
    """Lines `pattern [= value] [@ default] [> section] [>= release]` in the order of print; rows of one slot print alike."""
    made: list[Pattern[Rule]] = []
    ranks: dict[str, int] = {}
    for line in (row.strip() for row in table.strip().splitlines()):
        text, _, first = line.partition(" >= ")
        text, _, opens = text.partition(" > ")
        text, _, default = text.partition(" @ ")
        slot, _, value = text.partition(" = ")
        release = tuple(int(part) for part in first.split(".")) if first else ()
        rank = ranks.setdefault(slot, len(ranks))
        rule = Rule(rank, len(slot.split()), opens.strip(), default.strip(), release)
        made.append(Pattern.of(f"{slot} {value}", rule))
    return tuple(made)
