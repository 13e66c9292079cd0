"""Laws of certificates: from any rung repeated passes reach the top, and at every instant each end accepts the other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import allowing, documents, examples
from support.fake_certificates import CertifiedCube, CertifiedWorld
from trunkline.model.key import Key, Kind, cluster_target, cube_target
from trunkline.model.passes import Pass
from trunkline.model.renewal.calendar import Policy
from trunkline.model.renewal.standing import Rung
from trunkline.model.renewal.wish import FarEnd, IdentityWish, KeyType

EDGE = "vg-yohur"
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")
POLICY = Policy(keep=timedelta(seconds=1))


def wish(world: CertifiedWorld, name: str = "vg-yohur.example.com", **more: object) -> IdentityWish:
    link = next(link for link in world.documents.links.values() if link.value.cube == EDGE).value
    cluster = cluster_target(link.cluster)
    far = FarEnd(
        cluster,
        NODES,
        Key(cluster, Kind.SIP_SECURITY_PROFILE, link.security_profile.name),
        Key(cluster, Kind.SIP_TRUNK, link.trunk.name),
    )
    trustpoint = world.documents.cubes[EDGE].value.identity.trustpoint
    made = IdentityWish(
        cube_target(EDGE), trustpoint, (name,), f"cn={name}", KeyType("ec", 256), "lab", policy=POLICY, far_ends=(far,)
    )
    return replace(made, **more)


@pytest.fixture
def world() -> CertifiedWorld:
    """The article's trunk, up and running with a certificate of the voice CA."""
    files = {path: text for path, text in allowing(examples()).items() if "busan" not in path}
    made = CertifiedWorld(documents(files))
    finished = made.converge(EDGE)
    assert finished.is_converged, finished
    made.cubes[EDGE].connect("10.72.86.74", "10.72.86.75", "10.72.86.76")
    made.are_acts_watched = True
    made.see_that_all_accept()
    return made


def edge(world: CertifiedWorld) -> CertifiedCube:
    cube = world.cubes[EDGE]
    assert isinstance(cube, CertifiedCube)
    return cube


def top(passes: list[Pass]) -> None:
    last = passes[-1]
    (standing,) = last.standings
    assert standing.rung is Rung.ALONE, (standing, [p.result for p in passes], last.failure, last.plan.held)
    assert last.is_converged, (last.result, last.remaining, last.failure)


def test_a_new_issuer_replaces_certificate_and_key(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    passes = world.climb(EDGE)
    cube = edge(world)
    top([*passes, world.run(EDGE, passes[-1])])
    assert cube.bound() == {"sip-trunk-cert-1"}
    assert set(cube.identities) == {"sip-trunk-cert-1"} and set(cube.keys) == {"sip-trunk-cert-1"}
    assert cube.identities["sip-trunk-cert-1"].issuer_common_name == "New CA"
