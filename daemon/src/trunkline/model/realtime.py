"""What a cluster says of its trunks and services while they run: RIS and PerfMon. No plan builds on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TrunkStatus(StrEnum):
    """What RIS says of a SIP trunk on one node (Cisco Unified RIS API, `Status` of a CmDevice)."""

    REGISTERED = "registered"  # every destination answers OPTIONS
    PARTIALLY_REGISTERED = "partially_registered"
    UNREGISTERED = "unregistered"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # among others: the trunk's SIP profile has no OPTIONS ping


Counter = tuple[str, str, str]
"""Object, instance (empty where there is one only) and name: ("Cisco SIP", "TRUNK-1", "CallsActive")."""
RESPONSE_CLASSES = {
    "InfoClass": "1xx",
    "SuccessClass": "2xx",
    "RedirClass": "3xx",
    "RequestsFailedClass": "4xx",
    "ServerFailedClass": "5xx",
    "GlobalFailedClass": "6xx",
}
"""How counters of "Cisco SIP Stack" call SIP responses, those received with Ins behind it, those sent with Outs. The counters
named StatusCode… are no alternative: of 3xx they tell a single code of those sent.
"""


@dataclass(frozen=True, slots=True)
class Realtime:
    """Of one node, as last asked successfully. `trunks` is by trunk name; what a node did not tell is not there."""

    at: datetime
    trunks: Mapping[str, TrunkStatus] = field(default_factory=dict)
    counters: Mapping[Counter, int] = field(default_factory=dict)
