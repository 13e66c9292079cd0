"""Two queues of a cluster: the changes that clients ask for, and the writes that wait to be replicated."""

import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from trunkline.twin.cucm.axl.envelope import Fault, HttpRefusal


def new_uuid() -> str:
    return f"{{{str(uuid.uuid4()).upper()}}}"


@dataclass(frozen=True)
class ChangeEntry:
    """One change of one object."""

    number: int
    kind: str
    uuid: str
    action: str  # "a", "u", "r"


@dataclass
class ChangeQueue:
    """What listChange tells. It lives in memory: when AXL is restarted it begins anew, under another id."""

    queue_id: str = field(default_factory=new_uuid)
    entries: list[ChangeEntry] = field(default_factory=list)
    last: int = 0
    page_size: int = 1000

    def note(self, kind: str, object_uuid: str, action: str) -> None:
        self.last += 1
        self.entries.append(ChangeEntry(self.last, kind, object_uuid, action))

    def restart(self) -> None:
        self.queue_id, self.entries, self.last = new_uuid(), [], 0

    def page(self, queue_id: str | None, since: int | None, kinds: Collection[str]) -> tuple[list[ChangeEntry], int]:
        """Changes from number `since` on, and where the next page begins. Raises Fault 5007 for another queue's id."""
        if queue_id not in (None, self.queue_id):
            raise Fault(5007, "The queueId value does not match the server. A full sync is needed")
        if since is None:
            return [], self.last + 1
        after = [entry for entry in self.entries if entry.number >= since]
        shown = after[: self.page_size]
        following = shown[-1].number + 1 if len(after) > len(shown) else self.last + 1
        return [entry for entry in shown if not kinds or entry.kind in kinds], following


@dataclass
class WriteQueue:
    """Writes wait here for the database; while too many do, AXL answers 503 to more of them.

    How long is too long, and how fast it is worked off, Cisco does not say: the limit is dynamic.
    """

    longest: float = 500.0
    worked_off_per_second: float = 50.0
    clock: Callable[[], float] = time.monotonic
    waiting: float = 0.0
    _at: float = field(default_factory=time.monotonic)

    def push(self) -> None:
        """One more. Raises HttpRefusal 503."""
        now = self.clock()
        self.waiting = max(0.0, self.waiting - (now - self._at) * self.worked_off_per_second)
        self._at = now
        if self.waiting >= self.longest:
            raise HttpRefusal(503)
        self.waiting += 1
