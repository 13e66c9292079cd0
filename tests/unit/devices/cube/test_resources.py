"""Sections as resources, and certificates told apart by what they are."""

import pytest

from support.pems import pem_of
from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.read.reading import NotUnderstood
from trunkline.devices.cube.resources import classify, sections
from trunkline.devices.cube.trust import TrustReader, held_keys
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceBusy
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Ownership

ROOT = Certificate.from_pem(pem_of("root", is_ca=True))
OTHER = Certificate.from_pem(pem_of("other", is_ca=True))
LEAF = Certificate.from_pem(pem_of("cube.example.com", "root"))


def test_ca_and_identity_are_told_apart_by_who_issued_whom() -> None:
    assert classify((ROOT, LEAF), is_self_signed=False) == (ROOT, LEAF)
    assert classify((LEAF, ROOT), is_self_signed=False) == (ROOT, LEAF)
    assert classify((ROOT,), is_self_signed=False) == (ROOT, None)
    assert classify((), is_self_signed=False) == (None, None)


def test_a_self_signed_identity_is_no_anchor() -> None:
    assert classify((ROOT, ROOT), is_self_signed=True) == (None, ROOT)


@pytest.mark.parametrize("held", [(ROOT, OTHER), (LEAF, OTHER), (ROOT, OTHER, LEAF)])
def test_strangers_are_not_guessed_about(held: tuple[Certificate, ...]) -> None:
    with pytest.raises(NotUnderstood):
        classify(held, is_self_signed=False)


CONFIG = running_config(
    "version 17.9\nhostname x\n!\ncrypto pki trustpoint a\n enrollment terminal\n!\nvoice service voip\n sip\n!\n"
    "dial-peer voice 1 voip\n voice-class codec 2\n session server-group 3\n!\ndial-peer voice 2 pots\n port 0/1\n!\n"
    "sip-ua \n crypto signaling default trustpoint a \n!\nend\n"
).value


def test_sections_of_known_kinds_with_what_they_refer_to() -> None:
    found = {resource.key: resource for resource in sections("cube/x", CONFIG)}
    peer = found[Key("cube/x", Kind.DIAL_PEER, "1")]
    assert peer.ownership is Ownership.WHOLE
    assert {(need.kind, need.name) for need in peer.needs} == {(Kind.VOICE_CLASS_CODEC, "2"), (Kind.SERVER_GROUP, "3")}
    assert found[Key("cube/x", Kind.SIP_UA, "")].needs == {Key("cube/x", Kind.TRUSTPOINT, "a")}
    assert found[Key("cube/x", Kind.SIP_UA, "")].ownership is Ownership.STATED
    assert found[Key("cube/x", Kind.VOICE_SERVICE_SIP, "voip")].settings == {}
    assert not any(key.kind is Kind.DIAL_PEER and key.name == "2" for key in found)
    assert not any(key.kind is Kind.TRUSTED_LIST for key in found)


class Exporter:
    """Prints what it is told to, and remembers what it was asked for."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, list[str]()

    def __call__(self, names: object) -> list[str]:
        wanted = [str(name) for name in names]  # type: ignore[attr-defined]
        self.asked += wanted
        return [self.text for _ in wanted]


def test_what_did_not_change_is_not_exported_again() -> None:
    reader, export = TrustReader("cube/x"), Exporter(f"% CA certificate:\n{ROOT.pem}\n")
    for _ in range(3):
        held = reader.read(CONFIG, {"a": (ROOT.sha1,), "SUDI": ("F" * 40,)}, export)
        assert held.anchors == {"a": ROOT}
        assert held.gaps == ()
    assert export.asked == ["a"]
    reader.read(CONFIG, {"a": ()}, export)
    assert reader.read(CONFIG, {"a": (ROOT.sha1,)}, export).anchors == {"a": ROOT}


def test_what_failed_is_tried_again_only_when_asked_to() -> None:
    reader, export = TrustReader("cube/x"), Exporter("% Trustpoint 'a' does not exist\n")
    for _ in range(3):
        assert len(reader.read(CONFIG, {"a": (ROOT.sha1,)}, export).gaps) == 1
    assert export.asked == ["a"]
    export.text = ROOT.pem
    assert reader.read(CONFIG, {"a": (ROOT.sha1,)}, export, again=True).anchors == {"a": ROOT}


def test_a_refusal_of_the_whole_export_passes() -> None:
    def locked(names: object) -> list[str]:
        raise DeviceBusy("cannot enter configuration mode on x: locked by kim")

    reader = TrustReader("cube/x")
    held = reader.read(CONFIG, {"a": (ROOT.sha1,)}, locked)
    assert held.is_refused
    assert [gap.evidence for gap in held.gaps] == ["cannot enter configuration mode on x: locked by kim"]
    assert reader.read(CONFIG, {"a": (ROOT.sha1,)}, Exporter(ROOT.pem)).anchors == {"a": ROOT}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ({"a": (OTHER.sha1,)}, f"% CA certificate:\n{ROOT.pem}\n"),
        ({"a": (ROOT.sha1, LEAF.sha1)}, f"% CA certificate:\n{ROOT.pem}\n"),
        ({"a": (ROOT.sha1,)}, ROOT.pem[:200]),
        ({"a": (ROOT.sha1,)}, ROOT.pem.replace("MII", "MIX", 1)),
        ({"a": (ROOT.sha1,)}, "% Trustpoint 'a' does not exist\n"),
        ({"a": (ROOT.sha1, OTHER.sha1)}, ROOT.pem + OTHER.pem),
        ({}, ""),
    ],
)
def test_what_cannot_be_trusted_is_a_gap_of_that_trustpoint(status: dict[str, tuple[str, ...]], text: str) -> None:
    held = TrustReader("cube/x").read(CONFIG, status, Exporter(text))
    assert held.anchors == {}
    assert [(gap.kind, gap.name) for gap in held.gaps] == [(Kind.TRUST_ANCHOR, "a")]
    assert held.gaps[0].evidence


def test_an_identity_is_as_unknown_as_the_anchor_beside_it() -> None:
    """Else a certificate that is there would be taken for missing, and asked for again."""
    held = TrustReader("cube/x").read(CONFIG, {"a": (ROOT.sha1,)}, Exporter("")).with_keys(held_keys("cube/x", ["", ""]))
    assert {(gap.kind, gap.name) for gap in held.gaps} == {(Kind.TRUST_ANCHOR, "a"), (Kind.IDENTITY, "a")}


INVALID = "            ^\n% Invalid input detected at '^' marker.\n\n"


def test_a_release_without_elliptic_curves_has_no_such_keys() -> None:
    assert held_keys("cube/x", ["", INVALID]).gaps == ()


@pytest.mark.parametrize(
    "texts", [["Command authorization failed.\n", ""], ["", "Command authorization failed.\n"], ["x\n", ""]]
)
def test_key_pairs_that_cannot_be_read_are_a_gap_of_all_of_them(texts: list[str]) -> None:
    keys = held_keys("cube/x", texts)
    assert dict(keys.pairs) == {}
    assert [(gap.kind, gap.name) for gap in keys.gaps] == [(Kind.KEY_PAIR, None)]
