"""One suite for every issuer: what it signs for a device's key is judged good, again and again; wrong credentials are refused.

ACME runs against pebble and CFSSL against `cfssl serve`, which others wrote; EST against a server of our own (test_est.py).
"""

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from support.issuing_servers import HMAC_KEY, cfssl, est, missing, pebble
from support.requests import NAMES, ROOT_CA, TestCa, csr_of, key_of, signing
from trunkline.desired.documents.issuers import AcmeIssuer, CfsslIssuer, EstIssuer, IssuerDocument, LocalIssuer
from trunkline.issuer.desk import Desk
from trunkline.issuer.local.authority import AuthorityWish
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, Stalled
from trunkline.model.observed import IssuerFacts
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.wish import Chain, Signing
from trunkline.service.reaching.issuing import Places, authority_of, issuer_of

KINDS = ("local", "acme", "cfssl", "est")
NEEDS = {"acme": ("pebble", "pebble-challtestsrv"), "cfssl": ("cfssl",)}
GOOD, WRONG = "canary-right-secret", "canary-wrong-secret"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Given:
    """An issuer's document, and one with wrong credentials."""

    document: IssuerDocument
    wrong: IssuerDocument
    places: Places

    def desk(self, document: IssuerDocument | None = None) -> Desk:
        return Desk("ca", issuer_of("ca", document or self.document, self.places, now), now)


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.real_parts) if kind in NEEDS else kind for kind in KINDS])
def given(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Given]:
    kind = request.param
    absent = missing(*NEEDS.get(kind, ()))
    if absent:
        pytest.skip(absent)
    for name, value in {"RIGHT": GOOD, "WRONG": WRONG, "HMAC": HMAC_KEY, "OTHER": "ff" * 16, "USER": "estuser"}.items():
        monkeypatch.setenv(f"TRUNKLINE_{name}", value)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")  # the environment has no say
    with ExitStack() as stack:
        yield MAKE[kind](tmp_path, stack)


def local(folder: Path, _stack: ExitStack) -> Given:
    document = LocalIssuer(kind="local", passphrase="env:TRUNKLINE_RIGHT")
    places = Places(folder)
    authority_of("ca", document, places).create(AuthorityWish("Lab CA", timedelta(days=900), KeyType("rsa", 2048)), now())
    return Given(document, document.model_copy(update={"passphrase": "env:TRUNKLINE_WRONG"}), places)


def acme(folder: Path, stack: ExitStack) -> Given:
    server = stack.enter_context(pebble(folder, TestCa("Server CA")))
    chain = "".join(one.pem for one in server.chain)
    document = AcmeIssuer(
        kind="acme", directory=server.directory, dns_hook="dns", terms_agreed=True, chain=chain, ca=server.ca_pem
    )
    places = Places(folder, hooks={"dns": server.hook})
    return Given(document, document.model_copy(update={"terms_agreed": False}), places)


def cfssl_server(folder: Path, stack: ExitStack) -> Given:
    url = stack.enter_context(cfssl(folder))
    document = CfsslIssuer(kind="cfssl", url=url, auth_key="env:TRUNKLINE_HMAC")
    return Given(document, document.model_copy(update={"auth_key": "env:TRUNKLINE_OTHER"}), Places(folder))


def est_server(folder: Path, stack: ExitStack) -> Given:
    ca = TestCa("Voice EST CA", ROOT_CA)
    server = stack.enter_context(est(folder, ca, f"estuser:{GOOD}"))

    def sign(_der: bytes) -> tuple[int, bytes, dict[str, str]]:
        return server.signed(ca.certify(key_of("device"), begins=now() - timedelta(hours=1), ends=now() + timedelta(days=90)))

    server.answer = sign
    document = EstIssuer(
        kind="est", url=server.url, ca=server.ca_pem, username="env:TRUNKLINE_USER", password="env:TRUNKLINE_RIGHT"
    )
    return Given(document, document.model_copy(update={"password": "env:TRUNKLINE_WRONG"}), Places(folder))


MAKE = {"local": local, "acme": acme, "cfssl": cfssl_server, "est": est_server}


MOST_TRIES = 5


def asked() -> Signing:
    return replace(signing(), validity=timedelta(days=80))


def test_a_request_comes_back_as_a_chain_that_can_be_installed_and_renewed(given: Given) -> None:
    desk = given.desk()
    seen = desk.observe(())
    assert seen.gaps == ()
    assert isinstance(seen.facts, IssuerFacts)
    first = _signed(desk, asked())
    assert first[0].names[: len(NAMES)] == NAMES or set(NAMES) <= set(first[0].names)
    assert first[0].public_key_der == signing_key()
    assert first[1] == seen.facts.chain[0]
    assert all(below.issued_by(above) for below, above in pairwise(first))
    second = _signed(desk, asked())
    assert second[0].serial != first[0].serial
    assert _signed(desk, replace(asked(), csr_pem=csr_of(key_of("device"))))[0].public_key_der == signing_key()


def _signed(desk: Desk, signing: Signing) -> Chain:
    """Who has too much to do, or refuses a nonce on purpose as pebble does, is asked again, as the loop does."""
    for _ in range(MOST_TRIES - 1):
        with contextlib.suppress(DeviceBusy):
            return desk.signed(signing)
    return desk.signed(signing)


def signing_key() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key_of("device").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_wrong_credentials_are_refused_and_told_nowhere(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "trunkline"), pytest.raises(AccessRefused) as caught:
        given.desk(given.wrong).signed(asked())
    desk = given.desk(given.wrong)
    told = f"{caught.value!r} {caught.value.__cause__!r} {desk!r} {desk.issuer!r} {desk.observe(())!r} {caplog.text}"
    for secret in ("canary", HMAC_KEY, "ff" * 16, "PRIVATE KEY"):
        assert secret not in told


def test_a_server_that_is_away_is_a_gap_and_not_an_exception(given: Given, tmp_path: Path) -> None:
    changes: dict[str, object] = {"url": "https://localhost:9", "directory": "https://localhost:9/dir", "authority": "none"}
    fields = {name: value for name, value in changes.items() if name in type(given.document).model_fields}
    desk = given.desk(given.document.model_copy(update=fields))
    seen = desk.observe(())
    if given.document.chain if hasattr(given.document, "chain") else "":
        assert seen.gaps == ()  # its chain is stated: it is asked only to sign
    else:
        assert [gap.target for gap in seen.gaps] == ["issuer/ca"]
    with pytest.raises(Stalled if given.document.kind == "local" else Exception, match="cannot "):
        desk.signed(asked())


@pytest.mark.real_parts
@pytest.mark.skipif(bool(missing("cfssl")), reason=missing("cfssl"))
def test_a_profile_of_cfssl_that_drops_client_auth_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_HMAC", HMAC_KEY)
    with cfssl(tmp_path, ("server auth",)) as url:
        document = CfsslIssuer(kind="cfssl", url=url, auth_key="env:TRUNKLINE_HMAC")
        desk = Desk("ca", issuer_of("ca", document, Places(tmp_path), now), now)
        with pytest.raises(DeviceRefused, match="it may not be used for clientAuth") as caught:
            desk.signed(asked())
        assert caught.value.lines == ("no-clientauth",)
        with pytest.raises(DeviceRefused, match=r"issuer ca"):
            desk_of_profile = document.model_copy(update={"profile": "unknown"})
            Desk("ca", issuer_of("ca", desk_of_profile, Places(tmp_path), now), now).signed(asked())


@pytest.mark.real_parts
@pytest.mark.skipif(bool(missing(*NEEDS["acme"])), reason=missing(*NEEDS["acme"]))
def test_a_hook_that_sets_nothing_or_fails_is_named(tmp_path: Path) -> None:
    with pebble(tmp_path, TestCa("Server CA")) as server:
        chain = "".join(one.pem for one in server.chain)
        document = AcmeIssuer(
            kind="acme", directory=server.directory, dns_hook="dns", terms_agreed=True, chain=chain, ca=server.ca_pem
        )
        for words, said in ((("true",), "does not see the TXT records"), (("false",), "it ended with 1"), (("/no",), "hooks")):
            desk = Desk("ca", issuer_of("ca", document, Places(tmp_path, hooks={"dns": words}), now), now)
            with pytest.raises(Stalled, match=said):
                desk.signed(asked())
    keys = list((tmp_path / "accounts").iterdir())
    assert [oct(path.stat().st_mode & 0o777) for path in keys] == ["0o600"]
