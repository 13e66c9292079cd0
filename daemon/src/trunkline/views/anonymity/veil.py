"""`Veil`: one bundle with pseudonyms in place of names, addresses and numbers. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from trunkline.views.anonymity.permuting import Permutation
from trunkline.views.anonymity.pseudonyms import Pseudonyms
from trunkline.views.anonymity.words import (
    BANNER,
    DIALLED,
    NUMBERED,
    OWN_WORDS_IN_COMMANDS,
    OWN_WORDS_IN_DOCUMENTS,
    SAID,
    SAID_HEAD,
)
from trunkline.views.redaction.rules import REMOVED

LEAST_DIGITS = 5
_MORE = r"(?:(?:\\{1,2}[()])*\d)"  # JSON doubles what is in front of a bracket
NUMBER = re.compile(rf"(?<=\+)\d{_MORE}{{2,}}|(?:(?<=\\\d)|(?<![\\\d]))\d{_MORE}{{{LEAST_DIGITS - 1},}}")
"""Behind a plus fewer digits tell a region. In a translation rule brackets split a number, and `\\1` is no part of one."""
LABEL = r"(?:\*|[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)"
TOPS = "com|net|org|edu|gov|mil|int|info|biz|local|lan|corp|internal|intra|home|test|example|io|cloud|invalid"
MAC = r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"
DIGEST = r"[0-9A-F]{16,}|[0-9a-f]{16,}|(?:[0-9A-Fa-f]{2}:){15,}[0-9A-Fa-f]{2}"
CONFIGURATION, DOCUMENTS = "cube/running-config.txt", "documents/"
HEX_LINE = re.compile(r"^(\s+)(?:[0-9A-F]{8} ){3,}[0-9A-F ]*$")
"""Keys and certificates as IOS prints them."""


class Veil:
    """`names` must have learnt what there is in `texts`, the files by name. The key makes addresses and numbers."""

    def __init__(self, key: bytes, names: Pseudonyms, texts: Mapping[str, str]) -> None:
        self._names, self._permutation = names, Permutation(key)
        dialled = re.compile(rf"(?<![\w-]){DIALLED}")
        numbers = {run for text in texts.values() for found in dialled.findall(text) for run in NUMBER.findall(found)}
        self._hidden = re.compile(
            "|".join(_alternatives(names, {one for one in numbers if len(one) >= LEAST_DIGITS})), re.MULTILINE
        )
        self._ways: Mapping[str, Callable[[str], str]] = {
            "said": lambda one: re.sub(rf"^({SAID_HEAD}).*", rf"\1{REMOVED}", one),
            "reference": self._reference,
            "number": self._number,
            "mail": names.of_mail,
            "dns": names.of_dns,
            "name": lambda one: names.of("name", one),
            "country": lambda one: f"{one[:2]}XX",
            "six": lambda one: self._address(one, IPv6Address, self._permutation.address_6),
            "four": lambda one: self._address(one, IPv4Address, self._permutation.address),
            "mac": lambda one: names.of("mac", one),
            "digest": lambda one: names.of("digest", one),
            "blob": lambda _one: REMOVED,
        }

    def text(self, name: str, text: str) -> str:
        """The content of the file of that name."""
        lines = text.splitlines(keepends=True)
        if name == CONFIGURATION:
            return "".join(self._line(line, OWN_WORDS_IN_COMMANDS) for line in _without_banners(lines))
        return "".join(self._line(line, OWN_WORDS_IN_DOCUMENTS if name.startswith(DOCUMENTS) else None) for line in lines)

    def name(self, name: str) -> str:
        """The name of a file."""
        return self._sub(name)

    def _line(self, line: str, own_words: re.Pattern[str] | None) -> str:
        content = line.rstrip("\r\n")
        gone = (own_words.match(content) if own_words else None) or HEX_LINE.match(content)
        return (f"{self._sub(gone[1])}{REMOVED}" if gone else self._sub(content)) + line[len(content) :]

    def _sub(self, text: str) -> str:
        return self._hidden.sub(lambda found: self._ways[found.lastgroup or ""](found[0]), text)

    def _reference(self, value: str) -> str:
        kind, _, name = value.partition(":")
        return f"{kind}:{self._names.of('reference', name)}"

    def _number(self, value: str) -> str:
        """Digits alone are changed, and only where there are enough of them to tell whose they are."""
        head = re.match(NUMBERED, value)
        start = head.end() if head else 0
        made = NUMBER.sub(lambda run: self._permuted(run[0]), value[start:])
        return value[:start] + self._meaning(made, value[start:])

    def _permuted(self, run: str) -> str:
        """Brackets stay where they are, so that a rule matches the numbers that it matched."""
        digits = iter(self._permutation.digits("".join(filter(str.isdigit, run))))
        return re.sub(r"\d", lambda _digit: next(digits), run)

    def _address(self, value: str, kind: Callable[[str], Any], permuted: Callable[[Any], Any]) -> str:
        try:
            return self._meaning(str(permuted(kind(value))), value)
        except AddressValueError:
            return value  # a time of day, a version

    def _meaning(self, made: str, value: str) -> str:
        if made != value:
            self._names.meanings[made] = value
        return made


def _alternatives(names: Pseudonyms, numbers: Iterable[str]) -> Iterator[str]:
    """Each is a way of the veil. The first that fits at a place counts: what may be part of another comes after it."""
    domains = _longest_first(names.domains)
    yield rf"(?P<said>{SAID})"
    yield r"(?P<reference>\b(?:env|file):[^\s\"',}\]]+)"
    alone = rf"(?<![\w.:])(?:{_longest_first(numbers)})(?![\w.:])"
    yield rf"(?P<number>(?<![\w-]){DIALLED}|\+\d{{3,}}|(?<=sip:)\+?\d{{{LEAST_DIGITS},}}|{alone})"
    yield rf"(?P<mail>(?<![\\\w.+-])[\w.+-]*[A-Za-z][\w.+-]*@(?:{LABEL}\.)+[A-Za-z]{{2,}})"
    yield rf"(?P<dns>(?i:(?<![\w.-])(?:{LABEL}\.)*(?:{domains}|{LABEL}\.(?:{TOPS})))(?![\w-]|\.\w))"
    yield rf"(?P<name>(?i:(?<![A-Za-z0-9])(?:{_longest_first(names.names)})(?![A-Za-z0-9])))"
    yield r"(?P<country>(?<![A-Za-z])[Cc]=[A-Z]{2}(?![A-Za-z]))"
    yield rf"(?P<mac>(?<![\w:.])(?:{MAC})(?![\w:.]))"
    yield r"(?P<six>(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{2,39}(?![\w:]))"
    yield r"(?P<four>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d))"
    yield rf"(?P<digest>(?<![0-9A-Za-z])(?:{DIGEST})(?![0-9A-Za-z]))"
    yield r"(?P<blob>(?<![\w+/=])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/=]))"


def _longest_first(words: Iterable[str]) -> str:
    """As alternatives of a pattern; without any, one that fits nothing."""
    return "|".join(map(re.escape, sorted(words, key=lambda one: (-len(one), one)))) or r"(?!)"


def _without_banners(lines: Iterable[str]) -> Iterator[str]:
    """The text of a banner stands between two signs, `^C` as IOS shows them; only the signs stay."""
    sign = ""
    for line in lines:
        if sign:
            if sign in line:
                yield line[line.index(sign) :]
                sign = ""
            continue
        found = BANNER.match(line)
        if found is None:
            yield line
            continue
        is_whole = found["sign"] in found["text"]
        yield f"{found['kept']}{found['sign']}{REMOVED}{found['sign'] if is_whole else ''}\n"
        sign = "" if is_whole else found["sign"]


def without_words(data: Any) -> Any:
    """The JSON of a pass without descriptions that differ, which are a person's own words, too."""
    if isinstance(data, list):
        return [without_words(item) for item in data]
    if not isinstance(data, dict):
        return data
    said = ("before", "after") if data.get("slot") == "description" else ()
    return {name: REMOVED if name in said and item else without_words(item) for name, item in data.items()}
