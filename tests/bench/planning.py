"""From documents and observations to a plan: compile, diff and order for many links, with the real dialects.

CPU time: nothing here waits, and other programs on the machine do not count.
"""

import gc
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.bench.row import Row, median_seconds

from support.examples import documents, examples
from support.fake import FakeCluster, FakeCube, issued
from trunkline.desired.compile import compile_cube, keys_of_interest
from trunkline.desired.documents import Documents, Placed
from trunkline.loop import diff, plan
from trunkline.loop.situation import Situation
from trunkline.model.key import cluster_target, cube_target
from trunkline.model.observed import Observed
from trunkline.model.plan import Plan

SIZES = (250, 500, 1_000)
GOAL_SECONDS = 0.5
GOAL_GROWTH = 4.8  # four times the links, a fifth for the caches of the processor
ROUNDS = 5


def estate(links: int) -> Documents:
    """One CUBE to each link, ten clusters."""
    found = documents(examples())
    cube, link, cluster = found.cubes["vg-yohur"], found.links["yohur-seoul"], found.clusters["seoul"]
    clusters = {f"c{number}": replace(cluster, name=f"c{number}") for number in range(10)}
    cubes: dict[str, Placed] = {}
    made: dict[str, Placed] = {}
    for number in range(links):
        name = f"cube-{number:04}"
        address = f"10.{number // 250}.{number % 250}.1"
        signalling = cube.value.signalling.model_copy(update={"address": address})
        cubes[name] = replace(cube, name=name, value=cube.value.model_copy(update={"signalling": signalling}))
        outbound = link.value.dial_peers.outbound.model_copy(update={"destination_pattern": f"{number}..."})
        value = link.value.model_copy(
            update={
                "cube": name,
                "cluster": f"c{number % 10}",
                "dial_peers": link.value.dial_peers.model_copy(update={"outbound": outbound}),
                "trunk": link.value.trunk.model_copy(update={"name": f"TRUNK-{number}"}),
                "security_profile": link.value.security_profile.model_copy(update={"name": f"{name} TLS"}),
                "sip_profile": link.value.sip_profile.model_copy(update={"name": f"trunkline {name}"}),
            }
        )
        made[f"link-{number:04}"] = replace(link, name=f"link-{number:04}", value=value)
    return Documents(found.estate, cubes, clusters, made)


class Bench:
    """An estate with what its devices show: empty, or as the documents want it."""

    def __init__(self, links: int) -> None:
        self.documents = estate(links)
        nodes = tuple(node.name for node in self.documents.clusters["c0"].value.nodes)
        self.dialect = FakeCube("cube/x", "sip-trunk-cert", issued("x.example.com")).dialect()
        self.clusters = {name: FakeCluster(cluster_target(name), nodes) for name in self.documents.clusters}
        self.observed = {name: dict(self._observe(name)) for name in self.documents.cubes}
        self.steps = 0

    def _observe(self, cube: str) -> Iterator[tuple[str, Observed]]:
        device = FakeCube(cube_target(cube), "sip-trunk-cert", issued("a.example.com"))
        for target, keys in keys_of_interest(self.documents, cube).items():
            holder = device if target == device.target else self.clusters[target.partition("/")[2]]
            yield target, holder.observe(keys)

    def plan_all(self) -> None:
        self.steps = sum(len(self.plan(cube, observed).steps) for cube, observed in self.observed.items())

    def plan(self, cube: str, observed: Mapping[str, Observed]) -> Plan:
        dialects = {
            target: self.dialect if target.startswith("cube/") else self.clusters[target.partition("/")[2]].dialect()
            for target in observed
        }
        desired = diff.canonical(compile_cube(self.documents, "r1", cube, observed), dialects)
        return plan.order(diff.between(desired, observed, dialects, {}), Situation(desired, observed, dialects))

    def converge(self) -> None:
        """Every device takes its plan."""
        for cube, observed in self.observed.items():
            device = FakeCube(cube_target(cube), "sip-trunk-cert", issued("a.example.com"))
            for step in self.plan(cube, observed).steps:
                holder = device if step.key.target == device.target else self.clusters[step.key.target.partition("/")[2]]
                holder.carry_out(step)
            keys = keys_of_interest(self.documents, cube)
            self.observed[cube] = {
                target: (device if target == device.target else self.clusters[target.partition("/")[2]]).observe(of_target)
                for target, of_target in keys.items()
            }


def _seconds(bench: Bench) -> float:
    gc.collect()
    bench.plan_all()
    return median_seconds(bench.plan_all, ROUNDS, clock=time.process_time)


def rows() -> Iterator[Row]:
    for state in ("nothing there yet", "everything as wanted"):
        taken: dict[int, float] = {}
        steps = 0
        for size in SIZES:
            bench = Bench(size)
            if state != "nothing there yet":
                bench.converge()
            taken[size], steps = _seconds(bench), bench.steps
        beside = ", ".join(f"{size}: {seconds * 1000:.0f} ms" for size, seconds in taken.items())
        what = f"compile + diff + plan, 1,000 links, {state} ({steps:,} steps)"
        yield Row(what, f"{taken[1000] * 1000:.0f} ms", "goal 0.5 s", taken[1000], GOAL_SECONDS)
        yield Row(f"growth from 250 to 1,000 links, {state}", beside, "linear is 4", taken[1000] / taken[250], GOAL_GROWTH)
