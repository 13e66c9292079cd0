"""What a plan says of the handshakes of each link."""

from dataclasses import replace

import pytest

from support.fake import FakeWorld
from trunkline.model.handshake import Met, Outlook, Reason
from trunkline.model.outcome import Hold
from trunkline.model.outcome import Reason as Objection
from trunkline.model.passes import Pass
from trunkline.views import document, forecast

GOOD = Met(True, version="TLSv1.2", cipher="ECDHE-RSA-AES256-GCM-SHA384")
BAD = Met(False, "cluster/seoul/pub", Reason.UNKNOWN_CA, "pub would refuse the CUBE edge", "trust it")
UNKNOWN = Met(None, text="a trust store could not be read")


@pytest.fixture(scope="module")
def planned() -> Pass:
    """With steps to do."""
    return FakeWorld().plan("vg-yohur")


def _lines(finished: Pass, *after: Met) -> list[str]:
    ways = tuple(Outlook("cube/edge", f"cluster/seoul/n{number}", GOOD, met) for number, met in enumerate(after))
    return list(forecast.lines(replace(finished, forecasts={"a-link": ways})))


def test_a_link_that_will_come_up_is_one_line(planned: Pass) -> None:
    assert _lines(planned, GOOD, GOOD) == [
        "  link a-link  after this: will come up: 2 handshakes rehearsed (TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384)"
    ]


def test_one_that_will_not_tells_each_cause_once_with_its_cure(planned: Pass) -> None:
    assert _lines(planned, GOOD, BAD, BAD) == [
        "  link a-link  after this: will NOT come up: 2 of 3 handshakes would be refused",
        "      pub would refuse the CUBE edge; trust it",
    ]


def test_many_causes_are_cut(planned: Pass) -> None:
    found = _lines(planned, *(replace(BAD, text=f"n{number} would refuse") for number in range(5)))
    assert len(found) == 5 and found[-1].strip().startswith("and 2 more like these")


def test_what_nobody_can_tell_is_said(planned: Pass) -> None:
    assert _lines(planned, UNKNOWN) == [
        "  link a-link  after this: nobody can tell whether it comes up",
        "      not known: a trust store could not be read",
    ]
    assert _lines(planned, GOOD, UNKNOWN)[0].endswith("(TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384), of 1 nobody can tell")


def test_a_held_plan_says_what_would_be(planned: Pass) -> None:
    held = replace(planned, verdict=Hold((Objection("breaks-link", "it would"),)))
    assert _lines(held, BAD)[0] == "  link a-link  if this were not held: would NOT come up: 1 of 1 handshake would be refused"


def test_without_changes_it_is_said_how_it_is(planned: Pass) -> None:
    still = replace(planned, plan=replace(planned.plan, steps=()), verdict=None)
    assert _lines(still, GOOD)[0].startswith("  link a-link  now: comes up: 1 handshake rehearsed")
    assert _lines(still, BAD)[0].startswith("  link a-link  now: does NOT come up")


def test_programs_get_every_way_before_and_after(planned: Pass) -> None:
    ways = (Outlook("cube/vg-yohur", "cluster/seoul/cucm-pub", GOOD, BAD),)
    (link,) = document.of_pass(replace(planned, forecasts={"yohur-seoul": ways}))["links"]
    (way,) = link["forecast"]
    assert (way["client"], way["server"]) == ("cube/vg-yohur", "cluster/seoul/cucm-pub")
    assert (way["before"]["is_ok"], way["before"]["version"]) == (True, "TLSv1.2")
    assert (way["after"]["is_ok"], way["after"]["reason"], way["after"]["cure"]) == (False, "unknown_ca", "trust it")
