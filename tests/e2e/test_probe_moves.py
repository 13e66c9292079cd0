"""What the probe tells moves when its cause is made to happen on simulated devices, and goes when that is mended."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.estate import Estate, Site, estate_lab, sites, write_estate
from support.moving import moves
from support.octets import claimed_octet
from support.scene import converge
from support.waiting import eventually
from trunkline.model.observed import WireFacts
from trunkline.model.passes import Pass
from trunkline.service.composing import world_of
from trunkline.service.diagnosing import examine
from trunkline.service.world import PassOptions, World
from trunkline.settings import ProbeSettings
from trunkline.twin.ca import Authority, Wish, new_key
from trunkline.twin.cube.pki.store import Key
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.samples import parts
from trunkline.web.exposition import Exposition

SITE, NODE = "edge", "edge-0"
CUBE_END, NODE_END = f"cube/{SITE}", f"cluster/{SITE}/{NODE}"
Labels = frozenset[tuple[str, str]]


@dataclass
class Watched:
    """A trunk whose certificates are only watched, and the probe with an identity that an operator gave it."""

    estate: Estate
    world: World
    passes: list[Pass] = field(default_factory=list)
    exposition: Exposition = field(default_factory=Exposition)

    @property
    def lab(self) -> Lab:
        return self.estate.lab

    @property
    def node(self) -> Any:
        return self.estate.cluster(SITE).nodes[NODE]

    def look(self, failure: str | None = None, *, is_full: bool = True) -> "Series":
        """A pass that reads all and changes nothing, and what is exposed then. `failure` is how it is to fail."""
        options = PassOptions(self.passes[-1] if self.passes else None, is_full=is_full, is_dry=True)
        finished = self.world.run_pass(self.estate.scene.documents(), "r1", SITE, options)
        assert (finished.failure.reason if finished.failure else None) == failure, finished.failure
        self.passes.append(finished)
        return Series(self.exposition.of(parts([finished], Background(), datetime.now(UTC))).decode())

    def mend(self) -> None:
        """Passes that enforce until nothing is left to do, and a trunk that is up again."""
        finished = converge(self.world, self.estate.scene.documents(), SITE)
        assert finished.is_converged, finished.failure
        eventually(lambda: self.look().value("success", NODE_END) == 1, "the node answers the probe again")

    def restart(self) -> None:
        """Cisco CallManager is restarted on the node."""
        self.lab.call(self.estate.cluster(SITE).restart_callmanager(NODE))

    def type(self, *lines: str) -> None:
        """A person changes the CUBE."""
        type_by_ssh(self.lab, SITE, lines)


@dataclass
class Series:
    """The probe's series of one exposition."""

    text: str
    found: Mapping[str, Mapping[Labels, float]] = field(init=False)

    def __post_init__(self) -> None:
        families = text_string_to_metric_families(self.text)
        self.found = {one.name: {frozenset(s.labels.items()): s.value for s in one.samples} for one in families}

    def of(self, family: str, end: str) -> dict[tuple[str, ...], float]:
        """What one end has of trunkline_probe_…, by its further labels in the order of their names."""
        return {
            tuple(value for name, value in sorted(labels) if name not in ("device", "end")): value
            for labels, value in self.found[f"trunkline_probe_{family}"].items()
            if ("end", end) in labels
        }

    def value(self, family: str, end: str) -> float | None:
        return self.of(family, end).get(())

    def reasons(self, family: str, end: str) -> list[str]:
        return sorted(reason for (reason,) in self.of(family, end))

    def mismatch(self, side: str) -> float | None:
        return self.found["trunkline_wire_serial_mismatch"].get(frozenset({("link", SITE), ("side", side)}))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    directory = tmp_path_factory.mktemp("probe")
    members: list[Site] = sites([SITE], {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        write_identity(directory, lab.authority)
        probing = ProbeSettings(certificate=directory / "probe.pem", key=directory / "probe.key")
        world = world_of(estate.scene.settings().model_copy(update={"probe": probing}))
        made = Watched(estate, world)
        try:
            with mock.patch.dict(os.environ, lab.environment()):
                made.mend()
                yield made
        finally:
            world.close()


def write_identity(directory: Path, authority: Authority) -> None:
    held = authority.issue(Wish("our own probe", datetime.now(UTC)), new_key("ec", 256))
    (directory / "probe.pem").write_text(held.pem + authority.issuer.pem)
    (directory / "probe.key").touch(mode=0o600)
    (directory / "probe.key").write_text(held.key_pem)


@moves("trunkline_probe_success", "trunkline_probe_timestamp_seconds", "trunkline_probe_failure")
def test_a_node_that_loses_power_fails_at_once_and_leaves_nothing_of_before(watched: Watched) -> None:
    before = watched.look()
    for end in (CUBE_END, NODE_END):
        assert before.value("success", end) == 1 and not before.reasons("failure", end)
    watched.lab.call(watched.node.stop())
    down = watched.look()
    assert down.value("success", NODE_END) == 0 and down.reasons("failure", NODE_END) == ["refused"]
    assert down.value("success", CUBE_END) == 1, "the other end is well"
    assert all(not down.of(family, NODE_END) for family in ("duration_seconds", "info", "presented_info"))
    watched.restart()
    eventually(lambda: watched.look().value("success", NODE_END) == 1)
    after = watched.look()
    assert not after.reasons("failure", NODE_END) and after.of("info", NODE_END) == before.of("info", NODE_END)
    times = [one.value("timestamp_seconds", NODE_END) or 0 for one in (before, down, after)]
    assert times == sorted(set(times)) and times[-1] <= datetime.now(UTC).timestamp()


@moves("trunkline_probe_failure", "trunkline_probe_success")
def test_a_node_that_trusts_another_ca_says_so(watched: Watched) -> None:
    trusted = watched.node.loaded
    watched.node.loaded = tuple(Authority.create("another", datetime.now(UTC)).certificates)
    refused = watched.look()
    assert refused.value("success", NODE_END) == 0 and refused.reasons("failure", NODE_END) == ["unknown_ca"]
    watched.node.loaded = trusted
    assert watched.look().value("success", NODE_END) == 1


@moves("trunkline_probe_duration_seconds")
def test_a_node_that_takes_its_time_is_seen_to(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = watched.look().of("duration_seconds", NODE_END)
    assert set(quick) == {("connect",), ("handshake",), ("answer",)}
    sip = watched.node.sip
    real = sip._converse

    async def slowly(*words: Any) -> None:
        await asyncio.sleep(2.0)  # the phase begins a moment after this does
        await real(*words)

    monkeypatch.setattr(sip, "_converse", slowly)
    slow = watched.look().of("duration_seconds", NODE_END)
    assert slow["answer",] >= 1.5 > quick["answer",]


@moves("trunkline_probe_info")
def test_a_cube_that_a_person_restricts_agrees_to_other_ciphers(watched: Watched) -> None:
    before = watched.look().of("info", CUBE_END)
    watched.type("sip-ua", "crypto signaling default trustpoint sip-trunk-cert strict-cipher")
    after = watched.look().of("info", CUBE_END)
    assert len(before) == len(after) == 1 and before.keys() != after.keys(), (before, after)
    watched.mend()
    assert watched.look().of("info", CUBE_END) == before


@moves("trunkline_probe_success", "trunkline_probe_failure", "trunkline_wire_serial_mismatch")
def test_a_cube_on_which_a_person_ends_tls_fails_and_what_it_presents_is_not_known(watched: Watched) -> None:
    agent = watched.lab.cubes[SITE].agent
    watched.type("sip-ua", "no transport tcp tls")
    eventually(lambda: not agent.is_listening)
    silent = watched.look()
    assert silent.value("success", CUBE_END) == 0 and silent.reasons("failure", CUBE_END) == ["refused"]
    assert silent.mismatch("cube") is None and not silent.of("presented_info", CUBE_END)
    watched.mend()
    eventually(lambda: agent.is_listening)
    assert watched.look().value("success", CUBE_END) == 1


@moves("trunkline_probe_success")
def test_a_cube_that_serves_its_cluster_alone_is_not_said_to_fail(watched: Watched) -> None:
    """Looking would prove nothing, and count there as a failed handshake."""
    counters, address = watched.lab.cubes[SITE].agent.counters, watched.node.spec.address
    assert watched.look().value("success", CUBE_END) == 1
    watched.type(
        "sip-ua",
        f"crypto signaling remote-addr {address} 255.255.255.255 trustpoint sip-trunk-cert",
        "no crypto signaling default",
    )
    before = counters.server_handshake_failures
    for is_full in (False, True, False):
        alone = watched.look(is_full=is_full)
        assert all(not alone.of(family, CUBE_END) for family in ("success", "failure", "timestamp_seconds"))
        assert alone.mismatch("cube") is None and alone.value("success", NODE_END) == 1
    assert counters.server_handshake_failures == before
    wire = watched.passes[-1].observed[f"wire/{SITE}"].facts
    assert isinstance(wire, WireFacts) and "remote addresses only" in wire.shown[CUBE_END].problem
    look = examine(watched.world, watched.estate.scene.documents(), "r1", SITE).evidence.wire.looks[CUBE_END]
    assert (look.is_success, look.problem) == (None, wire.shown[CUBE_END].problem), "a diagnosis looks"
    eventually(lambda: counters.server_handshake_failures == before + 1, "and counts")
    watched.mend()
    assert watched.look().value("success", CUBE_END) == 1


@moves("trunkline_probe_timestamp_seconds")
def test_a_cube_that_nobody_can_log_in_to_is_measured_all_the_same(watched: Watched) -> None:
    before = watched.look()
    watched.lab.close_ssh(SITE)
    watched.world._kept[f"cube/{SITE}"].device.close()  # the session that is open would go on
    try:
        apart = watched.look("device_unreachable")
    finally:
        watched.lab.open_ssh(SITE)
    for end in (CUBE_END, NODE_END):
        assert apart.value("success", end) == 1
        assert (apart.value("timestamp_seconds", end) or 0) > (before.value("timestamp_seconds", end) or 0)
    assert watched.look().value("success", CUBE_END) == 1


@moves(
    "trunkline_wire_serial_mismatch",
    "trunkline_probe_presented_not_after_timestamp_seconds",
    "trunkline_probe_presented_info",
    "trunkline_probe_presented_doubt",
)
def test_a_node_that_somebody_renews_presents_the_former_until_its_service_restarts(watched: Watched) -> None:
    before = watched.look()
    assert before.mismatch("cluster") == 0 and not before.reasons("presented_doubt", NODE_END)

    async def renew() -> int:
        return watched.estate.cluster(SITE).renew_by_hand(NODE).certificate.serial_number

    serial = f"{watched.lab.call(renew()):X}"
    stored = watched.look()
    assert stored.mismatch("cluster") == 1, "it is stored, and not in use"
    assert stored.of("presented_info", NODE_END) == before.of("presented_info", NODE_END)
    watched.restart()
    eventually(lambda: watched.look().mismatch("cluster") == 0, "it is presented")
    served = watched.look()
    assert [serial in labels for labels in served.of("presented_info", NODE_END)] == [True]
    ends = [one.value("presented_not_after_timestamp_seconds", NODE_END) or 0 for one in (before, served)]
    assert ends[0] < ends[1] and served.value("success", NODE_END) == 1
    assert served.reasons("presented_doubt", NODE_END) == ["unknown_ca"], "the CUBE does not trust it yet"
    watched.mend()
    assert not watched.look().reasons("presented_doubt", NODE_END), "the daemon made the CUBE trust it"


@moves("trunkline_wire_serial_mismatch", "trunkline_probe_presented_info")
def test_a_cube_that_a_person_binds_to_another_trustpoint_presents_another_certificate(watched: Watched) -> None:
    cube, authority, now = watched.lab.cubes[SITE], watched.lab.authority, datetime.now(UTC)
    assert watched.look().mismatch("cube") == 0
    watched.type("crypto pki trustpoint other-cert", "enrollment terminal pem", "revocation-check none")
    held = authority.issue(Wish("other.example.com", now, names=("other.example.com",)))

    async def install() -> None:
        cube.store.install("other-cert", authority.issuer.certificate, held.certificate, Key("other", held.key, now))

    watched.lab.call(install())
    watched.type("sip-ua", "crypto signaling default trustpoint other-cert")
    other = watched.look(is_full=False)
    assert other.mismatch("cube") == 1, "the last look was made before, so it is repeated"
    assert [f"{held.certificate.serial_number:X}" in labels for labels in other.of("presented_info", CUBE_END)] == [True]
    assert other.reasons("presented_doubt", CUBE_END) == ["wrong_name"], "no profile of the cluster names it"
    watched.type("sip-ua", "crypto signaling default trustpoint sip-trunk-cert")
    mended = watched.look(is_full=False)
    assert mended.mismatch("cube") == 0 and not mended.reasons("presented_doubt", CUBE_END)
    watched.mend()


@moves("trunkline_probe_success", "trunkline_probe_presented_info")
def test_what_cannot_be_asked_any_more_has_no_series_and_the_other_end_neither_succeeds_nor_fails(watched: Watched) -> None:
    """The operator takes the identity away: a CUBE that is only watched is not looked at, a node only without a certificate."""
    certificate = watched.estate.scene.directory / "probe.pem"
    text = certificate.read_text()
    certificate.write_text("")
    without = watched.look()
    families = [name for name in without.found if name.startswith("trunkline_probe_")]
    assert len(families) == 8
    assert [name for name in families if without.of(name.removeprefix("trunkline_probe_"), CUBE_END)] == []
    assert without.value("success", NODE_END) is None and without.reasons("failure", NODE_END) == ["no_certificate"]
    assert without.mismatch("cube") is None and without.mismatch("cluster") == 0
    certificate.write_text(text)
    assert watched.look().value("success", CUBE_END) == 1
