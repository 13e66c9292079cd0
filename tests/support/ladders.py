"""A trunk of the world in memory whose certificate is renewed, and what every law of the ladder asks of it."""

from collections.abc import Callable
from datetime import timedelta

from support.fake import NOW, allowing, ca_certificate, documents, examples
from support.fake_certificates import CertifiedCube, CertifiedWorld, signed
from trunkline.model.key import Key, Kind, cluster_target, cube_target
from trunkline.model.passes import Pass
from trunkline.model.plan import Step
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.calendar import Policy
from trunkline.model.renewal.standing import Rung, Standing
from trunkline.model.renewal.wish import FarEnd, IdentityWish

EDGE = "vg-yohur"
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")
ADDRESSES = ("10.72.86.74", "10.72.86.75", "10.72.86.76")
AT_ONCE = Policy(keep=timedelta())
FIRST, SECOND = "sip-trunk-cert", "sip-trunk-cert-1"


def wish(world: CertifiedWorld, name: str = "vg-yohur.example.com", policy: Policy = AT_ONCE) -> IdentityWish:
    link = next(link for link in world.documents.links.values() if link.value.cube == EDGE).value
    cluster = cluster_target(link.cluster)
    profile = Key(cluster, Kind.SIP_SECURITY_PROFILE, link.security_profile.name)
    far = FarEnd(cluster, NODES, profile, Key(cluster, Kind.SIP_TRUNK, link.trunk.name))
    key = KeyType("ec", 256)
    return IdentityWish(cube_target(EDGE), FIRST, (name,), f"cn={name}", key, "lab", policy=policy, far_ends=(far,))


def trunk(before: Callable[[CertifiedWorld], None] = lambda world: None) -> CertifiedWorld:
    """The article's trunk, up and running with a certificate of the voice CA; `before` is done before the first pass."""
    files = {path: text for path, text in allowing(examples()).items() if "busan" not in path}
    made = CertifiedWorld(documents(files))
    before(made)
    assert made.converge(EDGE).is_converged
    edge(made).connect(*ADDRESSES)
    made.are_acts_watched = True
    made.see_that_all_accept()
    return made


def edge(world: CertifiedWorld) -> CertifiedCube:
    cube = world.cubes[EDGE]
    assert isinstance(cube, CertifiedCube)
    return cube


def settled(world: CertifiedWorld, previous: Pass | None = None) -> Standing:
    """At the top: converged, one revision alone, and nothing of any other left behind."""
    last = previous or world.run(EDGE)
    for _ in range(60):
        if last.is_converged and last.standings[0].rung is Rung.ALONE:
            break
        last = world.run(EDGE, last)
    (standing,) = last.standings
    assert last.is_converged and standing.rung is Rung.ALONE, (last.result, standing, last.remaining, last.failure, last.plan)
    cube = edge(world)
    assert cube.bound() == set(cube.identities) == {standing.serving}
    assert set(cube.keys) == {cube._label(standing.serving)}
    world.see_that_all_accept()
    return standing


def sent(world: CertifiedWorld) -> list[Step]:
    return [step for cluster in world.clusters.values() for step in cluster.sent]


def near_its_end(world: CertifiedWorld) -> None:
    """The certificate in use ends soon, and the CA that signed it signs the next one."""
    cube, world.issuer.name = edge(world), ca_certificate().common_name
    cube.identities[FIRST] = signed("vg-yohur.example.com", "Voice CA", cube.keys["first-key"].public_key(), NOW, 3)
    world.clock.at = NOW + timedelta(days=2)
    cube.at = cube.clock_shown = world.clock.at


def passes(world: CertifiedWorld, number: int, previous: Pass | None = None) -> Pass:
    """Some passes, one after the other."""
    last = world.run(EDGE, previous)
    for _ in range(number - 1):
        last = world.run(EDGE, last)
    return last


def later(world: CertifiedWorld, **more: float) -> None:
    """Time goes by, for all."""
    world.clock.at += timedelta(**more)
    edge(world).clock_shown = edge(world).at = world.clock.at
