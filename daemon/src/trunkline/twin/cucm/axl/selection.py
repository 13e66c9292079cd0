"""What a list or get request selects."""

import re
from collections.abc import Callable

from lxml import etree

from trunkline.twin.cucm.axl.envelope import Fault


def tags_in(request: etree._Element) -> set[str]:
    return {str(tag.tag) for tag in request.iterfind("returnedTags/*")}


def criteria_in(request: etree._Element) -> list[etree._Element]:
    """Raises Fault where there is none: at least one must be given."""
    found = request.findall("searchCriteria/*")
    if not found:
        raise Fault(5000, "At least one search criterion must be given")
    return found


def window_in(request: etree._Element) -> tuple[int, int]:
    """How many rows to pass over, and how many to give; the first counts only with the second."""
    first = request.findtext("first")
    return (int(request.findtext("skip") or 0), int(first)) if first else (0, 2**31)


def matches(text: Callable[[str], str], criteria: list[etree._Element]) -> bool:
    """`%` stands for any text; upper and lower case are the same."""
    return all(
        re.fullmatch(".*".join(map(re.escape, (criterion.text or "").split("%"))), text(str(criterion.tag)), re.IGNORECASE)
        for criterion in criteria
    )
