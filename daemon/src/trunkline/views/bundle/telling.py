"""The probe's looks, what devices logged, and the last passes, as text. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trunkline.model.event import Event
from trunkline.model.handshake import Look
from trunkline.model.observed import Shown, WireFacts
from trunkline.views.bundle.tables import moment, table

ATTEMPTED = {True: "a SIP answer came", False: "FAILED", None: "looked only: no certificate of ours to present"}


def probe(wire: WireFacts | None) -> Iterator[str]:
    """One look at each end, from the machine that trunkline runs on."""
    if wire is None:
        yield "The wire was not looked at."
        return
    for holder in sorted({*wire.looks, *wire.shown}):
        yield from (holder, *_look(wire.looks.get(holder)), *_shown(wire.shown.get(holder)), "")
    for (node, issuer), one in sorted(wire.accepted.items()):
        verdict = "accepts" if one.is_accepted else "does NOT accept"
        why = f": {one.problem}" if one.problem else ""
        yield f"{node} {verdict} a certificate of the CA {issuer[:16]} ({moment(one.at)}){why}"


def _look(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    yield f"  at            {moment(look.at)}"
    yield f"  outcome       {ATTEMPTED[look.is_success]}{f' ({look.reason.value}: {look.problem})' if look.reason else ''}"
    yield f"  TLS           {look.version or 'none'} {look.cipher}".rstrip()
    if look.seconds:
        yield f"  seconds       {', '.join(f'{phase} {seconds:.3f}' for phase, seconds in look.seconds.items())}"
    if look.doubts:
        yield f"  its peer will mind: {', '.join(doubt.value for doubt in look.doubts)}"


def _shown(shown: Shown | None) -> Iterator[str]:
    if shown is None:
        return
    sent = shown.chain or ((shown.certificate,) if shown.certificate else ())
    chain = " < ".join(f"{one.sha256[:16]} ({one.common_name})" for one in sent)
    yield f"  presented     {chain or f'nothing: {shown.problem}'}"


def events(told: Iterable[Event]) -> Iterator[str]:
    """Oldest first; `at` is when the line came, by trunkline's clock."""
    lines = [f"{moment(event.at)}  {event.target}  {event.line}" for event in told]
    yield from lines or ["No syslog of these devices is remembered."]


def history(passes: Iterable[Mapping[str, Any]], link: str) -> Iterator[str]:
    """Newest first: conditions of the link, outcomes, holds."""
    is_empty = True
    for one in passes:
        is_empty = False
        yield f"{one['finished_at'][:19]}Z  {one['result']}  revision {one['revision'][:10]}"
        if one["failure"]:
            yield f"  failed: {one['failure']['message']}"
        yield from (f"  hold [{reason['code']}] {reason['text']}" for reason in one["reasons"])
        plan = one["plan"] or {"held": ()}
        yield from (f"  held {held['action']} {held['key']} [{held['code']}] {held['reason']}" for held in plan["held"])
        yield from (f"  {made['result']} {made['action']} {made['key']} {made['detail']}".rstrip() for made in one["outcomes"])
        yield from (f"  gap  {gap['target']}: {gap['reason']}" for gap in one["gaps"])
        conditions = [made for entry in one["links"] if entry["name"] == link for made in entry["conditions"]]
        yield from table(
            ("condition", "status", "since", "reason"),
            [(c["type"], c["status"], f"{c['since'][:19]}Z", f"{c['reason']}: {c['message']}") for c in conditions],
        )
        yield ""
    if is_empty:
        yield "The journal knows no pass of this CUBE."
