"""The mistakes that stand in the article: each one is found where it is made, also when it is made in another way."""

import pytest

from support.examples import CUBE, LINK, MODERN_LINK, Edit, changed, problems
from support.lint_cases import CA, OWN, outbound, pinned
from support.pems import pem_of


def codes(*edits: Edit) -> list[str]:
    return [problem.code for problem in problems(changed(*edits))]


def test_the_article_as_it_was_written() -> None:
    """(a) the first PEM block taken, (b) tag 100 twice, (c) `incoming called .T`, (d) delayed offer recommended for SRTP and
    `early-offer forced` configured, (e) the name typed into the profile, (f) `no vad` missing from the result.
    """
    found = codes(
        pinned(CA + OWN),
        (LINK, "    tag: 200\n", "    tag: 100\n    lines: [incoming called .T]\n"),
        (CUBE, "url: sips", "url: sips\n  early_offer: forced"),
        (LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields: {x509SubjectName: vg-yohur.example.com}\n"),
        (LINK, "    codec: g711ulaw\n    vad: false\n  inbound:", "    codec: g711ulaw\n  inbound:"),
        (LINK, "    codec: g711ulaw\n    vad: false\nsecurity_profile:", "    codec: g711ulaw\nsecurity_profile:"),
    )
    assert sorted(found) == ["TL011", "TL012", "TL013", "TL014", "TL015", "TL016", "TL016"]


@pytest.mark.parametrize(
    ("pem", "names", "found"),
    [
        (CA, "", ["TL012"]),
        (CA + OWN, "vg-yohur.example.com", ["TL012"]),
        (OWN + CA, "", []),  # a chain after the certificate is fine
        (pem_of("vg-yohur.example.com", is_ca=True), "vg-yohur.example.com", []),  # as IOS signs its own
        (pem_of("vg-yohur.example.com", is_ca=True), "", ["TL012"]),
        ("no certificate at all\n", "", ["TL012"]),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", ["TL012"]),
    ],
)
def test_which_block_is_taken(pem: str, names: str, found: list[str]) -> None:
    problems_found = codes(pinned(pem, names))
    assert [code for code in problems_found if code != "TL022"] == found


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("incoming called .T", "incoming called-number …"),
        ("sess tar ipv4:10.72.86.74", "session target …"),
        ("session prot sipv2", "session protocol …"),
        ("no vad", ""),
        ("incoming called e164-pattern-map 1", ""),
        ("dtmf rtp-nte", "dtmf-relay …"),
        ("voice-class sip bind control source-interface Gi0/0", "GigabitEthernet0/0"),
        ("voice-class sip bind control source-interface GigabitEthernet0/0", ""),
        ("no pref 1", "no preference …"),
    ],
)
def test_abbreviations(line: str, full: str) -> None:
    found = [problem.cure for problem in problems(changed(outbound(f'lines: ["{line}"]'))) if problem.code == "TL013"]
    assert found == ([f"Write `{full}`"] if full else [])


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("Gi0/0", "GigabitEthernet0/0"),
        ("gigabitethernet0/0", "GigabitEthernet0/0"),
        ("Te0/1/0.5", "TenGigabitEthernet0/1/0.5"),
        ("ucse1/0", ""),  # a kind that is not known is left alone
    ],
)
def test_interfaces(written: str, full: str) -> None:
    found = problems(changed((CUBE, "interface: GigabitEthernet0/0", f"interface: {written}")))
    assert [problem.cure for problem in found] == ([f"Write `{full}`"] if full else [])


def test_bind_all_is_two_lines() -> None:
    (found,) = problems(changed((CUBE, "bind: signalling", "sip_lines: [bind all source-interface GigabitEthernet0/0]")))
    assert found.code == "TL013"
    assert "bind control source-interface" in found.cure


@pytest.mark.parametrize(
    ("edits", "is_found"),
    [
        (((CUBE, "url: sips", "early_offer: forced"),), True),
        (((CUBE, "url: sips", "sip_lines: [early-offer forced]"),), True),
        (((CUBE, "url: sips", "early_offer: forced"), (LINK, "srtp: fallback", "srtp: required"),
          (CUBE, "srtp: fallback", "srtp: required")), False),
        (((CUBE, "url: sips", "early_offer: forced"), (LINK, "srtp: fallback", "srtp: required"),
          (CUBE, "srtp: fallback", "srtp: required"), outbound("srtp: fallback")), True),
        (((CUBE, "url: sips", "early_offer: off"),), False),
    ],
)  # fmt: skip
def test_early_offer(edits: tuple[Edit, ...], is_found: bool) -> None:
    assert ("TL014" in codes(*edits)) is is_found


@pytest.mark.parametrize(
    ("part", "name"),
    [("trunk", "destinations"), ("trunk", "securityProfileName"), ("trunk", "sipProfileName"), ("security", "x509SubjectName")],
)
def test_what_is_derived_is_not_typed(part: str, name: str) -> None:
    before = "  description: CUBE vg-yohur\n" if part == "trunk" else "  name: vg-yohur TLS\n"
    assert codes((LINK, before, f"{before}  fields: {{{name}: typed}}\n")) == ["TL015"]


def test_the_certificates_own_name_is_not_typed_beside_it() -> None:
    named = (CUBE, "identity:\n", "identity:\n  names: [VG.example.com]\n")
    assert codes(named, (LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  names: [vg.example.com]\n")) == ["TL015"]


@pytest.mark.parametrize("line", ["vad", "no vad"])
def test_vad_may_be_said_as_a_line(line: str) -> None:
    said = (MODERN_LINK, '    incoming_called_number: ".T"\n', f'    incoming_called_number: ".T"\n    lines: [{line}]\n')
    unsaid = (MODERN_LINK, "    srtp_crypto: 10\n    vad: false\nsecurity", "    srtp_crypto: 10\nsecurity")
    assert codes(unsaid) == ["TL016"]
    assert codes(unsaid, said) == []
