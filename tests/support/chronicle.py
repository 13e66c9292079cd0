"""What Prometheus saw and what somebody was told, from a quiet beginning over every trouble at once to a quiet end."""

import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pygit2
import pytest
import requests

from support import deeds
from support.alerting import Alerting, alerting, missing_parts
from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, sites
from support.octets import claimed_octet
from support.troubles import HEALTHY, TROUBLES, Trouble
from support.watched import watched

NAMES = (HEALTHY, *(trouble.name for trouble in TROUBLES))
PATIENCE_SECONDS = 420
QUIET_SECONDS = 40  # longer than what looks back over a quarter of an hour
A_WHILE_SECONDS = 15
DOWN, SOURCE_BROKEN = "TrunklineDown", "TrunklineSourceBroken"
STEP_SECONDS = 5
STORY_SECONDS = 2400
NEEDS_THE_STORY = [
    pytest.mark.real_parts,
    pytest.mark.skipif(bool(missing_parts()), reason=missing_parts()),
    pytest.mark.timeout(STORY_SECONDS),
]
"""Marks of the tests that ask about it; the first of them waits for its end."""
Told = Mapping[str, Any]
Series = Mapping[str, Any]


def site_of(labels: Mapping[str, str]) -> str:
    """The site that an alert or a series is of; empty: of none."""
    device = labels.get("device", "/").partition("/")[2]
    return labels.get("link") or labels.get("cube") or device


@dataclass
class Chronicle:
    """`moments` are seconds since 1970: well, broken, by_people, mended, quiet, prometheus_back, daemon_dead, end."""

    seen: Alerting
    moments: dict[str, float] = field(default_factory=dict)
    told: Sequence[Told] = ()

    def is_now(self, moment: str) -> None:
        self.moments[moment] = time.time()

    def asked(self, query: str, at: float) -> list[Series]:
        """The series that a query finds, as they were at a moment."""
        return self._found("query", query=query, time=at)

    def asked_over_time(self, query: str) -> list[Series]:
        """The same, from the quiet beginning to the quiet end, in steps of five seconds."""
        return self._found("query_range", query=query, start=self.moments["well"], end=self.moments["quiet"], step=STEP_SECONDS)

    def _found(self, path: str, **words: object) -> list[Series]:
        """A query that Prometheus refuses fails the test."""
        answer = requests.get(f"{self.seen.prometheus}/api/v1/{path}", params=words, timeout=60).json()  # type: ignore[arg-type]
        assert answer["status"] == "success", answer
        found: list[Series] = answer["data"]["result"]
        return found

    def told_of(self, site: str) -> list[Told]:
        return [one for one in self.told if site_of(one["labels"]) == site]

    def names_told(self, site: str) -> set[str]:
        return {one["labels"]["alertname"] for one in self.told_of(site) if one["status"] == "firing"}


@contextmanager
def chronicle(directory: Path) -> Iterator[Chronicle]:
    """All of it; then the lab is gone, and Prometheus is there to be asked about it."""
    members = sites(NAMES, {trouble.name: trouble.nodes for trouble in TROUBLES})
    with ExitStack() as servers, claimed_octet() as octet:
        with watched(directory, octet, members) as estate:
            seen = servers.enter_context(alerting(directory / "alerting", estate.daemon.address))
            story = Chronicle(seen)
            _begin(story)
            _break(story, estate)
            _mend(story, estate)
            _kill(story, estate)
            story.told = tuple(seen.webhook.told)
            assert_no_traceback(estate.daemon.log())
        yield story


def _wait(what: str, look: Callable[[], object]) -> None:
    wait_for(what, lambda: look() or None, PATIENCE_SECONDS)


def _begin(story: Chronicle) -> None:
    well = "count(link:trunkline_health:state == 0)"
    _wait("all links well", lambda: story.seen.value(well) == len(NAMES) and not story.seen.firing())
    _wait("every rule evaluated", lambda: set(story.seen.health().values()) == {"ok"})
    time.sleep(A_WHILE_SECONDS)
    story.is_now("well")


def _break(story: Chronicle, estate: Estate) -> None:
    """Each trouble on its site, until somebody was told all that he must be told."""
    for trouble in TROUBLES:
        if trouble.is_frozen:
            estate.scene.rewrite(f"cubes/{trouble.name}.yaml", "release:", "enforcement: observe\nrelease:")
    estate.daemon.wait_ready(HEALTHY, revision=estate.scene.commit("nothing is changed on some CUBEs for a while"))
    for trouble in TROUBLES:
        trouble.start(estate, trouble.name)
    estate.daemon.wait_ready(HEALTHY, revision=_commit(estate, "what people changed in the documents"))
    deeds.break_source(estate)
    _commit(estate, "a mistake")
    _until_none("was not told", lambda: _untold(story.seen))
    time.sleep(A_WHILE_SECONDS)
    story.is_now("broken")


def _mend(story: Chronicle, estate: Estate) -> None:
    """First what people mend on the devices; then what a commit mends, and trunkline where it may again."""
    by_people = [trouble for trouble in TROUBLES if trouble.mend and not trouble.is_committed]
    _do(by_people, estate)
    story.is_now("by_people")
    _until_none("did not end", lambda: _firing(story.seen, by_people))
    _do([trouble for trouble in TROUBLES if trouble.is_committed], estate)
    for trouble in TROUBLES:
        if trouble.is_frozen:
            estate.scene.rewrite(f"cubes/{trouble.name}.yaml", "enforcement: observe\nrelease:", "release:")
    deeds.mend_source(estate)
    revision = _commit(estate, "all is mended")
    story.is_now("mended")
    _until_none("did not end", lambda: _firing(story.seen, TROUBLES))
    estate.daemon.wait_ready(*NAMES, revision=revision)
    time.sleep(QUIET_SECONDS)
    story.is_now("quiet")


def _commit(estate: Estate, subject: str) -> str:
    """All as it lies in the folder, also what is gone."""
    pygit2.Repository(str(estate.scene.directory)).index.clear()
    return estate.scene.commit(subject)


def _do(troubles: Sequence[Trouble], estate: Estate) -> None:
    for trouble in troubles:
        assert trouble.mend
        trouble.mend(estate, trouble.name)


def _untold(seen: Alerting) -> list[str]:
    """Who must be told, and was not."""
    webhook = Chronicle(seen, told=tuple(seen.webhook.told))
    must = {one.name: one.told for one in TROUBLES} | {"": frozenset({SOURCE_BROKEN})}
    return [f"{site}: {alert}" for site, told in must.items() for alert in told - webhook.names_told(site)]


def _firing(seen: Alerting, troubles: Sequence[Trouble]) -> list[str]:
    names = {one.name for one in troubles}
    found = ((alert, labels) for alert, several in seen.firing().items() for labels in several)
    return [f"{site_of(labels)}: {alert}" for alert, labels in found if site_of(labels) in names]


def _until_none(what: str, look: Callable[[], list[str]]) -> None:
    left: list[str] = []

    def is_none() -> bool:
        left[:] = look()
        return not left

    try:
        _wait("", is_none)
    except AssertionError:
        raise AssertionError(f"{what} within {PATIENCE_SECONDS} s: {', '.join(sorted(left))}") from None


def _kill(story: Chronicle, estate: Estate) -> None:
    """Prometheus, then the daemon; both come back."""
    story.seen.process.kill()
    time.sleep(A_WHILE_SECONDS)
    story.seen.process.start()
    _wait("a scrape", lambda: story.seen.value('up{job="trunkline"}') == 1)
    time.sleep(A_WHILE_SECONDS)
    story.is_now("prometheus_back")
    estate.daemon.stop(signal.SIGKILL)
    _wait("that the daemon is down", partial(story.seen.webhook.was_told, "on-call", "firing", alertname=DOWN))
    time.sleep(A_WHILE_SECONDS)
    story.is_now("daemon_dead")
    estate.daemon.start()
    _wait("that it is back", partial(story.seen.webhook.was_told, "on-call", "resolved", alertname=DOWN))
    estate.daemon.wait_ready(*NAMES)
    time.sleep(A_WHILE_SECONDS)
    story.is_now("end")
