"""docs/reference/rights.md names everything that the daemon sends."""

from pathlib import Path

import pytest

from trunkline.devices.cube import device, signals
from trunkline.devices.cube.read.dial_peers import command
from trunkline.devices.cube.rules import NEVER_SENT
from trunkline.devices.cucm.axl.toolkit import OPERATIONS
from trunkline.devices.cucm.realtime import perfmon, ris
from trunkline.devices.cucm.soap.door import CONTROL, PERFMON, RIS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "rights.md").read_text().replace("\\|", "|")


@pytest.mark.parametrize("operation", sorted(OPERATIONS | {"getCCMVersion"}))
def test_every_axl_operation_is_named(operation: str) -> None:
    assert f"`{operation}`" in PAGE


@pytest.mark.parametrize("said", ["soapGetServiceStatus", "soapDoControlServices", "POST /csr", "POST /identity/certificates"])
def test_every_request_for_a_clusters_own_certificate_is_named(said: str) -> None:
    assert f"`{said}`" in PAGE and CONTROL.role in PAGE


@pytest.mark.parametrize("said", [ris.ACTION, perfmon.ACTION, *perfmon.WANTED, PERFMON.role, RIS.role])
def test_what_is_asked_while_the_cluster_runs_is_named(said: str) -> None:
    assert said in PAGE


@pytest.mark.parametrize("shown", [*device.FULL_READ, device.LONG_FORM, *signals.SIGNALS])
def test_every_command_that_is_read_with_is_named(shown: str) -> None:
    assert f"`{shown}`" in PAGE


def test_the_question_for_dial_peers_is_named() -> None:
    start = command(["100"]).partition("100")[0]
    assert f"`{start}" in PAGE


@pytest.mark.parametrize("pattern", NEVER_SENT)
def test_what_is_never_sent_is_named(pattern: str) -> None:
    assert f"`{pattern.removesuffix('$').removesuffix(chr(92) + 'b')}`" in PAGE
