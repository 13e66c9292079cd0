"""How IOS says no, and how it says other things that look like it."""

import re

_REFUSALS = (
    re.compile(r"^%? ?(?:Error|ERROR)\b ?:"),
    re.compile(r"^Command rejected:"),
    re.compile(r"^Command authorization failed"),
    re.compile(r"^Configuration mode (?:is )?locked", re.IGNORECASE),
    re.compile(r"rejected\. Abort"),
    re.compile(r"^startup-config file open failed|^%?\s*(?:NVRAM|nv)\b.*(?:fail|error)", re.IGNORECASE),
    re.compile(r"^(?:Cannot|Can't|Unable to|Failed to|Invalid|Not allowed|Permission denied|Bad secrets)\b"),
)
# IOS begins nearly everything with a percent sign that is not plain output. What is not in this list is a refusal.
_NOTICES = re.compile(
    r"^%\s?(?:"
    r"Be sure to ask the CA administrator|Removing an enrolled trustpoint will|Certificate successfully imported|"
    r"Router Certificate successfully imported|PEM files import succeeded|Only export the CA certificate|"
    r"The specified trustpoint is not enrolled|(?:Self-signed )?CA certificate:|General Purpose Certificate:|"
    r"Do you |Start certificate enrollment|The subject name in the certificate|The fully-qualified domain name|"
    r"The serial number in the certificate|The IP address in the certificate|Include |The key modulus size|"
    r"Generating |You already have \w+ keys defined|They will be replaced|Key pair|Key name:|Enter PEM|End with|"
    r"Importing|Please answer|"
    r"[Ww]arning\b|WARNING\b|[Nn]ote\b|NOTE\b|[Ii]nfo\b|"
    r"[A-Z][A-Z0-9_]*-[0-7]-[A-Z0-9_]+)"
)
FOR_NOW = re.compile(r"live traffic|active calls?\b|calls? (?:is|are) active|[Tt]ry again later", re.IGNORECASE)
"""A refusal that passes by itself."""
WARNING = re.compile(r"SECURITY WARNING - Module:.*")


def error_in(reply: str) -> str:
    """The first line of a reply that says no, in any of the forms IOS uses; empty where there is none.

    A line behind a percent sign that is no known notice counts as a refusal; a SECURITY WARNING does not.
    """
    for line in reply.replace("\r", "").split("\n"):
        text = line.strip()
        if text and _is_refusal(text):
            return text
    return ""


def _is_refusal(text: str) -> bool:
    if any(pattern.search(text) for pattern in _REFUSALS):
        return True
    return text.startswith("%") and not _NOTICES.match(text)


def warnings_in(reply: str) -> tuple[str, ...]:
    """What IOS does, but would rather not: the SECURITY WARNING of 17.18 and later."""
    return tuple(found[0].strip() for found in WARNING.finditer(reply.replace("\r", "")))
