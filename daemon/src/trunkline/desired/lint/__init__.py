"""Rules over all documents: each a small pure function; `RULES` lists them, docs/reference/lint.md is made from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from trunkline.desired.documents import Documents, Placed
from trunkline.desired.lint import addresses, article, releases, tidy
from trunkline.desired.lint.finding import Finding
from trunkline.desired.parse import Parsed
from trunkline.model.desired import Problem, Severity


@dataclass(frozen=True)
class Rule:
    """A rule: its code, what it finds, and the function that does."""

    code: str
    title: str
    find: Callable[[Documents], Iterator[Finding]]
    severity: Severity = Severity.ERROR


RULES: tuple[Rule, ...] = (
    Rule("TL010", "a reference leads to nothing", tidy.dangling),
    Rule("TL011", "a dial-peer tag is used twice on one CUBE", tidy.tags_used_twice),
    Rule("TL012", "the first PEM block of a pinned identity is a CA certificate", article.ca_taken_for_identity),
    Rule("TL013", "a raw line is not the form that IOS stores", article.abbreviated_line),
    Rule("TL014", "early offer is forced together with SRTP", article.early_offer_with_srtp, Severity.WARNING),
    Rule("TL015", "the X.509 name is typed by hand", article.typed_name),
    Rule("TL016", "voice activity detection is left to its default", article.vad_unstated, Severity.WARNING),
    Rule("TL017", "the trusted list lacks a peer", addresses.untrusted_peer),
    Rule("TL018", "TLS is on at one end only", addresses.tls_on_one_end),
    Rule("TL019", "the ports of the two ends differ", addresses.port_mismatch),
    Rule("TL020", "SRTP with a codec that the release cannot encrypt", releases.srtp_codec),
    Rule("TL021", "two trunks of a cluster claim the same name and port", addresses.name_port_collision),
    Rule("TL022", "the names do not cover the certificate", article.names_not_covered),
    Rule("TL023", "a line or name is longer than the device takes", tidy.too_long),
    Rule("TL024", "the release does not know TLS profiles", releases.tls_profile),
    Rule("TL025", "the release does not offer this TLS version", releases.tls_version),
    Rule("TL026", "a raw line holds a secret", tidy.secret_in_line),
    Rule("TL027", "the release refuses a licence capacity", releases.license_capacity),
    Rule("TL028", "two links claim the same object of a cluster", tidy.claimed_twice),
    Rule("TL029", "a cluster has not exactly one publisher", tidy.publishers),
    Rule("TL030", "a waiver names no rule", tidy.unknown_waiver),
)
KNOWN = frozenset(rule.code for rule in RULES)


def lint(documents: Documents, today: date) -> tuple[Problem, ...]:
    """Every finding that no waiver of its document covers, and every waiver that has run out."""
    found: list[Problem] = []
    for rule in RULES:
        for finding in rule.find(documents):
            if not _is_waived(finding, rule.code, documents, today):
                origin = finding.origin
                found.append(
                    Problem(origin.path, origin.line, origin.column, rule.code, finding.message, finding.cure, rule.severity)
                )
    return tuple(sorted([*found, *_expired(documents, today)]))


def _is_waived(finding: Finding, code: str, documents: Documents, today: date) -> bool:
    holder = next((placed for placed in documents.all() if placed.path == finding.origin.path), None)
    waivers = holder.value.waivers if holder else ()
    return any(waiver.rule == code and date.fromisoformat(waiver.until) >= today for waiver in waivers)


def _expired(documents: Documents, today: date) -> Iterator[Problem]:
    for placed in documents.all():
        for number, waiver in enumerate(placed.value.waivers):
            if date.fromisoformat(waiver.until) < today:
                origin = placed.origin("waivers", number)
                yield Problem(
                    origin.path,
                    origin.line,
                    origin.column,
                    "TL031",
                    f"the waiver of {waiver.rule} ended on {waiver.until}",
                    "Mend what it covered, or give it a new date and reason",
                )


def check(parsed: Parsed, today: date) -> tuple[Problem, ...]:
    """All problems of a set of documents. Rules see the documents that can be read, also where others cannot."""
    return tuple(sorted({*parsed.problems, *lint(parsed.readable, today)}))


def blocking(documents: Documents | None, today: date) -> tuple[Problem, ...]:
    """The problems that keep a revision from being used: errors, not warnings."""
    found = lint(documents, today) if documents else ()
    return tuple(problem for problem in found if problem.severity is Severity.ERROR)


def page() -> str:
    """docs/reference/lint.md."""
    lines = ["# Lint rules", "", "Made from `trunkline.desired.lint.RULES`; a test fails when it lags.", ""]
    lines += [
        "A rule can be waived in a document, with a reason and a last day:",
        "",
        "```yaml",
        "waivers:",
        "  - {rule: TL014, reason: the carrier insists on early offer, until: 2027-03-31}",
        "```",
        "",
        "| code | severity | finds |",
        "|---|---|---|",
        "| TL001 to TL005 | error | no documents; a file out of place; not YAML; a key stated twice; against the schema |",
    ]
    lines += [f"| {rule.code} | {rule.severity} | {rule.title} |" for rule in RULES]
    lines.append("| TL031 | error | a waiver has run out |")
    return "\n".join(lines) + "\n"


__all__ = ["KNOWN", "RULES", "Placed", "Rule", "blocking", "check", "lint", "page"]
