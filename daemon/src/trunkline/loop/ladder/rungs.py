"""The ladder as data: what leads from each rung to the next, and what may be waited for. docs/reference/ladder.md is made from
these tables. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.renewal.standing import Rung


@dataclass(frozen=True)
class Climb:
    """`act`: what is done to leave a rung; `proof`: what must be seen to stand on the next; `may_wait`: the codes of Wait."""

    act: str
    proof: str
    may_wait: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hindrance:
    """What a code of Wait means, and what a person can do about it."""

    means: str
    cure: str


RUNGS: Mapping[Rung, Climb] = {
    Rung.NOTHING: Climb(
        "generate a key pair under a new label",
        "the device shows its public key",
        ("clock", "issuer", "cn-collision", "node-order"),
    ),
    Rung.KEY: Climb(
        "make its trustpoint, with the issuing CA's fingerprint pinned", "the device exports that CA", ("clock", "issuer")
    ),
    Rung.READY: Climb("ask the device for a request", "it is signed by that very key", ("clock", "issuer")),
    Rung.REQUESTED: Climb("have the issuer sign it", "the answer was judged good", ("clock", "issuer")),
    Rung.ISSUED: Climb("import the certificate", "the device exports it, equal by DER", ("clock", "replication", "bad-answer")),
    Rung.INSTALLED: Climb(
        "let every far end trust its issuer and name it",
        "every node shows the trust, and a handshake proves that it counts",
        ("clock", "window", "replication", "trust-unproven", "restart"),
    ),
    Rung.TRUSTED: Climb("bind it, by entering the line anew", "the device shows it bound", ("clock", "window", "curve")),
    Rung.BOUND: Climb(
        "end idle connections that show the earlier one", "the wire shows it, and nothing else", ("clock", "calls", "wire")
    ),
    Rung.ON_WIRE: Climb("remove the earlier trustpoint and its key", "neither is there any more", ("clock", "keep")),
}
"""The top, ALONE, has no climb: the next one begins when renewal is due."""

WAITS: Mapping[str, Hindrance] = {
    "clock": Hindrance(
        "an end does not know the time, so it would refuse or misjudge certificates; nothing begins and nothing goes",
        "give the device that is named a working NTP server",
    ),
    "issuer": Hindrance(
        "the issuer has not signed yet, or its CA cannot be asked for; what was begun stays as it is",
        "as the reason says: bring the answer back (`trunkline certificates submit`), or see why the issuer does not answer",
    ),
    "bad-answer": Hindrance(
        "what the issuer signed is not as documents state it; the earlier certificate stays in use",
        "as the reason says: mend the CA's profile or the documents; it is asked anew after an hour, or by `trunkline renew`",
    ),
    "cn-collision": Hindrance(
        "a node holds another certificate of the CA's common name, and CUCM keeps one of each; told before anything is done",
        "a CA with a new name (`trunkline ca roll`), or keep the CA and renew only what it signs",
    ),
    "node-order": Hindrance("another node of the cluster comes first", "nothing; see what that node waits for"),
    "window": Hindrance("what may be felt on the trunk waits for a maintenance window", "nothing, or `renewal.windows`"),
    "replication": Hindrance(
        "a far end does not hold the CA yet, does not name the certificate yet, or could not be read",
        "nothing, while the cluster replicates; else what `trunkline why LINK` shows of that end",
    ),
    "trust-unproven": Hindrance(
        "whether a node accepts certificates of the new CA cannot be tried",
        "`probing: true` of the issuer; or see to it yourself and state `certificates.trust_takes_effect: reset`",
    ),
    "restart": Hindrance(
        "Cisco CallManager must be restarted on a node before it accepts, or presents, what it holds",
        "`trunkline approve CLUSTER/NODE --reason …`; it counts for a day, and for one restart, in a maintenance window",
    ),
    "curve": Hindrance(
        "the key is on a curve that the CUBE does not offer as the certificate is bound, so nodes would refuse it",
        "`key: {type: ec, bits: 256}`; or a TLS profile with the line `cipher ecdsa-cipher curve-size 384`",
    ),
    "calls": Hindrance(
        "connections that show the earlier certificate carry calls; they are left alone", "nothing: they are looked at again"
    ),
    "wire": Hindrance(
        "the certificate was not seen presented since the switch, or lines of others still present the earlier one",
        "let the daemon reach the SIP TLS port (a connection made anew is proof too), or change the lines that are named",
    ),
    "keep": Hindrance(
        "the earlier certificate stays for `renewal.keep_hours` after it was last in use", "nothing, or a shorter time"
    ),
}
"""By `Wait.code`, which is stable."""
