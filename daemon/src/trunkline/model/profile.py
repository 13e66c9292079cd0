"""The names in a SIP Trunk Security Profile. By itself: what reads AXL needs no certificates, and stays small in memory."""

import re

from trunkline.model.resource import Resource

SEPARATORS = re.compile(r"[\s,;:]+")


def named_in(profile: Resource | None) -> frozenset[str]:
    """The names that a SIP Trunk Security Profile accepts, in lower case; none where there is no profile."""
    return frozenset(subject_names(profile.settings.get("x509SubjectName", ""))) if profile else frozenset()


def subject_names(text: str) -> list[str]:
    """X.509 names in lower case; blank, comma, semicolon and colon separate them (Cisco security guide, SIP trunk profile)."""
    return [name.lower() for name in SEPARATORS.split(text) if name]
