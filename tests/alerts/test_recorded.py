"""The recording rules: named as Prometheus asks for, made of metrics that exist, each with a promtool test.

`promtool test rules tests/alerts/recorded/NAME.yml`.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.scene import ROOT
from trunkline.views.metrics.contract import FAMILIES

RULES = ROOT / "deploy" / "prometheus" / "rules.yml"
RECORDED: dict[str, str] = {
    rule["record"]: rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
}
TESTS = sorted((Path(__file__).parent / "recorded").glob("*.yml"))
SELECTOR = re.compile(r"(?<![\w:])(trunkline_\w+)(?:\{([^}]*)\})?")
ANOTHER = re.compile(r"\b\w+:trunkline_\w+:\w+")


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_series_says_its_level_its_metric_and_what_was_done(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*:trunkline_[a-z_]+:[a-z0-9]+", name)


@pytest.mark.parametrize("name", RECORDED)
def test_it_is_made_of_metrics_and_labels_that_exist(name: str) -> None:
    names = list(RECORDED)
    earlier, used = set(ANOTHER.findall(RECORDED[name])), SELECTOR.findall(RECORDED[name])
    assert earlier <= set(names[: names.index(name)]), "what it is made of is recorded before"
    assert earlier or used
    for family, selectors in used:
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors)) <= set(FAMILIES[family].labels), f"{family}{{{selectors}}}"


def test_every_recorded_series_is_asked_for_in_a_test() -> None:
    asked = "\n".join(
        look["expr"]
        for path in TESTS
        for test in yaml.safe_load(path.read_text())["tests"]
        for look in test["promql_expr_test"]
    )
    assert {name for name in RECORDED if name in asked} == RECORDED.keys()


@pytest.mark.real_parts
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_prometheus_computes_what_is_said(path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here; on Debian it comes with prometheus")
    done = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
