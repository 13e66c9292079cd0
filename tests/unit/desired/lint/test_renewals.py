"""Certificates that are renewed: what documents must say of them, and whether their windows suffice."""

from datetime import date, timedelta

import pytest

from support.examples import CLUSTER, CUBE, ESTATE, Edit, changed, documents, problems
from support.lint_cases import ISSUER, OWN, pinned, renewed, renewed_modern, windows
from trunkline.desired.lint import lint
from trunkline.model.certificate import certificates_in


def said(*edits: Edit) -> list[str]:
    return [f"{problem.code} {problem.message}" for problem in problems(changed(*edits))]


def test_a_managed_cluster_names_an_issuer_that_there_is() -> None:
    assert said((CLUSTER, "", "certificates: {mode: managed}\n")) == ["TL038 the certificates are managed, but by no issuer"]
    named = (CLUSTER, "", "certificates: {mode: managed, issuer: lab}\n")
    assert said(named) == ["TL038 there is no issuer lab in estate.yaml"]
    assert said(named, ISSUER) == []
    assert said((CLUSTER, "", "certificates: {mode: watched}\n")) == []


def test_the_windows_are_proven_for_the_validity_of_the_identity_before_that_of_the_issuer() -> None:
    monthly = windows("0 2 1 * *")
    assert [line[:5] for line in said(ISSUER, renewed(), monthly)] == ["TL040"]  # 90 days
    assert said(ISSUER, renewed("  validity_days: 365\n"), monthly) == []
    assert [line[:5] for line in said(ISSUER, renewed("  validity_days: 30\n"), monthly)] == ["TL039"]


def test_the_windows_of_a_cube_stand_instead_of_the_estates() -> None:
    own = (CUBE, "", "renewal: {windows: [{rule: 0 2 1 jan *, minutes: 240}]}\n")
    (found,) = problems(changed(ISSUER, renewed(), windows("0 2 * * sun"), own))
    assert found.code == "TL039"
    assert changed(own)[CUBE].decode().splitlines()[found.line - 3].startswith("renewal:")  # two lines more with the issuer


def test_a_certificate_of_the_document_that_ends_before_any_window_is_named_with_its_date() -> None:
    (certificate,) = certificates_in(OWN)
    end = certificate.not_after
    opens = end - timedelta(days=10)
    yearly = (ESTATE, "", f"renewal: {{windows: [{{rule: 0 2 {opens.day} {opens.month} *, minutes: 240}}]}}\n")
    found = documents(changed(ISSUER, renewed(), yearly, pinned(OWN)))

    def late(day: date) -> list[str]:
        return [one.message for one in lint(found, day) if "certificate ends on" in one.message]

    assert late(opens.date()) == []
    assert late(opens.date() + timedelta(days=1)) == [
        f"no maintenance window opens before the certificate ends on {end:%Y-%m-%d %H:%M} UTC: "
        f"none since {opens:%Y-%m-%d} 06:00 UTC"
    ]
    assert late(end.date() + timedelta(days=1)) == []  # it has ended already: a matter of its own


@pytest.mark.parametrize(
    ("written", "said_of_it"),
    [
        ('renewal: {remaining: "9/8"}', "renewal.remaining must be between 1/20 and 9/10"),
        ('renewal: {remaining: "1/0"}', "renewal.remaining must be between 1/20 and 9/10"),
        ("renewal: {remaining: 0.3}", "renewal.remaining must be text"),
        ('renewal: {smear: "30%"}', "renewal.smear must be at most 1/5"),
        ("renewal: {windows: [{rule: 0 0 30 2 *}]}", "renewal.windows.0.rule is no cron expression (Bad day-of-month)"),
        ("renewal: {windows: [{rule: FREQ=DAILY, zone: Mars}]}", "renewal.windows.0.zone is no time zone of the IANA database"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_line(written: str, said_of_it: str) -> None:
    files = changed((ESTATE, "", f"{written}\n"))
    (found,) = problems(files)
    assert found.message.startswith(said_of_it)
    assert files[ESTATE].decode().splitlines()[found.line - 1] == written


def test_an_identity_with_an_issuer_needs_a_name() -> None:
    (found,) = problems(changed(ISSUER, (CUBE, "identity:\n", "identity:\n  issuer: lab\n")))
    assert found.message.startswith("identity names an issuer, but no name to be certified")


@pytest.mark.parametrize(("kind", "bits", "is_taken"), [("rsa", 1024, False), ("rsa", 256, False), ("ec", 256, True)])
def test_sizes_of_keys(kind: str, bits: int, is_taken: bool) -> None:
    found = said(ISSUER, renewed(f"  key: {{type: {kind}, bits: {bits}}}\n"))
    assert (found == []) is is_taken


def test_names_of_a_managed_cluster_are_full() -> None:
    managed = "certificates: {mode: managed, issuer: lab, distribution: multi-server, names: [voice]}\n"
    assert said(ISSUER, (CLUSTER, "", managed)) == ["TL042 voice is no full DNS name"]


def test_p_521_is_offered_by_no_release() -> None:
    found = [
        problem.message for problem in problems(changed(ISSUER, renewed_modern(521))) if problem.code in ("TL041", "TL046")
    ]
    assert len(found) == 1 and "offers no curve for an EC key of 521 bits" in found[0]
