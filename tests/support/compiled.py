"""What documents mean, as text: every resource with its lines or fields."""

from collections.abc import Mapping

from support import puppets
from support.examples import Edit, changed, documents
from trunkline.desired.compile import compile_cube
from trunkline.model.desired import Desired
from trunkline.model.observed import Observed, unreadable

EDGE, BUSAN = "vg-yohur", "cube-busan"
SEOUL = ("cucm-pub", "cucm-sub1", "cucm-sub2")


def observed(**instead: Observed | None) -> dict[str, Observed]:
    """Bare devices of the examples with their certificates; `cube` and `cluster` put something else there, None nothing."""
    seen = {
        "cube": {
            one.target: one.observed
            for one in (puppets.cube(EDGE, (15, 6), "sip-trunk-cert"), puppets.cube(BUSAN, (17, 9), "busan-sip"))
        },
        "cluster": {"cluster/seoul": puppets.cluster("seoul", *SEOUL).observed},
    }
    for which, other in instead.items():
        seen[which] = {other.target: other} if other else {}
    return seen["cube"] | seen["cluster"]


def cannot_be_read(target: str) -> Observed:
    return unreadable(target, puppets.NOW, "no route")


def compiled(cube: str, *edits: Edit, seen: Mapping[str, Observed] | None = None) -> Desired:
    """The examples with some edits, for one CUBE."""
    return compile_cube(documents(changed(*edits)), "r1", cube, observed() if seen is None else seen)


def lines(desired: Desired, key: str) -> list[str]:
    """The lines, or `field=value`, of the resource whose key reads so, such as `sip-ua` or `dial-peer 100`."""
    found = [resource for one, resource in desired.resources.items() if f"{one.kind} {one.name}".strip() == key]
    assert len(found) == 1, sorted(f"{one.kind} {one.name}" for one in desired.resources)
    is_line = found[0].key.target.startswith("cube/")
    return [value if is_line else f"{slot}={value}" for slot, value in found[0].settings.items()]


def names(desired: Desired, kind: str) -> list[str]:
    return sorted(key.name for key in desired.resources if key.kind == kind)
