"""The daemon, with devices in memory and a repository on disk."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.examples import examples
from support.fake import FakeWorld, allowing, without_links
from support.repository import Repository
from support.waiting import eventually
from trunkline.desired.documents import Documents
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.loop.reconcile import reconcile
from trunkline.model.errors import DeviceUnreachable, JournalFailed
from trunkline.model.passes import ConditionType, Pass, Status
from trunkline.model.plan import Step
from trunkline.service.daemon import Daemon
from trunkline.service.world import PassOptions, World
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace
from trunkline.views import document
from trunkline.web.exposition import Exposition

NEVER = (100_000.0, 100_000.0)


@dataclass
class InMemory(World):
    """The world of the daemon over a fake one; everything but the devices is real."""

    fake: FakeWorld = field(default_factory=FakeWorld)
    ran: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    def run_pass(self, documents: Documents, revision: str, cube: str, options: PassOptions) -> Pass:
        self.ran.append(f"{cube} {revision}")
        if self.trouble:
            raise self.trouble
        fake = FakeWorld(documents, revision, journal=self.journal)
        fake.cubes, fake.clusters = self.fake.cubes, self.fake.clusters
        request = replace(fake.request(cube, options.precedent), is_full=options.is_full)
        return reconcile(request, replace(fake.hands(), is_stopping=options.is_stopping, on_step=options.on_step))


@dataclass
class Stage:
    """A daemon that looks only when it is told to."""

    repository: Repository
    world: InMemory
    daemon: Daemon

    def metric(self, name: str, **labels: str) -> float | None:
        text = Exposition().of(self.daemon.parts()).decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        return None

    def passes(self, cube: str) -> int:
        return sum(ran.startswith(f"{cube} ") for ran in self.world.ran)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = staged(tmp_path, FakeWorld())
    yield made
    made.daemon.stop()


def staged(tmp_path: Path, fake: FakeWorld) -> Stage:
    repository = Repository(tmp_path / "desired.git")
    journal = SqlJournal(open_engine(f"sqlite:///{tmp_path / 'journal.db'}"), document.of_pass)
    world = InMemory(journal, tmp_path, tmp_path, fake=fake)
    source = GitSource(GitPlace(str(repository.path), folder="desired-state"), tmp_path / "cache")
    return Stage(repository, world, Daemon(world, source, 4, NEVER))


def looked_at(stage: Stage) -> bool:
    return {finished.cube for finished in stage.daemon.passes()} == {"vg-yohur", "cube-busan"}


def test_every_cube_is_reconciled_at_once_and_again_after_a_commit(stage: Stage) -> None:
    assert stage.daemon.problems() == ["no revision was read yet"]
    first = stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    assert all(finished.is_converged for finished in stage.daemon.passes())
    assert stage.daemon.problems() == []
    assert stage.metric("trunkline_source_revision_info", revision=first) == 1
    second = stage.repository.commit(allowing(examples(), max_deletions="3"))
    stage.daemon.poll_source()
    eventually(lambda: {finished.revision for finished in stage.daemon.passes()} == {second})
    assert stage.metric("trunkline_source_revision_info", revision=first) is None


def test_a_broken_commit_is_visible_and_the_last_good_one_goes_on(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    good = stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    stage.repository.commit({**examples(), "links/yohur-seoul.yaml": b"cube: nobody\n"})
    with caplog.at_level(logging.ERROR, "trunkline"):
        stage.daemon.poll_source()
    assert "links/yohur-seoul.yaml:1:1" in caplog.text
    assert any("cannot use commit" in problem for problem in stage.daemon.problems())
    trouble = stage.world.journal.trouble()
    assert trouble
    assert [trouble[0]] == stage.daemon.problems()
    assert stage.metric("trunkline_source_broken") == 1
    before = stage.passes("vg-yohur")
    stage.daemon.look_at_all()
    eventually(lambda: stage.passes("vg-yohur") == before + 1)
    assert stage.world.ran[-1].endswith(good)
    stage.repository.commit(examples())
    stage.daemon.poll_source()
    assert stage.daemon.problems() == []
    assert stage.world.journal.trouble() is None
    assert stage.metric("trunkline_source_broken") == 0


def test_a_cube_and_a_link_that_went_away_leave_no_series(stage: Stage) -> None:
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    assert "busan" in Exposition().of(stage.daemon.parts()).decode()
    files = without_links(examples(), "busan-seoul")
    stage.repository.commit(files)
    stage.daemon.poll_source()
    eventually(lambda: stage.metric("trunkline_link_condition", link="busan-seoul") is None)
    eventually(lambda: all(not finished.remaining for finished in stage.daemon.passes()))
    stage.repository.commit({path: content for path, content in files.items() if path != "cubes/cube-busan.yaml"})
    stage.daemon.poll_source()
    eventually(lambda: {finished.cube for finished in stage.daemon.passes()} == {"vg-yohur"})
    text = Exposition().of(stage.daemon.parts()).decode()
    left = [line for line in text.splitlines() if "busan" in line and not line.startswith("trunkline_leftover_resources")]
    assert left == []


def test_what_was_left_on_a_cube_without_a_document_is_told(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    gone = ("cubes/cube-busan.yaml", "links/busan-seoul.yaml")
    stage.repository.commit({path: content for path, content in examples().items() if path not in gone})
    with caplog.at_level(logging.WARNING, "trunkline"):
        stage.daemon.poll_source()
    assert (
        "resources on cube/cube-busan were made for cube-busan and no document says any more how to reach them" in caplog.text
    )
    assert (stage.metric("trunkline_leftover_resources", cube="cube-busan", device="cube/cube-busan") or 0) > 5


def test_drift_that_is_only_observed_is_told_once(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.repository.commit({**examples(), "estate.yaml": b"enforcement: observe\n"})
    with caplog.at_level(logging.INFO, "trunkline"):
        stage.daemon.start()
        eventually(lambda: looked_at(stage))
        eventually(lambda: stage.daemon.look_at_all() or stage.passes("vg-yohur") >= 3)
        stage.daemon.stop()
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("vg-yohur: ")]
    assert len(told) == 2
    assert told[0].startswith("vg-yohur: link yohur-seoul is not Ready: cluster/seoul callmanager-trust ")
    assert told[1].startswith("vg-yohur: drifted, 21 not as desired: cluster/seoul callmanager-trust ")


def test_a_link_is_not_told_to_be_down_amid_a_climb(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Between two passes that follow at once something always differs; calls are carried all the time."""
    world = FakeWorld()
    world.converge("vg-yohur")
    world.cubes["vg-yohur"].connections = ("10.72.86.74",)
    finished = world.run("vg-yohur")
    ready, (link, conditions) = ConditionType.READY, next(iter(finished.conditions.items()))
    down = tuple(replace(one, status=Status.FALSE, message="not yet") if one.type is ready else one for one in conditions)
    amid = replace(finished, conditions={link: down}, is_moving=True)
    with caplog.at_level(logging.INFO, "trunkline"):
        stage.daemon.telling.tell(finished, None)
        stage.daemon.telling.tell(amid, finished)
        assert "is not Ready" not in caplog.text
        stage.daemon.telling.tell(replace(amid, is_moving=False), amid)
    assert caplog.text.count("is not Ready: not yet") == 1, "it is told when nothing follows at once"


def test_a_failure_that_goes_away_is_tried_again_soon(stage: Stage) -> None:
    def gone(target: str) -> None:
        if target == "cube/vg-yohur":
            raise DeviceUnreachable("cannot reach cube/vg-yohur: no route")

    stage.world.fake.faults.before_look = gone
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: stage.passes("vg-yohur") >= 2, "it is tried again without waiting for the interval")
    assert stage.metric("trunkline_reconcile_errors_total", cube="vg-yohur", reason="device_unreachable")
    assert stage.metric("trunkline_observation_age_seconds", device="cube/vg-yohur") == float("inf")
    stage.world.fake.faults.before_look = lambda target: None
    eventually(lambda: any(finished.cube == "vg-yohur" and finished.is_converged for finished in stage.daemon.passes()))
    assert stage.metric("trunkline_observation_age_seconds", device="cube/vg-yohur") != float("inf")


@pytest.mark.parametrize("trouble", [RuntimeError("a bug"), JournalFailed("cannot use the journal: disk full")])
def test_a_bug_or_a_full_disk_stops_nobody_for_good(stage: Stage, trouble: Exception) -> None:
    stage.world.trouble = trouble
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: stage.passes("vg-yohur") >= 1)
    stage.world.trouble = None
    eventually(lambda: looked_at(stage))


def test_a_pass_that_is_not_kept_counts_once_and_as_what_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_finished: Pass) -> None:
        raise JournalFailed("cannot use the journal: disk full")

    monkeypatch.setattr(stage.world.journal, "record", full)
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    assert stage.metric("trunkline_reconcile_errors_total", cube="vg-yohur", reason="journal_failed") == 1
    assert stage.metric("trunkline_reconcile_total", cube="vg-yohur", result="transient") == 1
    assert sum(stage.daemon.tallies.totals.results.values()) == 2, "one for each CUBE"


def test_what_no_pass_has_ended_of_yet_is_told_with_its_age_and_its_errors(stage: Stage) -> None:
    """A CUBE that hangs, and a journal that was full from the start: no pass comes to its end."""
    go_on = threading.Event()

    def slow(target: str) -> None:
        if target == "cube/vg-yohur":
            assert go_on.wait(60)

    stage.world.fake.faults.before_look = slow
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: {finished.cube for finished in stage.daemon.passes()} == {"cube-busan"})
    assert stage.metric("trunkline_observation_age_seconds", device="cube/vg-yohur") == float("inf")
    assert stage.metric("trunkline_reconcile_errors_total", cube="vg-yohur", reason="journal_failed") == 0
    stage.world.trouble = JournalFailed("cannot use the journal: disk full")
    stage.daemon.tallies.count_error("vg-yohur", "journal_failed")
    assert stage.metric("trunkline_reconcile_errors_total", cube="vg-yohur", reason="journal_failed") == 1
    assert stage.metric("trunkline_reconcile_total", cube="vg-yohur", result="transient") == 1
    go_on.set()
    eventually(lambda: looked_at(stage))


def test_what_was_counted_before_is_told_from_the_first_scrape_on_or_not_at_all(stage: Stage) -> None:
    """A counter that begins at 0 and jumps to its total would look like so many steps."""
    stage.repository.commit(examples())
    assert stage.metric("trunkline_exchange_steps_total") is None
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    stage.daemon.stop()
    steps = sum(stage.daemon.tallies.totals.exchange.values())
    assert steps > 0
    again = Daemon(stage.world, stage.daemon.source, 4, NEVER)
    again.start()
    assert sum(again.tallies.totals.exchange.values()) == steps
    again.stop()


def test_a_clock_that_is_put_back_makes_nothing_wait_for_the_hour_to_pass_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    before, jobs = stage.passes("vg-yohur"), stage.daemon._scheduler
    stage.daemon.mind_clock()
    assert stage.passes("vg-yohur") == before
    for job in jobs.get_jobs():  # as they stand where the clock was an hour ahead when they were made
        jobs.modify_job(job.id, next_run_time=job.next_run_time + timedelta(hours=30))
    late = {job.id: job.next_run_time for job in jobs.get_jobs()}
    stage.daemon._steps._zero += timedelta(hours=1)
    with caplog.at_level(logging.WARNING, "trunkline"):
        stage.daemon.mind_clock()
    assert "the clock of this machine was set by -3600 seconds; everything is looked at anew" in caplog.text
    eventually(lambda: stage.passes("vg-yohur") > before)
    assert all(jobs.get_job(name).next_run_time < moment for name, moment in late.items())


def test_stopping_finishes_the_step_at_hand_and_skips_the_rest(stage: Stage) -> None:
    at_a_step, go_on = threading.Event(), threading.Event()

    def slow(step: Step) -> None:
        at_a_step.set()
        assert go_on.wait(60)

    stage.world.fake.faults.after_step = slow
    stage.repository.commit(examples())
    stage.daemon.start()
    assert at_a_step.wait(60)
    stopping = threading.Thread(target=stage.daemon.stop)
    stopping.start()
    eventually(stage.daemon._stopping.is_set)
    go_on.set()
    stopping.join(60)
    assert not stopping.is_alive()
    devices = stage.world.fake.devices().values()
    assert sum(len(device.sent) for device in devices) <= 2, "one step for each CUBE under way"


def test_a_new_process_goes_on_where_the_last_one_was(stage: Stage, tmp_path: Path) -> None:
    stage.repository.commit(examples())
    stage.daemon.start()
    eventually(lambda: looked_at(stage))
    since = {f.cube: f.conditions for f in stage.daemon.passes()}
    stage.daemon.stop()
    again = Daemon(stage.world, stage.daemon.source, 4, NEVER)
    again.start()
    eventually(lambda: len(again.passes()) == 2)
    again.stop()
    assert again.tallies.totals.last_success.keys() == {"yohur-seoul", "busan-seoul"}
    for finished in again.passes():
        for link, conditions in finished.conditions.items():
            earlier = {one.type: one for one in since[finished.cube][link]}
            assert all(one.since == earlier[one.type].since for one in conditions if one.status == earlier[one.type].status)


def test_the_intervals_are_documents_too(stage: Stage) -> None:
    daemon = Daemon(stage.world, stage.daemon.source, 1)
    intervals = b"intervals: {source_seconds: 3000, observe_seconds: 4000}\n"
    stage.repository.commit({**examples(), "estate.yaml": b"enforcement: observe\n" + intervals})
    daemon.start()
    assert daemon._scheduled == (3000, 4000)
    stage.repository.commit({**examples(), "estate.yaml": b"enforcement: observe\nintervals: {source_seconds: 5000}\n"})
    daemon.poll_source()
    assert daemon._scheduled == (5000, 60)
    daemon.stop()
