"""A CA that people ask: the request lies where they look, the answer comes back in one of two ways, the deadline is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.requests import ISSUING, NOW, csr_of, key_of, signing
from trunkline.issuer.desk import Desk
from trunkline.issuer.manual.box import Box
from trunkline.issuer.manual.issuer import ManualCa
from trunkline.model.errors import DesiredInvalid, DeviceRefused, Waiting
from trunkline.model.renewal.wish import Chain

GOOD = ISSUING.certify(key_of("device"))


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "requested", tmp_path / "requests")


def desk(box: Box, brought: tuple[Chain, ...] = (), now: datetime = NOW) -> Desk:
    issuer = ManualCa("people", box, ISSUING.chain, brought, timedelta(days=14), lambda: now, "Write to pki@example.com.")
    return Desk("people", issuer, lambda: now)


def test_the_request_lies_in_the_folder_with_what_is_asked(box: Box) -> None:
    with pytest.raises(Waiting, match=r"until 2026-12-09 12:00 UTC: it lies in .*/requests/people") as caught:
        desk(box).signed(signing())
    assert caught.value.until > NOW
    assert sorted(path.name for path in (box.shown / "people").iterdir()) == ["vg-yohur.sip-1.csr.pem", "vg-yohur.sip-1.txt"]
    assert (box.shown / "people" / "vg-yohur.sip-1.csr.pem").read_text() == signing().csr_pem
    text = (box.shown / "people" / "vg-yohur.sip-1.txt").read_text()
    for asked in ("Write to pki@", "2026-12-09", "DNS:sip.example.com", "serverAuth and clientAuth", "rsa 2048", "200 days"):
        assert asked in text


def test_the_deadline_stays_and_is_told_when_it_has_passed(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    with pytest.raises(Waiting, match="2026-12-09 12:00 UTC; that has passed"):
        desk(box, now=NOW + timedelta(days=20)).signed(signing())


def test_an_earlier_need_is_an_earlier_deadline(box: Box) -> None:
    with pytest.raises(Waiting, match="2026-11-28"):
        desk(box).signed(replace(signing(), wanted_by=NOW + timedelta(days=3)))


def test_an_answer_by_merge_request_is_used_and_nobody_is_asked_any_more(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    stranger = (ISSUING.certify(key_of("another")),)
    assert desk(box, (stranger, (GOOD,))).signed(signing()) == (GOOD, *ISSUING.chain)
    assert list((box.shown / "people").iterdir()) == []


def test_a_submitted_answer_finds_its_request_by_the_key(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    asked, finding = box.submit((GOOD,), NOW)
    assert (asked.signing.name, finding) == ("cube/vg-yohur/sip-1", None)
    assert desk(box).signed(signing())[0] == GOOD


def test_a_bad_answer_is_told_at_once_and_not_kept(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    bad = ISSUING.certify(key_of("device"), usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    _, finding = box.submit((bad,), NOW)
    assert finding
    assert finding.code == "no-clientauth"
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    with pytest.raises(DeviceRefused, match="clientAuth"):
        desk(box, ((bad,),)).signed(signing())


def test_a_good_answer_counts_beside_an_earlier_bad_one(box: Box) -> None:
    bad = ISSUING.certify(key_of("device"), begins=NOW - timedelta(days=1), usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    assert desk(box, ((bad,), (GOOD,))).signed(signing())[0] == GOOD


def test_an_answer_to_no_request_names_those_that_there_are(box: Box) -> None:
    with pytest.raises(DesiredInvalid, match="none at this time"):
        box.submit((GOOD,), NOW)
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    with pytest.raises(DesiredInvalid, match="cube/vg-yohur/sip-1"):
        box.submit((ISSUING.certify(key_of("another")),), NOW)


def test_a_new_key_is_asked_for_anew_and_the_earlier_answer_does_not_count(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    box.submit((GOOD,), NOW)
    fresh = replace(signing(), csr_pem=csr_of(key_of("fresh")))
    with pytest.raises(Waiting):
        desk(box).signed(fresh)
    assert (box.shown / "people" / "vg-yohur.sip-1.csr.pem").read_text() == fresh.csr_pem


def test_a_damaged_note_is_written_anew(box: Box) -> None:
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    (box.kept / "people" / "vg-yohur.sip-1.json").write_text("{")
    assert list(box.open()) == []
    with pytest.raises(Waiting):
        desk(box).signed(signing())
    assert [one.signing.name for one in box.open()] == ["cube/vg-yohur/sip-1"]
