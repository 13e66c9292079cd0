"""The documents of desired-state/, to be changed by tests of what documents may say."""

from datetime import date

from support.scene import EXAMPLES
from trunkline.desired.documents import Documents
from trunkline.desired.lint import check
from trunkline.desired.parse import parse
from trunkline.model.desired import Problem

TODAY = date(2026, 11, 24)
CUBE, MODERN_CUBE = "cubes/vg-yohur.yaml", "cubes/cube-busan.yaml"
CLUSTER = "clusters/seoul.yaml"
LINK, MODERN_LINK = "links/yohur-seoul.yaml", "links/busan-seoul.yaml"


def examples() -> dict[str, bytes]:
    """Contents by path."""
    return {path.relative_to(EXAMPLES).as_posix(): path.read_bytes() for path in sorted(EXAMPLES.rglob("*.yaml"))}


def changed(path: str, before: str, after: str) -> dict[str, bytes]:
    """The examples, with a text that stands once in one of them replaced."""
    files = examples()
    text = files[path].decode()
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
    return {**files, path: text.replace(before, after).encode()}


def problems(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """What `trunkline check` finds."""
    return check(parse(files), TODAY)


def documents(files: dict[str, bytes]) -> Documents:
    parsed = parse(files)
    assert parsed.documents, parsed.problems
    return parsed.documents
