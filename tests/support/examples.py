"""The documents of desired-state/, to be changed by tests of what documents may say."""

from datetime import date

from support.scene import EXAMPLES
from trunkline.desired.documents import Documents
from trunkline.desired.lint import check
from trunkline.desired.parse import parse
from trunkline.model.desired import Problem

TODAY = date(2026, 11, 24)
CUBE, MODERN_CUBE = "cubes/vg-yohur.yaml", "cubes/cube-busan.yaml"
CLUSTER, ESTATE = "clusters/seoul.yaml", "estate.yaml"
LINK, MODERN_LINK = "links/yohur-seoul.yaml", "links/busan-seoul.yaml"


def examples() -> dict[str, bytes]:
    """Contents by path."""
    return {path.relative_to(EXAMPLES).as_posix(): path.read_bytes() for path in sorted(EXAMPLES.rglob("*.yaml"))}


Edit = tuple[str, str, str]  # path, text that stands once in it, what stands there instead


def changed(*edits: Edit) -> dict[str, bytes]:
    """The examples with some texts replaced. An empty text before means: append."""
    files = examples()
    for path, before, after in edits:
        text = files[path].decode()
        assert not before or text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
        files[path] = (text.replace(before, after) if before else text + after).encode()
    return files


def problems(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """What `trunkline check` finds."""
    return check(parse(files), TODAY)


def documents(files: dict[str, bytes]) -> Documents:
    parsed = parse(files)
    assert parsed.documents, parsed.problems
    return parsed.documents
