"""Strategies: worlds as people leave them. Somebody did half of the work by hand, others have things of their own."""

from functools import cache

from hypothesis import Phase, settings
from hypothesis import strategies as st

from support.examples import examples
from support.fake import FakeWorld, issued
from trunkline.model.key import SHARED_SECTIONS, Key, Kind, cube_target

CUBES = ("vg-yohur", "cube-busan")
cubes = st.sampled_from(CUBES)

LAW = settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A failing world is small enough to look at; shrinking it would take minutes."""

FOREIGN_LINES = (
    (Kind.SIP_UA, "", "retry invite 3"),
    (Kind.SIP_UA, "", "crypto signaling remote-addr 192.0.2.0 255.255.255.0 trustpoint somebody"),
    (Kind.VOICE_SERVICE, "voip", "fax protocol t38 version 0 ls-redundancy 0 hs-redundancy 0 fallback none"),
    (Kind.VOICE_SERVICE_SIP, "voip", "registrar server expires max 600 min 60"),
    (Kind.TRUSTED_LIST, "voip", "ipv4 192.0.2.9"),
    (Kind.DIAL_PEER, "9000", "description somebody's"),
    (Kind.DIAL_PEER, "9000", "voice-class codec 99"),
    (Kind.VOICE_CLASS_CODEC, "99", "codec preference 1 g711alaw"),
    (Kind.TRUSTPOINT, "somebody", "enrollment terminal"),
)
"""What other people may have on a CUBE: nothing of it collides with the examples."""


@cache
def finished() -> FakeWorld:
    """A world in which all is done."""
    world = FakeWorld()
    for cube in CUBES:
        world.converge(cube)
    return world


@st.composite
def worlds(draw: st.DrawFn) -> FakeWorld:
    """A world in which nothing, something or all of what is wanted is there already, beside what belongs to others."""
    done, world = finished(), FakeWorld()
    for name, cube in done.cubes.items():
        for key, section in cube.sections.items():
            if key.kind in (Kind.TRUST_ANCHOR, Kind.TRUSTPOINT) or not draw(st.booleans()):
                continue
            kept = draw(st.sets(st.sampled_from(sorted(section)))) if section else set()
            if kept or key.kind not in SHARED_SECTIONS:
                world.cubes[name].sections[key] = {slot: line for slot, line in section.items() if slot in kept}
    for name, cluster in done.clusters.items():
        for node, store in cluster.stores.items():
            world.clusters[name].stores[node] = {short: one for short, one in store.items() if draw(st.booleans())}
    _add_foreign(draw, world)
    return world


def _add_foreign(draw: st.DrawFn, world: FakeWorld) -> None:
    for name in CUBES:
        for kind, section, line in draw(st.sets(st.sampled_from(FOREIGN_LINES))):
            world.cubes[name].write(kind, section, line)
    for cluster in world.clusters.values():
        if draw(st.booleans()):
            trunk, profile = (Key(cluster.target, kind, "somebody's") for kind in (Kind.SIP_TRUNK, Kind.SIP_PROFILE))
            cluster.objects[profile] = {"description": "somebody's"}
            cluster.objects[trunk] = {"sipProfileName": "somebody's"}
        for node in cluster.nodes:
            if draw(st.booleans()):
                certificate = issued("somebody.example.com")
                cluster.stores[node][certificate.sha256[:16]] = certificate


def foreign(world: FakeWorld) -> dict[str, object]:
    """What belongs to others, to be compared before and after."""
    found: dict[str, object] = {}
    for name, cube in world.cubes.items():
        for kind, section, line in FOREIGN_LINES:
            lines = cube.sections.get(Key(cube_target(name), kind, section), {})
            found[f"{name} {kind} {section} {line}"] = line in lines.values()
    for cluster in world.clusters.values():
        found |= {str(key): dict(one) for key, one in cluster.objects.items() if key.name == "somebody's"}
        mark = issued("somebody.example.com").sha256[:16]
        found |= {f"store {node}": mark in store for node, store in cluster.stores.items()}
    return found


__all__ = ["CUBES", "LAW", "cubes", "examples", "finished", "foreign", "worlds"]
