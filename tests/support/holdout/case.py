"""One case of the hold-out: what happened, which answers are right, and how the answer is judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from support.patient import NODES, Body, Patient, patient
from support.scene import Scene
from support.waiting import eventually
from trunkline.model.cause import Diagnosis, Health
from trunkline.twin.cube.siptls import keepalive, settings

CLASSIC, MODERN, WIDE = Body(), Body("cube-busan", "17.9"), Body("cube-busan", "17.15")
OLDER_XE = Body("vg-yohur", "16.12")
CA_SIGNED = {"certificates": "ca-signed"}
ENOUGH = 3


class Verdict(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"
    NEAR = "in the first three"
    WRONG = "wrong"
    MISSED = "said to be well"
    ALARM = "said to be broken"


def nothing(_patient: Patient) -> None:
    """Whatever is unusual is in the documents."""


@dataclass(frozen=True)
class Case:
    """What happened, and the codes that a senior voice engineer would take as first cause; none for a trunk that is well."""

    name: str
    story: str
    accepted: tuple[str, ...]
    act: Callable[[Patient], object] = nothing
    body: Body = CLASSIC
    prepare: Callable[[Scene], object] | None = field(default=None, repr=False)
    each: tuple[tuple[str, ...], ...] = ()  # of two faults at once: what is accepted for each of them


def verdict(case: Case, found: Diagnosis) -> Verdict:
    codes = [one.code for one in found.findings]
    is_quiet = found.is_well or (found.health is Health.UNKNOWN and not codes)
    if not case.accepted:
        return Verdict.RIGHT if is_quiet else Verdict.ALARM
    if is_quiet:
        return Verdict.MISSED
    if codes[0] in case.accepted:
        return Verdict.RIGHT
    return Verdict.NEAR if set(codes[:ENOUGH]) & set(case.accepted) else Verdict.WRONG


def diagnosed(case: Case, directory: Path) -> Diagnosis:
    """The trunk comes up, the story happens, both ends notice it, somebody tries to call, and the diagnosis is made once."""
    with patient(case.body, directory, case.prepare) as trunk:
        if case.prepare is None:
            trunk.until_connected()
        case.act(trunk)
        _until_noticed(trunk)
        _call_all(trunk)
        return trunk.examined().diagnosis


def _until_noticed(trunk: Patient) -> None:
    """Every node that pings has pinged once more; every target that the CUBE pings answered, or was given up."""
    sides = [trunk.node(name).sip for name in NODES]
    trunk.do(lambda: [side.status.pop(trunk.trunk, None) for side in sides])

    def have_pinged() -> bool:
        running = [(side, side.trunks.get(trunk.trunk)) for side in sides]
        return all(trunk.trunk in side.status for side, found in running if found and found.ping_seconds)

    def is_settled() -> bool:
        agent = trunk.cube.agent
        states = [(agent.targets.get((a, p)), timing) for a, p, timing in keepalive.targets(trunk.cube.router.running)]
        return all(state and (not state.failures or not state.is_active(timing)) for state, timing in states)

    eventually(have_pinged, "a node does not ping")
    eventually(is_settled, "the CUBE does not ping")


def _call_all(trunk: Patient) -> None:
    """Somebody tries a call to every target that a dial-peer has, as whoever hears of a fault does first."""
    for address, port in sorted({(address, port) for _, address, port in settings.targets(trunk.cube.router.running)}):
        trunk.lab.call(trunk.cube.agent.try_handshake(address, port))
