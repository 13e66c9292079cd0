"""What is told of certificates moves while one is renewed by another CA: what it is, its dates, its waits, the steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.moving import moves
from support.octets import claimed_octet
from support.renewal import BASE, CUBE, Renewing, Story, renewing
from trunkline.service.tallies import Tallies
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.samples import parts
from trunkline.web.exposition import Exposition

PUBLIC = "GlobalSign Voice CA"  # a made-up CA that bears a public one's name
RENEWAL = 'renewal: {smear: "0%", keep_hours: 0'
DAYS_LEFT = 20


@dataclass
class Told:
    """The exposition at one moment. Series of the CUBE's identities by the name of their trustpoint."""

    text: str

    def of(self, metric: str, label: str = "name", **chosen: str) -> dict[str, float]:
        """`trunkline_…` of the CUBE, of what it presents where a store is told, by one of its labels."""
        chosen = {"device": f"cube/{CUBE}", "store": "identity", **chosen}
        wanted = metric.removesuffix("_total")
        families = {one.name: one for one in text_string_to_metric_families(self.text)}
        return {
            one.labels[label]: one.value
            for one in families[wanted].samples
            if one.name == metric and all(one.labels.get(name, value) == value for name, value in chosen.items())
        }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Told, Told]]:
    """Before anybody renews; while the renewed one waits for its window; renewed."""
    story = Story(is_lab_ca=False, ca_name=PUBLIC, cube_days=DAYS_LEFT)
    with claimed_octet() as octet, renewing(story, tmp_path_factory.mktemp("certificates"), octet) as trunk:
        trunk.settle()
        tallies, shown = Tallies(trunk.world.journal.monotone), Exposition()
        before = _told(trunk, tallies, shown)
        _say_windows(trunk.scene.folder / "estate.yaml", _in_three_days())
        trunk.state()
        trunk.run(lambda it: any(wait.code == "window" for wait in it.waits()))
        waiting = _told(trunk, tallies, shown)
        _say_windows(trunk.scene.folder / "estate.yaml", "")
        trunk.run(Renewing.is_alone)
        yield before, waiting, _told(trunk, tallies, shown)


def _told(trunk: Renewing, tallies: Tallies, shown: Exposition) -> Told:
    """After one more pass; those since the last time are counted."""
    trunk.step()
    counted = sum(tallies.totals.results.values())
    for finished in trunk.passes[counted:]:
        tallies.take(finished)
        tallies.count(finished)
    return Told(shown.of(parts(trunk.passes[-1:], Background(tallies.totals), datetime.now(UTC))).decode())


def _in_three_days() -> str:
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    return f', windows: [{{rule: "0 2 * * {day}", minutes: 60, zone: UTC}}]'


def _say_windows(estate: Path, windows: str) -> None:
    head, _, _ = estate.read_text().partition(RENEWAL)
    estate.write_text(f"{head}{RENEWAL}{windows}}}\n")


@moves("trunkline_certificate_info")
def test_what_a_certificate_is_changes_with_it(story: tuple[Told, Told, Told]) -> None:
    issuers = [told.of("trunkline_certificate_info", "issuer_cn").keys() for told in story]
    assert PUBLIC not in issuers[0]
    assert issuers[1] == issuers[0] | {PUBLIC}, "the coming one beside the one in use"
    assert issuers[2] == {PUBLIC}, "of the earlier one nothing is left"


@moves("trunkline_certificate_not_before_timestamp_seconds", "trunkline_certificate_not_after_timestamp_seconds")
def test_its_dates_are_those_of_the_renewed_one(story: tuple[Told, Told, Told]) -> None:
    before, _, after = story
    for metric in ("trunkline_certificate_not_before_timestamp_seconds", "trunkline_certificate_not_after_timestamp_seconds"):
        assert max(after.of(metric).values()) > max(before.of(metric).values())
        assert before.of(metric).keys() == {BASE}
        assert after.of(metric).keys() == {f"{BASE}-1"}


@moves("trunkline_certificate_renewal_timestamp_seconds", "trunkline_certificate_switch_deadline_timestamp_seconds")
def test_when_it_is_due_and_must_be_switched_follows_the_windows(story: tuple[Told, Told, Told]) -> None:
    due, last = "trunkline_certificate_renewal_timestamp_seconds", "trunkline_certificate_switch_deadline_timestamp_seconds"
    end = "trunkline_certificate_not_after_timestamp_seconds"
    before, waiting, after = story
    assert before.of(due) == before.of(last) == {}, "nobody renews it"
    assert waiting.of(last)[BASE] < waiting.of(end)[BASE], "the last window closes before its end"
    assert waiting.of(due)[BASE] < waiting.of(last)[BASE]
    assert after.of(last) == after.of(end), "without windows it may be switched until its end"
    assert after.of(due).keys() == {f"{BASE}-1"}


@moves("trunkline_certificate_client_auth_ends_timestamp_seconds")
def test_that_a_public_ca_gives_no_client_auth_any_more_is_told_of_what_it_issued(story: tuple[Told, Told, Told]) -> None:
    ends = [told.of("trunkline_certificate_client_auth_ends_timestamp_seconds") for told in story]
    march = datetime(2027, 3, 15, tzinfo=UTC).timestamp()
    assert ends == [{}, {f"{BASE}-1": march}, {f"{BASE}-1": march}]


@moves("trunkline_certificate_wait")
def test_what_it_waits_for_is_told_and_goes(story: tuple[Told, Told, Told]) -> None:
    assert [set(told.of("trunkline_certificate_wait", "code")) for told in story] == [set(), {"window"}, set()]


@moves("trunkline_exchange_steps_total")
def test_each_step_is_counted(story: tuple[Told, Told, Told]) -> None:
    signed = [told.of("trunkline_exchange_steps_total", "result", step="signature")["applied"] for told in story]
    bound = [told.of("trunkline_exchange_steps_total", "result", step="connection")["applied"] for told in story]
    assert signed == [0, 1, 1]
    assert bound[0] == bound[1] < bound[2], "connections that showed the earlier one were ended after the switch"
