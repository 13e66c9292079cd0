"""The text of a scrape: what Prometheus reads, and that only what changed is written anew."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.fake import NOW, FakeWorld
from trunkline.model.passes import Pass
from trunkline.views.metrics.background import Background, SourceStatus, Totals
from trunkline.views.metrics.contract import FAMILIES
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.samples import Part, of, parts
from trunkline.web.exposition import Exposition

LATER = NOW + timedelta(seconds=90)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def both(world: FakeWorld) -> list[Pass]:
    return [world.converge("cube-busan"), world.converge("vg-yohur")]


def test_the_exposition_is_what_prometheus_reads(world: FakeWorld) -> None:
    totals = Totals(duration_buckets=(0, 2, 1, *(0,) * 9, 1), duration_sum_seconds=401.5, last_success={"yohur-seoul": NOW})
    source = SourceStatus("abc", True, "broken", NOW)
    background = Background(totals, source, leftovers={("gone", "cube/gone"): 3})
    text = Exposition().of(parts(both(world), background, LATER)).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families.keys() >= {name.removesuffix("_total") for name in FAMILIES}
    for name, family in FAMILIES.items():
        read = families[name.removesuffix("_total") if family.kind == "counter" else name]
        assert (read.type, read.documentation) == (family.kind, family.help)
        for sample in read.samples:
            assert set(sample.labels) - {"le"} == set(family.labels), sample
        keys = Counter((sample.name, tuple(sorted(sample.labels.items()))) for sample in read.samples)
        assert max(keys.values(), default=1) == 1
    duration = {
        sample.labels.get("le", sample.name.rpartition("_")[2]): sample.value
        for sample in families["trunkline_reconcile_duration_seconds"].samples
    }
    assert (duration["0.05"], duration["0.1"], duration["0.25"], duration["300"], duration["+Inf"]) == (0, 2, 3, 3, 4)
    assert (duration["count"], duration["sum"]) == (4, 401.5)


def test_what_is_kept_says_the_same_as_what_is_written_anew(world: FakeWorld) -> None:
    """Over passes, counts and a CUBE that goes."""
    exposition, (first, second) = Exposition(), both(world)
    later = world.run("vg-yohur", second)
    backgrounds = [Background(Totals(results={("vg-yohur", "applied"): count})) for count in (1, 1, 2)]
    for passes in ([first, second], [first, later], [first], [later]):
        for background in backgrounds:
            kept = exposition.of(parts(passes, background, LATER))
            assert kept == Exposition().of(parts(passes, background, LATER))
            assert kept == Exposition().of([Part("all", None, lambda p=passes, b=background: of(p, b, LATER))])  # type: ignore[misc]


def test_only_what_changed_is_written_anew(world: FakeWorld) -> None:
    exposition, (first, second) = Exposition(), both(world)
    made: list[str] = []

    def counted(part: Part) -> Part:
        def samples() -> Iterator[Sample]:
            made.append(part.name)
            return part.samples()

        return replace(part, samples=samples)

    def scrape(*passes: Pass) -> list[str]:
        made.clear()
        exposition.of([counted(part) for part in parts(passes, Background(), LATER)])
        return [name for name in made if not name.startswith("spent ")]

    assert scrape(first, second) == [
        "pass cube-busan",
        "pass vg-yohur",
        "cluster/seoul",
        "cube/cube-busan",
        "cube/vg-yohur",
        "the rest",
    ]
    assert scrape(first, second) == ["the rest"]
    later = world.run("vg-yohur", second)
    assert scrape(first, later) == ["pass vg-yohur", "cube/vg-yohur", "the rest"]
    latest = world.run("vg-yohur", later)
    exposition.prepare(parts([latest], Background(), LATER))
    assert "pass vg-yohur" not in scrape(first, latest)


def test_label_values_are_escaped() -> None:
    name = 'a "quoted" \\ name\nin two lines\n# HELP trunkline_source_broken x'
    sample = Sample("trunkline_source_revision_info", (name,), 1.0)
    text = Exposition().of([Part("one", None, lambda: iter([sample]))]).decode()
    read = {family.name: family for family in text_string_to_metric_families(text)}
    assert [one.labels for one in read["trunkline_source_revision_info"].samples] == [{"revision": name}]


def test_what_cannot_be_written_is_missing_and_hides_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Iterator[Sample]:
        yield Sample("trunkline_cube_info", ("cube/one", "1", "\ud800"), 1.0)  # no UTF-8 has it

    def well() -> Iterator[Sample]:
        yield Sample("trunkline_cube_info", ("cube/two", "1", "two"), 1.0)

    exposition, shown = Exposition(), [Part("one", (1,), broken), Part("two", (2,), well)]
    texts = [exposition.of(shown).decode() for _ in range(2)]
    assert texts[0] == texts[1] and 'hostname="two"' in texts[0] and "cube/one" not in texts[0]
    assert [record.message for record in caplog.records] == [
        "the metrics of one cannot be written and are missing; please report this"
    ]


def test_whatever_a_device_calls_itself_prometheus_reads_it_back() -> None:
    names = ('quo"te', "back\\slash", "back\\", "new\nline", "\\n", "Zürich ☎", "\t\r\x00", '{a="b"} 1', "")
    shown = [Part(str(number), None, lambda name=name: iter([_hostname(name)])) for number, name in enumerate(names)]  # type: ignore[misc]
    text = Exposition().of(shown).decode()
    read = [
        s.labels["hostname"] for f in text_string_to_metric_families(text) for s in f.samples if s.name.endswith("cube_info")
    ]
    assert read == list(names)
    assert text.count("# TYPE trunkline_cube_info ") == text.count("# HELP trunkline_cube_info ") == 1


def _hostname(name: str) -> Sample:
    return Sample("trunkline_cube_info", ("cube/one", "1", name), 1.0)
