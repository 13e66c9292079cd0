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


REPLACES_KEYS = re.compile(r"Do you really want to replace them\? \[yes/no\]:[ ]*$", re.MULTILINE)
REPLACED_KEYS = re.compile(r"^% They will be replaced", re.MULTILINE)  # IOS XE does not ask
IN_BACKGROUND = re.compile(r"^% Generating crypto \w+ keys in background", re.MULTILINE)
REMOVES_KEYS = re.compile(r"Do you really want to remove these keys\? \[yes/no\]:\s*$")
REMOVES_ALL_KEYS = re.compile(r"^% All (?:\w+ )?[Kk]eys will be removed\.(?s:.*)\[yes/no\]:\s*$", re.MULTILINE)
CONFIRM = re.compile(r"\[confirm\]\s*$")
REDISPLAYS = re.compile(r"Redisplay enrollment request\? \[yes/no\]:\s*$")
ENROLLING = (
    Answer(re.compile(r"Include the router serial number in the subject name\? \[yes/no\]:\s*$"), "no"),
    Answer(re.compile(r"Include an IP address in the subject name\? \[no\]:\s*$"), "no"),
    Answer(re.compile(r"re-?enroll(?:ment)?\? ?\[yes/no\]:\s*$", re.IGNORECASE), "yes"),  # keeps the certificate until import
    Answer(re.compile(r"Display Certificate Request to terminal\? \[yes/no\]:\s*$"), "yes"),
    Answer(REDISPLAYS, "no"),
)
"""In any order, or none of them: which are asked depends on the release and on the lines of the trustpoint."""
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


def answers_of(command: str) -> tuple[Answer, ...]:
    """What the command may ask."""
    return next((answers for pattern, answers in ANSWERS if pattern.match(command)), ())


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
