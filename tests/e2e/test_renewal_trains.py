"""Every rung from every rung: on each train and with each kind of key, every pass is that of a daemon that has just started."""

from pathlib import Path

import pytest

from support.renewal import Renewing, Story, issued_by, renewing
from trunkline.model.renewal.standing import Rung

TRAINS = ("15.6", "16.12", "17.9", "17.15", "26.1")
RUNGS = {Rung.REQUESTED, Rung.ISSUED, Rung.TRUSTED, Rung.BOUND, Rung.ON_WIRE, Rung.ALONE}
"""Where a pass ends; the rungs between are climbed within one, since nothing has to be awaited for them."""


@pytest.mark.parametrize("key", [("rsa", 2048), ("ec", 256)], ids=["rsa", "ec"])
@pytest.mark.parametrize("train", TRAINS)
def test_a_daemon_that_starts_on_any_rung_climbs_on(train: str, key: tuple[str, int], tmp_path: Path, octet: int) -> None:
    with renewing(Story(train, key), tmp_path, octet) as scene:
        scene.settle()
        before, seen = scene.serial(), set()
        scene.state()

        def is_over(one: Renewing) -> bool:
            one.close()
            seen.update(standing.rung for standing in one.passes[-1].standings)
            return one.is_alone() and one.serial() != before

        with scene.tried() as tally:
            scene.run(is_over)
        assert seen >= RUNGS, seen
        assert issued_by(scene.serial(), scene.authority, scene.lab) and not scene.orphans()
        assert not tally.unavailable
        store = scene.lab.cubes["vg-yohur"].store
        assert [held.kind for held in store.keys.values()] == [key[0]], "the key is of the kind that was asked for"
