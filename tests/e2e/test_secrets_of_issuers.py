"""No private key, passphrase or token of those who sign is in any output, log, page, metric or file that trunkline makes."""

import base64
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.issuing_servers import EstServer, est
from support.octets import claimed_octet
from support.requests import ROOT_CA, TestCa
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.model.public_key import KeyType
from trunkline.twin.lab.lab import Lab

PASSPHRASE, WRONG_PASSPHRASE = "canary-Passphrase-81ce07", "canary-Passphrase-wrong-4d"
EST_LOGIN = ("estuser", "canary-Est-0d77b1")
CFSSL_KEY = "c0ffee5ec2e7c0ffee5ec2e7c0ffee51"
PRIVATE = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CA = TestCa("EST CA of canaries", ROOT_CA)
SITES = ("own", "shut", "est", "cfssl", "acme")
"""Each has its CUBE's certificate signed by the issuer of its name; `shut` by the local CA, with a wrong passphrase."""
POLICY = """issuers:
  own: {{kind: local, passphrase: file:secrets/passphrase}}
  shut: {{kind: local, authority: own, passphrase: file:secrets/passphrase-wrong}}
  est: {{kind: est, url: "{est}", ca: file:ca.pem, username: file:secrets/est-user, password: file:secrets/est-password}}
  cfssl: {{kind: cfssl, url: "{nobody}", chain: file:ca.pem, auth_key: file:secrets/cfssl-key}}
  acme: {{kind: acme, directory: "{nobody}/dir", dns_hook: dns, terms_agreed: true, chain: file:ca.pem}}
renewal: {{smear: "0%", keep_hours: 0}}
"""
PAGES = ("/", "/metrics", "/certificates", "/api/v1/certificates", "/api/v1/links", "/api/v1/passes", "/api/v1/links/own")
COMMANDS = (
    ("plan",),
    ("plan", "--format", "json"),
    ("apply",),
    ("status", "--format", "json"),
    ("why", "own"),
    ("why", "shut"),
    ("certificates",),
    ("certificates", "--format", "json"),
    ("certificates", "--timeline", "--svg", "picture.svg"),
    ("renew", "own", "--reason", "a look at what is said"),
    ("approve",),
    ("ca", "show", "own"),
)


def answered(csr_der: bytes) -> x509.Certificate:
    now, request = datetime.now(UTC), x509.load_der_x509_csr(csr_der)
    name = str(request.subject.rfc4514_string()).partition("CN=")[2].partition(",")[0]
    holder = SimpleNamespace(public_key=request.public_key)
    return CA.certify(holder, subject=name, names=(name,), begins=now - timedelta(hours=1), ends=now + timedelta(days=90)).x509


def prepare(estate: Estate, server: EstServer) -> Authority:
    """Issuers, their secrets in files, and the documents that name them."""
    scene, directory = estate.scene, estate.scene.directory
    secrets = {"passphrase": PASSPHRASE, "passphrase-wrong": WRONG_PASSPHRASE, "cfssl-key": CFSSL_KEY}
    secrets |= {"est-user": EST_LOGIN[0], "est-password": EST_LOGIN[1]}
    for name, value in secrets.items():
        path = directory / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(value)
    (directory / "ca.pem").write_text("".join(one.pem for one in CA.chain))
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        nobody = f"https://127.0.0.1:{found.getsockname()[1]}"
    with (scene.folder / "estate.yaml").open("a") as policy:
        policy.write(POLICY.format(est=server.url, nobody=nobody))
    for site in SITES:
        path = scene.folder / f"cubes/{site}.yaml"
        text, line = path.read_text(), "  trustpoint: sip-trunk-cert\n"
        assert text.count(line) == 1
        path.write_text(text.replace(line, f"{line}  issuer: {site}\n  names: [{site}.example.com]\n"))
    scene.write_settings(hooks='{ dns = ["/bin/false"] }')
    authority = Authority("own", directory / "state", PASSPHRASE)
    authority.create(AuthorityWish("CA of canaries", timedelta(days=900), KeyType("rsa", 2048)), datetime.now(UTC))
    scene.commit("who signs")
    return authority


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, bytes], dict[str, list[PRIVATE]]]]:
    """Everything that trunkline says or keeps by where it was found, and the private keys by whose they are."""
    directory = tmp_path_factory.mktemp("canaries")
    members = sites(SITES, {})
    with (
        claimed_octet() as octet,
        est(tmp_path_factory.mktemp("est"), CA, ":".join(EST_LOGIN)) as server,
        Lab(estate_lab(members, octet), directory / ".lab") as lab,
        mock.patch.dict(os.environ),
    ):
        server.answer = lambda der: server.signed(type(CA.certificate)(answered(der).public_bytes(Encoding.DER)))
        estate = write_estate(lab, directory, members)
        authority = prepare(estate, server)
        with estate.daemon as daemon:
            for site in ("own", "est"):
                wait_for(f"the new certificate of {site}", lambda site=site: _is_bound(estate, site))
            for site in ("shut", "cfssl", "acme"):
                wait_for(f"the request of {site}", lambda site=site: _says_why_not(estate, site))
            traces = {page: daemon.get(page).content for page in PAGES}
            assert daemon.stop() == 0
        assert_no_traceback(daemon.log())
        traces["the log"] = daemon.log().encode()
        for words in COMMANDS:
            done = estate.scene.trunkline(*words, "--settings", str(daemon.settings))
            assert_no_traceback(done.stderr)
            traces[" ".join(words)] = (done.stdout + done.stderr).encode()
        traces |= {str(path.relative_to(directory)): path.read_bytes() for path in _kept(directory)}
        (account,) = (directory / "state" / "accounts").glob("*.key")
        keys: dict[str, list[PRIVATE]] = {
            "the local CA": [authority.signer().key],
            "the ACME account": [_loaded(account.read_bytes())],
            "devices": [held.private for cube in lab.cubes.values() for held in cube.store.keys.values()],
        }
        keys["devices"] += [
            _loaded(node.served.key_pem.encode()) for one in lab.clusters.values() for node in one.nodes.values()
        ]
        assert account.stat().st_mode & 0o077 == 0, "it is the one file that holds a key as it is"
        del traces[str(account.relative_to(directory))]
        yield traces, keys


def _kept(directory: Path) -> Iterator[Path]:
    """But the devices' own files, and those that secrets are read from."""
    for path in directory.rglob("*"):
        if path.is_file() and path.relative_to(directory).parts[0] not in (".lab", "secrets"):
            yield path


def _is_bound(estate: Estate, site: str) -> bool:
    return "trustpoint sip-trunk-cert-1" in "\n".join(estate.router(site).text_lines())


def _says_why_not(estate: Estate, site: str) -> bool:
    return any(f"issuer {site}" in line or "of the CA own" in line for line in estate.daemon.log().splitlines() if site in line)


def _loaded(pem: bytes) -> PRIVATE:
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, PRIVATE)
    return key


def _spellings(key: PRIVATE) -> Iterator[bytes]:
    """The number that makes it private as bytes, hex and decimal, and every form as PEM, a line of it, or DER."""
    numbers = key.private_numbers()
    secret = numbers.d if isinstance(numbers, rsa.RSAPrivateNumbers) else numbers.private_value
    raw = secret.to_bytes((secret.bit_length() + 7) // 8)
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), str(secret).encode(), base64.b64encode(raw)[:-4])
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        yield key.private_bytes(Encoding.DER, form, NoEncryption())
        yield key.private_bytes(Encoding.PEM, form, NoEncryption()).splitlines()[2]


@pytest.mark.parametrize("secret", [PASSPHRASE, WRONG_PASSPHRASE, EST_LOGIN[1], CFSSL_KEY])
def test_a_secret_of_an_issuer_leaves_no_trace(found: tuple[dict[str, bytes], object], secret: str) -> None:
    spelt = (secret.encode(), base64.b64encode(":".join((EST_LOGIN[0], secret)).encode()).rstrip(b"=")[:-1])
    assert [where for where, content in found[0].items() if any(one in content for one in spelt)] == []


@pytest.mark.parametrize("whose", ["the local CA", "the ACME account", "devices"])
def test_a_private_key_leaves_no_trace(found: tuple[dict[str, bytes], dict[str, list[PRIVATE]]], whose: str) -> None:
    traces, keys = found
    assert keys[whose]
    spelt = [one for key in keys[whose] for one in _spellings(key)]
    assert [where for where, content in traces.items() if any(one in content for one in spelt)] == []


def test_the_only_private_key_that_is_kept_is_encrypted(found: tuple[dict[str, bytes], object]) -> None:
    holding = {where for where, content in found[0].items() if b"PRIVATE KEY" in content}
    assert holding == {"state/authorities/own/ca-1.key"}
    assert b"ENCRYPTED" in found[0]["state/authorities/own/ca-1.key"]


def test_what_is_searched_is_what_it_claims_to_be(found: tuple[dict[str, bytes], dict[str, list[PRIVATE]]]) -> None:
    traces, keys = found
    assert b"CA of canaries" in traces["/api/v1/certificates"] and b"<svg" in traces["picture.svg"]
    assert b"BEGIN CERTIFICATE REQUEST" in traces["state/journal.db"], "requests are in the journal"
    assert any(where.startswith(".git/objects/") for where in traces)
    assert len(keys["devices"]) >= 2 * len(SITES)
    key = keys["the local CA"][0]
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert any(one in pem for one in _spellings(key)), "a key would be found"
