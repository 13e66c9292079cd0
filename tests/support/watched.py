"""A lab in which all that trunkline can watch is there, a daemon that looks after it, and who is told when it is not well.

Every CUBE pings its cluster and sends its syslog, every cluster answers RIS and PerfMon, and the probe has an identity.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from support.estate import Estate, Site, estate_lab, write_estate
from support.issuing_servers import free_port
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.model.public_key import KeyType
from trunkline.twin import ca as twin
from trunkline.twin.ca import Wish, new_key
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

PERSON = "jovalver"
KEEPALIVE = "    keepalive: {up_seconds: 60, down_seconds: 30, retry: 5}\n    codec: g711ulaw\n"
PASSPHRASE = "a passphrase of the lab"
POLICY = """renewal: {smear: "0%", keep_hours: 0}
issuers:
  own: {kind: local, passphrase: env:TRUNKLINE_TEST_PASSPHRASE, validity_days: 90}
  people: {kind: manual, chain: file:people.pem, answer_within_days: 14}
"""
TELLS_REASONS = "17.14"  # the release from which on a CUBE tells failed handshakes by syslog


@contextmanager
def watched(directory: Path, octet: int, members: Sequence[Site]) -> Iterator[Estate]:
    """All Ready and saved, under a daemon that answers at the same port when it is started again."""
    with Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members, POLICY)
        for member in members:
            _widen(estate, member)
        _found_authorities(estate)
        _write_probe_identity(directory, lab)
        estate.scene.rewrite("estate.yaml", "observe_seconds: 5", "observe_seconds: 5, probe_seconds: 60")
        estate.scene.commit("all there is to watch")
        estate.scene.write_settings(probe=f'{{certificate = "{directory}/probe.pem", key = "{directory}/probe.key"}}')
        ports = {"TRUNKLINE_HTTP_PORT": str(free_port()), "TRUNKLINE_SYSLOG_PORT": str(free_port())}
        estate.daemon.environment = {**estate.daemon.environment, **ports, "TRUNKLINE_TEST_PASSPHRASE": PASSPHRASE}
        with estate.daemon as daemon:
            names = [member.name for member in members]
            daemon.wait_ready(*names)
            for name in names:
                _tell_by_syslog(estate, name)
            yield estate


def _widen(estate: Estate, site: Site) -> None:
    """A keepalive, a release that tells why handshakes fail, and a cluster that may be asked as often as a test looks."""
    router, rates = estate.router(site.name), estate.cluster(site.name).rates
    router.identity = replace(router.identity, users={PERSON: "of-jovalver", **router.identity.users})
    router.train = replace(router.train, logs_failed_handshakes=TELLS_REASONS)
    rates.ris_per_minute = rates.perfmon_per_minute = 0
    link, cluster = (estate.scene.folder / kind / f"{site.name}.yaml" for kind in ("links", "clusters"))
    link.write_text(link.read_text().replace("    codec: g711ulaw\n", KEEPALIVE, 1))
    cluster.write_text(cluster.read_text() + "requests_per_minute: 1000\n")


@cache
def people() -> twin.Authority:
    """A CA of people who will not answer; it bears the name of a public one."""
    return twin.Authority.create("GlobalSign Voice CA", datetime.now(UTC))


def _found_authorities(estate: Estate) -> None:
    """That one, and one of trunkline's own."""
    now, wish = datetime.now(UTC), AuthorityWish("trunkline test CA", timedelta(days=3650), KeyType("rsa", 2048))
    Authority("own", estate.scene.directory / "state", PASSPHRASE).create(wish, now)
    (estate.scene.directory / "people.pem").write_text(people().issuer.pem)


def _write_probe_identity(directory: Path, lab: Lab) -> None:
    """probe.pem and probe.key, by the CA of the lab."""
    held = lab.authority.issue(Wish("our own probe", datetime.now(UTC), 30), new_key("ec", 256))
    (directory / "probe.pem").write_text(held.pem + lab.authority.issuer.pem)
    (directory / "probe.key").touch(mode=0o600)
    (directory / "probe.key").write_text(held.key_pem)


def _tell_by_syslog(estate: Estate, site: str) -> None:
    """A person sets it up, and saves."""
    archive = ("archive", "log config", "logging enable", "notify syslog", "exit", "exit")
    types(estate, site, f"logging host 127.0.0.1 transport udp port {syslog_port(estate)}", *archive)
    save(estate, site)


def syslog_port(estate: Estate) -> int:
    """Where the daemon listens."""
    return int(estate.daemon.environment["TRUNKLINE_SYSLOG_PORT"])


def types(estate: Estate, site: str, *lines: str) -> None:
    """A person configures a CUBE over SSH."""
    type_by_ssh(estate.lab, site, lines, user=PERSON)


def save(estate: Estate, site: str) -> None:
    """And saves it: `write memory`, when configuration mode is left."""

    async def write_memory() -> None:
        estate.router(site).save(PERSON)

    estate.lab.call(write_memory())
