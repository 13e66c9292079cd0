"""The command line as a person meets it: exit codes, JSON that programs rely on, and one clear line for every mistake."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.daemon import assert_no_traceback
from support.estate import Estate, estate_lab, sites, write_estate
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

SITE = "seoul"
OF_A_PASS = {
    "cube", "revision", "result", "started_at", "finished_at", "plan", "reasons", "outcomes", "remaining", "failure",
    "is_saved", "links", "targets",
}  # fmt: skip
OF_A_STEP = {"action", "key", "target", "kind", "name", "origin", "differences", "commands"}
OF_A_LINK = {"name", "cube", "cluster", "enforcement", "origin", "conditions"}


@pytest.fixture
def estate(tmp_path: Path, octet: int) -> Iterator[Estate]:
    members = sites([SITE], {})
    with Lab(estate_lab(members, octet), tmp_path / ".lab") as lab:
        yield write_estate(lab, tmp_path, members)


def _trunkline(estate: Estate, *words: str, exits: int) -> str:
    done = estate.scene.trunkline(*words, "--settings", str(estate.daemon.settings))
    assert done.returncode == exits, done.stdout + done.stderr
    assert_no_traceback(done.stderr)
    return done.stdout


def test_exit_codes_and_output_follow_what_there_is_to_do(estate: Estate) -> None:
    assert "create" in _trunkline(estate, "plan", exits=1)
    _expect_stable_keys(json.loads(_trunkline(estate, "plan", "--format", "json", exits=1)))
    progress = re.findall(r"^ +\[(\d+)/(\d+)\] \w+ (?:cube|cluster)/", _trunkline(estate, "apply", exits=0), re.MULTILINE)
    total = len(progress)
    assert [(int(number), int(of)) for number, of in progress] == [(number, total) for number in range(1, total + 1)]
    assert f"{SITE}: nothing to do" in _trunkline(estate, "plan", exits=0)
    type_by_ssh(estate.lab, SITE, ("dial-peer voice 100 voip", "destination-pattern 7..."))
    estate.scene.rewrite("estate.yaml", "enforcement: enforce", "enforcement: observe")
    estate.scene.commit("only look")
    observed = _trunkline(estate, "plan", exits=3)
    assert "only observed; `enforcement: enforce` would send: 1 to update\n" in observed
    assert "      dial-peer voice 100 voip\n        destination-pattern" in observed
    _trunkline(estate, "apply", exits=3)
    assert " destination-pattern 7..." in estate.router(SITE).text_lines()
    estate.put_secret(SITE, "cube-password", "wrong")
    assert "the CUBE refuses the password" in _trunkline(estate, "plan", exits=2)
    assert "the CUBE refuses the password" in _trunkline(estate, "apply", exits=2)


def _expect_stable_keys(passes: list[dict[str, object]]) -> None:
    (only,) = passes
    assert set(only) >= OF_A_PASS
    plan, links = only["plan"], only["links"]
    assert isinstance(plan, dict) and isinstance(links, list)
    assert {"digest", "steps", "held"} <= set(plan)
    assert all(set(step) >= OF_A_STEP for step in plan["steps"])
    assert all(set(link) >= OF_A_LINK for link in links)


@dataclass(frozen=True)
class Mistake:
    """What somebody does wrong, and what the one line must say."""

    name: str
    words: tuple[str, ...]
    told: str
    prepare: Callable[[Estate], object] = lambda _estate: None


def _settings(text: str) -> Callable[[Estate], object]:
    return lambda estate: estate.daemon.settings.write_text(text)


def _unset(estate: Estate) -> None:
    estate.scene.rewrite("cubes/seoul.yaml", "file:secrets/seoul.cube-password", "env:TRUNKLINE_NOBODY_SET")
    estate.scene.commit("another secret")


def _foreign_variable(estate: Estate) -> None:
    estate.scene.rewrite("cubes/seoul.yaml", "file:secrets/seoul.cube-password", "env:HOME")
    estate.scene.commit("a variable of somebody else")


def _folder_for_a_secret(estate: Estate) -> None:
    estate.secret(SITE, "cube-password").unlink()
    estate.secret(SITE, "cube-password").mkdir()


MISTAKES = (
    Mistake("no-settings", ("plan", "--settings", "nowhere.toml"), "cannot read the settings nowhere.toml: No such file"),
    Mistake("settings-no-toml", ("plan",), "correct the TOML", _settings("[source\n")),
    Mistake("settings-unknown", ("plan",), "colour", _settings('colour = "red"\n')),
    Mistake("settings-type", ("plan",), "workers", _settings('workers = "many"\n')),
    Mistake("no-repository", ("plan",), "cannot open", _settings('[source]\nurl = "/usr"\n')),
    Mistake("no-branch", ("plan",), "cannot find branch nobody", _settings('[source]\nurl = "."\nbranch = "nobody"\n')),
    Mistake("no-folder", ("plan",), "cannot find folder nothing", _settings('[source]\nurl = "."\nfolder = "nothing"\n')),
    Mistake("unknown-cube", ("plan", "--cube", "busan"), "busan"),
    Mistake("unknown-link", ("why", "busan", "--format", "json"), "cannot explain link busan"),
    Mistake("unset-variable", ("plan",), "cannot resolve env:TRUNKLINE_NOBODY_SET: the variable is not set", _unset),
    Mistake("other-variable", ("plan",), "documents must not refer to this variable", _foreign_variable),
    Mistake(
        "unreadable-secret", ("plan",), "cannot resolve file:secrets/seoul.cube-password: Is a directory", _folder_for_a_secret
    ),
    Mistake("unknown-option", ("plan", "--colour"), "No such option: --colour"),
    Mistake("unknown-command", ("deploy",), "No such command 'deploy'"),
    Mistake("unknown-format", ("plan", "--format", "xml"), "use text or json"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, int]]:
    with claimed_octet() as octet, Lab(estate_lab(sites([SITE], {}), octet), tmp_path_factory.mktemp("desk") / ".lab") as lab:
        yield lab, octet


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_one_clear_line(mistake: Mistake, desk: tuple[Lab, int], tmp_path: Path) -> None:
    estate = write_estate(desk[0], tmp_path, sites([SITE], {}))
    for member in desk[0].directory.iterdir():
        if member.suffix in (".pem", ".host-key"):
            (tmp_path / ".lab").mkdir(exist_ok=True)
            (tmp_path / ".lab" / member.name).write_bytes(member.read_bytes())
    mistake.prepare(estate)
    words = (
        mistake.words
        if "--settings" in mistake.words or mistake.name == "unknown-command"
        else (*mistake.words, "--settings", "trunkline.toml")
    )
    done = estate.scene.trunkline(*words)
    told = done.stdout + done.stderr
    assert done.returncode == 2, told
    assert "json" not in words or done.stdout == "", "whoever reads the output as data is not given a complaint"
    assert_no_traceback(told)
    assert any(mistake.told in line for line in told.splitlines()), told
    assert "  ! " not in told, "a trunk would be reset although its own change is held"
