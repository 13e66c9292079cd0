"""`trunkline check` and `trunkline schema` as processes: what is printed where, and how they end."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from support.examples import CUBE, LINK, MODERN_CUBE, examples
from support.lint_cases import FALLS_BACK, FALLS_BACK_TOO
from support.scene import EXAMPLES, ROOT


def trunkline(*words: str, directory: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "daemon" / "src"), "COLUMNS": "80"}
    command = [sys.executable, "-m", "trunkline", *words]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=120, check=False)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def edited(folder: Path, *edits: tuple[str, str, str]) -> Path:
    files = examples()
    for path, before, after in edits:
        assert before.encode() in files[path]
        files[path] = files[path].replace(before.encode(), after.encode())
    return write(folder, files)


def test_the_version_is_that_of_the_package() -> None:
    done = trunkline("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"trunkline {version('trunkline')}\n", "")


def test_the_examples_are_clean_and_schemas_beside_them_are_no_documents() -> None:
    assert (EXAMPLES / "schemas" / "cube.schema.json").is_file()
    done = trunkline("check", str(EXAMPLES))
    assert (done.returncode, done.stdout, done.stderr) == (0, "6 documents, 0 errors, 0 warnings\n", "")


def test_every_problem_of_every_file_on_a_line_of_its_own_however_narrow_the_terminal(tmp_path: Path) -> None:
    broken = edited(
        tmp_path,
        (CUBE, "port: 2222", "port: ssh\n  pasword: x"),
        (MODERN_CUBE, "address_hiding: true", "address_hiding: yes"),
        (LINK, "tag: 200", "tag: 100"),
    )
    (broken / "links" / "busan-seoul.yaml").write_text("cube: [unclosed\n")
    done = trunkline("check", str(broken))
    assert done.returncode == 1
    assert [line.removeprefix(f"{broken}/").split(" ")[0:3] for line in done.stdout.splitlines()] == [
        ["cubes/cube-busan.yaml:19:3:", "error", "TL005:"],
        ["cubes/vg-yohur.yaml:6:3:", "error", "TL005:"],
        ["cubes/vg-yohur.yaml:7:3:", "error", "TL005:"],
        ["links/busan-seoul.yaml:2:1:", "error", "TL003:"],
        ["6", "documents,", "4"],
    ]
    assert done.stderr == ""


def test_places_are_given_from_where_one_is(tmp_path: Path) -> None:
    """So that a terminal can open them, and a pipeline can annotate a merge request."""
    edited(tmp_path / "voice", (LINK, "cluster: seoul", "cluster: soul"))
    done = trunkline("check", "voice", directory=tmp_path)
    assert done.stdout.startswith(f"voice/{LINK}:4:1: error TL010: ")


def test_warnings_are_no_errors(tmp_path: Path) -> None:
    done = trunkline("check", str(edited(tmp_path, FALLS_BACK, FALLS_BACK_TOO)))
    assert done.returncode == 0
    assert "warning TL014" in done.stdout
    assert done.stdout.endswith("6 documents, 0 errors, 1 warning\n")


def test_problems_as_data(tmp_path: Path) -> None:
    done = trunkline("check", "--format", "json", str(edited(tmp_path, (LINK, "cluster: seoul", "cluster: soul"))))
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "path": str(tmp_path / LINK),
            "line": 4,
            "column": 1,
            "code": "TL010",
            "message": "there is no clusters/soul.yaml",
            "cure": "Write it, or name one of seoul",
            "severity": "error",
        }
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "trunkline: cannot check: no folder is named; name the one that holds estate.yaml, such as desired-state\n"),
        (("/no/such",), "trunkline: cannot check /no/such: it is not a folder; give the folder that holds estate.yaml\n"),
    ],
)
def test_wrong_usage_is_one_line(words: tuple[str, ...], said: str) -> None:
    done = trunkline("check", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_a_format_that_does_not_exist() -> None:
    done = trunkline("check", "--format", "xml", str(EXAMPLES))
    assert done.returncode == 2
    assert "use text or json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    edited(tmp_path)
    (tmp_path / "cubes" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    done = trunkline("check", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"trunkline: cannot check {tmp_path}/cubes/gone.yaml: No such file or directory; ")
    assert done.stderr.count("\n") == 1


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    done = trunkline("check", str(tmp_path))
    assert done.returncode == 1
    assert "TL001: there are no documents here" in done.stdout


def test_schemas_are_printed_and_written(tmp_path: Path) -> None:
    assert json.loads(trunkline("schema", "link").stdout)["title"] == "trunkline link"
    assert trunkline("schema", "--write", str(tmp_path / "made")).returncode == 0
    written = {path.name: path.read_text() for path in (tmp_path / "made").iterdir()}
    assert written == {path.name: path.read_text() for path in (EXAMPLES / "schemas").iterdir()}


def test_a_schema_that_does_not_exist_and_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unknown = trunkline("schema", "router")
    assert unknown.returncode == 2
    assert "estate, cube, cluster, link" in unknown.stderr
    unwritable = trunkline("schema", "--write", str(tmp_path / "file"))
    assert (unwritable.returncode, unwritable.stderr.count("\n")) == (2, 1)
    assert "cannot write" in unwritable.stderr
