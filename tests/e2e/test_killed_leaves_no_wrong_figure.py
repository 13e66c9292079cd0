"""Whatever dies, no figure is left that says more than is known: it is old and says so, or it is gone.

Each test kills something, goes through every series that the daemon shows then, and brings it to life again.
"""

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from support.daemon import Daemon, Samples, assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.figures import Labels, age, claims, of_family, wrong
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab
from trunkline.views.metrics.contract import FAMILIES

SITE, CUBE, CLUSTER = "x", "cube/x", "cluster/x"
DEAD_NODE, ITS_ADDRESS, OTHER_ADDRESS = "x-1", "10.72.100.75", "10.72.100.74"
HANGING_SECONDS = 12.0  # before each answer: a pass takes a minute
LONG_AGO_SECONDS = 15.0  # beyond the interval of five and what a pass takes
KEEPALIVE = "    keepalive: {up_seconds: 60, down_seconds: 30, retry: 5}\n    codec: g711ulaw\n"
SUCCESS = ("trunkline_last_success_timestamp_seconds", (("link", SITE),))
CUBES_OWN = {
    "trunkline_cube_info",
    "trunkline_connections",
    "trunkline_peer_connections",
    "trunkline_active_call_legs",
    "trunkline_clock_offset_seconds",
    "trunkline_clock_authoritative",
    "trunkline_dial_peer_up",
    "trunkline_dial_peer_keepalive",
}


@dataclass
class Place:
    """One site under a daemon, and how it looked while all was well."""

    estate: Estate
    well: Samples

    @property
    def daemon(self) -> Daemon:
        return self.estate.daemon

    def told(self, condition: str, *statuses: str) -> Samples:
        """The exposition once a condition has one of these statuses."""
        wanted = {"status": statuses}
        wait_for(f"{condition} {wanted}", lambda: self.daemon.conditions(SITE).get(condition, {}).get("status") in statuses)
        return self.daemon.samples()

    def is_well_again(self) -> None:
        """All that was there is there, and nothing else."""
        self.daemon.wait_ready(SITE)

        def differs() -> bool:
            self.well, before = self.daemon.samples(), self.well
            return {name for name, _ in before} == {name for name, _ in self.well}

        wait_for("every family again", differs)

    def nodes_told_anew(self) -> None:
        """Counters of a node that was down begin anew with its service: what is shown shall be from after that."""
        begun = time.monotonic()

        def told() -> bool:
            ages = of_family(self.daemon.samples(), "trunkline_realtime_age_seconds")
            return bool(ages) and max(ages.values()) < time.monotonic() - begun

        wait_for("what the nodes tell now", told)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("killed")
    members = sites([SITE], {SITE: 2})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        link = estate.scene.folder / "links" / f"{SITE}.yaml"
        text = link.read_text()
        link.write_text(text.replace("    codec: g711ulaw\n", KEEPALIVE, 1))
        revision = estate.scene.commit("the dial-peers ping")
        with estate.daemon as daemon:
            daemon.wait_ready(SITE, revision=revision)
            estate.lab.cubes[SITE].agent.counters.server_handshake_failures += 7
            wait_for("the counter", lambda: _failures(daemon.samples()) == 7)
            wait_for("connections", lambda: _remotes(daemon.samples()) == {ITS_ADDRESS, OTHER_ADDRESS})
            daemon.wait_ready(SITE)
            yield Place(estate, daemon.samples())
            assert_no_traceback(daemon.log())


def _failures(samples: Samples) -> float | None:
    return of_family(samples, "trunkline_tls_handshake_failures_total").get((CUBE, "server"))


def _remotes(samples: Samples) -> set[str]:
    return {remote for _, remote, *_ in of_family(samples, "trunkline_peer_connections")}


def _is_the_cube(labels: Labels) -> bool:
    return labels.get("device") == CUBE or labels.get("end") == CUBE


def _is_the_node(labels: Labels) -> bool:
    holder = labels.get("name", "").partition("/")[0]
    is_held = labels.get("device") == CLUSTER and holder == DEAD_NODE
    return labels.get("node") == DEAD_NODE or labels.get("end", "").endswith(f"/{DEAD_NODE}") or is_held


def _is_the_cluster(labels: Labels) -> bool:
    return labels.get("device") == CLUSTER or labels.get("end", "").startswith(f"{CLUSTER}/")


def _is_nothing(_labels: Labels) -> bool:
    return False


def test_before_anything_dies_all_that_a_cube_tells_is_there(place: Place) -> None:
    assert {name for name, _ in place.well} >= CUBES_OWN
    assert claims(place.well, SITE) >= {"Observed", "TrustReady", "IdentityReady", "NameMatch", "Proven", "InSync", "Ready"}


@moves(
    "trunkline_reconcile_total",
    "trunkline_reconcile_duration_seconds",
    "trunkline_last_success_timestamp_seconds",
    "trunkline_link_condition",
)
def test_a_cube_that_refuses_tells_nothing_and_its_age_grows(place: Place) -> None:
    place.estate.lab.close_ssh(SITE)
    for session in list(place.estate.router(SITE).sessions):
        session.cut()
    place.told("Observed", "False")
    time.sleep(LONG_AGO_SECONDS)
    seen = place.told("Observed", "False")
    assert list(wrong(place.well, seen, _is_the_cube)) == []
    assert {name for name, labels in seen if ("device", CUBE) in labels} & CUBES_OWN == set()
    assert claims(seen, SITE) == set(), "nothing about a trunk is known of one end alone"
    assert age(seen, CUBE) > LONG_AGO_SECONDS > age(seen, CLUSTER)
    assert _failures(seen) == 7
    drift = {(side, kind) for _, side, kind in of_family(seen, "trunkline_link_drift")}
    assert {side for side, _ in drift} == {"cluster"}
    results = of_family(seen, "trunkline_reconcile_total")
    assert results[SITE, "transient"] > of_family(place.well, "trunkline_reconcile_total")[SITE, "transient"]
    durations = ("trunkline_reconcile_duration_seconds_count", ())
    assert seen[durations] > place.well[durations]
    assert seen[SUCCESS] - place.well[SUCCESS] < LONG_AGO_SECONDS
    place.estate.lab.open_ssh(SITE)
    place.is_well_again()
    assert place.daemon.samples()[SUCCESS] > seen[SUCCESS]


def test_while_a_cube_hangs_its_figures_are_old_and_say_so(place: Place) -> None:
    place.estate.router(SITE).faults.seconds_per_command = HANGING_SECONDS
    seen = wait_for(
        "an old observation", lambda: found if age(found := place.daemon.samples(), CUBE) > LONG_AGO_SECONDS else None
    )
    place.estate.router(SITE).faults.seconds_per_command = 0.0
    for series, value in seen.items():
        if ("device", CUBE) in series[1] and not series[0].endswith("_age_seconds") and series[0] in FAMILIES:
            assert series in place.well, f"{series} is {value}: nobody has seen that"
    assert age(place.well, CUBE) < LONG_AGO_SECONDS
    place.is_well_again()


def test_a_dead_node_is_said_to_be_down_and_nothing_else_of_it(place: Place) -> None:
    place.estate.lab.call(place.estate.cluster(SITE).stop_node(DEAD_NODE))
    place.told("Observed", "False")
    wait_for("the lost connection", lambda: _remotes(place.daemon.samples()) == {OTHER_ADDRESS})
    seen = place.told("Observed", "False")
    assert list(wrong(place.well, seen, _is_the_node)) == []
    assert of_family(seen, "trunkline_node_up") == {(CLUSTER, "x-0"): 1.0, (CLUSTER, DEAD_NODE): 0.0}
    assert claims(seen, SITE) <= {"NameMatch", "Proven", "InSync"}, (
        "that each end trusts and presents what it should is not known"
    )
    drift = {kind for _, side, kind in of_family(seen, "trunkline_link_drift") if side == "cluster"}
    assert "callmanager-trust" not in drift and "sip-trunk" in drift
    place.estate.lab.call(place.estate.cluster(SITE).start_node(DEAD_NODE))
    place.is_well_again()


def test_of_a_dead_cluster_nothing_is_known(place: Place) -> None:
    for node in ("x-0", "x-1"):
        place.estate.lab.call(place.estate.cluster(SITE).stop_node(node))
    place.told("Proven", "False")
    seen = place.told("Observed", "False")
    assert list(wrong(place.well, seen, _is_the_cluster)) == []
    assert claims(seen, SITE) == set()
    assert age(seen, CLUSTER) > age(seen, CUBE)
    wait_for(
        "the CUBE busies its dial-peers out",
        lambda: set(of_family(place.daemon.samples(), "trunkline_dial_peer_keepalive").values()) == {0.0},
    )
    for node in ("x-0", "x-1"):
        place.estate.lab.call(place.estate.cluster(SITE).start_node(node))
    place.is_well_again()


@moves("trunkline_source_last_fetch_timestamp_seconds")
def test_without_git_what_was_stated_last_goes_on_and_the_fetch_grows_old(place: Place) -> None:
    git = place.estate.scene.directory / ".git"
    hidden = git.with_name("hidden")
    git.rename(hidden)
    fetched = ("trunkline_source_last_fetch_timestamp_seconds", ())
    time.sleep(LONG_AGO_SECONDS)
    first = place.daemon.samples()
    assert time.time() - first[fetched] > LONG_AGO_SECONDS - 6, "the moment is old, and stays"
    assert list(wrong(place.well, first, _is_nothing)) == []
    assert age(first, CUBE) < LONG_AGO_SECONDS, "devices are looked at as before"
    hidden.rename(git)
    wait_for("a fetch", lambda: place.daemon.samples()[fetched] > first[fetched])
    place.is_well_again()


def test_a_daemon_that_was_killed_claims_nothing_before_it_has_looked(place: Place) -> None:
    """While it is dead nothing is shown; when it is back and a CUBE is dead, that one has an age without end."""
    place.nodes_told_anew()
    before = place.daemon.samples()
    place.daemon.stop(signal.SIGKILL)
    place.estate.lab.close_ssh(SITE)
    place.estate.lab.cubes[SITE].agent.counters.server_handshake_failures += 2
    place.daemon.start()
    seen = place.told("Observed", "False")
    assert list(wrong(before, seen, _is_the_cube)) == []
    assert claims(seen, SITE) == set()
    assert age(seen, CUBE) == float("inf")
    assert seen[SUCCESS] <= before[SUCCESS] + 10, "when all was last well is remembered"
    assert _failures(seen) in (None, 7.0), "what it counted is not known yet"
    place.estate.lab.open_ssh(SITE)
    place.is_well_again()
    assert _failures(place.daemon.samples()) == 9.0, "its counters go on"
