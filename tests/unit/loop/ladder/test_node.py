"""The certificates of a managed cluster's nodes: one after the other, each proven, and no CUBE cut off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import NOW, ca_certificate, certificate, issued
from trunkline.loop.ladder import changes
from trunkline.loop.ladder.node import of_nodes
from trunkline.loop.ladder.scene import Scene
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Identity, IssuerFacts, Node, Observed, Shown, WireFacts
from trunkline.model.plan import Action
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.memory import Approval, Enrolment, Holder, Memory, Readiness
from trunkline.model.renewal.standing import Rung, Standing
from trunkline.model.renewal.wish import IdentityWish

CLUSTER, PUB, SUB = "cluster/seoul", "cucm-pub", "cucm-sub"
CA = ca_certificate()


def _wish(node: str) -> IdentityWish:
    name = f"{node}.example.com"
    return IdentityWish(
        CLUSTER, node, (name,), f"cn={name}", KeyType("ec", 256), "lab", others=("edge", "other"), nodes=(node,)
    )


def _named(node: str) -> Certificate:
    return issued(f"{node}.example.com")


@pytest.fixture(autouse=True)
def _any_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificates of the world in memory are Ed25519, which no wish can state."""
    monkeypatch.setattr("trunkline.model.certificate.Certificate.key_type", KeyType("ec", 256))


def _scene(
    *, shown: dict[str, Certificate | None], stored: tuple[str, ...] = (PUB, SUB), memory: Memory | None = None
) -> Scene:
    """Both nodes hold what trunkline had signed for them; `shown` is what they present."""
    enrolments = {
        Holder(CLUSTER, node): Enrolment(Holder(CLUSTER, node), "lab", "", NOW, (_named(node), CA), NOW) for node in (PUB, SUB)
    }
    nodes = tuple(Node(node, node, node == PUB) for node in (PUB, SUB))
    identities = tuple(Identity(CLUSTER, node, _named(node), (CA,)) for node in stored)
    seen = {f"{CLUSTER}/{node}": Shown(one, NOW, "" if one else "connection refused") for node, one in shown.items()}
    observed = {
        CLUSTER: Observed(CLUSTER, NOW, {}, identities=identities, facts=ClusterFacts("14.0.1", nodes)),
        "cube/edge": Observed("cube/edge", NOW, {}, trusted={"TL": (CA,)}),
        "issuer/lab": Observed("issuer/lab", NOW, {}, facts=IssuerFacts((CA,))),
        "wire/edge": Observed("wire/edge", NOW, {}, facts=WireFacts(seen)),
    }
    others = {"other": Readiness(NOW + timedelta(minutes=1), True)}
    known = replace(memory or Memory(), enrolments=enrolments)
    known = replace(known, others=known.others or others)
    return Scene(observed, known, NOW + timedelta(hours=1), "edge")


def _standings(scene: Scene) -> tuple[Standing, ...]:
    return of_nodes((_wish(PUB), _wish(SUB)), scene)


def _approved() -> Memory:
    keys = [Key(CLUSTER, Kind.SERVICE_RESTART, node) for node in (PUB, SUB)]
    return Memory(approvals={key: Approval(key, "window of the hospital", NOW) for key in keys})


def test_nodes_that_present_what_they_hold_are_done() -> None:
    assert all(one.rung is Rung.ALONE for one in _standings(_scene(shown={PUB: _named(PUB), SUB: _named(SUB)})))


def test_the_next_node_waits_for_one_that_is_not_up_yet() -> None:
    """Consent was given for both; the first was restarted and does not answer yet."""
    first, second = _standings(_scene(shown={PUB: None, SUB: certificate("earlier")}, memory=_approved()))
    assert [wait.code for wait in first.waits] == ["wire"] and "connection refused" in first.waits[0].reason
    assert second.restarts == () and [wait.code for wait in second.waits] == ["node-order"]


def test_a_service_that_began_since_is_proof_where_the_probe_sees_nothing() -> None:
    scene = _scene(shown={PUB: None, SUB: _named(SUB)})
    facts = ClusterFacts(
        "14.0.1", (Node(PUB, PUB, True, True, None, NOW + timedelta(minutes=9), "Started"), Node(SUB, SUB, False))
    )
    observed = {**scene.observed, CLUSTER: replace(scene.observed[CLUSTER], facts=facts)}
    assert all(one.coming is None for one in _standings(replace(scene, observed=observed)))


def test_the_next_node_waits_for_one_that_cannot_be_read() -> None:
    scene = _scene(shown={SUB: certificate("earlier")}, stored=(SUB,), memory=_approved())
    (only,) = _standings(scene)
    assert only.wish.holder == SUB and only.restarts == ()


@pytest.mark.parametrize(
    ("trusted", "is_restarted"),
    [(None, True), (frozenset({CA.sha256}), True), (frozenset(), False)],
    ids=["unknown", "held", "not"],
)
def test_a_router_that_does_not_hold_the_ca_is_not_cut_off(trusted: frozenset[str] | None, is_restarted: bool) -> None:
    """Its pass found all well, but the issuer was away then, so that its CA was not asked for."""
    memory = replace(_approved(), others={"other": Readiness(NOW + timedelta(minutes=1), True, trusted)})
    first, _ = _standings(_scene(shown={PUB: certificate("earlier"), SUB: _named(SUB)}, memory=memory))
    assert bool(first.restarts) is is_restarted


def test_one_node_of_a_cluster_is_restarted_at_a_time() -> None:
    scene = _scene(shown={})
    made = [Standing(_wish(node), node, (node,), restarts=(Key(CLUSTER, Kind.SERVICE_RESTART, node),)) for node in (SUB, PUB)]
    (change,) = changes.of(tuple(made), scene, ())
    assert (change.action, change.key.name) == (Action.RESTART, PUB)
