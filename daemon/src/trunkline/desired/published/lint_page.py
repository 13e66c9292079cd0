"""docs/reference/lint.md, made from the table of rules. Pure."""

from collections.abc import Mapping

from trunkline.desired.lint.rules import READING, RULES, WAIVING, Rule

HEAD = """\
# Lint rules

Made from the table in `trunkline.desired.lint.rules` by `make pages`; a test fails when it lags.

`trunkline check PATH` prints each problem as `file:line:column: severity code: what. What to do`, all of them at once, and
ends with exit code 0 where there is no error, 1 where there is, 2 where it was called wrongly. Files are named from where
`check` was called; the examples below from inside the folder. `--format json` prints the same as data.
A revision with an error is not used by `plan`, `apply` and `run`; a warning changes nothing.

What is deferred: a file that cannot be read as YAML, or is against its schema, is left out of the rules that look across
files until it is mended; what others refer to in it counts as there. `file:` and `env:` references are looked up by the
daemon, not by `check`, which may run elsewhere.

## Waivers

A rule can be waived in the document that the finding names, with a reason and a last day:

```yaml
waivers:
  - {rule: TL014, reason: the carrier insists on early offer, until: 2027-03-31}
```

"""


def page(printed: Mapping[str, str]) -> str:
    """The whole page. `printed` is what `trunkline check` prints of each rule's example, by code."""
    every = sorted((*READING, *RULES, *WAIVING), key=lambda rule: rule.code)
    return HEAD + "\n".join(_section(rule, printed[rule.code]) for rule in every)


def _section(rule: Rule, printed: str) -> str:
    text = f"## {rule.code}: {rule.title}\n\n{rule.severity.capitalize()}. {rule.why}\n"
    if rule.example:
        text += f"\nFails:\n\n```yaml\n{rule.example}\n```\n"
    return f"{text}\nWhat is said, and the cure:\n\n```text\n{printed}\n```\n"
