"""A transcript explained: text to handshakes with their verdicts, and these as text or plain data."""

import dataclasses
import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trunkline.desired.documents import Documents
from trunkline.health.transcript.handshakes import Handshake
from trunkline.health.transcript.ladder import ladder
from trunkline.health.transcript.ours import Ours, ours
from trunkline.health.transcript.reading.entries import entries
from trunkline.health.transcript.reading.sorting import sorted_out
from trunkline.health.transcript.reading.traces import traced
from trunkline.health.transcript.verdicts import Verdict, verdict

PROMPT = re.compile(r"^([A-Za-z][A-Za-z0-9_.-]{0,62})[#>](?:\S| |$)", re.MULTILINE)


@dataclass(frozen=True)
class Explained:
    """One handshake, what is to be said of it, and the links of the documents that it may belong to."""

    handshake: Handshake
    verdict: Verdict
    links: tuple[Ours, ...] = ()


def explained(text: str, now: datetime, documents: Documents | None = None) -> tuple[Explained, ...]:
    """Every handshake of a transcript, in the order in which they begin. Never fails, whatever the text is."""
    lines = text.split("\n")
    prompt = PROMPT.search(text)
    told = list(traced(lines))
    # OpenSSL buffers what -trace says and not the states: in a file these stand before all of it, and say nothing more.
    shown = (entry for entry in entries(lines) if not told or entry.what not in ("state", "begin"))
    found = heapq.merge(shown, told, key=lambda entry: entry.line)
    handshakes = sorted_out(found, prompt[1] if prompt else "")
    return tuple(Explained(one, verdict(one, now), ours(one, documents) if documents else ()) for one in handshakes)


def as_text(found: Sequence[Explained]) -> Iterator[str]:
    """The whole explanation, one line at a time, without control characters that a transcript may hold."""
    for number, one in enumerate(found, 1):
        if number > 1:
            yield ""
        for line in _one(number, one):
            yield "".join(letter if letter.isprintable() else "?" for letter in line).rstrip()


def _one(number: int, one: Explained) -> Iterator[str]:
    handshake, said = one.handshake, one.verdict
    yield f"Handshake {number} ({_where(handshake)}): {said.outcome}"
    yield from (f"  {line}" for line in ladder(handshake) if handshake.messages)
    yield f"  What happened: {said.sentence}."
    if said.outcome == "refused" and said.after:
        yield f"  It ended after: {said.after}."
    if handshake.failure:
        logged = handshake.failure
        yield f"  The log says: {logged.reason} (local {logged.local}, remote {logged.remote})."
    yield from (f"  Note: {note}." for note in _notes(handshake, said.outcome))
    if said.cure:
        yield f"  What to do: {said.cure}."
    for link in one.links:
        certainty = "" if link.is_certain else "possibly "
        yield f"  Link: {certainty}{link.link}, because of {', '.join(link.because)}. Documents: {', '.join(link.documents)}."


def _notes(handshake: Handshake, outcome: str) -> Iterator[str]:
    """What a reader must know of the transcript itself."""
    if outcome == "completed":
        for doubt in dict.fromkeys(entry.text for entry in handshake.verify_errors):
            yield f"the recording end found `{doubt}` in the certificate of the other, and went on"
    if any(message.source == "state" for message in handshake.messages):
        yield "messages without details are told by a state line only; their bytes are not in the transcript"
    if handshake.is_mixed:
        yield "lines of several handshakes are mixed here; which message belongs to which is a guess"
    if any(message.is_cut for message in handshake.messages):
        yield "bytes are missing in the transcript; what stands in them is not known"


def _where(handshake: Handshake) -> str:
    lines = f"line {handshake.first_line}"
    if handshake.last_line > handshake.first_line:
        lines = f"lines {handshake.first_line} to {handshake.last_line}"
    return f"{lines}, {handshake.first_at}" if handshake.first_at else lines


def as_data(found: Sequence[Explained]) -> list[dict[str, Any]]:
    """For JSON: the fields of the values, without those that are empty."""
    return [
        {
            "number": number,
            "lines": [one.handshake.first_line, one.handshake.last_line],
            "at": one.handshake.first_at,
            "recorded_by": one.handshake.role,
            "recorder": one.handshake.recorder,
            "is_mixed": one.handshake.is_mixed,
            "messages": [_message(one.handshake, message) for message in one.handshake.messages],
            "errors": [entry.text for entry in (*one.handshake.verify_errors, *one.handshake.errors)],
            "log": dataclasses.asdict(one.handshake.failure) if one.handshake.failure else None,
            "verdict": dataclasses.asdict(one.verdict),
            "links": [dataclasses.asdict(link) for link in one.links],
        }
        for number, one in enumerate(found, 1)
    ]


def _message(handshake: Handshake, message: Any) -> dict[str, Any]:
    facts = {name: value for name, value in dataclasses.asdict(message.facts).items() if value not in ("", (), False)}
    return {
        "line": message.line,
        "at": message.at,
        "from": handshake.sender(message),
        "direction": message.direction,
        "name": message.name,
        "source": message.source,
        "length_bytes": message.length,
        "present_bytes": message.present,
        "is_incomplete": message.is_cut,
        **facts,
    }
