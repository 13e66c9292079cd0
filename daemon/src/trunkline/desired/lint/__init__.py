"""Rules over all documents: each a small pure function; `RULES` lists them, docs/reference/lint.md is made from it."""

from trunkline.desired.lint.judging import blocking, check, lint
from trunkline.desired.lint.rules import READING, RULES, WAIVING, Rule

__all__ = ["READING", "RULES", "WAIVING", "Rule", "blocking", "check", "lint"]
