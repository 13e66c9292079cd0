"""How many series an estate makes: a budget, so that nobody's Prometheus is surprised by a new label."""

from collections import Counter

from tests.bench.planning import estate

from support.fake import NOW, FakeWorld
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.contract import SERIES_OF_A_LINK
from trunkline.views.metrics.samples import of

FEW, MORE = 10, 20
MOST = {"trunkline_link_drift", "trunkline_link_condition"}


def _series(links: int) -> Counter[str]:
    """By metric, for so many CUBEs with a link each, and ten clusters."""
    world = FakeWorld(documents=estate(links))
    passes = [world.run(cube) for cube in world.documents.cubes]
    return Counter(sample.family for sample in of(passes, Background(), NOW))


def test_a_cube_with_a_link_stays_within_the_budget() -> None:
    more = _series(MORE) - _series(FEW)
    assert sum(more.values()) / (MORE - FEW) <= SERIES_OF_A_LINK
    assert {name for name, _ in more.most_common(2)} == MOST, "something else makes more series than these"
