"""Lines to slots and changes to lines, through the table of rules. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network

from trunkline.devices.cube import certificates
from trunkline.devices.cube.rules import NEVER_SENT, PATHS, REFERENCES, RULES, Rule
from trunkline.model.errors import DesiredInvalid, OurBug
from trunkline.model.key import SHARED_SECTIONS, Key, Kind
from trunkline.model.line import is_stray
from trunkline.model.plan import Action, Change, Command, Difference
from trunkline.model.resource import Resource

ABBREVIATED = (
    (re.compile(r"^incoming called (?=\S)(?!e164)"), "incoming called-number "),
    (re.compile(r"^(bind|voice-class sip bind) (\w+) source-interface Gi(?=\d)"), r"\1 \2 source-interface GigabitEthernet"),
    (re.compile(r"^(ipv4 \S+) 255\.255\.255\.255$"), r"\1"),
)
PREFIX_LENGTH = re.compile(r"^ipv4 (\d+\.\d+\.\d+\.\d+)/(\d|[12]\d|3[0-2])$")
SRTP_VARIANTS = ("srtp fallback", "srtp pass-thru")  # re-entering `srtp` leaves them as they are
HARMFUL = re.compile("|".join(NEVER_SENT))
REMEMBERED_LINES = 32_768  # routers of one estate say the same few thousand lines over and over
BIND = re.compile(r"^(no )?(voice-class sip )?bind\b")
BIND_ALL = re.compile(r"^(bind|voice-class sip bind) all (?=source-interface)")


@lru_cache(REMEMBERED_LINES)
def stored(line: str) -> str:
    """A line as IOS stores it: single blanks, keywords written out, masks dotted, fingerprints without blanks."""
    text = " ".join(line.split())
    for pattern, replacement in ABBREVIATED:
        text = pattern.sub(replacement, text)
    length = PREFIX_LENGTH.match(text)
    if length:
        mask = IPv4Network(f"0.0.0.0/{length[2]}").netmask
        text = f"ipv4 {length[1]}" + ("" if length[2] == "32" else f" {mask}")
    if text.startswith("fingerprint "):
        text = "fingerprint " + text.removeprefix("fingerprint ").replace(" ", "").upper()
    return text


def expanded(line: str) -> tuple[str, ...]:
    """The lines that IOS makes of one."""
    if BIND_ALL.match(line):
        return tuple(BIND_ALL.sub(rf"\1 {what} ", line) for what in ("control", "media"))
    return (line,)


@lru_cache(REMEMBERED_LINES)
def rule_for(kind: Kind, line: str) -> Rule | None:
    """The longest rule whose words the line begins with."""
    body = line.removeprefix("no ")
    fitting = [r for r in RULES.get(kind, ()) if body == r.prefix or body.startswith(r.prefix + " ")]
    return max(fitting, key=lambda rule: len(rule.prefix), default=None)


@lru_cache(REMEMBERED_LINES)
def slot_of(kind: Kind, line: str) -> str:
    """What a line sets; a line that no rule knows is a slot of its own."""
    rule, body = rule_for(kind, line), line.removeprefix("no ")
    if rule is None:
        return body
    if rule.slot:
        return rule.slot
    return " ".join(body.split()[: len(rule.prefix.split()) + rule.extra])


DEFAULTS: Mapping[Kind, Mapping[str, str]] = {
    kind: {slot_of(kind, rule.default): rule.default for rule in reversed(rules) if rule.default is not None}
    for kind, rules in RULES.items()
}
"""What a slot holds where the device shows nothing; of two rules for one slot the first one's."""


@lru_cache(REMEMBERED_LINES)
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
    kept = [part for line in lines for part in expanded(stored(line))]
    return {slot_of(kind, line): value_of(kind, line) for line in kept}


@lru_cache(REMEMBERED_LINES)
def _canonical(kind: Kind, lines: tuple[str, ...]) -> Mapping[str, str]:
    """Every pass states the same lines again."""
    return settings_of(kind, lines)


@lru_cache(REMEMBERED_LINES)
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


def moves_a_bind(line: str) -> bool:
    """IOS refuses to move a bind under a call, and some releases drop the call instead."""
    return bool(BIND.match(line))


@dataclass(frozen=True)
class CubeDialect:
    """Implements `trunkline.ports.Dialect` for one release."""

    release: tuple[int, ...]

    def canonical(self, resource: Resource) -> Resource:
        if resource.key.kind not in PATHS:
            return resource
        return resource.with_settings(_canonical(resource.key.kind, tuple(resource.settings.values())))

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:
        default = DEFAULTS[key.kind].get(slot) if key.kind in DEFAULTS else None
        if default is not None:
            return default
        if wanted is not None and wanted.startswith("no "):
            return wanted
        return None

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:
        rule = rule_for(key.kind, slot)
        return has == wanted or bool(rule and rule.is_open and wanted == rule.prefix and has.startswith(f"{wanted} "))

    def manages(self, key: Key, slot: str) -> bool:
        rule = rule_for(key.kind, slot)
        if rule and rule.added_from and self.release >= rule.added_from:
            return False
        return rule is not None or any(rule.slot == slot for rule in RULES.get(key.kind, ()))

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
        return needs_of(key, tuple(settings.values()))

    def must_replace(self, change: Change) -> bool:
        """A trustpoint holds one CA certificate, for good; a label stands for one key pair, for good."""
        return change.key.kind in (Kind.TRUST_ANCHOR, Kind.KEY_PAIR)

    def waits_for_calls(self, change: Change) -> bool:
        return any(moves_a_bind(line) for command in self.render(change) for line in command.lines)

    def is_cosmetic(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return slot == "description"

    def render(self, change: Change) -> tuple[Command, ...]:
        """Raises DesiredInvalid for a document that asks for a line that is never sent."""
        act = certificates.ACTS.get(change.key.kind)
        if act:
            return act(change)
        if change.action is Action.DELETE:
            return (Command("configure", (_deletion(change.key),)),)
        lines = [line for difference in _ordered(change) for line in _lines(change.key.kind, difference)]
        for line in filter(_is_harmful, lines):
            _refuse_harm(change, line)
        return (Command("configure", (*path_of(change.key), *lines)),)


def _deletion(key: Key) -> str:
    if key.kind in SHARED_SECTIONS:
        raise OurBug(f"cannot delete {key}: the section belongs to others too")
    return f"no {path_of(key)[-1]}"


@lru_cache(REMEMBERED_LINES)
def _is_harmful(line: str) -> bool:
    """Also what `trunkline check` refuses already: a waiver there lets nothing through here."""
    return bool(HARMFUL.match(line)) or is_stray(line) or "?" in line


def _refuse_harm(change: Change, line: str) -> None:
    origin = f" ({change.origin})" if change.origin else ""
    raise DesiredInvalid(
        f"cannot render `{line}` for {change.key}{origin}: it takes away what other trunks stand on, leaves its "
        "section or acts at once, and is never sent; remove the line from the document"
    )


def _ordered(change: Change) -> list[Difference]:
    """A cipher that moves to another preference leaves its old one first: a name may stand only once."""
    if change.key.kind is not Kind.TLS_CIPHER:
        return list(change.differences)
    entered = {difference.after.split()[-1] for difference in change.differences if difference.after}
    freed = [d for d in change.differences if d.before and d.before.split()[-1] in entered and d.before != d.after]
    rest = [d for d in change.differences if d.after or d not in freed]
    return [*(Difference(d.slot, d.before, None) for d in freed), *rest]


def _lines(kind: Kind, difference: Difference) -> list[str]:
    """What is typed for one slot. A single-valued slot is re-entered; only what excludes its like is negated first."""
    before, after = difference.before, difference.after
    if before in SRTP_VARIANTS and after in (None, "no srtp"):
        return [f"no {before}", "no srtp"]  # the first leaves `srtp`, at least on some releases
    if after is None:
        return [_negation(kind, before or difference.slot)]
    if before and _excludes(kind, before, after):
        return [_negation(kind, before), after]
    if after.startswith("no ") and before and not before.startswith("no "):
        return [_negation(kind, before)]
    return [after]


def _excludes(kind: Kind, before: str, after: str) -> bool:
    """Two commands of one slot, such as `session target` and `session server-group`, or two ways of SRTP."""
    if before in SRTP_VARIANTS and after.startswith("srtp"):
        return True
    first, second = rule_for(kind, before), rule_for(kind, after)
    return bool(first and second and first.slot and first.prefix != second.prefix and first.slot != "codec")


def _negation(kind: Kind, line: str) -> str:
    rule = rule_for(kind, line)
    if rule and rule.is_reset and rule.default:
        return rule.default
    if line.startswith("no "):
        return line.removeprefix("no ")
    if rule is None or rule.negates_whole or line in SRTP_VARIANTS:
        return f"no {line}"
    return f"no {' '.join(line.split()[: len(rule.prefix.split()) + rule.extra])}"
