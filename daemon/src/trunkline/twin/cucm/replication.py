"""How certificates get from one node to the others: by themselves, after a while, if at all."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509

from trunkline.twin.cucm.certificates.api import Event
from trunkline.twin.cucm.certificates.store import TrustEntry, dns_names
from trunkline.twin.cucm.certificates.units import Unit
from trunkline.twin.cucm.node import Node


@dataclass
class Replication:
    """`is_on` false: nothing arrives anywhere. A node whose `is_cut_off` is set gets nothing, and gives nothing away."""

    nodes: Mapping[str, Node]
    seconds: float
    is_on: bool = True

    async def spread(self, source: Node, event: Event, unit: str, certificate: x509.Certificate) -> None:
        """Uploads on the publisher reach the subscribers after a while, unless they were removed meanwhile; a removal on any
        node reaches all the others (since release 11.0); an upload on a subscriber stays there.
        """
        if not self.is_on or source.is_cut_off or not (source.spec.is_publisher or event == "distrusted"):
            return
        await asyncio.sleep(self.seconds)
        is_gone = event == "trusted" and certificate not in [entry.certificate for entry in source.units[unit].trust.entries]
        for node in self.nodes.values():
            if node is source or node.is_down or node.is_cut_off or is_gone:
                continue
            if event == "trusted":
                node.units[unit].trust.put(TrustEntry(certificate))
            elif event == "distrusted":
                node.units[unit].trust.remove(certificate)
            else:
                _share(source.units[unit], node, unit)

    async def catch_up(self, node: Node) -> None:
        """A node that was down, or is new, gets the publisher's trust, and the multi-server certificate that names it."""
        await asyncio.sleep(self.seconds)
        publisher = next(each for each in self.nodes.values() if each.spec.is_publisher)
        if node is publisher or node.is_down or node.is_cut_off or not self.is_on:
            return
        for name, unit in publisher.units.items():
            for entry in unit.trust.entries:
                node.units[name].trust.put(entry)
            if unit.is_multi_server and node.spec.fqdn.lower() in dns_names(unit.identity.certificate):
                _share(unit, node, name)


def _share(source: Unit, node: Node, name: str) -> None:
    """A multi-server certificate is one for all: key and all."""
    unit = node.units[name]
    unit.identity, unit.chain, unit.is_multi_server, unit.pending = source.identity, source.chain, True, None
