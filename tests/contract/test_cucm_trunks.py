"""The SIP side of the simulated cluster: real TLS handshakes with the trust that counts, not with what is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cluster import ClusterScene, Peer, peer_of, running_cluster, until


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path) as running:
        yield running


@pytest.fixture
def pessimist(tmp_path: Path) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path, trust_needs_restart=True) as running:
        yield running


def is_in_service(peer: Peer, node: str = "cucm-pub") -> bool:
    return peer.dial(node) == "200"


def trust_everywhere(scene: ClusterScene) -> None:
    scene.trust(scene.ca_pem)
    nodes = scene.cluster.nodes.values()
    until(lambda: all(len(node.stored) == 1 for node in nodes), "replicated")


def test_a_trunk_does_not_listen_before_it_is_reset_nor_after_it_is_removed(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    assert "no connection" in peer.dial("cucm-pub")
    scene.make_trunk()
    until(lambda: "no connection" not in peer.dial("cucm-pub"), "it listens")
    scene.axl("removeSipTrunk", "<name>yohur</name>")
    until(lambda: "no connection" in peer.dial("cucm-pub"), "it does not listen")


def test_stored_trust_counts_after_a_reset_of_the_trunk(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    scene.make_trunk()
    until(lambda: "no connection" not in peer.dial("cucm-sub1"), "it listens")
    trust_everywhere(scene)
    assert not is_in_service(peer)
    scene.reset()
    until(lambda: all(is_in_service(peer, node) for node in scene.cluster.nodes), "trusted on every node")


def test_the_pessimist_needs_a_restart_of_the_service_on_each_node(pessimist: ClusterScene) -> None:
    peer = peer_of(pessimist)
    trust_everywhere(pessimist)
    pessimist.make_trunk()
    until(lambda: all("no connection" not in peer.dial(node) for node in pessimist.cluster.nodes), "every node listens")
    assert not is_in_service(peer)
    pessimist.lab.call(pessimist.cluster.restart_callmanager("cucm-pub"))
    assert is_in_service(peer) and not is_in_service(peer, "cucm-sub1")


def test_names_are_checked_as_the_running_profile_says(scene: ClusterScene) -> None:
    stranger = peer_of(scene, "stranger.example.com")
    trust_everywhere(scene)
    scene.make_trunk()
    until(lambda: stranger.dial("cucm-pub") == "403", "TLS comes up, SIP is refused")
    edit = "<name>yohur-profile</name><x509SubjectName>other.example.com; Stranger.Example.com</x509SubjectName>"
    assert scene.axl("updateSipTrunkSecurityProfile", edit).status == 200
    assert stranger.dial("cucm-pub") == "403"  # stored, not applied
    scene.axl("applySipTrunkSecurityProfile", "<name>yohur-profile</name>")
    until(lambda: is_in_service(stranger), "known by now")


def test_a_trunk_listens_on_the_port_of_its_profile(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    trust_everywhere(scene)
    scene.make_trunk()
    until(lambda: is_in_service(peer), "on 5061")
    scene.axl("updateSipTrunkSecurityProfile", "<name>yohur-profile</name><incomingPort>5071</incomingPort>")
    scene.axl("resetSipTrunkSecurityProfile", "<name>yohur-profile</name>")
    until(lambda: peer.dial("cucm-pub", 5071) == "200", "on 5071")
    assert "no connection" in peer.dial("cucm-pub")


def test_an_authenticated_trunk_speaks_null_ciphers_only(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    trust_everywhere(scene)
    scene.make_trunk()
    until(lambda: is_in_service(peer), "encrypted")
    scene.axl("updateSipTrunkSecurityProfile", "<name>yohur-profile</name><securityMode>Authenticated</securityMode>")
    scene.reset()
    until(lambda: not is_in_service(peer), "no common cipher")
    peer.ciphers = "eNULL:@SECLEVEL=0"
    assert is_in_service(peer)


def test_a_self_signed_leaf_in_the_trust_store_is_enough(scene: ClusterScene) -> None:
    peer = peer_of(scene, is_self_signed=True)
    scene.trust(peer.held.pem)
    scene.make_trunk()
    until(lambda: is_in_service(peer), "trusted as it is")


def test_pings_tell_the_status_and_come_back_after_a_power_failure(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    trust_everywhere(scene)
    scene.make_pinging_profile()
    scene.make_trunk()
    scene.axl("updateSipTrunk", "<name>yohur</name><sipProfileName>pinging</sipProfileName>")
    scene.reset()
    sip = scene.cluster.nodes["cucm-sub1"].sip
    until(lambda: "no connection" in sip.status.get("yohur", ""), "nobody answers")
    peer.serve()
    until(lambda: sip.status.get("yohur") == "in service", "it is up")
    scene.lab.call(scene.cluster.stop_node("cucm-sub1"))
    assert "no connection" in peer.dial("cucm-sub1") and sip.status == {}
    scene.lab.call(scene.cluster.start_node("cucm-sub1"))
    until(lambda: sip.status.get("yohur") == "in service", "it is up again")
    assert is_in_service(peer, "cucm-sub1")  # it read the trust when it started
    peer.close()


def test_a_reset_closes_what_the_peer_opened(scene: ClusterScene) -> None:
    peer = peer_of(scene)
    trust_everywhere(scene)
    scene.make_trunk()
    until(lambda: is_in_service(peer), "trusted")
    standing = scene.lab.call(peer.open("cucm-pub"))
    scene.reset()
    until(standing.reader.at_eof, "closed by the cluster")
    scene.do(standing.close)


@pytest.mark.parametrize(("checks", "is_ok"), [(True, False), (False, True)])
def test_whether_names_count_for_what_the_cluster_opens_is_a_switch(scene: ClusterScene, checks: bool, is_ok: bool) -> None:
    stranger = peer_of(scene, "stranger.example.com")
    trust_everywhere(scene)
    scene.make_trunk()
    sip = scene.cluster.nodes["cucm-pub"].sip
    until(lambda: bool(sip.trunks) and stranger.dial("cucm-pub") == "403", "it runs")
    stranger.serve()
    scene.do(lambda: setattr(sip, "checks_names_outgoing", checks))
    assert scene.lab.call(sip.try_handshake("10.72.86.86", 5061)).is_ok is is_ok
    stranger.close()
