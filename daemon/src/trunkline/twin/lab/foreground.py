"""The lab as a program: started, described, stopped by a signal."""

import signal
import threading
from pathlib import Path

from rich.console import Console

from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab


def describe(lab: Lab, console: Console) -> None:
    """How to reach every device with ordinary tools."""
    environment = lab.environment()
    console.print(f"\nThe lab runs. Its passwords: [bold]. {lab.directory / 'lab.env'}[/bold]\n")
    for name, cube in lab.cubes.items():
        address = lab.loopback(cube.spec.address)
        console.print(f"[bold]{name}[/bold]  CUBE, {cube.spec.train}, signalling {cube.spec.address}")
        console.print(f"  ssh -p {cube.spec.ssh_port} {environment['TRUNKLINE_LAB_CUBE_USER']}@{address}")
        console.print(f"  openssl s_client -connect {address}:5061")
    for name, cluster in lab.clusters.items():
        console.print(f"[bold]{name}[/bold]  CUCM {cluster.spec.release}")
        ca = lab.directory / f"{name}-ca.pem"
        for node in cluster.spec.nodes:
            address = lab.loopback(node.address)
            user = environment["TRUNKLINE_LAB_AXL_USER"]
            console.print(
                f"  curl --cacert {ca} --resolve {node.fqdn}:8443:{address} -u {user}:$TRUNKLINE_LAB_AXL_PASSWORD "
                f"https://{node.fqdn}:8443/axl/",
                soft_wrap=True,
            )


def run_foreground(directory: Path) -> None:
    """Until SIGINT or SIGTERM."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    console = Console(highlight=False)
    with Lab(article_lab(), directory) as lab:
        describe(lab, console)
        console.print("\nCtrl-C stops it.")
        ended.wait()
    console.print("The lab is stopped.")
