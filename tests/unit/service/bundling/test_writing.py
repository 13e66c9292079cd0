"""A bundle is written whole, with what pseudonyms stand for beside it, or refused for the sake of a secret."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from support.sick import Sick
from trunkline.model.errors import Stalled
from trunkline.service.bundling.packing import unpacked
from trunkline.service.bundling.writing import Answers, Place, Surroundings, write_bundle
from trunkline.service.diagnosing import Examined

LINK, CUBE = "vg-seoul", "cube/vg"


def examined() -> Examined:
    sick = Sick()
    return Examined(sick.diagnosed(), sick.evidence())


def around(*secrets: str, answer: str = "hostname vg\n") -> Any:
    stated = SimpleNamespace(value=SimpleNamespace(cube="vg", cluster="seoul"), path=f"links/{LINK}.yaml")
    documents = SimpleNamespace(
        links={LINK: stated},
        cubes={"vg": SimpleNamespace(path="cubes/vg.yaml")},
        clusters={"seoul": SimpleNamespace(path="clusters/seoul.yaml")},
    )
    blobs = {path: path for path in (stated.path, "cubes/vg.yaml", "clusters/seoul.yaml", "cubes/another.yaml")}
    source = SimpleNamespace(at=lambda _revision: SimpleNamespace(files=blobs), read=lambda blob: f"# {blob}\n".encode())
    journal = SimpleNamespace(summaries=lambda _limit, _cube: [], events=lambda _targets, _since: ())
    answers = Answers()
    answers.keep(CUBE, "show running-config brief", "earlier\n")
    answers.keep(CUBE, "show running-config brief", answer)
    answers.keep("cube/another", "show running-config brief", "of another\n")
    return Surroundings(journal, source, documents, answers, frozenset(secrets))  # type: ignore[arg-type]  # of what is asked


def test_it_holds_what_was_said_last_and_the_documents_of_the_link_alone(tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    made = write_bundle(Place(path), examined(), around("canary-Known-7f3a", answer="hostname vg\n! canary-Known-7f3a\n"))
    files = unpacked(path.read_bytes())
    assert files.keys() == {f"trunkline-{LINK}/{name}" for name in made.files}
    assert files[f"trunkline-{LINK}/cube/running-config.txt"] == b"hostname vg\n! <removed>\n"
    documents = {name.partition("documents/")[2] for name in files if "documents/" in name}
    assert documents == {"cubes/vg.yaml", "clusters/seoul.yaml", f"links/{LINK}.yaml"}
    assert not any(b"of another" in content for content in files.values())


def test_what_pseudonyms_stand_for_is_written_beside_it_if_asked(tmp_path: Path) -> None:
    place = Place(tmp_path / "case.zip", is_anonymous=True, key=tmp_path / "key.json")
    write_bundle(place, examined(), around())
    assert json.loads((tmp_path / "key.json").read_text())["link-1"] == LINK
    assert (tmp_path / "key.json").stat().st_mode & 0o777 == 0o600
    write_bundle(Place(tmp_path / "other.zip", is_anonymous=True), examined(), around())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.zip", "key.json", "other.zip"]
    assert (tmp_path / "case.zip").read_bytes() != (tmp_path / "other.zip").read_bytes(), "each has pseudonyms of its own"


def test_a_secret_that_cannot_be_taken_out_is_no_bundle_and_is_not_told(tmp_path: Path) -> None:
    """The link is called as a secret is."""
    path = tmp_path / "case.zip"
    with pytest.raises(
        Stalled, match=r"cannot write the bundle .*case\.zip: a secret that trunkline was given stands in"
    ) as refused:
        write_bundle(Place(path), examined(), around(LINK))
    assert "SHA256SUMS" in str(refused.value) and LINK not in str(refused.value).replace(str(tmp_path), "")
    assert not path.exists()
