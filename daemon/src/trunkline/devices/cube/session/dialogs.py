"""Questions that IOS asks and what is answered: data. A question that is not here is answered by Ctrl-C. Pure."""

import re
from dataclasses import dataclass

QUESTION = re.compile(
    r"(?:\[(?:yes/no|confirm|no|yes|y/n)\]\s*:?\s*|\]\?\s*|\?\s*\[[^\]\n]*\]:?\s*|[Pp]assword:\s*|\[[^\]\n]*\]:\s*)$"
)
PASTE_BEGINS = re.compile(r'End with a blank line or the word "quit" on a line by itself\s*$')
ACCEPT_CERTIFICATE = re.compile(r"Do you accept this certificate\? \[yes/no\]:\s*$")
IMPORTED = "successfully imported"
MISMATCH = "fingerprints did not match"
HOLDS_A_CA = re.compile(r"^% Please delete your existing CA certificate first", re.MULTILINE)
SAVED = re.compile(r"\[OK\]")


@dataclass(frozen=True)
class Answer:
    """`question` is searched at the end of what was printed."""

    question: re.Pattern[str]
    reply: str


ANSWERS: tuple[tuple[re.Pattern[str], tuple[Answer, ...]], ...] = (
    (
        re.compile(r"^no crypto pki trustpoint "),
        (Answer(re.compile(r"Are you sure you want to do this\? \[yes/no\]:\s*$"), "yes"),),
    ),
    (
        re.compile(r"^write memory$"),
        (
            Answer(re.compile(r"Overwrite the previous NVRAM configuration\?\s*\[confirm\]\s*$"), ""),
            Answer(re.compile(r"Destination filename \[startup-config\]\?\s*$"), ""),
        ),
    ),
)
"""By command: the questions that it may ask, in any order, or none of them."""


def answer_for(command: str, printed: str) -> str | None:
    """What to answer; None for a question that this command should not ask."""
    for pattern, answers in ANSWERS:
        if pattern.match(command):
            return next((answer.reply for answer in answers if answer.question.search(printed)), None)
    return None


def last_line(printed: str) -> str:
    """The question, as it is shown to a person."""
    lines = [line.strip() for line in printed.split("\n") if line.strip()]
    return lines[-1] if lines else ""


FINGERPRINTS = re.compile(r"Fingerprint (MD5|SHA1):\s*([0-9A-F ]+)")


def printed_fingerprints(printed: str) -> dict[str, str]:
    """The fingerprints that IOS computed, without blanks, by algorithm."""
    return {found[1]: found[2].replace(" ", "") for found in FINGERPRINTS.finditer(printed)}


PINNED = re.compile(r"^Trustpoint Fingerprint:\s*([0-9A-F ]+?)\s*$", re.MULTILINE)


def pinned_fingerprint(printed: str) -> str:
    """The fingerprint that IOS says is pinned, without blanks; empty where it says none."""
    found = PINNED.search(printed)
    return found[1].replace(" ", "") if found else ""
