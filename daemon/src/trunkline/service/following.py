"""Follows the source: the newest usable revision is reconciled, a broken one is told and changes nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from trunkline.desired.documents import Documents
from trunkline.desired.lint import blocking
from trunkline.desired.parse import Parser
from trunkline.model.desired import Problem, Snapshot
from trunkline.model.errors import STALLED_REASONS, TrunklineError
from trunkline.ports import Source
from trunkline.views.metrics.background import SourceStatus

LOG = logging.getLogger("trunkline")
SHOWN_PROBLEMS = 20


@dataclass(frozen=True)
class Revision:
    """What is reconciled: both replaced at once, so that no pass mixes two revisions."""

    name: str
    documents: Documents


@dataclass
class Following:
    """The last good revision, and what is known of the source. Only `poll` writes, on one thread at a time."""

    source: Source
    now: Callable[[], datetime]
    good: Revision | None = None
    last_good: str = ""  # the revision that an earlier process reconciled
    status: SourceStatus = field(default_factory=SourceStatus)
    parser: Parser = field(default_factory=Parser)

    def poll(self) -> bool:
        """Take over a new commit; true where there is one. Never raises."""
        try:
            snapshot = self.source.fetch()
            return self._take(snapshot)
        except TrunklineError as error:
            self._troubled(str(error), is_broken=error.reason in STALLED_REASONS)
        except Exception as error:  # the last resort: the last good revision must go on being reconciled
            LOG.exception("the source could not be read")
            self._troubled(f"cannot read the source: {error.__class__.__name__}; see the log", is_broken=False)
        return self._went_back()

    def _went_back(self) -> bool:
        """A daemon that starts while the newest commit is broken, or git is away, goes on with the last good revision."""
        if self.good or not self.last_good:
            return False
        revision, self.last_good = self.last_good, ""
        try:
            parsed = self.parser.parse(self.source.at(revision).files, self.source.read)
        except TrunklineError as error:
            LOG.error("%s", error)
            return False
        if parsed.documents is None:  # its rules are not asked again: a waiver that ran out must not stop what was good
            return False
        self.good = Revision(revision, parsed.documents)
        self.status = replace(self.status, revision=revision)
        LOG.warning("revision %s, the last good one, is reconciled meanwhile", revision[:10])
        return True

    def _take(self, snapshot: Snapshot) -> bool:
        if self.good and self.good.name == snapshot.revision:
            self._recovered()
            return False
        documents, problems = usable(snapshot, self.source, self.parser, self.now().date())
        if documents is None:
            self._refused(snapshot, problems)
            return self._went_back()
        self.good = Revision(snapshot.revision, documents)
        self.status = SourceStatus(snapshot.revision, False, "", self.now())
        LOG.info("revision %s by %s: %s", snapshot.revision[:10], snapshot.author, snapshot.subject)
        return True

    def _recovered(self) -> None:
        if self.status.message:
            LOG.info("the source can be used again")
        self.status = SourceStatus(self.status.revision, False, "", self.now())

    def _refused(self, snapshot: Snapshot, problems: tuple[Problem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        message = f"cannot use commit {snapshot.revision[:10]}: {problems[0]}{more}"
        if message != self.status.message:
            for problem in problems[:SHOWN_PROBLEMS]:
                LOG.error("%s", problem)
        self._troubled(message, is_broken=True, fetched_at=self.now())

    def _troubled(self, message: str, *, is_broken: bool, fetched_at: datetime | None = None) -> None:
        """A commit that was found broken stays so while the source cannot be reached."""
        kept = self.status
        if message != kept.message:
            LOG.error("%s", message)
        self.status = SourceStatus(kept.revision, is_broken or kept.is_broken, message, fetched_at or kept.fetched_at)


def usable(snapshot: Snapshot, source: Source, parser: Parser, today: date) -> tuple[Documents | None, tuple[Problem, ...]]:
    """The documents of a commit; None where something keeps it from being used, and what that is: all of it."""
    if snapshot.problems:
        return None, snapshot.problems
    parsed = parser.parse(snapshot.files, source.read)
    problems = parsed.problems or blocking(parsed.documents, today)
    return (None if problems else parsed.documents), problems
