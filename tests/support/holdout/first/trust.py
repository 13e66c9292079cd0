"""Who trusts whom: anchors on either end, on all nodes or on one, stored, loaded, or in the wrong place."""

from datetime import UTC, datetime

from support.holdout.case import MODERN, OLDER_XE, Case
from support.holdout.hands import (
    authenticate,
    below,
    ca,
    give_node,
    node_wish,
    pinned,
    present,
    regenerate,
    replace_ca,
    ssh,
    ssh_with_warning,
    trust,
    upload,
)
from support.patient import NODES, Body, Patient
from trunkline.twin.ca import Held, self_signed


def _company_ca(patient: Patient) -> None:
    present(patient, ca("Company Root 2026"))


def _renewed_root(patient: Patient) -> None:
    old, new = ca("Company Root", made_days_ago=900), ca("Company Root")
    trust(patient, old.certificate)
    present(patient, new)


def _root_replaced_by_younger(patient: Patient) -> None:
    old, new = ca("Company Root", made_days_ago=900), ca("Company Root")
    trust(patient, old.certificate)
    present(patient, old)
    trust(patient, new.certificate)


def _in_tomcat_trust(patient: Patient) -> None:
    root = ca("Company Root")
    trust(patient, root.certificate, unit="tomcat")
    present(patient, root)


def _on_two_nodes(patient: Patient) -> None:
    root = ca("Company Root")
    trust(patient, root.certificate, on=NODES[:2])
    present(patient, root)


def _publisher_only(patient: Patient) -> None:
    root = ca("Company Root")
    patient.do(lambda: setattr(patient.cluster, "replicates", False))
    assert patient.http.trust(root.pem).status_code < 300
    patient.restart()
    present(patient, root)


def _one_not_restarted(patient: Patient) -> None:
    root = ca("Company Root")
    upload(patient, root.certificate)
    patient.restart(*NODES[:2])
    present(patient, root)


def _policy_ca_missing(patient: Patient) -> None:
    root = ca("Company Root")
    policy = ca("Company Policy CA", issuer=root)
    trust(patient, root.certificate)
    present(patient, ca("Company Issuing CA", issuer=policy))


def _all_regenerated(patient: Patient) -> None:
    for name in NODES:
        regenerate(patient, name)


def _node_sends_leaf_only(patient: Patient) -> None:
    root = ca("Company Root")
    issuing = ca("Company Issuing CA", issuer=root)
    authenticate(patient, "company-root", root.certificate)
    trust(patient, root.certificate, on=("cucm-sub2",))  # the issuing CA was there when the certificate was uploaded
    key_and_leaf = _issued(patient, "cucm-sub2", issuing)
    give_node(patient, "cucm-sub2", key_and_leaf)


def _issued(patient: Patient, node: str, issuer: Held) -> Held:
    return below(issuer).issue(node_wish(patient, node))


def _cluster_signed_anew(patient: Patient) -> None:
    issuing = ca("Company Server CA")
    trust(patient, issuing.certificate)
    for name in NODES:
        give_node(patient, name, _issued(patient, name, issuing), issuing.certificate)


def _tomcat_pasted(patient: Patient) -> None:
    node = patient.node("cucm-sub1")
    replace_ca(patient, pinned(patient, "cucm-sub1"), node.units["tomcat"].identity.certificate)


def _trustpoint_cleaned_up(patient: Patient) -> None:
    unused = pinned(patient, "cucm-pub")
    ssh_with_warning(patient, f"no crypto pki trustpoint {unused}", "yes")
    assert unused not in patient.cube.store.trustpoints


def _client_vtp_of_another(patient: Patient) -> None:
    authenticate(patient, "carrier", ca("Carrier CA").certificate)
    ssh(patient, "sip-ua", "crypto signaling default trustpoint sip-trunk-cert client-vtp carrier")


def _repinned_not_restarted(patient: Patient) -> None:
    trustpoint = pinned(patient, "cucm-sub1")
    held = self_signed(node_wish(patient, "cucm-sub1", now=datetime.now(UTC)))
    patient.do(lambda: setattr(patient.node("cucm-sub1").callmanager, "identity", held))
    replace_ca(patient, trustpoint, held.certificate)


CASES = (
    Case(
        "company-ca-unknown",
        "the CUBE was enrolled with the company's new CA, and nobody told the cluster",
        ("cube-untrusted",),
        _company_ca,
    ),
    Case("company-ca-unknown-modern", "the same behind a TLS profile", ("cube-untrusted",), _company_ca, MODERN),
    Case(
        "root-renewed-same-name",
        "the CA was renewed under its name; the cluster holds the old",
        ("cn-collision", "cube-untrusted"),
        _renewed_root,
    ),
    Case(
        "root-pushed-out",
        "the next root of the same name pushed ours out of the trust",
        ("cn-collision",),
        _root_replaced_by_younger,
    ),
    Case("in-tomcat-trust", "the root was uploaded as tomcat-trust", ("cube-untrusted",), _in_tomcat_trust),
    Case("one-node-without-trust", "the root is on two nodes of three", ("replication",), _on_two_nodes),
    Case("publisher-only", "replication stands still: the root is on the publisher alone", ("replication",), _publisher_only),
    Case(
        "one-node-not-restarted",
        "the root is everywhere, one node was not restarted",
        ("trust-not-loaded",),
        _one_not_restarted,
        Body(cluster={"trust_needs_restart": True}),
    ),
    Case("policy-ca-missing", "three tiers of CA, the middle one is nowhere", ("missing-intermediate",), _policy_ca_missing),
    Case(
        "one-node-regenerated", "a node's certificate was regenerated", ("wrong-anchor",), lambda p: regenerate(p, "cucm-sub1")
    ),
    Case("all-nodes-regenerated", "all nodes' were, at night", ("wrong-anchor",), _all_regenerated, MODERN),
    Case(
        "node-without-its-chain",
        "the issuing CA was deleted from a node's trust, so that it presents its leaf alone",
        ("missing-intermediate",),
        _node_sends_leaf_only,
    ),
    Case(
        "cluster-went-ca-signed",
        "the nodes got certificates of a CA that the CUBE does not know",
        ("wrong-anchor",),
        _cluster_signed_anew,
    ),
    Case("tomcat-pasted", "somebody pasted tomcat.pem instead of CallManager.pem", ("wrong-anchor",), _tomcat_pasted),
    Case(
        "trustpoint-cleaned-up",
        "somebody tidied up a trustpoint that nobody seemed to need",
        ("wrong-anchor",),
        _trustpoint_cleaned_up,
    ),
    Case(
        "client-vtp-of-another",
        "client-vtp names the carrier's trustpoint",
        ("wrong-anchor",),
        _client_vtp_of_another,
        OLDER_XE,
    ),
    Case(
        "repinned-not-restarted",
        "a node was renewed, the CUBE re-pinned, and the service not restarted",
        ("old-served-node",),
        _repinned_not_restarted,
    ),
)
