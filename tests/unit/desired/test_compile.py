"""Trust that derives from certificates, gaps where these could not be read, and modes."""

from dataclasses import replace

import pytest

from support import puppets
from support.compiled import EDGE, SEOUL, cannot_be_read, compiled, lines, names, observed
from support.examples import CUBE, LINK, Edit, changed, documents
from support.pems import pem_of
from trunkline.desired.compile import keys_of_interest
from trunkline.desired.sides.trust import trustpoint_name
from trunkline.model.certificate import Certificate
from trunkline.model.desired import Enforcement
from trunkline.model.observed import Identity, Observed

CUBE_TARGET, CLUSTER_TARGET = f"cube/{EDGE}", "cluster/seoul"


def anchor(common_name: str) -> Certificate:
    return Certificate.from_pem(pem_of(common_name, is_ca=True))


def test_one_anchor_for_all_nodes_of_one_issuer() -> None:
    desired = compiled(EDGE)
    issuer = anchor("CA of seoul")
    name = trustpoint_name(issuer)
    assert names(desired, "trust-anchor") == [name]
    assert lines(desired, f"trustpoint {name}") == [
        "enrollment terminal",
        "revocation-check none",
        f"fingerprint {issuer.sha1}",
    ]
    (held,) = [one for key, one in desired.resources.items() if key.kind == "trust-anchor"]
    assert held.settings == {"sha256": issuer.sha256, "pem": issuer.pem}
    assert held.links == {"yohur-seoul"}


def test_an_anchor_for_each_node_where_they_sign_themselves() -> None:
    """Without a CA that they have in common every node's certificate must be trusted, as a reader of the article asks."""
    own = [Certificate.from_pem(pem_of(f"{node}.example.com")) for node in SEOUL]
    cluster = replace(
        puppets.cluster("seoul").observed,
        identities=tuple(Identity(CLUSTER_TARGET, node, one) for node, one in zip(SEOUL, own, strict=True)),
    )
    desired = compiled(EDGE, seen=observed(cluster=cluster))
    assert names(desired, "trust-anchor") == sorted(trustpoint_name(one) for one in own)


def test_an_anchor_that_somebody_else_put_there_is_used() -> None:
    foreign = replace(observed()[CUBE_TARGET], trusted={"CCM-cert-02": (anchor("CA of seoul"),)})
    desired = compiled(EDGE, seen=observed() | {CUBE_TARGET: foreign})
    assert names(desired, "trustpoint") == []
    assert desired.gaps == ()
    own = replace(foreign, trusted={trustpoint_name(anchor("CA of seoul")): (anchor("CA of seoul"),), **foreign.trusted})
    assert names(compiled(EDGE, seen=observed() | {CUBE_TARGET: own}), "trustpoint") != []


def test_every_node_trusts_the_issuer_of_the_cube() -> None:
    issuer = anchor("Voice Root CA")
    assert names(compiled(EDGE), "callmanager-trust") == sorted(f"{node}/{issuer.sha256[:16]}" for node in SEOUL)


@pytest.mark.parametrize("cube", [cannot_be_read(CUBE_TARGET), puppets.cube(EDGE, (15, 6)).observed, None])
def test_without_the_cubes_certificate_nothing_that_derives_from_it_is_stated(cube: Observed | None) -> None:
    desired = compiled(EDGE, seen=observed(cube=cube))
    assert names(desired, "sip-security-profile") == []
    assert names(desired, "callmanager-trust") == []
    assert {(gap.target, gap.kind) for gap in desired.gaps} == {
        (CLUSTER_TARGET, "callmanager-trust"),
        (CLUSTER_TARGET, "sip-security-profile"),
    }
    expected = (
        "holds no identity certificate: enroll it, or state identity.issuer" if cube and not cube.gaps else "could not be read"
    )
    assert {gap.reason for gap in desired.gaps} == {f"trustpoint sip-trunk-cert of {CUBE_TARGET} {expected}"}


def test_without_a_nodes_certificate_its_anchor_is_a_gap_that_dial_peers_need() -> None:
    two = puppets.cluster("seoul", "cucm-pub", "cucm-sub1").observed
    desired = compiled(EDGE, seen=observed(cluster=two))
    assert {gap.reason for gap in desired.gaps} == {"the CallManager certificate of cucm-sub2 could not be read"}
    (peer,) = [one for key, one in desired.resources.items() if (key.kind, key.name) == ("dial-peer", "100")]
    assert any(gap.covers(need) for gap in desired.gaps for need in peer.needs)
    assert names(desired, "trust-anchor") == [trustpoint_name(anchor("CA of seoul"))]


def test_nothing_observed_still_states_what_documents_say_by_themselves() -> None:
    desired = compiled(EDGE, seen={})
    assert "session target ipv4:10.72.86.74:5061" in lines(desired, "dial-peer 100")
    assert "destinations=10.72.86.86:5061" in lines(desired, "sip-trunk SIP-TRUNK-YOHUR")
    assert desired.gaps


OBSERVE_ESTATE = ("estate.yaml", "enforcement: enforce", "enforcement: observe")
CUBE_SAYS = (CUBE, 'release: "15.6"', 'release: "15.6"\nenforcement: {}')
LINK_SAYS = (LINK, "cube: vg-yohur", "cube: vg-yohur\nenforcement: {}")


def says(edit: Edit, mode: str) -> Edit:
    return (edit[0], edit[1], edit[2].format(mode))


@pytest.mark.parametrize(
    ("edits", "of_link", "of_cube"),
    [
        ((), "enforce", "enforce"),
        ((OBSERVE_ESTATE,), "observe", "observe"),
        ((says(CUBE_SAYS, "observe"),), "observe", "observe"),
        ((OBSERVE_ESTATE, says(CUBE_SAYS, "enforce")), "enforce", "enforce"),
        ((says(LINK_SAYS, "observe"),), "observe", "enforce"),
        ((OBSERVE_ESTATE, says(LINK_SAYS, "enforce")), "enforce", "enforce"),
        ((says(CUBE_SAYS, "observe"), says(LINK_SAYS, "enforce")), "enforce", "enforce"),
    ],
)
def test_the_narrowest_statement_counts(edits: tuple[Edit, ...], of_link: str, of_cube: str) -> None:
    desired = compiled(EDGE, *edits)
    assert [link.enforcement for link in desired.links] == [Enforcement(of_link)]
    assert desired.policy.enforcement is Enforcement(of_cube)


def test_the_guard_is_the_estates() -> None:
    policy = compiled(EDGE, ("estate.yaml", "allow_replace: false", "allow_replace: true\n  allow_empty: true")).policy
    assert (policy.max_deletions, policy.allow_replace, policy.allow_empty) == (10, True, True)


def test_a_cluster_is_asked_for_what_the_links_name_and_nothing_else() -> None:
    keys = keys_of_interest(documents(changed()), EDGE)
    assert [f"{key.kind} {key.name}" for key in keys[CUBE_TARGET]] == [
        "dial-peer 100",
        "dial-peer 101",
        "dial-peer 102",
        "dial-peer 200",
    ]
    assert [f"{key.kind} {key.name}" for key in keys[CLUSTER_TARGET]] == [
        "route-pattern 9.@@PSTN",
        "sip-profile trunkline vg-yohur",
        "sip-security-profile vg-yohur TLS",
        "sip-trunk SIP-TRUNK-YOHUR",
    ]
