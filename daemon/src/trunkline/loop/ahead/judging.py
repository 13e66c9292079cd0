"""`judge`: the guard's verdict on a plan, after the handshakes that it leads to were rehearsed. Pure, but for these."""

from dataclasses import dataclass
from datetime import datetime

from trunkline.loop import guard
from trunkline.loop.ahead import forecast, foresee, outlook
from trunkline.loop.ahead.foresee import Compile
from trunkline.loop.ahead.outlook import Forecasts
from trunkline.loop.situation import Situation
from trunkline.model.outcome import Verdict
from trunkline.model.plan import Plan
from trunkline.model.renewal.standing import Standing
from trunkline.ports import Rehearsal


@dataclass(frozen=True)
class Ways:
    """What looking ahead needs."""

    compile: Compile
    standings: tuple[Standing, ...]
    rehearsal: Rehearsal | None


def judge(plan: Plan, seen: Situation, ways: Ways, now: datetime) -> tuple[Verdict, Forecasts]:
    """The verdict, and the forecasts; none where no step of the plan decides about handshakes, or nobody rehearses.

    A link is broken if it does not come up after the plan, nor after what follows it: the next pass comes at once.
    """
    if ways.rehearsal is None or not outlook.is_decided_by(plan):
        return guard.judge(plan, seen.desired, seen.observed), {}
    after = forecast.after(plan, seen.observed, seen.dialects)
    found = outlook.of(seen.desired, seen.observed, after, ways.rehearsal, now)
    breaks = outlook.broken(found, seen.desired, seen.observed)
    if breaks:
        last = foresee.stages(plan, seen, ways.compile, ways.standings).observed
        found = outlook.of(seen.desired, seen.observed, last, ways.rehearsal, now)
        breaks = outlook.broken(found, seen.desired, seen.observed)
    return guard.judge(plan, seen.desired, seen.observed, breaks), found
