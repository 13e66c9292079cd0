"""Somebody breaks trunks of the twin in every way: a real Prometheus that scrapes the daemon sees it, a real Alertmanager tells
a webhook, and tells it again when trunkline, or a person, has mended them. Nobody is told anything that is not so.
"""

import re
from datetime import datetime

import pytest

from support.chronicle import DOWN, NEEDS_THE_STORY, SOURCE_BROKEN, Chronicle, Told, site_of
from support.troubles import HEALTHY, TROUBLES, Trouble, names

pytestmark = NEEDS_THE_STORY
each_trouble = pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
WAITS_SECONDS, SOON_SECONDS = 15.0, 30.0
"""How long Alertmanager waits for more of a group, and some; how long after a cure passes may not have seen it yet."""
KEPT_BACK = {
    # by site, what fires and is not told, since another alert explains it
    "dead": names("ObservationStale ProbeFailing"),
    "stopped": names("ProbeFailing"),
}


@each_trouble
def test_somebody_is_told_what_is_wrong_and_nothing_else(story: Chronicle, trouble: Trouble) -> None:
    told = story.names_told(trouble.name)
    assert trouble.told <= told <= trouble.told | trouble.may


@each_trouble
def test_and_that_it_is_over(story: Chronicle, trouble: Trouble) -> None:
    last = {_identity(one): one for one in story.told_of(trouble.name)}
    assert {one["labels"]["alertname"] for one in last.values() if one["status"] != "resolved"} == set()


@each_trouble
def test_after_the_cure_nobody_is_told_of_it_for_the_first_time(story: Chronicle, trouble: Trouble) -> None:
    """Not even what another alert kept back as long as that one fired."""
    cure = story.moments["mended" if trouble.is_frozen or trouble.is_committed else "by_people"]
    first: dict[object, Told] = {}
    for one in story.told_of(trouble.name):
        if one["status"] == "firing":
            first.setdefault(_identity(one), one)
    kept_back = [one for one in first.values() if _began(one) <= cure and one["at"] > cure + WAITS_SECONDS]
    begun_since = [one for one in first.values() if _began(one) > cure + SOON_SECONDS]
    assert {one["labels"]["alertname"] for one in kept_back + begun_since} == set()


def _began(told: Told) -> float:
    return datetime.fromisoformat(told["startsAt"]).timestamp()


def _identity(told: Told) -> tuple[object, ...]:
    return (told["startsAt"], *sorted(told["labels"].items()))


@each_trouble
def test_who_is_told_can_read_what_it_is_and_what_to_do(story: Chronicle, trouble: Trouble) -> None:
    for one in story.told_of(trouble.name):
        assert (one["receiver"] == "on-call") is (one["labels"]["severity"] == "critical")
        said = " ".join(one["annotations"][name] for name in ("summary", "description"))
        assert trouble.name in said
        assert not re.search(r"<|%!|NaN|\+Inf", said), said
        assert one["annotations"]["runbook_url"].endswith(".md")


def test_nobody_is_told_of_a_site_on_which_nothing_happens(story: Chronicle) -> None:
    assert story.names_told(HEALTHY) == set()
    assert {site_of(one["labels"]) for one in story.told} - {trouble.name for trouble in TROUBLES} == {""}
    assert story.names_told("") == {DOWN, SOURCE_BROKEN}


def test_nobody_is_told_anything_before_or_after(story: Chronicle) -> None:
    """What Prometheus did not see while it was dead is not told when it is back."""
    outside = [one for one in story.told if one["at"] < story.moments["well"] or one["at"] > story.moments["quiet"]]
    assert {one["labels"]["alertname"] for one in outside} <= {DOWN}


def test_of_a_dead_daemon_one_alert_tells_and_no_figure_of_it_is_left(story: Chronicle) -> None:
    down = [(one["receiver"], one["status"]) for one in story.told if one["labels"]["alertname"] == DOWN]
    assert down[0] == ("on-call", "firing") and down[-1] == ("on-call", "resolved")
    dead = story.moments["daemon_dead"]
    assert {one["metric"]["alertname"] for one in story.asked('ALERTS{alertstate="firing"}', dead)} == {DOWN}
    assert story.asked('{__name__=~"trunkline_.+"}', dead) == []


@pytest.mark.parametrize("site", KEPT_BACK)
def test_what_another_alert_explains_fires_and_is_not_told(story: Chronicle, site: str) -> None:
    firing = story.asked('ALERTS{alertstate="firing"}', story.moments["broken"])
    fired = {one["metric"]["alertname"] for one in firing if site_of(one["metric"]) == site}
    assert KEPT_BACK[site] <= fired - story.names_told(site)
