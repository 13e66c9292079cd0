"""Certificates of the probe's own: asked once, in memory only, and no harm done where there are none."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from trunkline.health.tunnel import looking
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceUnreachable
from trunkline.model.renewal.wish import Abilities, Chain, Signing
from trunkline.service.reaching.probing import ProbeIdentities
from trunkline.twin.ca import Authority, Wish, certify, pem_of

START = datetime.now(UTC)
ROOT = Authority.create("root", START)
BELOW = ROOT.below("issuing", START)


@dataclass
class Signer:
    """Implements `trunkline.ports.Issuer`."""

    authority: Authority = BELOW
    can: Abilities = Abilities()  # noqa: RUF009 - frozen
    refusal: Exception | None = None
    is_leaf_only: bool = False
    is_reversed: bool = False
    other_key: bool = False
    asked: list[Signing] = field(default_factory=list)

    def abilities(self) -> Abilities:
        return self.can

    def sign(self, signing: Signing) -> Chain:
        self.asked.append(signing)
        if self.refusal:
            raise self.refusal
        request = x509.load_pem_x509_csr(signing.csr_pem.encode())
        key = self.authority.issuer.key.public_key() if self.other_key else request.public_key()
        leaf = Certificate.from_pem(pem_of(certify(Wish(signing.names[0], START, 7), key, self.authority.issuer)))
        answer = (leaf,) if self.is_leaf_only else (leaf, *self.chain())
        return answer[::-1] if self.is_reversed else answer

    def chain(self) -> Chain:
        return tuple(Certificate.from_pem(pem_of(one)) for one in self.authority.certificates)


@dataclass
class Moment:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


def sha256(authority: Authority) -> str:
    return Certificate.from_pem(authority.issuer.pem).sha256


@pytest.mark.parametrize(
    "signer",
    [Signer(), Signer(ROOT), Signer(is_leaf_only=True), Signer(is_reversed=True)],
    ids=["below a root", "root", "leaf only", "in another order"],
)
def test_an_identity_stands_under_the_ca_that_issued_it_and_openssl_takes_it(signer: Signer) -> None:
    found = ProbeIdentities(Moment()).of({"local": signer})
    assert set(found) == {sha256(signer.authority)}
    looking(found[sha256(signer.authority)])
    assert signer.asked[0].names == ("trunkline probe",) and str(signer.asked[0].key) == "ec 256"


def test_the_root_is_not_sent_and_what_stands_below_it_is() -> None:
    found = ProbeIdentities(Moment()).of({"local": Signer()})
    names = [Certificate.from_pem(pem).common_name for pem in found[sha256(BELOW)].chain_pems]
    assert names == ["trunkline probe", "issuing"]


def test_it_is_asked_once_and_again_in_good_time() -> None:
    now, signer = Moment(), Signer()
    identities = ProbeIdentities(now)
    first = identities.of({"local": signer})
    now.now += timedelta(days=3)
    assert identities.of({"local": signer}) == first and len(signer.asked) == 1
    now.now += timedelta(days=1)
    assert identities.of({"local": signer}) != first and len(signer.asked) == 2


def test_an_issuer_that_does_not_allow_probing_is_not_asked() -> None:
    signer = Signer(can=Abilities(is_probing=False))
    assert ProbeIdentities(Moment()).of({"manual": signer}) == {} and not signer.asked


def test_an_issuer_that_takes_rsa_only_gets_an_rsa_key() -> None:
    signer = Signer(can=Abilities(frozenset({"rsa"})))
    assert ProbeIdentities(Moment()).of({"local": signer}) and str(signer.asked[0].key) == "rsa 2048"


@pytest.mark.parametrize("signer", [Signer(refusal=DeviceUnreachable("no route to the CA")), Signer(other_key=True)])
def test_one_that_fails_is_told_once_an_hour_and_harms_no_other(signer: Signer, caplog: pytest.LogCaptureFixture) -> None:
    now = Moment()
    identities = ProbeIdentities(now)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert set(identities.of({"bad": signer, "good": Signer(ROOT)})) == {sha256(ROOT)}
    assert len(signer.asked) == 1 and "bad" in caplog.text and "PRIVATE" not in caplog.text
    now.now += timedelta(hours=1)
    identities.of({"bad": signer})
    assert len(signer.asked) == 2


def test_no_key_is_in_what_is_printed() -> None:
    identities = ProbeIdentities(Moment())
    found = identities.of({"local": Signer()})
    assert "PRIVATE" not in repr(found) + repr(identities)
