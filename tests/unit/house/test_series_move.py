"""Every metric has a test that makes its cause happen."""

from support.moving import moved
from support.scene import ROOT
from trunkline.views.metrics.contract import FAMILIES


def test_every_metric_is_seen_to_move_and_no_test_is_marked_for_one_that_there_is_not() -> None:
    assert set(moved(ROOT / "tests")) == FAMILIES.keys()
