"""Every cause is done to a trunk of the lab: the diagnosis names it first, or both of a pair within the first three."""

from pathlib import Path

import pytest

from support.causes import BUSAN, EVERY, YOHUR, Broken, is_right
from support.matrix import diagnosed
from support.patient import Body, patient
from trunkline.views import diagnosis as view

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("broken", EVERY, ids=[one.name for one in EVERY])
def test_the_right_cause_is_named(broken: Broken, tmp_path: Path) -> None:
    found = diagnosed(broken, tmp_path)
    assert is_right(broken, [one.code for one in found.findings]), "\n".join(view.text(found))


@pytest.mark.parametrize("body", [YOHUR, BUSAN], ids=["15.6", "17.9"])
def test_a_trunk_that_is_well_is_said_to_be_well(body: Body, tmp_path: Path) -> None:
    with patient(body, tmp_path) as trunk:
        trunk.until_connected()
        found = trunk.examined().diagnosis
        assert found.is_well, "\n".join(view.text(found))
