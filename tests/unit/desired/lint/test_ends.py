"""Rules across both ends and several links: variants that the table of cases does not have."""

import pytest

from support.examples import CLUSTER, CUBE, LINK, MODERN_CUBE, MODERN_LINK, Edit, changed, examples, problems
from support.lint_cases import outbound, pinned
from support.pems import pem_of

SECOND = "links/second.yaml"
ON_BUSAN = (  # a second link of the modern CUBE, with everything of its own
    ("cube: vg-yohur", "cube: cube-busan"),
    ("  port: 5061\n  signalling: default\n", "  port: 5071\n  signalling: remote-address\n"),
    ("srtp: fallback", "srtp: required"),
    ("name: SIP-TRUNK-YOHUR", "name: SECOND"),
    ("vg-yohur TLS", "second TLS"),
    ("trunkline vg-yohur", "second"),
    ('pattern: "9.@"', 'pattern: "7.XXXX"'),
    ("fields: {dialPlanName: NANP, digitDiscardInstructionName: PreDot}", ""),
    ("tag: 100", "tag: 300"),
    ("tag: 200", "tag: 400"),
)


def codes(*edits: Edit) -> list[str]:
    return [problem.code for problem in problems(changed(*edits))]


def second_link(*replacements: tuple[str, str]) -> list[str]:
    """What is found when a second link of the modern CUBE says these things instead of its own."""
    text = examples()[LINK].decode()
    for before, after in (*ON_BUSAN, *replacements):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return [problem.code for problem in problems({**examples(), SECOND: text.encode()})]


def test_a_second_link_of_a_cube_is_fine() -> None:
    assert second_link() == []


@pytest.mark.parametrize(
    ("replacement", "code"),
    [
        (("tag: 300", "tag: 7098"), "TL011"),  # 7098, 7099 and 7100, which the first link has
        (("port: 5071", "port: 5061"), "TL021"),  # the same certificate, the same port, two profiles
        (("name: SECOND", "name: SIP-TRUNK-BUSAN"), "TL028"),
        (('"7.XXXX"', '"8.XXXX"'), "TL028"),
        (("  signalling: remote-address\n", "  profile: {tag: 10, cn_san: server}\n"), "TL033"),
        (("  signalling: remote-address\n", "  signalling: remote-address\n  remote_prefixes: [10.72.86.0/24]\n"), "TL033"),
        (("tag: 300", "tag: 300\n    per: group\n    server_group: 710"), "TL033"),  # calls 5071, the first one 5061
        (("  options_ping: {up_seconds: 60, down_seconds: 120}", "  options_ping: null"), ""),
        (
            ("second\n  options_ping: {up_seconds: 60, down_seconds: 120}", "trunkline cube-busan\n  options_ping: null"),
            "TL033",
        ),
    ],
)
def test_what_two_links_must_not_share(replacement: tuple[str, str], code: str) -> None:
    assert set(second_link(replacement)) == ({code} if code else set())


def test_two_links_of_one_cube_may_share_a_security_profile_if_they_state_it_alike() -> None:
    assert second_link(("second TLS", "cube-busan TLS"), ("port: 5071", "port: 5061")) == []
    assert second_link(("second TLS", "cube-busan TLS")) == ["TL033"]  # another port is another profile


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        ((LINK, "cube: vg-yohur", "cube: nobody"), 3),
        ((MODERN_LINK, "cipher_class: 10", "cipher_class: 11"), 10),
        ((MODERN_LINK, "    server_group: 710\n    codec_class: 10", "    server_group: 710\n    codec_class: 11"), 19),
        ((MODERN_LINK, "srtp_crypto: 10\n    vad: false\n    keep", "srtp_crypto: 1\n    vad: false\n    keep"), 20),
    ],
)
def test_references_to_nothing(edit: Edit, where: int) -> None:
    assert [(problem.code, problem.line) for problem in problems(changed(edit))] == [("TL010", where)]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (outbound("lines: [session transport tcp]"), "TL018"),
        (outbound("lines: [session transport udp]"), "TL018"),
        ((CUBE, "", "sip_ua: {lines: [no transport tcp tls]}\n"), "TL018"),
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields: {securityMode: Non Secure}\n"), "TL018"),
        (outbound('lines: ["session target ipv4:10.72.86.74:5071"]'), "TL019"),
        ((CUBE, "url: sips", "sip_lines: [listen-port secure 5062]"), "TL019"),
        ((CUBE, "url: sips", "lines: [no ip address trusted authenticate]"), ""),
        ((CUBE, "url: sips", "lines: [no ip address trusted list]"), "TL017"),
        (outbound(f"lines: [{'x' * 300}]"), "TL023"),
        (outbound(f"lines: [{'x' * 254}]"), ""),
        ((LINK, '"1..."', '"1.?"'), "TL023"),
        ((CLUSTER, "cucm-sub1, fqdn", "cucm-pub, fqdn"), "TL035"),
        ((CLUSTER, "address: 10.72.86.75", "address: 10.72.86.76"), "TL035"),
        ((CLUSTER, "probe_address: 127.72.86.75}", "probe_address: 127.72.86.75, publisher: true}"), "TL029"),
        ((MODERN_CUBE, "  address: 127.72.86.90\n  port: 2222", "  address: 127.72.86.86\n  port: 2222"), "TL035"),
        ((MODERN_CUBE, "  address: 127.72.86.90\n  port: 2222", "  address: 127.72.86.86\n  port: 2223"), ""),
        ((MODERN_CUBE, 'release: "17.9"', 'release: "26.1"'), ""),
    ],
)
def test_variants(edit: Edit, code: str) -> None:
    assert set(codes(edit)) == ({code} if code else set())


def test_a_trunk_without_tls_speaks_it_nowhere() -> None:
    plain = (LINK, "tls:\n  port: 5061\n  signalling: default\nsrtp: fallback", "tls: null\nsrtp: none")
    without_srtp = (CUBE, "srtp: fallback", "srtp: none")
    assert codes(plain, without_srtp) == []
    assert codes(plain, without_srtp, outbound("lines: [session transport tcp tls]")) == ["TL018"]
    assert codes(plain) == ["TL034", "TL034"]


@pytest.mark.parametrize("version", ["v1.0", "v1.1"])
def test_weak_tls_on_a_release_that_refuses_it(version: str) -> None:
    weak = (MODERN_CUBE, "tls_version: v1.2", f"tls_version: {version}")
    assert codes(weak) == []
    assert codes(weak, (MODERN_CUBE, '"17.9"', '"26.1"')) == ["TL025"]


def test_no_message_repeats_a_line_that_may_hold_a_secret() -> None:
    found = problems(changed((CUBE, "url: sips", 'lines: ["authentic username x password 0 hunter2 ?"]')))
    assert {problem.code for problem in found} >= {"TL023", "TL026"}
    assert "hunter2" not in repr(found)


def test_two_cubes_that_pin_certificates_of_one_name_collide() -> None:
    """As a pair of CUBEs behind one name may: the cluster could not tell their trunks apart on one port."""
    same = pem_of("sbc.example.com", "Voice Root CA")
    other = (MODERN_CUBE, "identity:\n", pinned(same)[2])
    assert codes(pinned(same), other) == ["TL021"]
    assert codes(pinned(same), other, (LINK, "port: 5061", "port: 5071")) == []
