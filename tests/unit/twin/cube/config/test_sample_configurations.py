"""Running configurations of real devices load, and are printed back with no line lost."""

import re
from collections import Counter
from pathlib import Path

import pytest

from trunkline.twin.cube.config import loading, render
from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.pki.store import Store
from trunkline.twin.cube.trains import TRAINS

pytestmark = pytest.mark.samples
CONFIGURATIONS = {
    "running-config__ios15__batfish_cisco_voice": "15.6",
    "running-config__ios_15_1__cube_asr_ha_b2bred2": "15.6",
    "running-config__iosxe_16_7__isr4321_sip_trunk_tls": "16.12",
    "running-config__iosxe_16_7__secure_sip_srst_tls": "16.12",
    "running-config__iosxe_17_9__voice_gateway_byte_exact": "17.9",
    "running-config_section_pki__ios_15_6__c2901": "15.6",
    "running-config_sections__ios15__seed_cube_tls_srtp": "15.6",
    "running-config_sections__iosxe_16_17__csr_voice_voip_stun_sip-ua": "16.12",
}
GUIDE = "config-guide__iosxe_17__webex_lgw_cert_twilio_c8000v"
NOT_CONFIGURATION = re.compile(r"^(!|$|Building conf|Current conf|Router1#|--- |version |end$)")
HEX = re.compile(r"^([0-9A-F]{8} )*[0-9A-F]{2,8}$")
DIALOG = re.compile(r"^(#|!!|<paste|exit$|crypto (pki (enroll|authenticate|import|trustpool)|key generate))")


def printed(text: str, train: str) -> list[str]:
    """What `show running-config` prints between header and `end`."""
    config, store = RunningConfig(TRAINS[train].numbers), Store()
    for entry in loading.load(text, config):
        store.load_chain(entry)
    return list(render.body(config, TRAINS[train], store.chain_lines()))


def significant(lines: list[str]) -> Counter[str]:
    """Configuration lines with single blanks; the hex of certificates as one text, however it was broken into lines."""
    plain = [" ".join(line.split()) for line in lines]
    kept = [line for line in plain if not NOT_CONFIGURATION.match(line)]
    hex_text = "".join(line.replace(" ", "") for line in kept if HEX.match(line))
    return Counter([*(line for line in kept if not HEX.match(line)), hex_text])


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_no_line_is_lost(samples: Path, name: str) -> None:
    text = (samples / f"{name}.txt").read_text()
    assert significant(text.splitlines()) - significant(printed(text, CONFIGURATIONS[name])) == Counter()


def test_a_guide_in_input_form_loads_as_well(samples: Path) -> None:
    fences = re.findall(r"```none\n(.*?)```", (samples / f"{GUIDE}.txt").read_text(), re.DOTALL)
    text = "\n".join(line for fence in fences for line in fence.splitlines() if not DIALOG.match(line.strip()))
    lost = significant(text.splitlines()) - significant(printed(text, "17.15"))
    assert lost == Counter()


def paths(lines: list[str]) -> list[tuple[str, ...]]:
    """Every line with the lines above it, as the indentation says."""
    found: list[tuple[str, ...]] = []
    stack: list[tuple[int, str]] = []
    for line in lines:
        text = line.strip()
        if NOT_CONFIGURATION.match(text) or HEX.match(text):
            continue
        indent = len(line) - len(line.lstrip())
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, " ".join(text.split())))
        found.append(tuple(entry for _, entry in stack))
    return found


@pytest.mark.parametrize("name", [name for name in CONFIGURATIONS if "16_7" not in name])
def test_every_line_stays_below_its_section(samples: Path, name: str) -> None:
    """Those of 16.7 have lost their indentation on a web page: `test_loading` says what becomes of such."""
    text = (samples / f"{name}.txt").read_text()
    assert Counter(paths(text.splitlines())) - Counter(paths(printed(text, CONFIGURATIONS[name]))) == Counter()


def test_the_byte_exact_one_is_printed_byte_for_byte(samples: Path) -> None:
    """Order, indentation, trailing blanks, hex and tabs; only the runs of `!` differ between trains, so they are left out."""
    raw = (samples / "running-config__iosxe_17_9__voice_gateway_byte_exact.txt").read_bytes().decode()
    wanted = [line for line in raw.split("\r\n")[5:] if line.strip(" !") and line != "end"]
    assert [line for line in printed(raw, "17.9") if line.strip(" !")] == wanted


def test_quirks_of_17_18_are_printed_as_captured(samples: Path) -> None:
    raw = (samples / "running-config_section_sip-ua__iosxe_17_18_2__security_warning.txt").read_text()
    wanted = raw[raw.index("sip-ua \n no") :].splitlines()
    text = "\n".join([*wanted[:-1]])
    shown = printed(text, "17.18")
    start = shown.index("sip-ua ")
    assert shown[start : start + len(wanted) - 1] == wanted[:-1]
