"""Totals of a CUBE: whatever happens to the device and to the daemon, they never fall and never count what was not.

A model counts what really happened. Between two looks anything may happen: failures, `clear sip-ua statistics`, a reload, a
switch-over to another router with counts of its own, a restart of the daemon.
"""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.observed import Counting
from trunkline.views import document

NAMES = ("client", "server")
LAW = settings(max_examples=60)

Act = tuple[str, int, int]
COUNTS = st.integers(0, 50)
ACTS = st.one_of(
    st.tuples(st.just("fail"), COUNTS, COUNTS),
    st.tuples(st.just("clear"), st.just(0), st.just(0)),
    st.tuples(st.just("reload"), st.just(0), st.just(0)),
    st.tuples(st.just("switch over"), COUNTS, COUNTS),
    st.tuples(st.just("restart the daemon"), st.just(0), st.just(0)),
    st.tuples(st.just("look"), st.just(0), st.just(0)),
)


class Model:
    """A pair of routers, and what really failed on the one that was active."""

    def __init__(self) -> None:
        self.readings = dict.fromkeys(NAMES, 0)
        self.failed = dict.fromkeys(NAMES, 0)
        self.uptime, self.switches = timedelta(days=9), 0

    def does(self, act: Act) -> None:
        what, *counts = act
        self.uptime += timedelta(minutes=1)
        if what == "fail":
            for name, count in zip(NAMES, counts, strict=True):
                self.readings[name] += count
                self.failed[name] += count
        elif what in ("clear", "reload"):
            self.readings = dict.fromkeys(NAMES, 0)
            self.uptime = timedelta(minutes=1) if what == "reload" else self.uptime
        elif what == "switch over":
            self.switches += 1
            self.readings = dict(zip(NAMES, counts, strict=True))
            self.uptime = timedelta(days=self.switches)

    @property
    def counting(self) -> Counting:
        return Counting(f"FTX-{self.switches}", self.uptime)


@LAW
@given(st.lists(ACTS, max_size=25))
def test_totals_never_fall_and_never_exceed_what_failed(acts: list[Act]) -> None:
    engine = open_engine("sqlite://")
    journal, model = SqlJournal(engine, document.of_pass), Model()
    totals = journal.monotone("cube/a", model.readings, model.counting)
    for act in [*acts, ("look", 0, 0)]:
        model.does(act)
        if act[0] == "restart the daemon":
            journal = SqlJournal(engine, document.of_pass)
        if act[0] != "look":
            continue
        found = journal.monotone("cube/a", model.readings, model.counting)
        for name in NAMES:
            assert totals[name] <= found[name] <= model.failed[name]
        totals = found


@LAW
@given(st.lists(ACTS, max_size=25))
def test_looked_at_after_every_act_nothing_is_missing(acts: list[Act]) -> None:
    """But what a router counted before it took over: that is nobody's failure now."""
    journal, model = SqlJournal(open_engine("sqlite://"), document.of_pass), Model()
    journal.monotone("cube/a", model.readings, model.counting)
    for act in acts:
        model.does(act)
        assert journal.monotone("cube/a", model.readings, model.counting) == model.failed


@LAW
@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=25))
def test_of_a_router_that_says_neither_name_nor_uptime_totals_never_fall(readings: list[tuple[int, int]]) -> None:
    journal = SqlJournal(open_engine("sqlite://"), document.of_pass)
    totals = dict.fromkeys(NAMES, 0)
    for reading in readings:
        found = journal.monotone("cube/a", dict(zip(NAMES, reading, strict=True)))
        assert all(found[name] >= max(totals[name], now) for name, now in zip(NAMES, reading, strict=True))
        totals = found
