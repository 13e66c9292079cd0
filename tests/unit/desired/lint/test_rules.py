"""Every rule has documents that break it, with place, sentence and cure, and near ones that do not."""

import pytest

from support.examples import examples, problems
from support.lint_cases import CASES, FOLDERS, folders
from trunkline.desired.lint import READING, RULES, WAIVING

EVERY = {rule.code: rule for rule in (*READING, *RULES, *WAIVING)}


def test_the_examples_are_clean() -> None:
    assert problems(examples()) == ()


def test_every_rule_has_its_cases_and_a_code_of_its_own() -> None:
    assert {*CASES, *FOLDERS} == EVERY.keys()
    assert len(EVERY) == len(READING) + len(RULES) + len(WAIVING)


@pytest.mark.parametrize("code", sorted(EVERY))
def test_what_breaks_a_rule(code: str) -> None:
    fails, said, _ = folders(code)
    assert "\n".join(map(str, problems(fails))) == said


@pytest.mark.parametrize("code", sorted(EVERY))
def test_what_comes_near_and_does_not_break_it(code: str) -> None:
    _, _, passes = folders(code)
    assert [problem for problem in problems(passes) if problem.code == code] == []


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_example_on_the_page_is_what_was_tried(code: str) -> None:
    fails, _, _ = folders(code)
    tried = [line.strip() for content in fails.values() for line in content.decode().splitlines()]
    assert EVERY[code].example
    assert all(
        line.strip() in tried or any(line.strip() in full for full in tried) for line in EVERY[code].example.splitlines()
    )
