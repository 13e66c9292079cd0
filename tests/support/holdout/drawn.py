"""The third set: two faults of the first set at once, drawn by lot, so that nobody chose what goes together.

Right is whatever is right for one of the two. Both are of one kind of CUBE, and of different files of the first set, for two
faults of one file often undo each other.
"""

import random
from itertools import combinations

from support.holdout.case import CLASSIC, MODERN, Case
from support.holdout.first import certificates, cluster, cube, names, trust
from support.patient import Patient

SEED, MANY = 20261128, 8
ALONE = ("cube-gone", "no-authorization", "reload-without-saving")  # nothing else is seen, or left, beside these


def _drawn() -> tuple[Case, ...]:
    lot = random.Random(SEED)
    return tuple(_both(*pair) for body in (CLASSIC, MODERN) for pair in lot.sample(_pairs(body), MANY))


def _pairs(body: object) -> list[tuple[Case, Case]]:
    files = [module.CASES for module in (certificates, trust, cube, cluster, names)]
    usable = [[one for one in of if one.body == body and one.prepare is None and one.name not in ALONE] for of in files]
    return [(one, other) for first, second in combinations(usable, 2) for one in first for other in second]


def _both(one: Case, other: Case) -> Case:
    def act(patient: Patient) -> None:
        one.act(patient)
        other.act(patient)

    accepted = tuple(dict.fromkeys((*one.accepted, *other.accepted)))
    return Case(
        f"{one.name} and {other.name}",
        f"{one.story}; {other.story}",
        accepted,
        act,
        one.body,
        each=(one.accepted, other.accepted),
    )


CASES = _drawn()
