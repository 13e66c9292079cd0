"""The dashboard by Grafana's own types: `@grafana/schema` from npm and the TypeScript compiler, put into .build/ once.

No Grafana runs here. What the types do not say, such as the names of units, the other tests of this folder look at.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from support.dashboard.board import board
from support.dashboard.parts import Json
from support.scene import ROOT

FOLDER = ROOT / ".build" / "grafana"
PACKAGES = ("@grafana/schema@13.2.3", "typescript@5.9.3")
COMPILE = (
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--moduleResolution",
    "bundler",
    "--module",
    "esnext",
    "--target",
    "es2022",
)
OPTIONS = {
    "stat": "stat/panelcfg/x/StatPanelCfg",
    "timeseries": "timeseries/panelcfg/x/TimeSeriesPanelCfg",
    "state-timeline": "statetimeline/panelcfg/x/StateTimelinePanelCfg",
    "bargauge": "bargauge/panelcfg/x/BarGaugePanelCfg",
    "table": "table/panelcfg/x/TablePanelCfg",
}
"""Where the options of each kind of panel are said."""
WITH_FIELDS = ("timeseries", "state-timeline", "table")
"""Those that also say what `fieldConfig.defaults.custom` may hold."""
PREAMBLE = """import type { AnnotationQuery, Dashboard, DataQuery } from "@grafana/schema";

// What Grafana stores are the values of its enums, not their names.
type Stored<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends Array<infer One> ? Array<Stored<One>> : T extends object ? { [K in keyof T]: Stored<T[K]> } : T;
type PrometheusQuery = DataQuery & { expr: string; interval: string };
type Annotation = Stored<AnnotationQuery<PrometheusQuery>>
  & { titleFormat: string; textFormat: string; useValueForTime: boolean };
"""
"""The types of Prometheus' own queries are not in the package."""


@pytest.fixture(scope="session")
def compiler() -> Path:
    """The folder where the compiler and the types are."""
    if not all(map(shutil.which, ("node", "npm"))):
        pytest.skip("node and npm are not here; on Debian they are packages of these names")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not all((FOLDER / "node_modules" / name.rpartition("@")[0] / "package.json").is_file() for name in PACKAGES):
        words = ("npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
        done = subprocess.run([*words, "--prefix", FOLDER, *PACKAGES], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm could not install {' and '.join(PACKAGES)}: {done.stderr.strip()[-300:]}")
    return FOLDER


@pytest.mark.real_parts
def test_grafanas_types_take_the_dashboard(compiler: Path) -> None:
    assert _compiled(compiler, board(), "board") == ""


@pytest.mark.real_parts
def test_grafanas_types_refuse_what_is_none(compiler: Path) -> None:
    """So that the test above can fail: a field that there is not, a wrong type, an option that there is not."""
    broken = board()
    panels = broken["panels"]
    panels[0]["fieldConfig"]["defaults"]["decimal"] = 1
    panels[1]["gridPos"]["w"] = "12"
    panels[2]["options"]["colorMode"] = "colourful"
    broken["annotations"]["list"][0]["expression"] = "up"
    told = _compiled(compiler, broken, "broken")
    for word in ("'\"decimal\"' does not exist", "'string' is not assignable to type 'number'", "colourful", "expression"):
        assert word in told, told


def _compiled(folder: Path, made: Json, name: str) -> str:
    """What the compiler complains about."""
    (folder / f"{name}.ts").write_text(_source(made))
    words = ["node_modules/.bin/tsc", *COMPILE, f"{name}.ts"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stdout


def _source(made: Json) -> str:
    """The dashboard as a constant of Grafana's type; annotations and options, of which that says little, by their own."""
    lines = [PREAMBLE]
    for kind, place in OPTIONS.items():
        alias = kind.replace("-", "_")
        names = f"Options as {alias}_options" + (f", FieldConfig as {alias}_fields" if kind in WITH_FIELDS else "")
        lines.append(f'import type {{ {names} }} from "@grafana/schema/dist/esm/raw/composable/{place}_types.gen";')
    for panel in _panels(made):
        alias = panel["type"].replace("-", "_")
        lines.append(_constant(f"options_{panel['id']}", f"Stored<{alias}_options>", panel["options"]))
        if panel["type"] in WITH_FIELDS:
            custom = panel["fieldConfig"]["defaults"]["custom"]
            lines.append(_constant(f"fields_{panel['id']}", f"Stored<Partial<{alias}_fields>>", custom))
    lines.append(_constant("annotations", "Annotation[]", made["annotations"]["list"]))
    rest = json.dumps({**made, "annotations": {"list": "ANNOTATIONS"}}, indent=1).replace('"ANNOTATIONS"', "annotations")
    return "\n".join([*lines, f"export const board: Stored<Dashboard> = {rest};", ""])


def _constant(name: str, kind: str, value: object) -> str:
    return f"export const {name}: {kind} = {json.dumps(value, indent=1)};"


def _panels(made: Json) -> list[Json]:
    """All of them but the rows."""
    found = [inner for panel in made["panels"] for inner in (panel, *panel.get("panels", ()))]
    return [panel for panel in found if panel["type"] != "row"]
