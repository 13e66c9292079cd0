"""Pasting a CA certificate: what may go wrong, and what stands on the router afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from support.cubes import Bench, running_cube
from support.pems import pem_of
from trunkline.devices.cube.session import CubeSession
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused, DeviceUnreachable
from trunkline.twin.lab.spec import article_cube

ROOT = Certificate.from_pem(pem_of("peer root", is_ca=True))
PRINTS = {"MD5": ROOT.md5, "SHA1": ROOT.sha1}
COMMAND = "crypto pki authenticate peer"


@pytest.fixture(params=["15.6", "17.9"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with running_cube(tmp_path, article_cube(request.param)) as running:
        yield running


@pytest.fixture
def session(bench: Bench) -> Iterator[CubeSession]:
    opened = CubeSession(bench.access)
    opened.configure(["crypto pki trustpoint peer", "enrollment terminal", "revocation-check none"])
    yield opened
    opened.close()


def held(bench: Bench) -> bytes | None:
    anchor = bench.lab.cubes[bench.name].store.trustpoints["peer"].ca
    return None if anchor is None else Certificate.from_pem(anchor.public_bytes(Encoding.PEM)).der


def test_the_question_is_answered_by_the_fingerprint(bench: Bench, session: CubeSession) -> None:
    session.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) == ROOT.der


def test_another_fingerprint_is_answered_with_no(bench: Bench, session: CubeSession) -> None:
    with pytest.raises(DeviceRefused, match="another fingerprint than trunkline computed"):
        session.authenticate(COMMAND, ROOT.pem, PRINTS | {"SHA1": "0" * 40})
    assert held(bench) is None
    assert "uptime" in session.ask(["show version"])[0]


def test_a_paste_that_arrives_damaged(bench: Bench, session: CubeSession) -> None:
    bench.faults.corrupts_paste = True
    with pytest.raises(DeviceRefused):
        session.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) is None
    assert "uptime" in session.ask(["show version"])[0]


def test_a_pinned_fingerprint_asks_nothing(bench: Bench, session: CubeSession) -> None:
    session.configure(["crypto pki trustpoint peer", f"fingerprint {ROOT.sha1}"])
    session.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) == ROOT.der


def test_another_certificate_is_pinned(bench: Bench, session: CubeSession) -> None:
    session.configure(["crypto pki trustpoint peer", f"fingerprint {'A' * 40}"])
    with pytest.raises(DeviceRefused):
        session.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) is None
    assert "uptime" in session.ask(["show version"])[0]


def test_nothing_is_pasted_where_no_paste_began(bench: Bench, session: CubeSession) -> None:
    """Else the certificate would be typed into configuration mode."""
    with pytest.raises(DeviceRefused, match="is unknown"):
        session.authenticate("crypto pki authenticate nobody", ROOT.pem, PRINTS)
    assert "uptime" in session.ask(["show version"])[0]


def test_a_trustpoint_that_holds_a_certificate_keeps_it(bench: Bench, session: CubeSession) -> None:
    session.authenticate(COMMAND, ROOT.pem, PRINTS)
    other = Certificate.from_pem(pem_of("other root", is_ca=True))
    with pytest.raises(DeviceRefused, match="state a trustpoint with another name"):
        session.authenticate(COMMAND, other.pem, {"MD5": other.md5, "SHA1": other.sha1})
    assert held(bench) == ROOT.der


def test_a_session_that_is_killed_amid_the_paste(bench: Bench, session: CubeSession) -> None:
    bench.faults.drop_after_lines = 4
    with pytest.raises(DeviceUnreachable):
        session.authenticate(COMMAND, ROOT.pem, PRINTS)
    again = CubeSession(bench.access)
    again.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) == ROOT.der
    again.close()


@pytest.mark.parametrize("position", [30, 160, 420, 700])
def test_syslog_amid_the_paste(bench: Bench, session: CubeSession, position: int) -> None:
    bench.faults.syslog_inside = (position, "%PKI-6-TRUSTPOINT_CREATE: Trustpoint: peer created succesfully")
    session.authenticate(COMMAND, ROOT.pem, PRINTS)
    assert held(bench) == ROOT.der


def test_a_trustpoint_with_certificates_is_removed_by_answering(bench: Bench, session: CubeSession) -> None:
    session.authenticate(COMMAND, ROOT.pem, PRINTS)
    session.configure(["no crypto pki trustpoint peer"])
    assert "crypto pki trustpoint peer" not in bench.router.running.headers("crypto pki trustpoint ")
