"""One field of a document changed, carried out on the lab: one pass converges, and one more takes it back."""

import pytest

from support.examples import CUBE, LINK, MODERN_CUBE, MODERN_LINK, Edit
from support.scene import Scene, converge
from trunkline.service.world import PassOptions, World

EDITS: dict[str, tuple[Edit, ...]] = {
    "vg-yohur": (
        (LINK, '    destination_pattern: "1..."\n', '    destination_pattern: "1..."\n    srtp: fallback\n'),
        (LINK, "  description: CUBE vg-yohur\n", "  fields: {mtpRequired: false, unattendedPort: true}\n"),
        (LINK, "  options_ping: {up_seconds: 60, down_seconds: 120}", "  options_ping: null"),
        (LINK, "    tag: 100\n", "    tag: 100\n    per: group\n"),
        (CUBE, "  interface: GigabitEthernet0/0\n", "  interface: GigabitEthernet0/0\n  tls_port: 5062\n"),
    ),
    "cube-busan": (
        (MODERN_LINK, "  profile:\n    tag: 10\n    cipher_class: 10\n", ""),
        (MODERN_CUBE, "[ECDHE_RSA_AES256_GCM_SHA384, ECDHE", "[ECDHE_RSA_AES128_GCM_SHA256] # [ECDHE"),
    ),
}


def one_pass(scene: Scene, world: World, cube: str, revision: str) -> bool:
    finished = world.run_pass(scene.documents(), revision, cube, PassOptions(is_full=True))
    assert finished.is_converged, (revision, finished.failure, finished.remaining)
    return bool(finished.outcomes)


@pytest.mark.parametrize("cube", EDITS)
def test_a_field_takes_one_pass_there_and_one_back(scene: Scene, cube: str) -> None:
    world = scene.world()
    try:
        assert converge(world, scene.documents(), cube).is_converged
        for path, before, after in EDITS[cube]:
            kept = (scene.folder / path).read_text()
            scene.rewrite(path, before, after)
            assert one_pass(scene, world, cube, f"with {after}"), f"{after} implies nothing"
            (scene.folder / path).write_text(kept)
            assert one_pass(scene, world, cube, f"without {after}")
    finally:
        world.close()
