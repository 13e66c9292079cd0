"""Who uses a trustpoint or a key pair in lines that the table of references does not know. Pure.

What trunkline would destroy may be used by anything that IOS has a command for: a name that stands as a word in any line is a
use, whatever the line is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trunkline.devices.cube.read.config import RunningConfig, Section
from trunkline.devices.cube.rules import PATHS, REFERENCES
from trunkline.model.key import Key, Kind

FREE_TEXT = re.compile(
    r"^(?:no )?(?:description|hostname|remark|username|banner|alias|snmp-server (?:location|contact)|ip host|ip domain|"
    r"subject-name|subject-alt-name|fqdn|name|version)\b"
)
"""Lines whose words are no names of trustpoints or keys, whatever they spell."""
OWN = re.compile(r"^crypto pki (?:trustpoint|certificate chain) ")
_HEADERS = tuple(re.compile(re.escape(path[0]).replace(r"\{\}", r"\S+") + "$") for path in PATHS.values() if path)


@dataclass(frozen=True)
class Names:
    """What there is on a router to be used: trustpoints and labels of key pairs."""

    target: str
    trustpoints: frozenset[str]
    labels: frozenset[str]

    def used_by(self, key: Key, lines: Iterable[str]) -> frozenset[Key]:
        """What lines of a section name besides what the table of references finds in them."""
        found: set[Key] = set()
        for line in lines:
            words = self._words(key.kind, line)
            found |= {Key(self.target, Kind.TRUSTPOINT, word) for word in words & self.trustpoints}
            found |= {Key(self.target, Kind.KEY_PAIR, word) for word in words & self.labels}
        return frozenset(found - {key})

    def _words(self, kind: Kind, line: str) -> frozenset[str]:
        if FREE_TEXT.match(line):
            return frozenset()
        words = set(re.findall(r"[^\s\"',;()]+", line))
        if words.isdisjoint(self.trustpoints) and words.isdisjoint(self.labels):
            return frozenset()
        known = (re.match(pattern, line) for pattern, _ in REFERENCES.get(kind, ()))
        return frozenset(words - {match[1] for match in known if match})


def elsewhere(config: RunningConfig) -> Iterator[str]:
    """Lines that belong to no section of a known kind, and what stands below them."""
    for header, section in config.sections.items():
        if OWN.match(header) or any(known.match(header.rstrip()) for known in _HEADERS):
            continue
        yield header
        yield from every_line(section)


def every_line(section: Section) -> Iterator[str]:
    yield from section.lines
    for lines in section.below.values():
        yield from lines
