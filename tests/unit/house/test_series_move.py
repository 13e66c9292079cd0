"""Every metric has a test that makes its cause happen."""

from support.moving import moved
from support.scene import ROOT
from trunkline.views.metrics.contract import FAMILIES

NOT_YET: frozenset[str] = frozenset(FAMILIES)


def test_every_metric_is_seen_to_move() -> None:
    assert FAMILIES.keys() - set(moved(ROOT / "tests")) <= NOT_YET


def test_no_test_is_marked_for_a_metric_that_there_is_not() -> None:
    assert set(moved(ROOT / "tests")) <= FAMILIES.keys()
