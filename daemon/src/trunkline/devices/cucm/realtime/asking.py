"""RIS and PerfMon over HTTP: one question, one answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.realtime import perfmon, ris
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.devices.cucm.soap.door import PERFMON, RIS, NotUsable, SoapDoor
from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault
from trunkline.model.errors import DeviceRefused
from trunkline.model.realtime import Counter, TrunkStatus

LONGEST_READ_SECONDS = 10.0
"""Nothing waits for these answers but a pass that shall not."""
MOST_PAGES = 10
"""Of one portion of names, which fits one answer where the cluster keeps to what is documented."""


@dataclass
class RealtimeSession:
    """RIS and PerfMon of one node. Both methods raise as `SoapDoor.ask`, and DeviceRefused with the words of a SOAP fault.

    PerfMon is told which host is meant although it is asked about itself only: by the address under which the cluster lists
    the node, and after a refusal by its name, for which of them a node answers to depends on how it was added to the cluster.
    """

    access: ClusterAccess
    node: NodeAccess
    budget: Budget
    by_trunk: SoapDoor = field(init=False)
    by_counter: SoapDoor = field(init=False)
    _refusals: int = 0

    def __post_init__(self) -> None:
        self.by_trunk = SoapDoor(self.access, self.node, RIS, self.budget)
        self.by_counter = SoapDoor(self.access, self.node, PERFMON, self.budget)

    @property
    def doors(self) -> tuple[SoapDoor, SoapDoor]:
        return self.by_trunk, self.by_counter

    @property
    def _read_seconds(self) -> float:
        return min(self.access.timeout_seconds, LONGEST_READ_SECONDS)

    def trunks(self, names: Sequence[str]) -> dict[str, dict[str, TrunkStatus]]:
        """What RIS knows of trunks on every node, by the name under which the cluster lists the node."""
        found: dict[str, dict[str, TrunkStatus]] = {}
        for some in ris.portions(names, len(self.access.nodes)):
            state, told = "", 0
            for _ in range(MOST_PAGES):
                page = self._page(some, state)
                for node, statuses in page.nodes.items():
                    found.setdefault(node, {}).update(statuses)
                state, told = page.state, told + page.told
                if told >= page.found or not page.told or not state:
                    break
        return found

    def _page(self, names: Sequence[str], state: str) -> ris.Page:
        answer = self.by_trunk.ask(ris.ACTION, ris.request(names, state), self._read_seconds)
        try:
            return ris.page(answer)
        except SoapFault as fault:
            raise _refused(self.by_trunk, fault) from fault
        except NotUnderstood as error:
            raise _not_understood(self.by_trunk, error) from error

    def counters(self, kind: str) -> dict[Counter, int]:
        """The counters of an object of this node."""
        hosts = (self.node.listed or self.node.address, self.node.fqdn)
        request = perfmon.request(hosts[self._refusals % len(hosts)], kind)
        answer = self.by_counter.ask(perfmon.ACTION, request, self._read_seconds)
        try:
            return perfmon.counters(answer, kind)
        except SoapFault as fault:
            self._refusals += 1
            raise _refused(self.by_counter, fault) from fault
        except NotUnderstood as error:
            raise _not_understood(self.by_counter, error) from error

    def close(self) -> None:
        for door in self.doors:
            door.close()


def _refused(door: SoapDoor, fault: SoapFault) -> DeviceRefused:
    return DeviceRefused(f"cannot ask {door.where}: it says `{fault}`", (str(fault),))


def _not_understood(door: SoapDoor, error: NotUnderstood) -> NotUsable:
    return NotUsable(f"cannot understand {door.where}: its answer is not as expected: {error}")
