"""Lines to slots and changes to lines, through the table of rules. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from trunkline.devices.cube.rules import PATHS, REFERENCES, RULES, Rule
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command, Difference
from trunkline.model.resource import Resource

ABBREVIATED = (
    (re.compile(r"^incoming called (?=\S)(?!e164)"), "incoming called-number "),
    (re.compile(r"^(bind|voice-class sip bind) (\w+) source-interface Gi(?=\d)"), r"\1 \2 source-interface GigabitEthernet"),
    (re.compile(r"^(ipv4 \S+) 255\.255\.255\.255$"), r"\1"),
)
PREFIX_LENGTH = re.compile(r"^ipv4 (\d+\.\d+\.\d+\.\d+/\d+)$")


def stored(line: str) -> str:
    """A line as IOS stores it: single blanks, keywords written out, masks dotted, fingerprints without blanks."""
    text = " ".join(line.split())
    for pattern, replacement in ABBREVIATED:
        text = pattern.sub(replacement, text)
    length = PREFIX_LENGTH.match(text)
    if length:
        network = IPv4Network(length[1], strict=False)
        text = f"ipv4 {length[1].split('/')[0]}" + ("" if network.prefixlen == 32 else f" {network.netmask}")
    if text.startswith("fingerprint "):
        text = "fingerprint " + text.removeprefix("fingerprint ").replace(" ", "").upper()
    return text


def rule_for(kind: Kind, line: str) -> Rule | None:
    """The longest rule whose words the line begins with."""
    body = line.removeprefix("no ")
    fitting = [r for r in RULES.get(kind, ()) if body == r.prefix or body.startswith(r.prefix + " ")]
    return max(fitting, key=lambda rule: len(rule.prefix), default=None)


def slot_of(kind: Kind, line: str) -> str:
    """What a line sets; a line that no rule knows is a slot of its own."""
    rule, body = rule_for(kind, line), line.removeprefix("no ")
    if rule is None:
        return body
    if rule.slot:
        return rule.slot
    return " ".join(body.split()[: len(rule.prefix.split()) + rule.extra])


def value_of(kind: Kind, line: str) -> str:
    """The line in the form in which two of them are compared."""
    rule = rule_for(kind, line)
    if rule and rule.is_set:
        words = line.split()
        start = len(rule.prefix.split()) + line.startswith("no ")
        return " ".join([*words[:start], *sorted(words[start:])])
    return line


def settings_of(kind: Kind, lines: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Slots and values of a section's lines, in their order."""
    kept = [stored(line) for line in lines]
    return {slot_of(kind, line): value_of(kind, line) for line in kept}


def path_of(key: Key) -> tuple[str, ...]:
    return tuple(header.format(key.name) for header in PATHS[key.kind])


def needs_of(key: Key, values: tuple[str, ...]) -> frozenset[Key]:
    """What the lines of a section refer to."""
    found = set()
    for pattern, kind in REFERENCES.get(key.kind, ()):
        for value in values:
            match = re.match(pattern, value)
            if match:
                found.add(Key(key.target, kind, match[1]))
    return frozenset(found)


@dataclass(frozen=True)
class CubeDialect:
    """Implements `trunkline.ports.Dialect` for one release."""

    release: tuple[int, ...]

    def canonical(self, resource: Resource) -> Resource:
        if resource.key.kind not in PATHS:
            return resource
        return replace(resource, settings=settings_of(resource.key.kind, list(resource.settings.values())))

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:
        for rule in RULES.get(key.kind, ()):
            if rule.default is not None and slot_of(key.kind, rule.default) == slot:
                return rule.default
        if wanted is not None and wanted.startswith("no "):
            return wanted
        return None

    def manages(self, key: Key, slot: str) -> bool:
        return rule_for(key.kind, slot) is not None or any(rule.slot == slot for rule in RULES.get(key.kind, ()))

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
        return needs_of(key, tuple(settings.values()))

    def must_replace(self, change: Change) -> bool:
        """A trustpoint holds one CA certificate, for good."""
        return change.key.kind is Kind.TRUST_ANCHOR

    def is_cosmetic(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return slot == "description"

    def render(self, change: Change) -> tuple[Command, ...]:
        if change.key.kind is Kind.TRUST_ANCHOR:
            return self._render_anchor(change)
        if change.action is Action.DELETE:
            return (Command("configure", (f"no {path_of(change.key)[-1]}",)),)
        lines = [line for difference in self._ordered(change) for line in _lines(change, difference)]
        return (Command("configure", (*path_of(change.key), *lines)),)

    def _render_anchor(self, change: Change) -> tuple[Command, ...]:
        """Deleting the trustpoint deletes what it holds, so an anchor needs no deletion of its own."""
        if change.after is None:
            return ()
        name = change.key.name
        paste = Command(
            "authenticate",
            (f"crypto pki authenticate {name}", f"<certificate with SHA-256 {change.after.settings['sha256']}>"),
            {"pem": change.after.settings["pem"]},
        )
        return (paste,)

    def _ordered(self, change: Change) -> list[Difference]:
        """Names of ciphers that move to another preference leave their old one first."""
        if change.key.kind is not Kind.TLS_CIPHER or change.before is None:
            return list(change.differences)
        names = {value.split()[-1] for value in change.before.settings.values()}
        moved = [d for d in change.differences if d.before and d.after and d.after.split()[-1] in names]
        freed = [Difference(d.slot, d.before, None) for d in moved]
        return [*freed, *change.differences]


def _lines(change: Change, difference: Difference) -> list[str]:
    """What is typed for one slot. A single-valued slot is re-entered; only what excludes its like is negated first."""
    kind, before, after = change.key.kind, difference.before, difference.after
    if after is None:
        return [_negation(kind, before or difference.slot)]
    if before and _excludes(kind, before, after):
        return [_negation(kind, before), after]
    if before == "srtp fallback" and after == "srtp":
        return ["no srtp fallback", "srtp"]
    if after.startswith("no "):
        return [_negation(kind, before)] if before and not before.startswith("no ") else [after]
    return [after]


def _excludes(kind: Kind, before: str, after: str) -> bool:
    """Two commands of one slot, such as `session target` and `session server-group`."""
    first, second = rule_for(kind, before), rule_for(kind, after)
    return bool(first and second and first.slot and first.prefix != second.prefix and first.slot != "codec")


def _negation(kind: Kind, line: str) -> str:
    if line.startswith("no "):
        return line.removeprefix("no ")
    rule = rule_for(kind, line)
    if rule is None or rule.negates_whole:
        return f"no {line}"
    return f"no {' '.join(line.split()[: len(rule.prefix.split()) + rule.extra])}"
