"""`of`: where every certificate that documents state stands. Pure."""

from trunkline.loop.ladder.cube import of_cube
from trunkline.loop.ladder.node import of_nodes
from trunkline.loop.ladder.scene import Scene
from trunkline.model.renewal.standing import Standing
from trunkline.model.renewal.wish import IdentityWish


def of(wishes: tuple[IdentityWish, ...], scene: Scene) -> tuple[Standing, ...]:
    """The CUBE's own first, then those of nodes; none of what could not be read."""
    own = [of_cube(wish, scene) for wish in wishes if wish.target.startswith("cube/")]
    nodes = tuple(wish for wish in wishes if wish.target.startswith("cluster/"))
    return (*(standing for standing in own if standing), *of_nodes(nodes, scene))
