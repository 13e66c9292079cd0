"""`Reading`: what a reader returns."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What was understood, and the first line that was not. With a problem, `value` must not be used."""

    value: T
    problem: str = ""
    evidence: str = ""


class NotUnderstood(Exception):  # noqa: N818 - a value that travels as an exception inside of a reader
    """A line that a reader has no meaning for."""

    def __init__(self, problem: str, evidence: str = "") -> None:
        super().__init__(problem)
        self.problem, self.evidence = problem, evidence.strip()
