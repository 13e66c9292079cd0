"""A trunk of the twin that tells all it can, its daemon, and a real Prometheus and Alertmanager that watch."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.alerting import Alerting, alerting
from support.daemon import wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.octets import claimed_octet
from trunkline.twin.ca import Wish, new_key
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

PATIENCE_SECONDS = 180
LISTENS = re.compile(r"syslog on 127\.0\.0\.1 port (\d+), UDP and TCP")


@dataclass
class Watched:
    """`site` is the name of the link, of its CUBE and of its cluster."""

    site: str
    estate: Estate
    seen: Alerting

    def type(self, *lines: str) -> None:
        """A person changes the CUBE."""
        type_by_ssh(self.estate.lab, self.site, lines)

    def is_well(self) -> None:
        """Waits until it is, and nothing fires."""
        self.estate.daemon.wait_ready(self.site)
        wait_for("no alert while all is well", lambda: not self.seen.firing(), PATIENCE_SECONDS)


@contextmanager
def watching(directory: Path, site: str, nodes: int = 1) -> Iterator[Watched]:
    """From the moment on when every rule was evaluated once."""
    members = sites([site], {site: nodes})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        _ask_without_limit(estate, site)
        _give_the_probe_an_identity(estate)
        estate.daemon.environment = {**estate.daemon.environment, "TRUNKLINE_SYSLOG_PORT": "0"}
        with estate.daemon as daemon:
            daemon.wait_ready(site)
            port = LISTENS.search(daemon.log())
            assert port, daemon.log()
            type_by_ssh(lab, site, (f"logging host 127.0.0.1 transport udp port {port[1]}",))
            with alerting(directory / "alerting", daemon.address) as seen:
                wait_for("every rule evaluated", lambda: "unknown" not in seen.health().values(), PATIENCE_SECONDS)
                yield Watched(site, estate, seen)
            assert daemon.stop() == 0


def _ask_without_limit(estate: Estate, site: str) -> None:
    """As where enterprise parameters of the cluster allow it: what happens is seen at the next look."""
    rates = estate.cluster(site).rates
    rates.ris_per_minute = rates.perfmon_per_minute = 0
    with (estate.scene.folder / f"clusters/{site}.yaml").open("a") as document:
        document.write("requests_per_minute: 1000\n")
    estate.scene.commit("ask as often as it takes")


def _give_the_probe_an_identity(estate: Estate) -> None:
    held = estate.lab.authority.issue(Wish("our own probe", datetime.now(UTC)), new_key("ec", 256))
    certificate, key = estate.scene.directory / "probe.pem", estate.scene.directory / "probe.key"
    certificate.write_text(held.pem + estate.lab.authority.issuer.pem)
    key.touch(mode=0o600)
    key.write_text(held.key_pem)
    estate.scene.write_settings(probe=f'{{certificate = "{certificate}", key = "{key}"}}')
