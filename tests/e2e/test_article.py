"""The article's trunk, end to end, through the command line."""

import json

from support.scene import Scene


def test_from_a_commit_to_an_established_trunk(scene: Scene) -> None:
    settings = str(scene.write_settings())
    assert scene.trunkline("plan", "--settings", settings).returncode == 1
    applied = scene.trunkline("apply", "--settings", settings)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    again = scene.trunkline("plan", "--settings", settings, "--format", "json")
    assert again.returncode == 0
    assert [finished["plan"]["steps"] for finished in json.loads(again.stdout)] == [[], []]
    assert scene.trunkline("status", "--settings", settings).returncode == 0
    for cube in scene.lab.cubes:
        results = scene.lab.handshakes(cube, "seoul")
        assert len(results) == 6
        assert all(result.is_ok for _, result in results), results
