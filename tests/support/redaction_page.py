"""docs/reference/redaction.md, from the table of rules and an example of each."""

from collections.abc import Iterator

from support.canaries import HARMLESS, PLACES
from trunkline.views.redaction.rules import ANYWHERE, REMOVED, RULES, Rule
from trunkline.views.redaction.rules import HARMLESS as KEPT
from trunkline.views.redaction.sifting import Sieve

HEAD = """# What is taken out of a bundle

Made from `trunkline.views.redaction.rules` by `make pages`; `make check` sees when it lags. `trunkline diagnose LINK --bundle`
([diagnosis.md](diagnosis.md)) takes these secrets out of commands, and keeps what is around them. The example is what is left
of a command. Sources are the command references of Cisco IOS and IOS XE: security (sec), voice, SNMP, IP routing (iri), IP
application services (ap), configuration fundamentals (fund), dial and WAN (wan)."""
SECRET = "canary-Zq7-3f91"


def page() -> str:
    return "\n".join([HEAD, "", *_commands(), "", *_anywhere(), "", *_harmless(), ""])


def _commands() -> Iterator[str]:
    yield "| what goes | what is left | source |"
    yield "|---|---|---|"
    told: set[Rule] = set()
    for place in PLACES:
        line = place.format(SECRET)
        rule = next((one for one in RULES if one.pattern.match(line)), None)
        if rule and rule not in told and not KEPT.match(line):
            told.add(rule)
            yield f"| {rule.kind} | `{Sieve().commands(line).strip()}` | {rule.source} |"
    yield ""
    yield "In a command that none of these knows, everything behind a word such as `password`, `secret`, `token`, `community`,"
    yield f"`psk` or `…-key` goes, up to the end of the line: `{Sieve().commands(PLACES[-1].format(SECRET)).strip()}`."


def _anywhere() -> Iterator[str]:
    yield f"In every text, not only in commands, {REMOVED} takes the place of:"
    yield ""
    yield from (f"- {kind}: {', '.join(sources)}" for kind, sources in _by_kind().items())
    yield "- private key: PEM of any kind, also encrypted, cut off or on one line; OpenSSH, PuTTY, PGP"
    yield "- other: what looks like a secret behind a word that announces one (`the password is hunter2`), or `password=`"


def _by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in ANYWHERE:
        found.setdefault(rule.kind, []).append(rule.source)
    return found


def _harmless() -> Iterator[str]:
    yield "These look alike and stay:"
    yield ""
    yield "```text"
    yield from (line.strip() for line in HARMLESS)
    yield "```"
