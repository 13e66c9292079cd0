"""The ladder as data: what leads from each rung to the next. The diagram in the documentation is made from this table. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.renewal.standing import Rung


@dataclass(frozen=True)
class Climb:
    """`act`: what is done to leave a rung; `proof`: what must be seen to stand on the next; `may_wait`: the codes of Wait."""

    act: str
    proof: str
    may_wait: tuple[str, ...] = ()


RUNGS: Mapping[Rung, Climb] = {
    Rung.NOTHING: Climb("generate a key pair under a new label", "the device shows its public key", ("clock", "cn-collision")),
    Rung.KEY: Climb("make its trustpoint, with the issuing CA's fingerprint pinned", "the device exports that CA", ("clock",)),
    Rung.READY: Climb("ask the device for a request", "it is signed by that very key", ("clock",)),
    Rung.REQUESTED: Climb("have the issuer sign it", "the answer was judged good", ("issuer", "bad-answer")),
    Rung.ISSUED: Climb("import the certificate", "the device exports it, equal by DER", ("clock",)),
    Rung.INSTALLED: Climb(
        "let every far end trust its issuer and name it",
        "every node shows the trust, and a handshake proves that it counts",
        ("window", "replication", "trust-unproven", "restart"),
    ),
    Rung.TRUSTED: Climb("bind it, by entering the line anew", "the device shows it bound", ("window",)),
    Rung.BOUND: Climb(
        "end idle connections that show the earlier one", "the wire shows it, and nothing else", ("calls", "wire")
    ),
    Rung.ON_WIRE: Climb("remove the earlier trustpoint and its key", "neither is there any more", ("keep",)),
}
"""The top, ALONE, has no climb: the next one begins when renewal is due."""
