"""Following git with 10,000 documents: a poll that finds nothing new, and one changed document beside a full parse."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.row import Row, median_seconds

from support.examples import examples
from support.octets import claimed_octet
from support.repository import Repository, git_daemon
from trunkline.desired.parse import Parser
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace

LINKS = 9_994
GOAL_MILLISECONDS = 10.0


def documents() -> dict[str, bytes]:
    """10,000 documents, most of them links."""
    files = examples()
    link = files["links/yohur-seoul.yaml"]
    return files | {f"links/link-{number:05}.yaml": link + f"# {number}\n".encode() for number in range(LINKS)}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as directory:
        yield from _rows(Path(directory))


def _rows(directory: Path) -> Iterator[Row]:
    files = documents()
    repository = Repository(directory / "desired.git")
    repository.commit(files)
    for name, url in (("path", str(repository.path)), ("file URL", f"file://{repository.path}")):
        source = GitSource(GitPlace(url, folder="desired-state"), directory / "cache")
        source.fetch()
        poll = median_seconds(source.fetch, 200) * 1000
        what = f"poll of an unchanged repository, {len(files):,} documents, {name}"
        yield Row(what, f"{poll:.3f} ms", "goal 10 ms", poll, GOAL_MILLISECONDS)
    yield _mirrored(repository, len(files), directory)
    yield from _changed(repository, files, source)


def _mirrored(repository: Repository, count: int, directory: Path) -> Row:
    """Over the network, from git's own server."""
    with claimed_octet() as octet, git_daemon(directory, f"127.{octet}.0.9") as url:
        source = GitSource(GitPlace(f"{url}/{repository.path.name}", folder="desired-state"), directory / "cache")
        source.fetch()
        poll = median_seconds(source.fetch, 50) * 1000
    what = f"poll of an unchanged repository, {count:,} documents, mirror of git://"
    return Row(what, f"{poll:.1f} ms", "goal 10 ms", poll, GOAL_MILLISECONDS)


def _changed(repository: Repository, files: dict[str, bytes], source: GitSource) -> Iterator[Row]:
    parser = Parser()
    started = time.perf_counter()
    parser.parse(source.fetch().files, source.read)
    full = time.perf_counter() - started
    whole = parser.parse_count
    taken = []
    for number in range(5):
        repository.commit({**files, "links/link-00000.yaml": files["links/link-00000.yaml"] + f"# {number}\n".encode()})
        before = parser.parse_count
        started = time.perf_counter()
        parser.parse(source.fetch().files, source.read)
        taken.append(time.perf_counter() - started)
        assert parser.parse_count - before == 1, "one changed document is one parse"
    one = sorted(taken)[2]
    beside = f"all {whole:,} parsed in {full:.1f} s"
    yield Row("one changed document: fetch, 1 parse, all documents again", f"{one * 1000:.0f} ms", beside, one / full, 0.1)
