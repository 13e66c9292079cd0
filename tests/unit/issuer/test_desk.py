"""The desk: a signature that is wanted becomes a command, and that one what the issuer is asked for."""

from datetime import timedelta

import pytest

from support.requests import ISSUING, NOW, key_of, signing
from trunkline.issuer.desk import Desk, signing_of
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Step
from trunkline.model.renewal.wish import Abilities, Chain, Signing
from trunkline.model.resource import Resource

SETTINGS = {
    "csr_pem": signing().csr_pem,
    "names": "vg-yohur.example.com sip.example.com",
    "key": "rsa 2048",
    "validity_days": "200",
    "release": "17.9",
}
KEY = Key("issuer/lab", Kind.SIGNATURE, "cube/vg-yohur/sip-1")


class Signs:
    """An issuer that answers what it is told."""

    def __init__(self, *answer: object) -> None:
        self.answer = answer

    def abilities(self) -> Abilities:
        return Abilities()

    def chain(self) -> Chain:
        return ISSUING.chain

    def sign(self, asked: Signing) -> Chain:
        assert asked == signing()
        return self.answer  # type: ignore[return-value]  # certificates of the tests


def step(desk: Desk) -> Step:
    change = Change(Action.CREATE, KEY, None, Resource(KEY, SETTINGS))
    return Step(change, desk.dialect().render(change))


def test_a_wanted_signature_is_asked_for_and_comes_back_leaf_first() -> None:
    leaf = ISSUING.certify(key_of("device"))
    desk = Desk("lab", Signs(leaf), lambda: NOW)
    assert step(desk).commands[0].lines == (
        "sign the request of cube/vg-yohur/sip-1: vg-yohur.example.com, sip.example.com, rsa 2048 for 200 days",
    )
    assert desk.carry_out(step(desk)) == "".join(one.pem for one in (leaf, *ISSUING.chain))


def test_a_bad_answer_is_refused_by_the_desk() -> None:
    with pytest.raises(DeviceRefused, match="cannot use the answer of issuer lab: the certificate"):
        Desk("lab", Signs(ISSUING.certify(key_of("another"))), lambda: NOW).carry_out(step(Desk("lab", Signs(), lambda: NOW)))


def test_nothing_is_sent_for_a_signature_that_nobody_wants() -> None:
    desk = Desk("lab", Signs(), lambda: NOW)
    assert desk.dialect().render(Change(Action.DELETE, KEY, Resource(KEY, SETTINGS))) == ()


def test_what_is_asked_may_leave_out_validity_release_and_deadline() -> None:
    payload = {"target": "cube/a", "holder": "b", "csr_pem": "x", "names": "n", "key": "ec 256"}
    assert signing_of(payload).validity is None
    assert signing_of({**payload, "validity_days": "1.5"}).validity == timedelta(hours=36)
    assert signing_of({**payload, "release": "17.9.4"}).release == (17, 9, 4)
