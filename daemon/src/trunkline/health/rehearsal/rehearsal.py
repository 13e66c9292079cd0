"""`InMemory`: tells what would become of a meeting, by letting stand-ins of its two ends meet."""

from trunkline.health.rehearsal import explaining
from trunkline.health.rehearsal.casting import case_of
from trunkline.health.rehearsal.handshake import outcome
from trunkline.health.rehearsal.keys import CannotRehearseError
from trunkline.model.handshake import Meeting, Met


class InMemory:
    """Implements `trunkline.ports.Rehearsal`. Nothing is opened, sent or written; what was rehearsed once is remembered."""

    def meet(self, meeting: Meeting) -> Met:
        if meeting.obstacle:
            return meeting.obstacle
        naked = next((end for end in (meeting.client, meeting.server) if not end.chain), None)
        if naked:
            return explaining.without_certificate(meeting, naked)
        try:
            case = case_of(meeting)
            return explaining.told(meeting, case, outcome(case))
        except (CannotRehearseError, ValueError) as error:
            return Met(None, text=f"it cannot be rehearsed: {error}")
