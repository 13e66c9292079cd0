"""`trunkline diagnose` as a process: exit codes, one clear line for a mistake, and nothing changed."""

import json
from pathlib import Path

from support.causes import YOHUR
from support.patient import Patient, patient


def configuration(trunk: Patient) -> list[str]:
    return trunk.cube.router.text_lines()


def test_well_broken_unknown_and_nothing_is_changed(tmp_path: Path) -> None:
    with patient(YOHUR, tmp_path) as trunk:
        trunk.until_connected()
        trunk.scene.write_settings()
        well = trunk.scene.trunkline("diagnose", "yohur-seoul")
        assert (well.returncode, well.stdout.splitlines()[0]) == (
            0,
            "✓ yohur-seoul: well. Connected with every node of seoul; nothing was found",
        ), well.stderr

        trunk.type("dial-peer voice 101 voip", " shutdown")
        before = configuration(trunk)
        broken = trunk.scene.trunkline("diagnose", "yohur-seoul")
        assert broken.returncode == 1
        assert "1. A dial-peer is shut down or missing   [seen: dial-peer-down]" in broken.stdout
        assert "        no shutdown" in broken.stdout
        told = json.loads(trunk.scene.trunkline("diagnose", "yohur-seoul", "--format", "json").stdout)
        assert told["findings"][0]["code"] == "dial-peer-down"
        assert configuration(trunk) == before

        unknown = trunk.scene.trunkline("diagnose", "yohur-busan")
        assert unknown.returncode == 2
        assert unknown.stderr.strip() == (
            "trunkline: cannot diagnose yohur-busan: there is no document links/yohur-busan.yaml; the links are yohur-seoul"
        )
        assert trunk.scene.trunkline("diagnose", "yohur-seoul", "--format", "xml").returncode == 2

        trunk.lab.close_ssh("vg-yohur")
        unreached = trunk.scene.trunkline("diagnose", "yohur-seoul")
        assert unreached.returncode == 1
        assert "1. The CUBE cannot be read" in unreached.stdout
        secrets = [value for name, value in trunk.scene.environment.items() if "PASSWORD" in name or "ENABLE" in name]
        assert secrets and not any(one in run.stdout + run.stderr for one in secrets for run in (well, broken, unreached))
