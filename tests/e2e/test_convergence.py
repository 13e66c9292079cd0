"""The second pass after convergence plans nothing, and lines that no document owns stay as they were, byte for byte: for
the examples on every train that can be what they say, and for running configurations of real devices with a link added.
"""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.scene import EXAMPLES, Scene, converge, on_octet, write_scene
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import CubeSpec, LabSpec, article_cube, busan_cube, seoul

CLASSIC = ("15.6", "16.12", "17.6", "17.9", "17.15", "17.18", "26.1")
WITH_PROFILES = ("17.9", "17.15", "17.18", "26.1")


def _seoul(octet: int, *cubes: CubeSpec) -> LabSpec:
    return on_octet(LabSpec(cubes, (seoul(ping_scale=0.05),), keepalive_scale=0.05), octet)


def _keep(folder: Path, cube: str, link: str) -> None:
    """Only one of the examples."""
    for path in [*folder.glob("cubes/*.yaml"), *folder.glob("links/*.yaml")]:
        if path.stem not in (cube, link):
            path.unlink()


def _at_release(scene: Scene, cube: str, train: str) -> None:
    path = scene.folder / "cubes" / f"{cube}.yaml"
    text = re.sub(r'^release: ".*"$', f'release: "{train}"', path.read_text(), flags=re.MULTILINE)
    if int(train.split(".", maxsplit=1)[0]) >= 17:
        text = text.replace("border_element:\n    license_capacity: 225", "border_element: true")
    path.write_text(text)


def _assert_lasting(scene: Scene, cube: str, cluster: str = "seoul") -> list[str]:
    """Converge, plan nothing on a second look, accept each other in both directions; returns the configuration then."""
    world, documents = scene.world(), scene.documents()
    try:
        first = converge(world, documents, cube)
        assert first.failure is None, first.failure
        assert first.is_converged, [str(change.key) for change in first.remaining]
        second = converge(world, documents, cube)
    finally:
        world.close()
    assert second.plan is not None
    assert [str(step.key) for step in second.plan.steps] == []
    assert second.outcomes == ()
    results = scene.lab.handshakes(cube, cluster)
    assert all(result.is_ok for _, result in results), results
    return scene.lab.cubes[cube].router.text_lines()


@pytest.mark.parametrize("train", CLASSIC)
def test_the_classic_example_lasts(train: str, tmp_path: Path, octet: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Lab(_seoul(octet, article_cube(train)), tmp_path / ".lab") as lab:
        scene = _scene(lab, tmp_path, monkeypatch)
        _keep(scene.folder, "vg-yohur", "yohur-seoul")
        _at_release(scene, "vg-yohur", train)
        before = lab.cubes["vg-yohur"].router.text_lines()
        after = _assert_lasting(scene, "vg-yohur")
    _assert_untouched(before, after)


@pytest.mark.parametrize("train", WITH_PROFILES)
def test_the_example_with_a_tls_profile_lasts(train: str, tmp_path: Path, octet: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Lab(_seoul(octet, busan_cube(train)), tmp_path / ".lab") as lab:
        scene = _scene(lab, tmp_path, monkeypatch)
        _keep(scene.folder, "cube-busan", "busan-seoul")
        _at_release(scene, "cube-busan", train)
        before = lab.cubes["cube-busan"].router.text_lines()
        after = _assert_lasting(scene, "cube-busan")
    _assert_untouched(before, after)


def _scene(lab: Lab, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    return write_scene(lab, directory)


@dataclass(frozen=True)
class Sample:
    """A running configuration of a real device, and where a link fits into it."""

    file: str
    train: str
    interface: str
    address: str
    more: str = ""  # of the CUBE's document, to state what stands there and a document would otherwise take back
    mended: tuple[tuple[str, str], ...] = ()  # what the page that it was copied from did to it


TORN = (
    ("201008\n24", "20100824"),
    ("sip-ua\ntransport tcp tls v1.2\nprotocol mode ipv6\n", "sip-ua\n transport tcp tls v1.2\n protocol mode ipv6\n"),
)
TLS_12 = "sip_ua: {tls_version: v1.2}\n"
SAMPLES = (
    Sample("running-config__ios_15_1__cube_asr_ha_b2bred2", "15.6", "GigabitEthernet0/0/1", "198.51.100.1", TLS_12, TORN),
    Sample("running-config__iosxe_16_7__isr4321_sip_trunk_tls", "16.12", "GigabitEthernet0/0/1", "10.64.86.64", TLS_12),
    Sample("running-config__iosxe_16_7__secure_sip_srst_tls", "16.12", "GigabitEthernet0/0/0", "10.0.0.1"),
    Sample("running-config__iosxe_17_9__voice_gateway_byte_exact", "17.9", "GigabitEthernet0/0/0", "10.9.9.1"),
)
IDENTITY = ("crypto pki trustpoint trunk-id", "enrollment terminal", "subject-name CN=sample.example.com")
IDENTITY_REST = ("revocation-check none", "rsakeypair trunk-key")
CUBE = """
release: "{train}"
management:
  address: {management}
  port: 2222
  username: env:TRUNKLINE_LAB_CUBE_USER
  password: env:TRUNKLINE_LAB_CUBE_PASSWORD
  enable_password: env:TRUNKLINE_LAB_CUBE_ENABLE
  host_key: file:.lab/sample.host-key
signalling: {{address: {address}, interface: {interface}}}
identity: {{trustpoint: trunk-id}}
voice_service: {{bind: null}}
"""
LINK_CHANGES = (
    ("cube: vg-yohur", "cube: sample"),
    ("signalling: default", "signalling: remote-address"),
    ("tag: 100", "tag: 7100"),
    ("tag: 200", "tag: 7200"),
    ('destination_pattern: "1..."', 'destination_pattern: "7[1-8].."'),
    ('incoming_called_number: ".T"', 'incoming_called_number: "90[1-8]T"'),
    ("SIP-TRUNK-YOHUR", "SIP-TRUNK-SAMPLE"),
)


@pytest.mark.samples
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file.removeprefix("running-config__"))
def test_a_link_fits_into_a_real_configuration(
    sample: Sample, samples: Path, tmp_path: Path, octet: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = (samples / f"{sample.file}.txt").read_text().replace("\r", "")
    for torn, whole in sample.mended:
        assert torn in captured
        captured = captured.replace(torn, whole)
    text = _with_identity(captured)
    spec = CubeSpec("sample", sample.train, sample.address, text, "trunk-id", "trunk-key", "sample.example.com")
    with Lab(_seoul(octet, spec), tmp_path / ".lab") as lab:
        scene = _scene(lab, tmp_path, monkeypatch)
        _keep(scene.folder, "", "")
        management = lab.loopback(sample.address)
        fields = {"train": sample.train, "management": management, "address": sample.address, "interface": sample.interface}
        (scene.folder / "cubes" / "sample.yaml").write_text(CUBE.format(**fields) + sample.more)
        (scene.folder / "links" / "sample.yaml").write_text(_link())
        before = lab.cubes["sample"].router.text_lines()
        after = _assert_lasting(scene, "sample")
    _assert_untouched(before, after)


def _with_identity(text: str) -> str:
    """An identity trustpoint in front of the voice part, in the indentation that the text has."""
    indent = " " if re.search(r"^ \S", text, re.MULTILINE) else ""
    head, *rest = [*IDENTITY, *IDENTITY_REST]
    block = "\n".join(["!", head, *(f"{indent}{line}" for line in rest), "!", ""])
    at = re.search(r"^(voice service voip|interface )", text, re.MULTILINE)
    assert at
    return text[: at.start()] + block + text[at.start() :]


def _link() -> str:
    text = (EXAMPLES / "links" / "yohur-seoul.yaml").read_text()
    for before, after in LINK_CHANGES:
        assert before in text, before
        text = text.replace(before, after)
    return text.replace("vg-yohur", "sample")


def _assert_untouched(before: list[str], after: list[str]) -> None:
    """Every line of `before` stands in `after`, in the same order and byte for byte, between what was added."""
    rest = iter(after)
    lost = [line for line in before if line.strip(" !") and not any(line == other for other in rest)]
    assert lost == [], "\n".join(difflib.unified_diff(before, after, lineterm="", n=2))
