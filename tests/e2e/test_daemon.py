"""The life of a daemon: commits, people, observe mode, links that go, counters that begin anew. One daemon looks after
several sites, and every test has a site of its own.
"""

from collections.abc import Iterator

import pygit2
import pytest

from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.cucm.axl.objects import TYPES
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

SITES = ("changing", "drifting", "watched", "leaving", "counting")
POLICY = "guard: {allow_empty: true, max_deletions: 20}\n"
FOREIGN = " description fax server, owned by another team"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Every link is Ready; `watched` is in observe mode from then on."""
    directory = tmp_path_factory.mktemp("life")
    members = sites(SITES, {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members, POLICY)
        with estate.daemon as daemon:
            daemon.wait_ready(*SITES)
            _write(estate, "cubes/watched.yaml", "enforcement: observe\n")
            daemon.wait_ready(*SITES, revision=_commit(estate, "only watch one of them"))
            yield estate
            assert_no_traceback(daemon.log())
            assert daemon.stop() == 0


def _write(estate: Estate, path: str, more: str) -> None:
    file = estate.scene.folder / path
    file.write_text(file.read_text() + more)


def _commit(estate: Estate, subject: str) -> str:
    """Everything as it lies in the folder, also what is gone."""
    pygit2.Repository(str(estate.scene.directory)).index.clear()
    return estate.scene.commit(subject)


def _shows(estate: Estate, site: str, line: str) -> bool:
    return line in estate.router(site).text_lines()


def _listed(estate: Estate, site: str, kind: str, field: str = "name") -> list[str]:
    return sorted(record.text(field) for record in estate.cluster(site).database.listed(TYPES[kind]))


@moves("trunkline_source_revision_info")
def test_a_commit_changes_both_ends(estate: Estate) -> None:
    estate.scene.rewrite("links/changing.yaml", 'destination_pattern: "1..."', 'destination_pattern: "1[0-4].."')
    estate.scene.rewrite("links/changing.yaml", 'pattern: "9.@"', 'pattern: "9.00@"')
    revision = _commit(estate, "other numbers")
    estate.daemon.wait_ready("changing", revision=revision)
    assert _shows(estate, "changing", " destination-pattern 1[0-4]..")
    assert not _shows(estate, "changing", " destination-pattern 1...")
    assert _listed(estate, "changing", "RoutePattern", "pattern") == ["9.00@"]
    assert estate.daemon.sample("trunkline_source_revision_info", revision=revision) == 1.0


def test_what_a_person_changes_is_found_and_healed_and_what_is_theirs_is_left(estate: Estate) -> None:
    typed = ("dial-peer voice 100 voip", "session target ipv4:10.72.99.99:5061", "exit", "dial-peer voice 900 voip")
    type_by_ssh(estate.lab, "drifting", (*typed, "preference 7", "exit", "sip-ua", "retry invite 2"))
    wrong = " session target ipv4:10.72.99.99:5061"
    wait_for("the target as the document says", lambda: not _shows(estate, "drifting", wrong))
    estate.daemon.wait_ready("drifting")
    assert _shows(estate, "drifting", " preference 7")
    assert _shows(estate, "drifting", " retry invite 2")
    assert _shows(estate, "drifting", FOREIGN)


@moves("trunkline_link_drift", "trunkline_held_changes")
def test_observe_mode_shows_drift_and_touches_nothing(estate: Estate) -> None:
    type_by_ssh(estate.lab, "watched", ("dial-peer voice 100 voip", "destination-pattern 7..."))
    before = estate.router("watched").last_change

    def is_drifting() -> bool:
        return estate.daemon.conditions("watched")["InSync"]["status"] == "False"

    wait_for("the drift as a condition", is_drifting)
    assert estate.daemon.sample("trunkline_link_drift", link="watched", side="cube", kind="dial-peer") == 1.0
    assert estate.daemon.sample("trunkline_held_changes", cube="watched") == 1.0
    text = estate.scene.trunkline("why", "watched", "--settings", str(estate.daemon.settings)).stdout
    assert "destination-pattern 7..." in text
    status = estate.scene.trunkline("status", "--settings", str(estate.daemon.settings))
    assert status.returncode == 1
    assert "watched" in status.stdout
    assert _shows(estate, "watched", " destination-pattern 7...")
    assert estate.router("watched").last_change == before


@moves("trunkline_leftover_resources")
def test_a_link_that_goes_is_taken_away_in_reverse_and_its_cube_leaves_no_series(estate: Estate) -> None:
    foreign = [line for line in estate.members["leaving"].cube.config.splitlines() if line.startswith(" ")]
    document = estate.scene.folder / "links" / "leaving.yaml"
    document.unlink()
    revision = _commit(estate, "the trunk is not needed any more")

    def deleted() -> list[str] | None:
        done = estate.daemon.passes()["leaving"]
        gone = [outcome["key"] for outcome in done["outcomes"] if outcome["action"] == "delete"]
        return gone if done["revision"] == revision and gone else None

    order = wait_for("the deletions", deleted)
    positions = {kind: [at for at, key in enumerate(order) if f" {kind} " in key] for kind in _kinds(order)}
    assert max(positions["route-pattern"]) < min(positions["sip-trunk"]) < min(positions["sip-security-profile"])
    assert max(positions["dial-peer"]) < min(positions["trustpoint"])
    assert _listed(estate, "leaving", "SipTrunk") == []
    assert "leaving TLS" not in _listed(estate, "leaving", "SipTrunkSecurityProfile")
    lines = estate.router("leaving").text_lines()
    assert not [
        line for line in lines if line.startswith(("dial-peer voice 100 ", "dial-peer voice 200 ", "crypto pki trustpoint TL-"))
    ]
    assert set(foreign) <= {line.rstrip() for line in lines}
    _forget_the_cube(estate)


def _kinds(order: list[str]) -> set[str]:
    return {key.split()[1] for key in order}


def _forget_the_cube(estate: Estate) -> None:
    (estate.scene.folder / "cubes" / "leaving.yaml").unlink()
    (estate.scene.folder / "clusters" / "leaving.yaml").unlink()
    _commit(estate, "the router is gone as well")

    def series() -> set[str]:
        return {name for name, labels in estate.daemon.samples() if any("leaving" in value for _, value in labels)}

    wait_for("no series of the router but what was left on it", lambda: series() == {"trunkline_leftover_resources"})
    assert "2 resources on cube/leaving were made for leaving and no document says any more how to reach" in estate.daemon.log()


def test_counters_do_not_fall_when_a_cube_begins_to_count_anew(estate: Estate) -> None:
    def failures() -> float:
        return estate.daemon.sample("trunkline_tls_handshake_failures_total", device="cube/counting", side="server") or 0.0

    agent = estate.lab.cubes["counting"].agent
    agent.counters.server_handshake_failures += 16
    first = wait_for("the failures", lambda: value if (value := failures()) >= 16 else None)
    asked = ("exit", "clear sip-ua statistics", "configure terminal")
    type_by_ssh(estate.lab, "counting", asked)
    assert agent.counters.server_handshake_failures == 0
    agent.counters.server_handshake_failures = 3
    second = wait_for("the failures since then", lambda: value if (value := failures()) != first else None)
    assert second == first + 3
