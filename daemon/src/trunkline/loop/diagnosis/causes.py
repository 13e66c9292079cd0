"""Every cause that a diagnosis can name: data. The rules that find them are in `rules`."""

from dataclasses import dataclass, field
from enum import IntEnum


class Stage(IntEnum):
    """Where in the life of a connection a cause strikes: what strikes earlier hides what would come after it."""

    REACH = 0  # the device, or the service on it, is not there
    CLOCK = 1  # the judge of every certificate
    CALL = 2  # who listens, who calls whom, with what
    IDENTITY = 3  # what is presented
    TRUST = 4  # whether the other end knows who issued it
    PARAMETERS = 5  # versions, ciphers
    ADMISSION = 6  # TLS is up: names, addresses
    EFFECT = 7  # everything is stored as it must be, and does not count yet
    REST = 8


@dataclass(frozen=True)
class Cause:
    """`explains` are the causes that are mere consequences of this one where both concern one end."""

    code: str
    stage: Stage
    title: str
    explains: frozenset[str] = field(default_factory=frozenset)


OF_A_NODE = ("service-down", "node-unread", "no-connection", "busyout", "handshake-refused")

PRESENTED = frozenset({"old-served-cube"})
OF_A_START = frozenset(
    ("dial-peer-down", "trunk-missing", "identity-missing", "wrong-trustpoint", "cube-untrusted", "wrong-anchor", "bind",
     "trusted-list", "node-missing", "listener-off", "replication", "missing-intermediate")
)  # fmt: skip

CAUSES = (
    Cause("cube-unreachable", Stage.REACH, "the CUBE cannot be read"),
    Cause("cluster-unreachable", Stage.REACH, "the cluster cannot be read"),
    Cause("node-down", Stage.REACH, "a node of the cluster is down", frozenset(OF_A_NODE)),
    Cause("service-down", Stage.REACH, "the service Cisco CallManager does not run", frozenset(OF_A_NODE)),
    Cause("node-unread", Stage.REST, "the certificates of a node cannot be read"),
    Cause("clock-cube", Stage.CLOCK, "the clock of the CUBE is wrong"),
    Cause("clock-node", Stage.CLOCK, "the clock of a node is wrong"),
    Cause("never-applied", Stage.CALL, "nothing of this link is on the devices yet", OF_A_START),
    Cause("listener-off", Stage.CALL, "the CUBE does not listen for TLS"),
    Cause("bind", Stage.CALL, "the CUBE's signalling is bound to another address than the trunk calls"),
    Cause("dial-peer-down", Stage.CALL, "a dial-peer is shut down or missing", frozenset({"trusted-list", "busyout"})),
    Cause("node-missing", Stage.CALL, "no dial-peer calls a node", frozenset({"trusted-list"})),
    Cause("path-blocked", Stage.CALL, "connections to an end that runs do not come about", frozenset({"busyout"})),
    Cause("port-cube", Stage.CALL, "a dial-peer calls another port than the cluster listens on"),
    Cause("port-cluster", Stage.CALL, "the security profile listens on another port than the documents say"),
    Cause("transport-cube", Stage.CALL, "a dial-peer does not speak TLS"),
    Cause("transport-cluster", Stage.CALL, "the SIP trunk's security profile is not encrypted TLS, or not the stated one"),
    Cause("trunk-missing", Stage.CALL, "the SIP trunk or its security profile does not exist", frozenset({"name-mismatch"})),
    Cause("trunk-destination", Stage.CALL, "the SIP trunk does not call the CUBE where it listens"),
    Cause("identity-missing", Stage.IDENTITY, "the CUBE has no certificate to present"),
    Cause("wrong-trustpoint", Stage.IDENTITY, "the CUBE presents the certificate of another trustpoint", PRESENTED),
    Cause("old-served-cube", Stage.IDENTITY, "the CUBE presents an earlier certificate than it holds"),
    Cause("old-served-node", Stage.IDENTITY, "a node presents an earlier certificate than it holds"),
    Cause("expired-cube", Stage.IDENTITY, "the CUBE's certificate, or one of a CA above it, has expired"),
    Cause("expired-node", Stage.IDENTITY, "a node's certificate, or one of a CA above it, has expired"),
    Cause("not-yet-valid-cube", Stage.IDENTITY, "the CUBE's certificate, or one of a CA above it, is not valid yet"),
    Cause("not-yet-valid-node", Stage.IDENTITY, "a node's certificate, or one of a CA above it, is not valid yet"),
    Cause("usage", Stage.IDENTITY, "a certificate may not be used for both directions"),
    Cause("cn-collision", Stage.TRUST, "CallManager-trust holds another certificate of the same common name"),
    Cause("cube-untrusted", Stage.TRUST, "the cluster does not trust the issuer of the CUBE's certificate"),
    Cause("replication", Stage.TRUST, "trust did not reach every node"),
    Cause("missing-intermediate", Stage.TRUST, "a certificate of an intermediate CA is missing"),
    Cause("wrong-anchor", Stage.TRUST, "the CUBE does not trust the certificate of a node"),
    Cause("version", Stage.PARAMETERS, "the ends have no version of TLS in common"),
    Cause("cipher", Stage.PARAMETERS, "the ends have no cipher suite in common"),
    Cause("name-mismatch", Stage.ADMISSION, "the security profile names no name of the CUBE's certificate"),
    Cause("name-refused", Stage.ADMISSION, "the CUBE accepts none of the names of a node's certificate"),
    Cause("trusted-list", Stage.ADMISSION, "the CUBE's trusted list does not hold the address of a node"),
    Cause("trust-not-loaded", Stage.EFFECT, "a node does not count yet what is stored in its trust"),
    Cause("trunk-not-reset", Stage.EFFECT, "the trunk runs with earlier settings than are stored"),
    Cause("revocation", Stage.EFFECT, "the CUBE may refuse certificates whose revocation it cannot check"),
    Cause("handshake-refused", Stage.REST, "handshakes are refused"),
    Cause("busyout", Stage.REST, "OPTIONS of a dial-peer are not answered"),
    Cause("differs", Stage.REST, "devices are not as the documents say"),
    Cause("no-connection", Stage.REST, "no connection, and nothing that was read explains it"),
)
BY_CODE = {cause.code: cause for cause in CAUSES}
