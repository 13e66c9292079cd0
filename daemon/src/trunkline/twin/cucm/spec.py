"""A cluster as an administrator knows it: data."""

from dataclasses import dataclass, field

from trunkline.twin.cucm.node import NodeSpec

KNOWN_NAMES = {
    "DevicePool": {"Default"},
    "Location": {"Hub_None"},
    "Css": {"PSTN-CSS"},
    "RoutePartition": {"PSTN"},
    "DigitDiscardInstruction": {"PreDot", "PreDot Trailing-#"},
    "DialPlan": {"NANP"},
    "PresenceGroup": {"Standard Presence group"},
}
"""Objects that exist on the cluster and that nothing here changes."""


@dataclass(frozen=True)
class ClusterSpec:
    """The device pool Default is taken to hold every node, so that a trunk runs on all of them."""

    name: str
    nodes: tuple[NodeSpec, ...]
    axl_user: tuple[str, str] = field(repr=False)
    platform_user: tuple[str, str] = field(repr=False)
    release: str = "14.0.1.13900(155)"  # the certificate API is there from 14 on
    axl_port: int = 8443
    platform_port: int = 9443
    certificates: str = "self-signed"  # or "ca-signed"
    identity_days: float = 1825  # until every node's CallManager certificate expires; negative for ones that have
    trust_needs_restart: bool = False  # pessimistic: a new trust counts only after a restart of CallManager
    replication_seconds: float = 1.0
    restart_seconds: float = 2.0  # how long Cisco CallManager is down while it is restarted by service control
    ping_scale: float = 1.0
    sip_tls_port: int = 5061  # where `handshakes` of the lab looks for the trunks
    organization: str = "trunkline lab"
