"""`judge`: the guard's verdict on a plan, after the handshakes that it leads to were rehearsed. Pure, but for these."""

from dataclasses import dataclass

from trunkline.loop import guard
from trunkline.loop.ahead import forecast, foresee, outlook
from trunkline.loop.ahead.foresee import Compile
from trunkline.loop.ahead.outlook import Forecasts, Outset
from trunkline.loop.situation import Situation
from trunkline.model.outcome import Verdict
from trunkline.model.plan import Plan
from trunkline.model.renewal.standing import Standing


@dataclass(frozen=True)
class Ways:
    """What looking ahead needs."""

    compile: Compile
    standings: tuple[Standing, ...]
    outset: Outset | None  # None: nobody rehearses handshakes


def judge(plan: Plan, seen: Situation, ways: Ways) -> tuple[Verdict, Forecasts]:
    """The verdict, and the forecasts; none where no step of the plan decides about handshakes, or nobody rehearses.

    A link is broken if it does not come up after the plan, nor after what follows it: the next pass comes at once.
    """
    if ways.outset is None or not outlook.is_decided_by(plan):
        return guard.judge(plan, seen.desired, seen.observed), {}
    after = forecast.after(plan, seen.observed, seen.dialects)
    found = ways.outset.to(after)
    breaks = outlook.broken(found, seen.desired, seen.observed)
    if breaks:
        found = ways.outset.to(foresee.stages(plan, seen, ways.compile, ways.standings).observed)
        breaks = outlook.broken(found, seen.desired, seen.observed)
    return guard.judge(plan, seen.desired, seen.observed, breaks), found
