"""The counters of Cisco CallManager on one node. They begin at 0 with the process."""

from collections import Counter
from dataclasses import dataclass, field

from trunkline.twin.sip import Message

METHODS = {
    name.upper(): name
    for name in ("Ack", "Bye", "Cancel", "Info", "Invite", "Notify", "Options", "Publish", "Refer", "Register", "Subscribe")
} | {"PRACK": "PRAck", "UPDATE": "Update"}
CLASSES = ("Info", "Success", "Redir", "RequestsFailed", "ServerFailed", "GlobalFailed")
STATUS_CODES = (
    *(f"StatusCode{of}xx{way}" for of in "12456" for way in ("Ins", "Outs")),
    "StatusCode3xxins",
    "StatusCode302Outs",
)
"""So spelt (RTMT guide): of those sent, 3xx has one for 302 alone."""
OTHERS = ("CCBsAllocated", "SCBsAllocated", "SIPHandlerSDLQueueSignalsPresent", "RetryInvites", "RetryRequestsOut")


def _zeros() -> Counter[str]:
    names = [f"{name}{way}" for name in (*METHODS.values(), *(f"{one}Class" for one in CLASSES)) for way in ("Ins", "Outs")]
    names += [f"Summary{what}{way}" for what in ("Requests", "Responses") for way in ("In", "Out")]
    return Counter(dict.fromkeys((*names, *STATUS_CODES, *OTHERS), 0))


@dataclass
class Calls:
    """Of one trunk. There are no calls in the lab but those that a test says there are."""

    active: int = 0
    attempted: int = 0
    completed: int = 0


@dataclass
class Counting:
    """What the SIP stack counted, and the calls by trunk."""

    stack: Counter[str] = field(default_factory=_zeros)
    calls: dict[str, Calls] = field(default_factory=dict)

    def begin(self) -> None:
        """The process starts."""
        self.stack, self.calls = _zeros(), {}

    def received(self, message: Message) -> None:
        self._count(message, "In", "ins" if 300 <= message.status < 400 else "Ins")

    def sent(self, message: Message) -> None:
        self._count(message, "Out", "Outs")

    def _count(self, message: Message, way: str, ending: str) -> None:
        if message.method:
            self.stack[f"SummaryRequests{way}"] += 1
            if message.method in METHODS:
                self.stack[f"{METHODS[message.method]}{way}s"] += 1
            return
        of = message.status // 100
        self.stack[f"SummaryResponses{way}"] += 1
        self.stack[f"{CLASSES[of - 1]}Class{way}s"] += 1
        name = "StatusCode302Outs" if message.status == 302 and way == "Out" else f"StatusCode{of}xx{ending}"
        if name in STATUS_CODES:
            self.stack[name] += 1
