"""In which order causes are told, what follows from what, what is said where nothing explains a failure, where it is cured."""

from dataclasses import replace
from datetime import timedelta

from support.certificates import NOW, made
from support.sick import CLUSTER, CUBE, LINK, ORIGIN, PROFILE, Sick
from trunkline.loop.diagnosis.causes import CAUSES
from trunkline.loop.diagnosis.diagnosing import ELIMINATIONS, RULES, diagnose
from trunkline.model.cause import Certainty, Health
from trunkline.model.desired import Enforcement
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Met, Outlook, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import DialPeerState, Gap, Shown

EXPIRED = made("vg.example.com", "Voice Issuing CA", NOW - timedelta(days=400), 300)


def test_what_is_seen_comes_before_what_is_possible_and_what_strikes_early_before_what_strikes_late() -> None:
    sick = Sick(own=EXPIRED)
    sick.objects[PROFILE]["x509SubjectName"] = "nobody.example.com"
    sick.section(Kind.DIAL_PEER, "100")["session transport"] = "session transport udp"
    sick.facts = replace(sick.facts, clock=NOW + timedelta(minutes=20))
    found = sick.diagnosed().findings
    assert [one.code for one in found] == ["transport-cube", "expired-cube", "name-mismatch", "clock-cube"]
    assert [one.certainty for one in found][-1] is Certainty.POSSIBLE


def test_what_cannot_be_read_comes_first_and_hides_nothing() -> None:
    sick = Sick(gaps={CLUSTER: (Gap(CLUSTER, "cannot log in to AXL: wrong password; correct axl.username"),)})
    sick.section(Kind.DIAL_PEER, "100")["shutdown"] = "shutdown"
    found = sick.diagnosed()
    assert [one.code for one in found.findings] == ["cluster-unreachable", "dial-peer-down"]
    assert found.findings[0].evidence[0].text == "cannot log in to AXL: wrong password"
    assert found.findings[0].cures[0].text == "correct axl.username"
    assert any(one.at is None and one.note == "could not be read" for one in found.looked)


def test_what_follows_comes_last_and_says_from_what() -> None:
    sick = Sick()
    sick.section(Kind.TRUSTED_LIST, "voip").clear()
    for number in ("100", "101"):
        sick.section(Kind.DIAL_PEER, number)["shutdown"] = "shutdown"
    sick.objects[PROFILE]["x509SubjectName"] = "nobody.example.com"
    found = sick.diagnosed().findings
    assert [(one.code, one.follows_from) for one in found] == [
        ("dial-peer-down", ""),
        ("name-mismatch", ""),
        ("trusted-list", "dial-peer-down"),
    ]


def test_a_cause_of_a_whole_link_comes_before_that_of_one_node() -> None:
    sick = Sick()
    sick.trust["sub"] = ()
    sick.anchors.pop("cucm")
    assert sick.codes() == ["wrong-anchor", "replication"]


def test_one_finding_for_a_cause_tells_of_every_end() -> None:
    sick = Sick()
    sick.anchors.pop("cucm")
    (one,) = sick.diagnosed().findings
    assert one.holders == (f"{CLUSTER}/pub", f"{CLUSTER}/sub")
    assert [sight.text.split("`")[1] for sight in one.evidence] == ["pub.example.com", "sub.example.com"]


def test_all_is_well() -> None:
    found = Sick().diagnosed()
    assert (found.health, found.is_well) == (Health.WELL, True)
    assert found.summary == "connected with every node of seoul; nothing was found"


def test_where_nothing_explains_it_both_ways_in_which_storing_differs_from_running_are_told() -> None:
    sick = Sick()
    sick.disconnect()
    found = sick.diagnosed()
    assert found.health is Health.DOWN
    assert found.summary.startswith("no node of seoul is connected: probably ")
    assert [one.code for one in found.findings] == ["trunk-not-reset", "trust-not-loaded"]
    assert all(one.certainty > Certainty.SEEN for one in found.findings)


def test_honestly_nothing_is_known_of_what_fails_beside_a_known_cause() -> None:
    sick = Sick()
    sick.listed[1] = replace(sick.listed[1], callmanager_status="Stopped")
    sick.disconnect()
    found = sick.diagnosed().findings
    assert [(one.code, one.holders) for one in found] == [
        ("service-down", (f"{CLUSTER}/sub",)),
        ("no-connection", (f"{CLUSTER}/pub",)),
    ]
    assert "nothing that was read says why" in found[1].evidence[0].text


def test_no_connection_without_options_is_no_failure() -> None:
    sick = Sick()
    sick.objects[Key(CLUSTER, Kind.SIP_PROFILE, "vg")]["enableOutboundOptionsPing"] = "false"
    sick.disconnect()
    found = sick.diagnosed()
    assert (found.health, found.findings) == (Health.UNKNOWN, ())
    assert "neither end sends OPTIONS" in found.summary


def test_an_established_connection_does_not_hide_that_options_fail() -> None:
    sick = Sick()
    sick.section(Kind.DIAL_PEER, "101")["voice-class sip options-keepalive"] = "voice-class sip options-keepalive"
    sick.facts = replace(sick.facts, dial_peers={101: DialPeerState(is_up=True, keepalive="busyout")})
    found = sick.diagnosed()
    assert (found.health, found.summary.split(":")[0]) == (Health.PARTLY, "OPTIONS with sub are not answered")


def test_a_line_of_the_log_is_told_and_decides_between_the_two() -> None:
    line = "%SIP-2-TLS_HANDSHAKE_FAILED: Reason: tlsv1 alert unknown ca, remote address : 10.0.0.2:5061"
    sick = Sick(events=(Event(CUBE, NOW, EventKind.HANDSHAKE_FAILED, line, Reason.UNKNOWN_CA, "10.0.0.2:5061"),))
    sick.disconnect()
    found = sick.diagnosed().findings
    assert found[0].code == "trust-not-loaded"
    assert any(line in sight.text for sight in found[0].evidence)


def test_a_handshake_in_memory_that_fails_is_told_although_no_rule_knows_why() -> None:
    refused = Met(False, CUBE, Reason.OTHER, "it refuses", "do this")
    sick = Sick(forecasts={LINK: (Outlook(CUBE, f"{CLUSTER}/sub", refused, refused),)})
    (one,) = sick.diagnosed().findings
    assert (one.code, one.certainty, one.cures[0].text) == ("handshake-refused", Certainty.LIKELY, "do this")
    assert "it refuses" in one.evidence[0].text


def test_the_cure_is_in_the_documents_where_they_ask_for_what_is_wrong() -> None:
    sick = Sick()
    sick.objects[PROFILE]["incomingPort"] = "5071"
    assert sick.diagnosed().findings[0].cures[0].text == f"the documents ask for nothing else: correct {ORIGIN}, or it stays so"


def test_the_cure_is_trunkline_where_they_do_not() -> None:
    sick = Sick()
    sick.objects[PROFILE]["incomingPort"] = "5071"
    sick.differs(PROFILE)
    assert "the documents are right" in sick.diagnosed().findings[0].cures[0].text
    assert "`trunkline apply`" in sick.diagnosed().findings[0].cures[0].text


def test_where_trunkline_only_observes_a_person_types() -> None:
    sick = Sick()
    sick.objects[PROFILE]["incomingPort"] = "5071"
    sick.differs(PROFILE)
    evidence = sick.evidence()
    watched = replace(evidence, link=replace(evidence.link, enforcement=Enforcement.OBSERVE))
    first, second = diagnose(watched).findings[0].cures
    assert first.where == CLUSTER and "enforcement: enforce" in second.text


def test_before_a_restart_the_cube_must_trust_what_the_node_will_present() -> None:
    sick = Sick()
    before = sick.nodes[1]
    sick.shown = {f"{CLUSTER}/sub": Shown(before, NOW)}
    sick.nodes[1] = made("sub.example.com", "", NOW - timedelta(days=1), 300)
    first = sick.diagnosed().findings[0]
    assert first.code == "old-served-node"
    assert [cure.text.split(" ")[0] for cure in first.cures] == ["before", "restart"]


def test_every_cause_has_a_title_of_its_own_and_explains_causes_that_there_are() -> None:
    codes = {cause.code for cause in CAUSES}
    assert len(codes) == len(CAUSES) == len({cause.title for cause in CAUSES})
    assert all(cause.explains <= codes for cause in CAUSES)
    assert len(set(RULES)) == len(RULES) and len(set(ELIMINATIONS)) == len(ELIMINATIONS)
