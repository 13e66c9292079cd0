"""Bad and slow answers of a server: each has one clear reason, and none of them is used."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.issuing_servers import EstServer, est
from support.requests import NAMES, ROOT_CA, TestCa, key_of, signing
from trunkline.desired.documents.issuers import EstIssuer
from trunkline.issuer.desk import Desk
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, Transient, Waiting
from trunkline.service.reaching.issuing import Places, issuer_of

CA = TestCa("Voice EST CA", ROOT_CA)
OTHER = TestCa("Other CA")
DEVICE = key_of("device")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EstServer]:
    monkeypatch.setenv("TRUNKLINE_USER", "estuser")
    monkeypatch.setenv("TRUNKLINE_PASSWORD", "estpwd")
    with est(tmp_path, CA) as running:
        yield running


def desk(server: EstServer, **changes: str) -> Desk:
    document = EstIssuer(
        kind="est",
        url=server.url,
        ca=server.ca_pem,
        username="env:TRUNKLINE_USER",
        password="env:TRUNKLINE_PASSWORD",
    )
    return Desk("est", issuer_of("est", document.model_copy(update=changes), Places(Path()), now), now)


def good(ca: TestCa = CA, **changes: object) -> Certificate:
    return ca.certify(DEVICE, **{"begins": now() - timedelta(hours=1), "ends": now() + timedelta(days=90), **changes})


BAD: dict[str, tuple[list[Certificate], str]] = {
    "another key": ([CA.certify(key_of("another"))], "other-key"),
    "expired": ([good(ends=now() - timedelta(minutes=1))], "expired"),
    "not yet": ([good(begins=now() + timedelta(days=1))], "not-yet"),
    "a name missing": ([good(names=NAMES[:1])], "names"),
    "no clientAuth": ([good(usages=(ExtendedKeyUsageOID.SERVER_AUTH,))], "no-clientauth"),
    "no serverAuth": ([good(usages=(ExtendedKeyUsageOID.CLIENT_AUTH,))], "no-serverauth"),
    "another CA": ([good(OTHER), OTHER.certificate], "other-issuer"),
    "incomplete": ([good(TestCa("Hidden CA", ROOT_CA))], "incomplete"),
    "longer than its CA": ([good(ends=CA.ends + timedelta(days=1))], "outlives-ca"),
    "the CA instead": ([CA.certificate], "other-key"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_not_used_and_says_why(server: EstServer, case: str) -> None:
    certificates, code = BAD[case]
    server.answer = lambda _der: server.signed(*certificates)
    with pytest.raises(DeviceRefused, match="cannot use the answer of issuer est: ") as caught:
        desk(server).signed(signing())
    assert caught.value.lines == (code,)
    assert caught.value.is_untouched


def test_a_chain_out_of_order_is_put_in_order(server: EstServer) -> None:
    leaf = good()
    server.answer = lambda _der: server.signed(ROOT_CA.certificate, leaf, CA.certificate)
    assert desk(server).signed(signing()) == (leaf, CA.certificate, ROOT_CA.certificate)


@pytest.mark.parametrize(
    ("status", "content", "headers", "raised", "said"),
    [
        (202, b"", {"Retry-After": "3600"}, Waiting, "has not signed it yet"),
        (202, b"", {}, Waiting, "has not signed it yet"),
        (400, b"the policy says no", {}, DeviceRefused, "`the policy says no`"),
        (403, b"", {}, AccessRefused, "refuses the credentials"),
        (404, b"nothing here", {}, DeviceRefused, "no such service"),
        (302, b"", {"Location": "https://elsewhere.example.com/"}, DeviceRefused, "no such service"),
        (429, b"", {}, DeviceBusy, "busy"),
        (500, b"a\x1b[31m\ntraceback", {}, Transient, r"it failed \(HTTP 500: a\?\[31m traceback\)"),
        (200, b"<html>login</html>", {}, DeviceRefused, "no PKCS#7"),
        (200, b"", {}, DeviceRefused, "no PKCS#7"),
    ],
)
def test_what_is_no_certificate_is_told_well(  # one table of everything that a server says beside one
    server: EstServer, status: int, content: bytes, headers: dict[str, str], raised: type[Exception], said: str
) -> None:
    server.answer = lambda _der: (status, content, headers)
    with pytest.raises(raised, match=said):
        desk(server).signed(signing())


def test_the_server_says_when_to_ask_again(server: EstServer) -> None:
    server.answer = lambda _der: (202, b"", {"Retry-After": "3600"})
    with pytest.raises(Waiting) as caught:
        desk(server).signed(signing())
    assert timedelta(minutes=58) < caught.value.until - now() <= timedelta(hours=1)


def test_a_server_of_another_ca_is_not_trusted(server: EstServer) -> None:
    seen = desk(server, ca=OTHER.certificate.pem).observe(())
    assert [(gap.code, gap.target) for gap in seen.gaps] == [("access_refused", "issuer/est")]


def test_the_chain_is_asked_for_once_in_some_minutes_and_put_in_order(server: EstServer) -> None:
    wary = desk(server)
    first, second = wary.observe(()), wary.observe(())
    assert first.facts == second.facts
    assert first.fingerprint == second.fingerprint != ""
    assert server.seen == ["/.well-known/est/cacerts"]
    labelled = desk(server, label="voice")
    labelled.observe(())
    assert server.seen[-1] == "/.well-known/est/voice/cacerts"
