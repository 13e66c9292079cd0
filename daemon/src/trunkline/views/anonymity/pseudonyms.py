"""`Pseudonyms`: what each name is called instead, and what that stands for. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trunkline.views.anonymity.words import COMMON, DOMAINS, PUBLIC_DOMAINS
from trunkline.views.redaction.rules import REMOVED

Named = tuple[str, str]
"""Kind and name."""
LEAST_NAME, LEAST_STEM = 2, 4
TELLING = frozenset({"link", "cube", "cluster", "node", "host", "trunk"})
"""Kinds of names whose parts tell as much as the whole."""
IN_TEXTS = [re.compile(pattern, re.MULTILINE | re.IGNORECASE) for pattern in DOMAINS]
ESCAPED = re.compile(r"[,+\"\\<>;]")
"""What has a backslash in front in a distinguished name (RFC 4514)."""
NO_NAME, NO_STEM = re.compile(r"[\d.:/]+"), re.compile(r"[0-9a-f]+")


@dataclass
class Pseudonyms:
    """`meanings` is what each pseudonym stands for; only who made the bundle may have it. Names have no case."""

    meanings: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # what is to be looked for everywhere
    domains: set[str] = field(default_factory=set)
    _met: dict[tuple[str, str], str] = field(default_factory=dict)  # what was met where only its form told what it is
    _counts: Counter[str] = field(default_factory=Counter)

    def learn_domains(self, texts: Iterable[str], dns_names: Iterable[str]) -> None:
        """First of all: a DNS name is called by its labels."""
        seen = set(dns_names)
        for text in texts:
            seen |= {name for pattern in IN_TEXTS for found in pattern.findall(text) for name in found.split(",")}
        for name in seen:
            labels = name.strip(".").lower().removeprefix("*.").split(".")
            if len(labels) > 1 and not labels[-1].isdigit():
                self.domains.add(".".join(labels[-2:]))

    def learn_numbered(self, numbered: Mapping[str, str]) -> None:
        """What has a pseudonym already, in every form in which it is written; the first one tells it best."""
        for written, called in numbered.items():
            self.names[written.lower()] = called
            self.meanings.setdefault(called, written)

    def learn(self, found: Iterable[Named]) -> None:
        """Names by kind, then the parts of the telling ones."""
        stems: dict[str, None] = {}
        for kind, name in found:
            self._learn(kind, name)
            if kind in TELLING:
                stems |= dict.fromkeys(re.split(r"[^a-z0-9]+", name.lower()))
        stems |= dict.fromkeys(domain.split(".")[0] for domain in sorted(self.domains - PUBLIC_DOMAINS))
        for stem in stems:
            if len(stem) >= LEAST_STEM and not NO_STEM.fullmatch(stem):
                self._learn("name", stem)

    def _learn(self, kind: str, name: str) -> None:
        folded = name.lower()
        is_one = len(name) >= LEAST_NAME and folded not in COMMON and not NO_NAME.fullmatch(folded) and REMOVED not in name
        if is_one and folded not in self.names and not self._domain_of(folded):
            self.names[folded] = self._called(kind, name)
            self.names.setdefault(ESCAPED.sub(r"\\\g<0>", folded), self.names[folded])

    def _called(self, kind: str, name: str) -> str:
        self._counts[kind] += 1
        called = f"{kind}-{self._counts[kind]}"
        self.meanings[called] = name
        return called

    def of(self, kind: str, name: str) -> str:
        """The pseudonym of a name, also of one that nobody has learnt."""
        folded = name.lower()
        if folded in self.names:
            return self.names[folded]
        if (kind, folded) not in self._met:
            self._met[kind, folded] = self._called(kind, name)
        return self._met[kind, folded]

    def of_dns(self, name: str) -> str:
        """Label by label; the domains of vendors stay."""
        folded = name.lower()
        domain = self._domain_of(folded) or ".".join(folded.split(".")[-2:])
        labels = [one for one in folded.removesuffix(domain).split(".") if one]
        if domain in PUBLIC_DOMAINS and all(one in COMMON for one in labels):
            return name
        shown = [one if one in COMMON or one == "*" else self.of("host", one) for one in labels]
        return ".".join([*shown, domain if domain in PUBLIC_DOMAINS else f"{self.of('domain', domain)}.example"])

    def _domain_of(self, name: str) -> str:
        return next((one for one in self.domains if name == one or name.endswith(f".{one}")), "")

    def of_mail(self, address: str) -> str:
        user, _, host = address.partition("@")
        return address if host.lower() in PUBLIC_DOMAINS else f"{self.of('user', user)}@{self.of_dns(host)}"
