"""What a diagnosis advises: lines that can be typed as they stand, and words that are true of this fault."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.certificates import NOW, ROOT, made
from support.sick import CLUSTER, CUBE, NODE_CERTIFICATES, PROFILE, TRUNK, Sick
from trunkline.model.cause import Finding
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look, Reason
from trunkline.model.key import Kind
from trunkline.model.observed import Gap, Shown
from trunkline.twin.ca import Authority

DEFAULT = "crypto signaling default"
CARRIER = "crypto signaling remote-addr 10.0.0.0 255.0.0.0 trustpoint carrier"
DEAF = Look(NOW, False, Reason.REFUSED, "10.0.0.2:5061 refuses connections: nothing listens there")


def _first(sick: Sick) -> Finding:
    return sick.diagnosed().findings[0]


def _lines(found: Finding) -> tuple[str, ...]:
    return next(cure.lines for cure in found.cures if cure.lines)


def _texts(found: Finding) -> str:
    return "\n".join([*(one.text for one in found.evidence), *(one.text for one in found.cures)])


def test_what_is_typed_in_two_sections_is_typed_in_both() -> None:
    sick = Sick()
    for number in ("100", "101"):
        sick.section(Kind.DIAL_PEER, number)["session transport"] = "session transport udp"
    own = " session transport tcp tls"
    assert _lines(_first(sick)) == ("dial-peer voice 100 voip", own, "dial-peer voice 101 voip", own)


def test_a_binding_that_no_document_knows_is_left_to_whoever_needs_it() -> None:
    sick = Sick(others={"carrier": made("sbc.carrier.net", "Carrier CA")})
    sick.section(Kind.SIP_UA)["crypto signaling remote-addr 10.0.0.0 255.0.0.0"] = CARRIER
    found = _first(sick)
    assert found.code == "wrong-trustpoint"
    assert _lines(found)[1:] == tuple(
        f" crypto signaling remote-addr {one} 255.255.255.255 trustpoint own" for one in ("10.0.0.1", "10.0.0.2")
    )
    assert "the documents ask for nothing else" not in _texts(found)


def test_a_binding_to_a_trustpoint_without_certificate_is_told_as_that() -> None:
    sick = Sick()
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default trustpoint empty"
    found = _first(sick)
    assert (found.code, _lines(found)) == ("identity-missing", ("sip-ua", " crypto signaling default trustpoint own"))
    assert "leads to trustpoint empty, which has no certificate" in _texts(found)


def test_what_another_trustpoint_presents_is_no_earlier_certificate_and_no_wrong_name() -> None:
    other = made("web.example.com", "Voice Issuing CA")
    sick = Sick(others={"web": other}, shown={CUBE: Shown(other, NOW)})
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default trustpoint web"
    assert sick.codes() == ["wrong-trustpoint"]


def test_names_are_listed_beside_those_that_are_there() -> None:
    sick = Sick()
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default tls-profile 1"
    sick.configuration[Kind.TLS_PROFILE, "1"] = {
        "trustpoint": "trustpoint own",
        "cn-san validate": "cn-san validate server",
        "cn-san 1": "cn-san 1 *.other.net",
    }
    assert _lines(_first(sick)) == ("voice class tls-profile 1", " cn-san 2 pub.example.com", " cn-san 3 sub.example.com")


def test_without_a_profile_there_is_no_list_of_names() -> None:
    sick = Sick()
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default trustpoint own cn-san-validate server"
    found = _first(sick)
    assert (found.code, _lines(found)) == ("name-refused", ("sip-ua", " crypto signaling default trustpoint own"))


def test_client_vtp_that_keeps_the_right_trustpoint_out_is_named() -> None:
    sick = Sick()
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default trustpoint own client-vtp root"
    found = _first(sick)
    assert (found.code, _lines(found)) == ("wrong-anchor", ("sip-ua", " crypto signaling default trustpoint own"))
    assert "client-vtp root lets no other trustpoint vouch" in _texts(found) and "no trustpoint holds" not in _texts(found)


def test_where_the_cube_awaits_the_next_certificate_of_a_node_only_the_restart_is_advised() -> None:
    earlier = made("sub.example.com", "", NOW - timedelta(days=300), 301)
    later = made("sub.example.com", "", NOW - timedelta(days=1), 300)
    sick = Sick(nodes=[NODE_CERTIFICATES[0], later], shown={f"{CLUSTER}/sub": Shown(earlier, NOW)})
    sick.anchors["sub"] = (later,)
    assert sick.codes() == ["old-served-node"]


def test_a_certificate_that_comes_without_its_issuer_is_told_as_that() -> None:
    leaf = made("sub.example.com", "Company Issuing CA")
    sick = Sick(nodes=[NODE_CERTIFICATES[0], leaf], shown={f"{CLUSTER}/sub": Shown(leaf, NOW, "", (leaf,))})
    assert "it sends its certificate alone" in _texts(_first(sick))


@pytest.mark.parametrize(("days", "advice"), [(400, "issued by"), (-30, "it is younger and takes its place")])
def test_only_a_younger_certificate_takes_the_place_of_one_of_its_name(days: int, advice: str) -> None:
    """`days`: by how much the rival is younger than ours."""
    rival = Certificate.from_pem(Authority.create(ROOT.common_name, ROOT.not_before + timedelta(days=days + 1)).issuer.pem)
    found = _first(Sick(trust={"pub": (rival,), "sub": (rival,)}))
    assert found.code == "cn-collision" and advice in found.cures[0].text


def test_a_cube_that_listens_elsewhere_is_not_cured_at_the_trunk_that_calls_it_right() -> None:
    sick = Sick(facts=replace(Sick().facts, listening=("[10.0.0.9]:5062",)))
    found = _first(sick)
    assert found.code == "trunk-destination"
    assert "listen-port secure" in found.cures[0].text and "signalling.tls_port" in found.cures[1].text


def test_a_right_bind_on_another_address_is_no_line_to_type() -> None:
    sick = Sick(facts=replace(Sick().facts, listening=("[10.0.0.10]:5061",)))
    found = _first(sick)
    assert found.code == "bind" and not any(cure.lines for cure in found.cures)
    assert "signalling.address" in found.cures[0].text


def test_a_profile_without_tls_gets_its_port_back_with_its_mode() -> None:
    sick = Sick()
    sick.objects[PROFILE] |= {"securityMode": "Non Secure", "incomingTransport": "TCP+UDP", "incomingPort": "5060"}
    assert sick.codes() == ["transport-cluster"]
    assert "its Incoming Port to 5061" in _texts(_first(sick))


@pytest.mark.parametrize(
    ("name", "says"),
    [("CN=vg.example.com", "without `cn=`"), ("vg", "short name"), ("*.example.com", "no wildcard")],
)
def test_a_name_that_is_nearly_right_is_told_why_it_is_not(name: str, says: str) -> None:
    sick = Sick()
    sick.objects[PROFILE]["x509SubjectName"] = name
    assert says in _texts(_first(sick))


def test_a_wildcard_is_not_advised_as_a_name() -> None:
    sick = Sick(own=made("*.example.com", "Voice Issuing CA"))
    assert "add *.example.com" not in _texts(_first(sick)) and "a name of its own" in _texts(_first(sick))


def test_where_no_node_is_connected_one_that_is_down_does_not_explain_it() -> None:
    gap = Gap(CLUSTER, "sub: cannot reach it: refused", Kind.CALLMANAGER_TRUST, "sub/", "", "device_unreachable")
    sick = Sick(gaps={CLUSTER: (gap,)}, looks={f"{CLUSTER}/sub": DEAF})
    sick.objects[PROFILE]["x509SubjectName"] = "nobody.example.com"
    assert sick.codes()[:2] == ["node-down", "name-mismatch"]
    sick.disconnect()
    assert sick.codes()[:2] == ["name-mismatch", "node-down"]


def test_a_trunk_that_works_with_one_node_was_hardly_not_reset() -> None:
    sick = Sick()
    sick.disconnect("sub")
    assert sick.diagnosed().summary.startswith("not connected with sub, 1 of 2 nodes: perhaps ")


def test_the_words_of_a_cube_that_refuses_are_told() -> None:
    gap = Gap(CUBE, "the CUBE refused the command", evidence="Command authorization failed.")
    assert "`Command authorization failed.`" in _texts(_first(Sick(gaps={CUBE: (gap,)})))


def test_the_suite_that_is_advised_fits_the_key_and_replaces_none() -> None:
    sick = Sick()
    sick.section(Kind.SIP_UA)[DEFAULT] = "crypto signaling default tls-profile 1"
    sick.configuration[Kind.TLS_PROFILE, "1"] = {"trustpoint": "trustpoint own", "cipher": "cipher 1"}
    sick.configuration[Kind.TLS_CIPHER, "1"] = {"1": "cipher 1 ECDHE_RSA_AES256_GCM_SHA384"}
    found = _first(sick)
    assert found.code == "cipher"
    assert _lines(found) == ("voice class tls-cipher 1", " cipher 2 ECDHE_ECDSA_AES256_GCM_SHA384")


def test_a_trunk_with_another_profile_is_told_to_use_ours_and_no_more() -> None:
    sick = Sick()
    sick.objects[TRUNK]["securityProfileName"] = "old TLS"
    assert _first(sick).cures[-1].text == "use vg TLS in TRUNK, and reset it"


def test_a_port_that_nobody_answers_is_no_refused_handshake() -> None:
    sick = Sick(looks={f"{CLUSTER}/{name}": DEAF for name in ("pub", "sub")})
    sick.disconnect()
    assert "handshake-refused" not in sick.codes()
