"""What devices tell by syslog: a look at once, who changed what, counts, floods. One daemon looks after several sites."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

SITES = ("told", "streamed", "quiet", "fought", "noisy")
POLICY = "guard: {allow_empty: true, max_deletions: 20}\n"
RARELY = "intervals: {source_seconds: 5, observe_seconds: 3600, full_read_seconds: 86400}"
OFTEN = "intervals: {source_seconds: 5, observe_seconds: 5, full_read_seconds: 3600}"
LISTENS = re.compile(r"syslog on 127\.0\.0\.1 port (\d+), UDP and TCP")
ARCHIVE = ("archive", "log config", "logging enable", "notify syslog", "exit", "exit")
JOVALVER = "jovalver"
SECRET = "hunter2-of-a-person"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Every link is Ready, every CUBE but `quiet` tells its log, and from then on a pass has a reason."""
    directory = tmp_path_factory.mktemp("syslog")
    members = sites(SITES, {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        for name in SITES:
            router = lab.cubes[name].router
            router.identity = _with_person(router.identity)
        estate = write_estate(lab, directory, members, POLICY)
        estate.daemon.environment = {
            **estate.daemon.environment,
            "TRUNKLINE_SYSLOG_PORT": "0",
            "TRUNKLINE_SYSLOG_RELAYS": f"127.{octet}.9.9",
        }
        with estate.daemon as daemon:
            daemon.wait_ready(*SITES)
            for name, transport in (("told", "udp"), ("streamed", "tcp"), ("fought", "udp"), ("noisy", "udp")):
                _sends(estate, name, transport)
            estate.scene.rewrite("estate.yaml", OFTEN, RARELY)
            daemon.wait_ready(*SITES, revision=estate.scene.commit("look rarely"))
            _settle(estate)
            yield estate
            assert_no_traceback(daemon.log())
            assert SECRET not in daemon.log()
            assert daemon.stop() == 0
        for path in (directory / "state").rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def _with_person(identity):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(identity, users={JOVALVER: "of-jovalver", **identity.users})


def _port(estate: Estate) -> int:
    found = LISTENS.search(estate.daemon.log())
    assert found, estate.daemon.log()
    return int(found[1])


def _sends(estate: Estate, site: str, transport: str) -> None:
    lines = [f"logging host 127.0.0.1 transport {transport} port {_port(estate)}", *ARCHIVE]
    _type(estate, site, *lines)


def _type(estate: Estate, site: str, *lines: str) -> None:
    """As jovalver, over SSH."""
    type_by_ssh(estate.lab, site, lines, user=JOVALVER)


def _passes(estate: Estate, site: str) -> float:
    samples = estate.daemon.samples()
    return sum(
        value for (name, labels), value in samples.items() if name == "trunkline_reconcile_total" and ("cube", site) in labels
    )


def _settle(estate: Estate, seconds: float = 8.0) -> None:
    """Until no pass was run for a while: what trunkline does itself makes it look at most once more."""

    def is_quiet() -> bool:
        before = [_passes(estate, site) for site in SITES]
        time.sleep(seconds)
        return before == [_passes(estate, site) for site in SITES]

    wait_for("no further passes", is_quiet)


def _logged(estate: Estate, pattern: str) -> list[str] | None:
    return [line for line in estate.daemon.log().splitlines() if re.search(pattern, line)] or None


def _mended(estate: Estate, site: str, line: str) -> None:
    wait_for(f"{site} without {line!r}", lambda: line not in estate.router(site).text_lines())


@moves("trunkline_syslog_messages_total", "trunkline_syslog_last_timestamp_seconds", "trunkline_link_info")
@pytest.mark.parametrize("site", ["told", "streamed"])
def test_what_a_person_changes_is_mended_at_once_and_the_person_is_named(estate: Estate, site: str) -> None:
    labels = {"device": f"cube/{site}", "kind": "configured"}
    before = estate.daemon.sample("trunkline_syslog_messages_total", **labels) or 0.0
    heard_at = time.time()
    _type(estate, site, "dial-peer voice 100 voip", "session target ipv4:10.72.99.99:5061", f"username bob secret 0 {SECRET}")
    _mended(estate, site, " session target ipv4:10.72.99.99:5061")
    lines = wait_for("the mending in the log", lambda: _logged(estate, rf" {site}: applied, .*; changed by "))
    assert all(re.search(rf"changed by {JOVALVER} on vty\d \(127\.0\.0\.1\) at \d\d:\d\dZ$", line) for line in lines), lines
    assert (estate.daemon.sample("trunkline_syslog_messages_total", **labels) or 0.0) > before
    last = estate.daemon.sample("trunkline_syslog_last_timestamp_seconds", device=f"cube/{site}")
    assert last and last >= heard_at - 1
    assert estate.daemon.sample(
        "trunkline_link_info", link=site, cube_device=f"cube/{site}", cluster_device=f"cluster/{site}", trunk=f"TRUNK-{site}"
    )
    _settle(estate)
