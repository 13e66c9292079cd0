"""Every text with which a cluster refuses a certificate gives one reason and one cure."""

from datetime import UTC, datetime

import pytest

from trunkline.devices.cucm.renewal import pending
from trunkline.devices.cucm.renewal.pending import Pending
from trunkline.devices.cucm.renewal.refusals import refusal
from trunkline.model.certificate import Certificate
from trunkline.twin.ca import Authority, Wish, certify, pem_of
from trunkline.twin.cucm.certificates.units import Pending as Requested
from trunkline.twin.cucm.certificates.units import requested

NOW = datetime.now(UTC)
AUTHORITY = Authority.create("refusals root", NOW)
HELD = requested("pub.example.com", ["pub.example.com", "sub1.example.com"], is_multi_server=True)
REQUEST = pending.read(HELD.pem)
OTHER = requested("pub.example.com", ["pub.example.com"], is_multi_server=False)


def leaf(*names: str, held: Requested = HELD) -> Certificate:
    wish = Wish("pub.example.com", NOW, names=names)
    return Certificate.from_pem(pem_of(certify(wish, held.key.public_key(), AUTHORITY.issuer)))


@pytest.mark.parametrize(
    ("said", "why", "cure"),
    [
        (
            "CA certificate is not available in the trust-store",
            "is not in the node's CallManager-trust",
            "certificates of the issuer",
        ),
        ("CSR Public Key and Certificate Public Key do not match", "it is for another key", "request a certificate anew"),
        (
            "File /usr/local/platform/.security/CallManager/keys/CallManager.csr does not exist",
            "the node holds no request",
            "request a certificate anew",
        ),
        ("Certificate is expired", "it has expired, or the node's clock is wrong", "utils ntp status"),
        ("wildcard certificates are not supported", "takes no wildcard certificates", "every name under `names`"),
        ("Key length 8192 is not supported", "longer than the cluster takes", "rsa 2048"),
        ("something else", "does not say why", "Cisco Certificate Change Notification"),
    ],
)
def test_each_text_has_its_reason_and_cure(said: str, why: str, cure: str) -> None:
    meaning = refusal(said, REQUEST, leaf("pub.example.com", "sub1.example.com"))
    assert why in meaning.why and cure in meaning.cure


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("pub.example.com",), ": the certificate lacks sub1.example.com"),
        (("pub.example.com", "sub1.example.com", "www.example.com"), ": the certificate adds www.example.com"),
        (("pub.example.com", "www.example.com"), ": the certificate lacks sub1.example.com and adds www.example.com"),
    ],
)
def test_names_that_differ_are_told(names: tuple[str, ...], told: str) -> None:
    assert refusal("CSR SAN and Certificate SAN does not match", REQUEST, leaf(*names)).why.endswith(told)


@pytest.mark.parametrize(
    ("held", "certificate", "why"),
    [
        (None, leaf("pub.example.com"), "the node holds no request"),
        (REQUEST, leaf("pub.example.com", held=OTHER), "it is for another key"),
    ],
)
def test_a_refusal_without_words_is_told_from_the_request(held: Pending | None, certificate: Certificate, why: str) -> None:
    assert why in refusal("HTTP 500", held, certificate).why
