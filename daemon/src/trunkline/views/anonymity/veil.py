"""`Veil`: the same pseudonym for the same thing in every file of a bundle. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from trunkline.views.anonymity.gathering import Named
from trunkline.views.anonymity.permuting import Permutation
from trunkline.views.anonymity.words import (
    BANNER,
    COMMENT,
    COMMON,
    DOMAINS,
    NUMBERED,
    PUBLIC_DOMAINS,
    SAID,
    SAID_HEAD,
    SAID_IN_A_LINE,
)
from trunkline.views.redaction.rules import REMOVED

LEAST_NAME, LEAST_STEM, LEAST_DIGITS = 2, 4, 5
TELLING = frozenset({"link", "cube", "cluster", "node", "host", "trunk"})
"""Kinds of names whose parts tell as much as the whole."""
LABEL = r"(?:\*|[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)"
DIALLED = r"[^\s\"',}@]+"
DIGESTS = r"[0-9A-F]{16,}|[0-9a-f]{16,}|(?:[0-9A-Fa-f]{2}:){15,}[0-9A-Fa-f]{2}"
TOPS = "com|net|org|edu|gov|mil|int|info|biz|local|lan|corp|internal|intra|home|test|example|io|cloud|invalid"
CONFIGURATION = "cube/running-config.txt"
HEX_LINE = re.compile(r"^(\s+)(?:[0-9A-F]{8} ){3,}[0-9A-F ]*$")
"""Keys and certificates as IOS prints them."""


@dataclass
class Veil:
    """`meanings` is what each pseudonym stands for; only who made the bundle may have it."""

    key: bytes
    meanings: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _domains: set[str] = field(default_factory=set)
    _numbers: set[str] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)
    _hidden: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        self._permutation = Permutation(self.key)

    def learn(self, found: Iterable[Named], texts: Mapping[str, str], numbered: Mapping[str, str], dns: Iterable[str]) -> None:
        """Names by kind, the texts that will be veiled, what has a number of its own, and DNS names."""
        self._learn_texts(texts.values(), dns)
        for written, called in numbered.items():
            self._names[written.lower()] = called
            self.meanings.setdefault(called, written)
        stems: dict[str, None] = {}
        for kind, name in found:
            self._learn(kind, name)
            if kind in TELLING:
                stems |= dict.fromkeys(re.split(r"[^a-z0-9]+", name.lower()))
        for stem in (*stems, *(one.split(".")[0] for one in sorted(self._domains))):
            if len(stem) >= LEAST_STEM and not re.fullmatch(r"[0-9a-f]+", stem):
                self._learn("name", stem)
        self._hidden = re.compile("|".join(self._alternatives()), re.MULTILINE)

    def _learn_texts(self, texts: Iterable[str], dns: Iterable[str]) -> None:
        domains = [re.compile(pattern, re.MULTILINE | re.IGNORECASE) for pattern in DOMAINS]
        numbers = re.compile(rf"(?<![\w-]){NUMBERED}({DIALLED})")
        seen = set(dns)
        for text in texts:
            seen |= {name for pattern in domains for one in pattern.findall(text) for name in one.split(",")}
            self._numbers |= {run for value in numbers.findall(text) for run in re.findall(rf"\d{{{LEAST_DIGITS},}}", value)}
        for name in sorted(seen):
            self._learn_domain(name.strip(".").lower())

    def _learn(self, kind: str, name: str) -> None:
        folded = name.lower()
        is_address = re.fullmatch(r"[\d.:/]+", name)
        if (
            len(name) < LEAST_NAME
            or folded in COMMON
            or folded in self._names
            or is_address
            or REMOVED in name
            or name.isdigit()
        ):
            return
        if "." in name and self._domain_of(folded):
            return  # a DNS name: it is made of the pseudonyms of its labels
        self._names[folded] = self._called(kind, name)

    def _called(self, kind: str, name: str) -> str:
        self._counts[kind] += 1
        called = f"{kind}-{self._counts[kind]}"
        self.meanings[called] = name
        return called

    def _learn_domain(self, name: str) -> None:
        labels = name.removeprefix("*.").split(".")
        domain = ".".join(labels[-2:])
        if len(labels) >= LEAST_NAME and not labels[-1].isdigit() and domain not in PUBLIC_DOMAINS:
            self._domains.add(domain)

    def _alternatives(self) -> Iterable[str]:
        """The first that fits at a place counts: the longest forms come first."""
        domains, names, numbers = (_longest_first(one) for one in (self._domains, self._names, self._numbers))
        yield rf"(?P<said>{SAID})"
        yield r"(?P<reference>\b(?:env|file):[^\s\"',}\]]+)"
        yield rf"(?P<number>(?<![\w-]){NUMBERED}{DIALLED}|\+\d{{3,}}|(?<=sip:)\+?\d{{5,}}|(?<![\w.:])(?:{numbers})(?![\w.:]))"
        yield rf"(?P<mail>[\w.+-]+@{LABEL}(?:\.{LABEL})+)"
        yield rf"(?P<dns>(?i:(?<![\w.-])(?:{LABEL}\.)*(?:{domains}|{LABEL}\.(?:{TOPS})))(?![\w-]|\.\w))"
        yield rf"(?P<name>(?i:(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9])))"
        yield r"(?P<country>(?<![A-Za-z])[Cc]=[A-Z]{2}(?![A-Za-z]))"
        yield r"(?P<mac>(?<![\w:.])(?:(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})(?![\w:.]))"
        yield r"(?P<six>(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{2,39}(?![\w:]))"
        yield r"(?P<four>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d))"
        yield rf"(?P<digest>(?<![0-9A-Za-z])(?:{DIGESTS})(?![0-9A-Za-z]))"
        yield r"(?P<blob>(?<![\w+/=])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/=]))"

    def text(self, name: str, text: str) -> str:
        """The content of the file of that name."""
        lines = text.splitlines(keepends=True)
        if name == CONFIGURATION:
            return "".join(self._line(line, SAID_IN_A_LINE) for line in _without_banners(lines))
        if name.startswith("documents/"):
            return "".join(self._line(line, COMMENT) for line in lines)
        return "".join(self._line(line) for line in lines)

    def name(self, name: str) -> str:
        """The name of a file."""
        return self._sub(name)

    def _line(self, line: str, own_words: re.Pattern[str] | None = None) -> str:
        content = line.rstrip("\r\n")
        end = line[len(content) :]
        found = own_words.match(content) if own_words else None
        if found:
            return f"{self._sub(next(filter(None, found.groups())))}{REMOVED}{end}"
        hexed = HEX_LINE.match(content)
        return f"{hexed[1]}{REMOVED}{end}" if hexed else self._sub(content) + end

    def _sub(self, text: str) -> str:
        assert self._hidden  # noqa: S101 - it has learnt
        return self._hidden.sub(self._called_for, text)

    def _called_for(self, found: re.Match[str]) -> str:
        kind, value = found.lastgroup or "", found[0]
        ways: dict[str, Callable[[str], str]] = {
            "said": lambda one: re.sub(rf"^({SAID_HEAD}).*", rf"\1{REMOVED}", one),
            "number": self._number,
            "reference": lambda one: f"{one.partition(':')[0]}:{self._once('reference', one.partition(':')[2])}",
            "country": lambda one: f"{one[:2]}XX",
            "mail": self._mail,
            "dns": self._dns,
            "name": lambda one: self._names[one.lower()],
            "four": self._four,
            "six": self._six,
            "blob": lambda _one: REMOVED,
        }
        return ways[kind](value) if kind in ways else self._once(kind, value)

    def _once(self, kind: str, value: str) -> str:
        """A pseudonym for something that no list knew beforehand."""
        folded = f"{kind} {value.lower()}"
        if folded not in self._names:
            self._names[folded] = self._called(kind, value)
        return self._names[folded]

    def _number(self, value: str) -> str:
        """Digits alone are changed, and only where there are enough of them to tell whose they are."""
        head = re.match(NUMBERED, value)
        start = head.end() if head else 0
        made = re.sub(rf"(?<=\+)\d{{3,}}|\d{{{LEAST_DIGITS},}}", lambda run: self._permutation.digits(run[0]), value[start:])
        if made != value[start:]:
            self.meanings[made] = value[start:]
        return value[:start] + made

    def _mail(self, value: str) -> str:
        user, _, host = value.partition("@")
        if self._dns(host) == host:
            return value  # of a vendor
        return f"{self._names.get(user.lower()) or self._once('user', user)}@{self._dns(host)}"

    def _domain_of(self, name: str) -> str:
        return next((one for one in self._domains if name == one or name.endswith(f".{one}")), "")

    def _dns(self, value: str) -> str:
        folded = value.lower()
        domain = self._domain_of(folded) or ".".join(folded.split(".")[-2:])
        if domain in PUBLIC_DOMAINS:
            return value
        labels = folded.removesuffix(domain).strip(".")
        called = self._once("domain", domain)
        shown = [self._label(one) for one in labels.split(".") if one]
        return ".".join([*shown, f"{called}.example"])

    def _label(self, label: str) -> str:
        if label == "*" or label in COMMON:
            return label
        return self._names.get(label) or self._once("host", label)

    def _four(self, value: str) -> str:
        try:
            made = str(self._permutation.address(IPv4Address(value)))
        except AddressValueError:
            return value
        if made != value:
            self.meanings[made] = value
        return made

    def _six(self, value: str) -> str:
        try:
            made = str(self._permutation.address_6(IPv6Address(value)))
        except AddressValueError:
            return value
        if made != value:
            self.meanings[made] = value
        return made


def without_words(data: Any) -> Any:
    """The JSON of a pass without descriptions that differ, which are a person's own words, too."""
    if isinstance(data, list):
        return [without_words(item) for item in data]
    if not isinstance(data, dict):
        return data
    is_said = data.get("slot") == "description"
    return {
        name: REMOVED if is_said and name in ("before", "after") and item else without_words(item)
        for name, item in data.items()
    }


def _longest_first(words: Iterable[str]) -> str:
    """As alternatives of a pattern; without any, one that fits nothing."""
    return "|".join(map(re.escape, sorted(words, key=lambda one: (-len(one), one)))) or r"(?!)"


def _without_banners(lines: Iterable[str]) -> Iterable[str]:
    """Banners are a person's own words, too."""
    sign = ""
    for line in lines:
        if sign:
            if sign in line:
                sign = ""
                yield line[line.index("^C") :] if "^C" in line else line
            continue
        found = BANNER.match(line.rstrip("\r\n"))
        if found:
            sign = "" if found["sign"] in found["text"] else found["sign"]
            yield f"{found['kept']}{found['sign']}{REMOVED}{found['sign'] if not sign else ''}\n"
            continue
        yield line
