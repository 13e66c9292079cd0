"""How trunks come to harm, each on a site of its own; who mends it, what somebody is told meanwhile, what the wall shows."""

from dataclasses import dataclass

from support import deeds
from support.deeds import Act, acts, clear, typed
from support.watched import save


@dataclass(frozen=True)
class Trouble:
    """What happens on the site of its name.

    `mend` is what a person does where trunkline cannot; without it the site was frozen (`enforcement: observe`), and trunkline
    mends it when it may again. `told` are the alerts that must reach somebody, `may` those that also may; `shown` is what the
    cell of the wall says meanwhile, one of several where it depends on who calls first.
    """

    name: str
    start: Act
    told: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset({"well"})
    mend: Act | None = None
    is_committed: bool = False  # the cure is in the documents, or tried again with the next commit only
    nodes: int = 1

    @property
    def is_frozen(self) -> bool:
        return self.mend is None


def names(text: str) -> frozenset[str]:
    return frozenset(f"Trunkline{name}" for name in text.split())


def words(*several: str) -> frozenset[str]:
    return frozenset(several)


LOST = "NoConnection TrunkNotInService DialPeerDown HandshakesFailing HandshakesRefused ProbeFailing"
"""Of a trunk that nobody can call over. Some keep others back, and how a handshake fails depends on who calls first."""
NONE = "no connection"
ALL = ("links", "cubes", "clusters")
REFUSES = {r"^dtmf-relay": "% Invalid input detected at '^' marker."}

TROUBLES = (
    Trouble(
        "unbound",
        acts(typed("sip-ua", "no crypto signaling default trustpoint sip-trunk-cert"), clear),
        names("NoConnection DialPeerDown HandshakesRefused DriftUnresolved ProbeFailing Unsaved"),
        names(LOST),
        words(f"{NONE}: certificate", NONE),
        nodes=3,
    ),
    Trouble(
        "othercert",
        deeds.bind_another,
        names("ServesAnotherCertificate PeerWouldRefuse DriftUnresolved Unsaved"),
        names(LOST),
        words(NONE, "other certificate on the wire"),
    ),
    Trouble(
        "distrusted",
        deeds.distrust,
        names("TrustMissing PeerWouldRefuse NoConnection"),
        names(LOST),
        words(f"{NONE}: trust", "trust"),
        nodes=2,
    ),
    Trouble(
        "shut",
        typed("dial-peer voice 100 voip", "shutdown"),
        names("DialPeerDown DriftUnresolved Unsaved"),
        shown=words("not in sync"),
    ),
    Trouble(
        "renamed",
        acts(deeds.WRONG_NAME, deeds.RESET, clear),
        names("DriftUnresolved PeerWouldRefuse"),
        names(LOST),
        words(f"{NONE}: name", "name"),
    ),
    Trouble(
        "unreset",
        acts(deeds.WRONG_NAME, deeds.RESET, deeds.RIGHT_NAME, clear),
        names("NoConnection"),
        names(LOST),
        words(NONE, "not proven", "well"),
        mend=deeds.RESET,
    ),
    Trouble(
        "stopped",
        deeds.stop_service,
        names("CallManagerStopped DialPeerDown"),
        mend=deeds.start_service,
        nodes=3,
    ),
    Trouble(
        "dead",
        deeds.stop_node,
        names("NodeDown DialPeerDown"),
        shown=words("not known"),
        mend=deeds.start_node,
        nodes=3,
    ),
    Trouble(
        "dark",
        deeds.lose_power,
        names("ObservationStale ProbeFailing"),
        names("TrunkNotInService RealtimeOld"),
        words("not known"),
        mend=deeds.have_power,
        is_committed=True,
    ),
    Trouble(
        "behind",
        acts(deeds.skew(days=-3000), clear),
        names("ClockOff NoConnection ProbeFailing"),
        names(LOST),
        words(f"{NONE}: certificate", NONE),
        mend=deeds.skew(),
    ),
    Trouble("unset", deeds.mark_clock("*"), names("ClockNotSet"), mend=deeds.mark_clock("")),
    Trouble(
        "unsaved",
        typed("dial-peer voice 999 pots"),
        names("Unsaved"),
        mend=save,
    ),
    Trouble(
        "refusing",
        acts(deeds.fault(refuse=REFUSES), typed("dial-peer voice 100 voip", "no dtmf-relay")),
        names("PassStalled DriftUnresolved Unsaved"),
        shown=words("not in sync"),
        mend=deeds.fault(refuse={}),
        is_committed=True,
    ),
    Trouble("fought", deeds.fight, names("Fight"), mend=deeds.nothing),
    Trouble(
        "held",
        deeds.lose("links"),
        names("PassHeld"),
        shown=frozenset(),
        mend=deeds.find("links"),
        is_committed=True,
    ),
    Trouble("left", deeds.lose(*ALL), shown=frozenset(), mend=deeds.find(*ALL), is_committed=True),
    Trouble(
        "ending",
        deeds.nearly_end,
        names("CertificateExpiryNear CertificateNeedsPerson"),
        names("ClientAuthEnds"),  # from the day on which public CAs give none any more
        mend=deeds.issue("own"),
        is_committed=True,
    ),
    Trouble("busy", acts(deeds.be_busy, deeds.lose_connections), mend=deeds.be_idle),
)
HEALTHY = "healthy"
"""A site on which nothing happens."""
