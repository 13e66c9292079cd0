"""A sample of the hold-out; `make diagnose-matrix` tries all of it."""

from pathlib import Path

import pytest

from support.holdout.case import Case, Verdict, diagnosed, verdict
from support.holdout.page import SETS
from trunkline.views import diagnosis as view

pytestmark = pytest.mark.slow
ALL = {case.name: case for cases in SETS.values() for case in cases}
SAMPLE = (
    "typo-in-list",
    "carrier-certificate-bound",
    "client-vtp-of-another",
    "reload-without-saving",
    "issuing-ca-expired",
    "dns-target-with-typo",
    "access-list-before-node",
    "access-list-before-cube",
    "document-wrong-node-address",
    "off-and-misnamed",
    "probe-kept-out",
    "san-fits",
)


@pytest.mark.parametrize("case", [ALL[name] for name in SAMPLE], ids=SAMPLE)
def test_the_answer_is_one_that_an_engineer_accepts(case: Case, tmp_path: Path) -> None:
    found = diagnosed(case, tmp_path)
    assert verdict(case, found) is Verdict.RIGHT, "\n".join(view.text(found))


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(ALL) == sum(len(cases) for cases in SETS.values())
