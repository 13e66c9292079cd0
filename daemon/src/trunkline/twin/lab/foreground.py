"""The lab as a program: started, described, stopped by a signal."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from trunkline.twin.lab.lab import Lab, LabCube
from trunkline.twin.lab.spec import AXL_USER, ENABLE_PASSWORD, PERSON, article_lab


def describe(lab: Lab) -> Iterator[str]:
    """How to reach every device with ordinary tools: lines that can be copied into a shell."""
    yield f"The lab runs. What trunkline needs to know of it:   . {lab.directory / 'lab.env'}"
    nodes = [node.address for cluster in lab.clusters.values() for node in cluster.spec.nodes]
    for name, cube in lab.cubes.items():
        yield ""
        yield from _describe_cube(lab, name, cube, nodes[0] if nodes else cube.spec.address)
    for name, cluster in lab.clusters.items():
        yield ""
        yield f"{name}  CUCM {cluster.spec.release}; user {AXL_USER[0]}, password {AXL_USER[1]}"
        for node in cluster.spec.nodes:
            resolve = f"--resolve {node.fqdn}:{cluster.spec.axl_port}:{lab.loopback(node.address)}"
            yield (
                f"  curl --cacert {lab.directory / f'{name}-ca.pem'} {resolve} -u {':'.join(AXL_USER)} "
                f"https://{node.fqdn}:{cluster.spec.axl_port}/axl/"
            )


def _describe_cube(lab: Lab, name: str, cube: LabCube, peer: str) -> Iterator[str]:
    """`peer` is where a client calls from: with `crypto signaling remote-addr` a CUBE answers its cluster alone."""
    address = lab.loopback(cube.spec.address)
    user, password = PERSON
    yield f"{name}  CUBE {cube.spec.train}, signals as {cube.spec.address}; password {password}, enable {ENABLE_PASSWORD}"
    known = lab.directory / "known_hosts"
    yield f"  ssh -o UserKnownHostsFile={known} -p {cube.spec.ssh_port} {user}@{address}"
    if cube.agent.tls_for(peer) is None:
        yield "  (its SIP TLS port refuses everybody until `crypto signaling` names a trustpoint)"
    certificate = f"-CAfile {lab.directory / 'ca.pem'} -cert {lab.directory / 'client.pem'}"
    yield f"  openssl s_client -connect {address}:{cube.agent.port} -bind {lab.loopback(peer)}:0 {certificate}"


def run_foreground(directory: Path) -> None:
    """Until SIGINT or SIGTERM. Raises Stalled where the lab cannot start."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        with Lab(article_lab(), directory) as lab:
            for line in (*describe(lab), "", "Ctrl-C stops it."):
                console.print(line)
            ended.wait()
        console.print("The lab is stopped.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
