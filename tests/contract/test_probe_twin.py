"""The probe and the wire's device against simulated CUBEs and cluster nodes."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from support.cluster import ClusterScene, running_cluster, until
from trunkline.health.probe import Place, probe
from trunkline.health.tunnel import ProbeIdentity
from trunkline.health.wire import Ends, WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.observed import WireFacts
from trunkline.twin.ca import Authority, Wish, new_key, pem_of
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import LabSpec, article_cube

PATIENT = 60.0


def identity_of(authority: Authority) -> ProbeIdentity:
    held = authority.issue(Wish("trunkline probe", datetime.now(UTC)), new_key("ec", 256))
    return ProbeIdentity(held.key_pem, (held.pem,))


def presented(certificate: x509.Certificate) -> str:
    return Certificate.from_pem(pem_of(certificate)).sha256


@pytest.mark.parametrize("train", ["15.6", "16.12", "17.15", "26.1"])
def test_a_cube_shows_its_certificate_and_accepts_a_ca_that_it_holds(train: str, tmp_path: Path, octet: int) -> None:
    with Lab(LabSpec((article_cube(train),), (), octet), tmp_path) as lab:
        cube = lab.cubes["vg-yohur"]
        place = Place(lab.loopback(cube.spec.address))
        ca = cube.store.trustpoints["sip-trunk-cert"].ca
        own = cube.store.trustpoints["sip-trunk-cert"].identity
        assert ca and own
        until(lambda: cube.agent.is_listening, "it listens")
        stranger = probe(place, identity_of(Authority.create("stranger", datetime.now(UTC))), PATIENT)
        nobody = probe(place, None, PATIENT)
        for seen in (stranger, nobody):
            assert seen.chain and seen.chain[0].sha256 == presented(own)
        assert stranger.is_accepted is False and stranger.problem == "alert: unknown ca"
        assert nobody.is_accepted is None
        until(lambda: cube.agent.counters.server_handshake_failures == 2, "both count as failed handshakes")
        guest = probe(place, identity_of(lab.authority), PATIENT)
        assert guest.is_accepted and guest.chain[0].sha256 == presented(own)
        assert cube.agent.counters.server_handshake_failures == 2, "a welcome guest is no failure"
        assert guest.version == ("TLSv1.3" if train in ("17.15", "26.1") else "TLSv1.2")


def test_a_cube_that_refuses_all_tells_the_reason(tmp_path: Path, octet: int) -> None:
    with Lab(LabSpec((article_cube(),), (), octet), tmp_path) as lab:
        cube = lab.cubes["vg-yohur"]
        place = Place(lab.loopback(cube.spec.address))
        until(lambda: cube.agent.is_listening, "it listens")

        async def switch_off() -> None:
            cube.router.type_on_console(["sip-ua", " no transport tcp tls"])

        lab.call(switch_off())
        until(lambda: not cube.agent.is_listening, "it listens no more")
        seen = probe(place, None, PATIENT)
        assert not seen.chain and seen.problem == f"{place} refuses connections: nothing listens there"


def test_a_node_accepts_what_counts_and_not_what_is_stored(tmp_path: Path) -> None:
    with running_cluster(tmp_path) as scene:
        accepts = _accepts(scene)
        scene.make_trunk()
        until(lambda: accepts("cucm-sub1") is False, "it listens and refuses")
        _trust_everywhere(scene)
        assert accepts("cucm-sub1") is False
        scene.reset()
        until(lambda: accepts("cucm-sub1") is True, "the trust counts, and no name of a profile is asked for")


def test_a_pessimist_accepts_after_a_restart_on_that_node(tmp_path: Path) -> None:
    with running_cluster(tmp_path, trust_needs_restart=True) as scene:
        accepts = _accepts(scene)
        scene.make_trunk()
        until(lambda: accepts("cucm-pub") is False and accepts("cucm-sub1") is False, "they listen and refuse")
        _trust_everywhere(scene)
        scene.reset()
        assert accepts("cucm-pub") is False
        scene.lab.call(scene.cluster.restart_callmanager("cucm-pub"))
        until(lambda: accepts("cucm-pub") is True, "restarted")
        assert accepts("cucm-sub1") is False


def _accepts(scene: ClusterScene) -> Callable[[str], bool | None]:
    identity = identity_of(scene.cluster.authority)
    return lambda node: probe(Place(scene.address(node)), identity, PATIENT).is_accepted


def _trust_everywhere(scene: ClusterScene) -> None:
    scene.trust(scene.ca_pem)
    until(lambda: all(len(node.stored) == 1 for node in scene.cluster.nodes.values()), "replicated")


def test_the_device_tells_the_whole_wire_of_a_cube(tmp_path: Path) -> None:
    with running_cluster(tmp_path) as scene:
        accepts = _accepts(scene)
        scene.make_trunk()
        _trust_everywhere(scene)
        scene.reset()
        until(lambda: all(accepts(node) for node in scene.cluster.nodes), "accepted everywhere")
        issuer = Certificate.from_pem(scene.ca_pem).sha256
        identities = {issuer: identity_of(scene.cluster.authority), "FF": identity_of(Authority.create("x", datetime.now(UTC)))}
        nodes = {f"cluster/seoul/{name}": Place(scene.address(name)) for name in scene.cluster.nodes}
        scene.lab.call(scene.cluster.stop_node("cucm-sub2"))
        device = WireDevice(Ends("vg-yohur", None, nodes, lambda: identities), lambda: datetime.now(UTC))
        facts = device.observe(()).facts
        assert isinstance(facts, WireFacts)
        for name in ("cucm-pub", "cucm-sub1"):
            holder = f"cluster/seoul/{name}"
            shown = facts.shown[holder].certificate
            assert shown and shown.sha256 == presented(scene.cluster.nodes[name].identity.certificate)
            assert facts.accepted[holder, issuer].is_accepted and not facts.accepted[holder, "FF"].is_accepted
        down = facts.shown["cluster/seoul/cucm-sub2"]
        assert down.certificate is None and "nothing listens" in down.problem
        assert not any(holder.endswith("cucm-sub2") for holder, _ in facts.accepted)


def test_who_says_nothing_or_nonsense_costs_no_more_than_the_timeout(octet: int) -> None:
    """A port that takes connections and is silent, and one that does not speak TLS."""
    with socket.socket() as listener:
        listener.bind((f"127.{octet}.0.9", 0))
        listener.listen()
        place = Place(*listener.getsockname())
        assert "did not end the handshake in time" in probe(place, None, 0.5).problem

        def talk() -> None:
            for _ in range(2):  # the silent one first, which waits still
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"220 smtp.example.com ESMTP\r\n")

        talker = threading.Thread(target=talk)
        talker.start()
        seen = probe(place, None, PATIENT)
        talker.join(60)
    assert seen.problem.startswith("no TLS: ") and seen.is_accepted is None


def test_the_key_of_the_probe_touches_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's ssl takes paths: ours lead to pipes. Whatever is opened to write to is seen here."""
    from trunkline.health.tunnel import looking

    written: list[object] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda *words, **more: written.append(words) or real(*words, **more))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    looking(identity_of(Authority.create("x", datetime.now(UTC))))
    assert not written and not list(tmp_path.iterdir())
