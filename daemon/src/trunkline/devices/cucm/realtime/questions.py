"""What there is to be asked of a cluster. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trunkline.devices.cucm.access import ClusterAccess
from trunkline.devices.cucm.realtime import perfmon, ris
from trunkline.devices.cucm.soap.door import CONTROL, PERFMON, RIS, Service


@dataclass(frozen=True)
class Question:
    """`node` is asked; `kind` is the object of PerfMon. `cost` is in requests."""

    service: Service
    node: str
    kind: str = ""
    cost: int = 1

    @property
    def whom(self) -> str:
        """Those of one name are asked one after the other. RIS asks the other nodes itself, which takes its time."""
        return self.service.name if self.service is RIS else self.node


def questions(access: ClusterAccess, trunks: Sequence[str]) -> Iterator[Question]:
    """Of a cluster without trunks of ours, nothing but its services."""
    for node in access.nodes:
        yield Question(CONTROL, node.name)
    if trunks:
        cost = max(1, min(len(ris.portions(trunks, len(access.nodes))), access.requests_per_minute))
        yield Question(RIS, access.publisher.name, cost=cost)
        for kind in perfmon.WANTED:
            yield from (Question(PERFMON, node.name, kind) for node in access.nodes)


def names_of(access: ClusterAccess) -> dict[str, str]:
    """Nodes by each name, in lower case, under which a cluster may list them: a name, a full name or an address."""
    found: dict[str, str] = {}
    for node in access.nodes:
        for called in (node.name, node.fqdn, node.fqdn.partition(".")[0], node.listed, node.address):
            if called:
                found.setdefault(called.lower(), node.name)
    return found
