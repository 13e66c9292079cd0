"""What the loop needs of the world."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from trunkline.model.desired import Snapshot
from trunkline.model.event import Event
from trunkline.model.handshake import Meeting, Met
from trunkline.model.key import Key
from trunkline.model.observed import Observed
from trunkline.model.passes import Pass
from trunkline.model.plan import Change, Command, Plan, Step
from trunkline.model.renewal.memory import Binding, Holder, Memory
from trunkline.model.renewal.wish import Abilities, Chain, Signing
from trunkline.model.resource import Owned, Resource


class Clock(Protocol):
    """The only clock."""

    def now(self) -> datetime:
        """Aware, UTC."""


class Source(Protocol):
    """Where desired state comes from."""

    def fetch(self) -> Snapshot:
        """The newest commit. Raises Transient where it cannot be reached, Stalled where it never will be."""

    def at(self, revision: str) -> Snapshot:
        """An earlier commit, without asking the network. Raises Transient where it is not here."""

    def read(self, blob_id: str) -> bytes:
        """The content of one file of any snapshot fetched so far."""


class Dialect(Protocol):
    """How one kind of device says things: pure, as data. The release is known when a dialect is made."""

    def canonical(self, resource: Resource) -> Resource:
        """The resource with its settings by slot, written as the device would show them."""

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:
        """The value that a slot has when the device does not show it; None where absence means absence.

        `wanted` is the desired value, if any: a desired `no …` line of a command that the table does not know is
        satisfied by the absence of the command.
        """

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:
        """Whether what is shown is as good as what is wanted, although somebody else chose more than was stated."""

    def manages(self, key: Key, slot: str) -> bool:
        """Whether the table knows the slot: only such a slot is reset when a resource owned whole does not state it."""

    def is_cosmetic(self, key: Key, slot: str) -> bool:
        """Whether a setting means nothing to calls, such as a description: it counts as soon as it is stored."""

    def render(self, change: Change) -> tuple[Command, ...]:
        """The acts that carry out a change, in order. A changed single-valued slot is re-entered, not negated first."""

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
        """What a resource with these settings, as the device shows them, refers to."""

    def waits_for_calls(self, change: Change) -> bool:
        """Whether a change is only made while no call is up: the device refuses it then, or drops the call."""

    def must_replace(self, change: Change) -> bool:
        """Whether an update is impossible in place."""


class Device(Protocol):
    """One CUBE or one cluster. Not thread-safe: one worker at a time."""

    @property
    def target(self) -> str: ...

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        """What the device shows now.

        `keys` are the resources in question (a CUCM cluster is only asked for these; a CUBE reads its whole
        configuration). Unless `full`, an unchanged device may answer from what was read last, after looking at its
        cheap change signals. Never raises for an unreadable part: that is a gap. Raises Transient or Stalled when the
        device cannot be asked.
        """

    def dialect(self) -> Dialect:
        """The dialect of the release last observed."""

    def carry_out(self, step: Step) -> str:
        """Do one step; leave no half-open mode. Raises DeviceRefused, AccessRefused, Waiting, or a Transient.

        Returns what must be remembered of it: the request that was printed, or the chain that was issued, in PEM; else nothing.
        """

    def save(self) -> None:
        """Make the configuration survive a reload, where the device needs that."""

    def close(self) -> None:
        """End the session."""


class Issuer(Protocol):
    """Who signs certificates."""

    def abilities(self) -> Abilities:
        """What it can sign; without asking anybody."""

    def sign(self, signing: Signing) -> Chain:
        """The certificate, then its issuers. Raises Waiting while it has no answer, DeviceRefused where it says no,
        AccessRefused, or a Transient. Asking once more for the same request does no harm.
        """

    def chain(self) -> Chain:
        """The issuing CA, then its issuers. Raises as `sign`."""


class Rehearsal(Protocol):
    """Tries handshakes without the devices."""

    def meet(self, meeting: Meeting) -> Met:
        """What would become of it: the same answer for the same meeting, and its obstacle where it has one. Never raises."""


class Journal(Protocol):
    """What must survive a crash: intentions before acts, what was created, which activations are owed."""

    def begin(self, plan: Plan, at: datetime) -> str:
        """Write the plan down before its first act; returns the id to use below."""

    def intend(self, plan_id: str, step: Step, at: datetime) -> None:
        """Write down that a step is about to happen: it enters the inventory, and its activations become owed."""

    def done(self, plan_id: str, step: Step, at: datetime, produced: str = "") -> None:
        """Write down that a step happened: a deletion leaves the inventory, an activation is owed no more, an approval is
        spent. `produced` is what `Device.carry_out` returned: a request begins an enrolment, a signature completes it.
        """

    def refused(self, plan_id: str, step: Step, at: datetime, unneeded: frozenset[Key]) -> None:
        """Write down that a device did nothing of a step: what it was to create is nobody's, and the activations
        `unneeded` are owed for its sake only.
        """

    def record(self, finished: Pass) -> None:
        """Keep a finished pass."""

    def claim(self, cube: str, keys: frozenset[Key], *, is_complete: bool) -> None:
        """Write down what a CUBE wants on clusters that it may share with others.

        `is_complete` false adds to the earlier claims: what cannot be stated now may be wanted still. What this CUBE made
        and wants no more while another one claims it enters the inventory of that other.
        """

    def adopt(self, cube: str, resources: Iterable[Resource], owed: frozenset[Key]) -> None:
        """Write down what was found as documents state it: it may be changed by a later commit, and is deleted only if
        trunkline made it. `owed` are the activations that it makes necessary.
        """

    def forget(self, cube: str, keys: Iterable[Key]) -> None:
        """Write down that these are gone, whoever took them away: they leave the inventory."""

    def known(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Those of the keys that the inventory of any CUBE holds."""

    def claimed(self, cube: str, keys: Iterable[Key]) -> frozenset[Key]:
        """Those of the keys that other CUBEs than this one claim."""

    def inventory(self, cube: str) -> Mapping[Key, Owned]:
        """What trunkline created or changed for this CUBE and the far ends of its links, as it was last stated.

        `intend` of a Create or Replace makes `is_created` true for good; `slots` collects the slots of every difference
        that is written (after is not None). Only `done` forgets: the slots that were removed, and what was deleted.
        """

    def owed(self, cube: str) -> frozenset[Key]:
        """Activations that were made necessary and have not been carried out."""

    def memory(self, targets: Iterable[str]) -> Memory:
        """What is remembered of certificates on these targets; `others` is left empty."""

    def bound(self, binding: Binding) -> None:
        """Write down since when a trustpoint is in use; takes the place of what was written of it before."""

    def forget_holder(self, holder: Holder) -> None:
        """Nothing is remembered any more of a trustpoint that is gone: its enrolment, its binding."""

    def waits(self, holder: Holder, why: str) -> None:
        """Write down that the issuer does not answer yet, and what it said."""

    def heard(self, events: Iterable[Event]) -> None:
        """Keep what devices told by themselves; of each device and kind only the newest, for a while."""

    def events(self, targets: Iterable[str], since: datetime) -> tuple[Event, ...]:
        """What these devices told since a moment, newest last."""

    def serve(self, holder: Holder) -> None:
        """A person's order for this holder was carried out."""
