"""What can go wrong between the daemon and its devices: each ends in one clear line, a condition on the link and a metric,
and when it is over the next passes repair what was half done.

All faults burn at the same time, each on a site of its own, from the very first pass on, under one daemon: so it is also
seen that no fault holds up another site.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from support.daemon import Samples, assert_no_traceback, is_ready, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.faults import FAULTS
from support.fire import Fault, Witness, unseen
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab

HEALTHY, HEALTHY_PAIR = "healthy", "healthy-pair"
NAMES = (HEALTHY, HEALTHY_PAIR, *(fault.name for fault in FAULTS))
BY_THEMSELVES = [name for name in NAMES if not any(fault.needs_commit for fault in FAULTS if fault.name == name)]
SEEN_SECONDS, READY_SECONDS = 90, 180

each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


@dataclass(frozen=True)
class Story:
    """What was seen while everything burnt, and what is there after it was put out."""

    estate: Estate
    log: str
    witness: Witness
    not_ready: list[str]
    conditions: dict[str, dict[str, dict[str, str]]]
    errors_of_the_healthy: float
    lines_in_use: dict[str, int]
    planned: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("fire")
    members = sites(NAMES, {HEALTHY_PAIR: 2} | {fault.name: fault.nodes for fault in FAULTS})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        for fault in FAULTS:
            fault.start(estate, fault.name)
        with estate.daemon as daemon:
            with Witness(estate) as witness:
                _patiently(lambda: unseen(FAULTS, witness, daemon.log()), SEEN_SECONDS)
            for fault in FAULTS:
                fault.mend(estate, fault.name)
            not_ready = _patiently(lambda: _not_ready(estate, BY_THEMSELVES), READY_SECONDS)
            estate.scene.rewrite("estate.yaml", "enforcement: enforce", "enforcement: enforce  # mended")
            estate.scene.commit("what was mended on the devices is tried again")
            not_ready += _patiently(lambda: _not_ready(estate, NAMES), READY_SECONDS)
            conditions = {name: daemon.conditions(name) for name in NAMES}
            failed = _errors_of(HEALTHY, daemon.samples())
            assert daemon.stop() == 0
        lines = {name: len(estate.router(name).lines_in_use) for name in NAMES}
        planned = estate.scene.trunkline("plan", "--settings", str(daemon.settings), "--format", "json")
        plans = {finished["cube"]: finished["plan"] for finished in json.loads(planned.stdout)}
        yield Story(estate, daemon.log(), witness, not_ready, conditions, failed, lines, plans)


def _errors_of(cube: str, samples: Samples) -> float:
    return sum(
        value
        for (name, labels), value in samples.items()
        if name == "trunkline_reconcile_errors_total" and ("cube", cube) in labels
    )


def _patiently(missing: Callable[[], list[str]], patience_seconds: float) -> list[str]:
    """What is missing when nothing is, or when the patience ends: the tests say it one by one."""
    last: list[str] = []

    def look() -> bool:
        last[:] = missing()
        return not last

    try:
        wait_for("everything", look, patience_seconds)
    except AssertionError:
        print(*last, sep="\n")
    return last


def _not_ready(estate: Estate, names: tuple[str, ...] | list[str]) -> list[str]:
    links = {link["name"]: link for link in estate.daemon.get("/api/v1/links").json()}
    return [name for name in names if name not in links or not is_ready(links[name])]


@each_fault
def test_a_fault_is_told_in_one_line_with_its_cure(story: Story, fault: Fault) -> None:
    about = [line for line in story.log.splitlines() if f" {fault.name}: " in line]
    assert any(re.search(fault.line, line) for line in about), "\n".join(about)


@each_fault
def test_a_fault_is_a_condition_of_its_link(story: Story, fault: Fault) -> None:
    assert story.witness.has_condition(fault), sorted(story.witness.seen.get(fault.name, ()))


@moves("trunkline_reconcile_errors_total")
@each_fault
def test_a_fault_is_a_metric(story: Story, fault: Fault) -> None:
    assert (fault.name, fault.condition[0]) in story.witness.false_samples
    if fault.reason:
        assert story.witness.errors(fault) >= 1


@each_fault
def test_when_a_fault_is_over_the_link_becomes_ready(story: Story, fault: Fault) -> None:
    assert fault.name not in story.not_ready, story.conditions[fault.name]


@each_fault
def test_nothing_half_done_is_left(story: Story, fault: Fault) -> None:
    assert story.planned[fault.name] == {**story.planned[fault.name], "steps": [], "held": []}
    healthy = HEALTHY if fault.nodes == 1 else HEALTHY_PAIR
    assert story.estate.neutral_configuration(fault.name) == story.estate.neutral_configuration(healthy)
    assert story.lines_in_use[fault.name] == 0
    handshakes = story.estate.lab.handshakes(fault.name, fault.name)
    assert all(result.is_ok for _, result in handshakes), handshakes


def test_no_fault_ends_in_a_traceback_or_holds_up_another_site(story: Story) -> None:
    assert_no_traceback(story.log)
    assert story.errors_of_the_healthy == 0
