"""A waiver counts in its document, for its rule, until its day."""

from datetime import date

from support.examples import MODERN_CUBE, changed
from support.lint_cases import FALLS_BACK, FALLS_BACK_TOO, waiver
from trunkline.desired.lint import blocking, check
from trunkline.desired.parse import parse

EARLY_OFFER = parse(changed(FALLS_BACK, FALLS_BACK_TOO))
WAIVED = parse(changed(FALLS_BACK, FALLS_BACK_TOO, waiver("TL014", "2026-11-24")))


def found_on(day: date) -> list[str]:
    return [problem.code for problem in check(WAIVED, day)]


def test_a_waiver_counts_through_its_last_day() -> None:
    assert [problem.code for problem in check(EARLY_OFFER, date(2026, 11, 24))] == ["TL014"]
    assert found_on(date(2026, 11, 24)) == []
    assert found_on(date(2026, 11, 25)) == ["TL014", "TL031"]


def test_a_waiver_of_one_rule_waives_no_other_and_in_no_other_document() -> None:
    broken = changed(waiver("TL010", "2027-01-01"), ("links/yohur-seoul.yaml", "cluster: seoul", "cluster: soul"))
    assert [problem.code for problem in check(parse(broken), date(2026, 11, 24))] == ["TL032", "TL010"]


def test_rules_about_waivers_cannot_be_waived() -> None:
    broken = changed((MODERN_CUBE, "", "waivers: [{rule: TL031, reason: never look again, until: 2099-01-01}]\n"))
    assert [problem.code for problem in check(parse(broken), date(2026, 11, 24))] == ["TL030"]


def test_a_warning_does_not_keep_a_revision_from_being_used() -> None:
    assert blocking(EARLY_OFFER.documents, date(2026, 11, 24)) == ()
    assert blocking(WAIVED.documents, date(2026, 12, 1)) == ()


def test_an_error_that_is_waived_no_longer_stops_the_revision() -> None:
    twice = changed(("links/yohur-seoul.yaml", "tag: 200", "tag: 100"))
    twice["links/yohur-seoul.yaml"] += b"waivers: [{rule: TL011, reason: being moved this week, until: 2026-12-01}]\n"
    documents = parse(twice).documents
    assert blocking(documents, date(2026, 12, 1)) == ()
    assert [problem.code for problem in blocking(documents, date(2026, 12, 2))] == ["TL011"]
