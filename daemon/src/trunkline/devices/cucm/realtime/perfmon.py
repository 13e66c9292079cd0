"""What PerfMon of one node is asked, and what it answers. Pure.

Sources: Cisco serviceability SOAP API, PerfmonService.wsdl, `perfmonCollectCounterData`; Cisco Unified RTMT administration
guide, "Cisco Unified Communications Manager Counters", for objects and counters.
"""

import re
from collections.abc import Mapping

from trunkline.devices.cucm.soap.envelope import NotUnderstood, below, element, enveloped, named, opened, text
from trunkline.model.realtime import RESPONSE_CLASSES, Counter

ACTION = "perfmonCollectCounterData"
CALLMANAGER, TRUNKS, STACK = "Cisco CallManager", "Cisco SIP", "Cisco SIP Stack"
WANTED: Mapping[str, frozenset[str]] = {
    CALLMANAGER: frozenset({"TLSConnectedSIPTrunks"}),
    TRUNKS: frozenset({"CallsActive", "CallsAttempted", "CallsCompleted"}),
    STACK: frozenset(f"{what}{way}" for what in ("Invite", "Options", *RESPONSE_CLASSES) for way in ("Ins", "Outs")),
}
"""What of each object is kept."""
GOOD = ("0", "1")
"""CStatus of a counter whose value holds: the data is valid, or valid and new."""
NAME = re.compile(r"\\\\[^\\]+\\(?P<object>[^\\(]+)(?:\((?P<instance>.*)\))?\\(?P<counter>[^\\]+)", re.DOTALL)
LONG = re.compile(r"[0-9]{1,18}")


def request(host: str, kind: str) -> bytes:
    """All counters of an object; one host a request."""
    asked = element(ACTION)
    below(asked, "Host", host)
    below(asked, "Object", kind)
    return enveloped(asked)


def counters(answer: bytes, kind: str) -> dict[Counter, int]:
    r"""Those wanted whose value holds; of names like `\\10.1.2.3\Cisco SIP(TRUNK-1)\CallsActive`.

    Raises SoapFault, and NotUnderstood for what is no answer to the question.
    """
    envelope = opened(answer)
    if next(named(envelope, f"{ACTION}Response"), None) is None:
        raise NotUnderstood(f"it holds no {ACTION}Response")
    found: dict[Counter, int] = {}
    for row in named(envelope, f"{ACTION}Return"):
        match, value = NAME.fullmatch(text(row, "Name")), text(row, "Value")
        if match is None or match["object"] != kind or match["counter"] not in WANTED[kind]:
            continue
        if text(row, "CStatus") in GOOD and LONG.fullmatch(value):
            found[kind, match["instance"] or "", match["counter"]] = int(value)
    return found
