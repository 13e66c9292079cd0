"""What a CA may answer, and must not be used: one clear reason each, and the earlier certificate goes on working."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.octets import claimed_octet
from support.renewal import BASE, CUBE, Renewing, Story, renewing
from trunkline.issuer.judge import request_of
from trunkline.issuer.local.issuer import LocalCa
from trunkline.model.certificate import Certificate
from trunkline.model.renewal.memory import Holder, Order
from trunkline.model.renewal.wish import Chain, Signing
from trunkline.twin.ca import Authority, Wish, certify, new_key, pem_of

NOW = datetime.now(UTC)
ROOT = Authority.create("a CA of bad answers", NOW)
BELOW = ROOT.below("its issuing CA", NOW)
GOOD = Wish("vg-yohur.example.com", NOW, 90, names=("vg-yohur.example.com",))


def made(wish: Wish, signing: Signing, *, own_key: bool = False, by: Authority = BELOW) -> Certificate:
    public_key = new_key("ec", 256).public_key() if own_key else request_of(signing).public_key()
    return Certificate.from_pem(pem_of(certify(wish, public_key, by.issuer)))


def above(authority: Authority = BELOW) -> Chain:
    return tuple(Certificate.from_pem(pem_of(one)) for one in authority.certificates)


Answer = Callable[[Signing], Chain]
ANSWERS: dict[str, tuple[Answer, str]] = {
    "for another key": (lambda s: (made(GOOD, s, own_key=True), *above()), "key"),
    "expired": (lambda s: (made(replace(GOOD, days=-2), s), *above()), "ended|expired"),
    "a name is missing": (
        lambda s: (made(replace(GOOD, common_name="x.example.com", names=("x.example.com",)), s), *above()),
        "name",
    ),
    "clientAuth is missing": (
        lambda s: (made(replace(GOOD, usages=(ExtendedKeyUsageOID.SERVER_AUTH,)), s), *above()),
        "client",
    ),
    "the chain is incomplete": (lambda s: (made(GOOD, s), *above()[1:]), "issu|chain"),
    "nothing but the CA": (lambda s: above(), "key|CA"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renewing]:
    """One trunk for all of them: none of them may leave anything behind."""
    with claimed_octet() as octet, renewing(Story(key=("ec", 256)), tmp_path_factory.mktemp("bad"), octet) as made_scene:
        made_scene.settle()
        yield made_scene


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_bad_answer_is_not_used(answer: str, scene: Renewing, monkeypatch: pytest.MonkeyPatch) -> None:
    reply, words = ANSWERS[answer]
    known = above()[1:] if "incomplete" in answer else above()  # else what it left out would be filled in
    monkeypatch.setattr(LocalCa, "chain", lambda _self: known)
    monkeypatch.setattr(LocalCa, "sign", lambda _self, signing: reply(signing))
    before = scene.serial()
    scene.close()
    scene.state()
    scene.revision = answer  # what was refused for a commit is not asked for again
    with scene.tried():
        for _ in range(5):
            finished = scene.step()
        told = " ".join([finished.failure.message if finished.failure else "", *(wait.reason for wait in scene.waits())])
        assert re.search(words, told, re.IGNORECASE), told
    assert scene.serial() == before, "the earlier one is presented still"
    assert not any(t.identity for t in scene.lab.cubes["vg-yohur"].store.trustpoints.values() if t.name != "sip-trunk-cert")


def test_what_was_refused_is_asked_for_again_when_it_is_ordered(scene: Renewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same commit: the refused answer is not asked for again by itself, and blocks no renewal that a person orders."""
    monkeypatch.setattr(LocalCa, "chain", lambda _self: above())
    asked: list[Signing] = []

    def refused(_self: LocalCa, signing: Signing) -> Chain:
        is_for_the_cube = signing.target == f"cube/{CUBE}"  # the probe asks for one of its own
        asked.extend([signing] if is_for_the_cube else [])
        return (made(GOOD, signing, own_key=is_for_the_cube), *above())

    monkeypatch.setattr(LocalCa, "sign", refused)
    before = scene.serial()
    scene.close()
    scene.revision = "refused"
    with scene.tried():
        for _ in range(6):
            finished = scene.step()
        assert len(asked) == 1
        assert finished.failure and "`trunkline renew` asks again" in finished.failure.message
        monkeypatch.setattr(LocalCa, "sign", lambda _self, signing: (made(GOOD, signing), *above()))
        scene.world.journal.order(Order(Holder(f"cube/{CUBE}", BASE), "its CA was mended", datetime.now(UTC)))
        scene.run(lambda one: one.is_alone() and one.serial() != before)
    assert not scene.orphans()


def test_a_chain_in_any_order_is_taken_for_what_its_certificates_are(scene: Renewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Last, for it succeeds."""
    monkeypatch.setattr(LocalCa, "chain", lambda _self: above())
    monkeypatch.setattr(LocalCa, "sign", lambda _self, signing: (*reversed(above()), made(GOOD, signing)))
    before = scene.serial()
    scene.close()
    scene.revision = "good"
    scene.world.journal.order(Order(Holder(f"cube/{CUBE}", BASE), "a test", datetime.now(UTC)))
    with scene.tried():
        scene.run(lambda one: one.is_alone() and one.serial() != before)
    assert not scene.orphans()
    assert timedelta(days=80) < next(iter(scene.passes[-1].standings)).identity.certificate.not_after - NOW  # type: ignore[union-attr]
