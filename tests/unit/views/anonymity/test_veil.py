"""The same pseudonym for the same thing everywhere, and nothing of the real one."""

import json
import re
from ipaddress import IPv4Address
from typing import Any

import pytest

from support.certificates import NOW
from support.sick import CUBE, Sick
from trunkline.model.event import Event, EventKind
from trunkline.views.anonymity.permuting import Permutation
from trunkline.views.anonymity.pseudonyms import Pseudonyms
from trunkline.views.anonymity.veil import Veil, without_words
from trunkline.views.bundle.files import bundle
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.naming import dns_names, named, numbered

KEY = b"a key of random bytes"
CONFIGURATION_FILE = "cube/running-config.txt"
CONFIGURATION = """version 17.9
hostname FRA-sbc01
ip domain name acme-bank.de
username hans.meier secret 9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQY
banner login ^C
ACME Bank, Frankfurt
unauthorised access is forbidden
^C
vrf definition ACME-VOICE
interface GigabitEthernet0/0
 description to ACME core, ask Eve
 vrf forwarding ACME-VOICE
 ip address 10.45.7.9 255.255.255.0
ip access-list extended BANKERS
 10 permit ip 10.45.7.0 0.0.0.255 any
 20 remark the bankers' floor
snmp-server location Frankfurt, Taunusanlage 1
dial-peer voice 100 voip
 destination-pattern +4969123....
 session target dns:cucm01.voice.acme-bank.de:5061
dial-peer voice 101 voip
 destination-pattern 00496912345T
 session target ipv4:10.45.7.20:5061
ntp server time.acme-bank.de
end
"""
DOCUMENT = """# written by Eve of ACME
name: vg-seoul   # the bank's first
address: 10.45.7.20
fqdn: cucm01.voice.acme-bank.de
password: env:ACME_PASSWORD
description: trunk of ACME
"""
REAL = (
    "acme",
    "bank",
    "frankfurt",
    "taunus",
    "meier",
    "fra-sbc01",
    "10.45.7",
    "eve ",
    "cucm01",
    "4969123",
    "496912345",
    "vg-seoul",
)


def made(**more: Any) -> dict[str, str]:
    sick = Sick()
    said = Event(
        CUBE, NOW, EventKind.CONFIGURED, "Configured from console by hans.meier on vty0 (10.45.7.77)", user="hans.meier"
    )
    of = Material(
        sick.diagnosed(),
        sick.evidence().finished,
        documents={"links/vg-seoul.yaml": DOCUMENT},
        answers={"show running-config": CONFIGURATION},
        events=(said,),
        **more,
    )
    return {name: content.decode() for name, content in bundle(of, frozenset(), KEY).files.items()}


def test_nothing_real_is_in_any_file_or_name() -> None:
    files = made()
    found = {(name, real) for name, text in files.items() for real in REAL if real in f"{name}\n{text}".lower()}
    assert not found
    assert not any(name.endswith(".pem") for name in files)
    assert "documents/links/link-1.yaml" in files
    json.loads(files["pass.json"]), json.loads(files["diagnosis.json"])


def test_the_configuration_still_is_one() -> None:
    before, after = CONFIGURATION.split("\n"), made()["cube/running-config.txt"].split("\n")
    assert after[0] == before[0] and "ip address" in "".join(after)
    assert [line.split()[:1] for line in after if line.startswith(" ")] == [
        line.split()[:1] for line in before if line.startswith(" ")
    ]
    text = "\n".join(after)
    assert "255.255.255.0" in text and "0.0.0.255" in text and "banner login ^C" in text
    address = next(line.split()[2] for line in after if line.startswith(" ip address"))
    network = address.rpartition(".")[0]
    assert address.endswith(".9") and address.startswith("10.")
    assert f" 10 permit ip {network}.0 0.0.0.255 any" in after and f" session target ipv4:{network}.20:5061" in after


def test_one_thing_has_one_name_in_all_files() -> None:
    files = made()
    vrf = {line.split()[-1] for line in files["cube/running-config.txt"].split("\n") if "vrf" in line}
    assert len(vrf) == 1
    user = next(line.split()[1] for line in files["cube/running-config.txt"].split("\n") if line.startswith("username"))
    assert f"by {user} on vty0" in files["events.txt"]
    domain = next(line.split()[-1] for line in files["cube/running-config.txt"].split("\n") if line.startswith("ip domain"))
    assert f"dns:host-1.{domain}" not in files["cube/running-config.txt"], "its label between is hidden as well"
    target = next(
        line.split("dns:")[1].removesuffix(":5061") for line in files["cube/running-config.txt"].split("\n") if "dns:" in line
    )
    assert target.endswith(f".{domain}") and f"fqdn: {target}" in files["documents/links/link-1.yaml"]


def test_a_pattern_still_matches_what_it_matched() -> None:
    patterns = [line.split()[-1] for line in made()["cube/running-config.txt"].split("\n") if "destination-pattern" in line]
    assert patterns[0].startswith("+") and patterns[0].endswith("....") and len(patterns[0]) == len("+4969123....")
    assert patterns[1].endswith("T") and len(patterns[1]) == len("00496912345T")


def test_the_same_key_makes_the_same_bundle_and_another_one_another() -> None:
    sick = Sick()
    of = Material(sick.diagnosed(), sick.evidence().finished, answers={"show running-config": CONFIGURATION})
    first, again, other = bundle(of, frozenset(), KEY), bundle(of, frozenset(), KEY), bundle(of, frozenset(), b"another")
    assert first == again
    assert first.files["cube/running-config.txt"] != other.files["cube/running-config.txt"]
    assert first.folder == "trunkline-link-1"


def test_what_pseudonyms_stand_for_is_told_to_who_made_the_bundle_alone() -> None:
    sick = Sick()
    of = Material(sick.diagnosed(), sick.evidence().finished, answers={"show running-config": CONFIGURATION})
    made = bundle(of, frozenset(), KEY)
    assert made.meanings["link-1"] == "vg-seoul" and "hans.meier" in made.meanings.values()
    assert "10.45.7.9" in made.meanings.values()
    assert bundle(of, frozenset()).meanings == {}


def test_a_description_that_differs_is_not_told_as_data_either() -> None:
    data = {
        "differences": [{"slot": "description", "before": None, "after": "of ACME"}, {"slot": "x", "before": "1", "after": "2"}]
    }
    assert without_words(data) == {
        "differences": [
            {"slot": "description", "before": None, "after": "<removed>"},
            {"slot": "x", "before": "1", "after": "2"},
        ]
    }


def veiled(text: str, name: str = "events.txt") -> str:
    sick = Sick()
    of = Material(sick.diagnosed(), sick.evidence().finished)
    names = Pseudonyms()
    names.learn_domains([text], dns_names(of))
    names.learn_numbered(numbered(of))
    names.learn(named(of, {"x": text}))
    return Veil(KEY, names, {"x": text}).text(name, text)


@pytest.mark.parametrize(
    "kept",
    [
        "14:20:33.861 UTC Sat Nov 28 2026",
        "Cisco IOS Software, Version 15.6(3)M1, http://www.cisco.com/techsupport, export@cisco.com",
        "software 14.0.1.13900(155)",
        "usage 1.3.6.1.5.5.7.3.1",
        "ECDHE_RSA_AES256_GCM_SHA384 TLSv1.2",
        "sip.pstnhub.microsoft.com:5061",
        "cipher 1 ECDHE_RSA_AES128_GCM_SHA256",
        "dial-peer voice 100 voip",
        "counter 4294967295 of 65535",
        "255.255.255.255 0.0.0.0 127.0.0.1 ::1",
        "2026-11-28T13:55:32.675447+00:00",
    ],
)
def test_what_names_nobody_is_kept(kept: str) -> None:
    assert veiled(kept) == kept


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        ("mail eve@firm.co.kr now", "mail user-1@host-1.domain-1.example now"),
        ("mac 00:1b:54:aa:bb:cc and 001b.54aa.bbcc", "mac mac-1 and mac-2"),
        ("key 0123456789ABCDEF0123456789ABCDEF", "key digest-1"),
        (r'modify "(<.*:.*)(@.*>)" "\1@sbc.firm.org"', r'modify "(<.*:.*)(@.*>)" "\1@sbc.domain-1.example"'),
        ("dns:acme.webex.com", "dns:host-1.webex.com"),
        ("C=KR,O=ACME Bank,OU=Voice of ACME", "C=XX,O=organization-1,OU=unit-1"),
        ("ip host sj20lab-tftp1 127.0.0.1", "ip host host-1 127.0.0.1"),
        ("sip:12345678@127.0.0.1", f"sip:{Permutation(KEY).digits('12345678')}@127.0.0.1"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL1lZDI1NTE5AAAAIL1lZDI1NTE5AAAAIL1lZDI1", "ssh-ed25519 <removed>"),
        ('  "description": "trunk of ACME",', '  "description": "<removed>",'),
        ("  30820122 300D0609 2A864886 F70D0101 01050003 82010F00 3082010A 02820101 ", "  <removed>"),
    ],
)
def test_what_names_somebody_is_not(real: str, shown: str) -> None:
    assert veiled(real) == shown


@pytest.mark.parametrize(
    "line",
    [
        " rule 1 /^33145559999/ /\\1/",
        " rule 2 reject /^4989123456/",
        r" rule 3 /^\+33\(145559999\)$/ /0\133145559999/",
        "num-exp 67.. 331455567..",
        "num-exp 331455567.. 67..",
        "clid network-number 33145557777",
        "clid network-number 33145557777 second-number strip",
        " connection plar 33145556601",
        " connection plar opx 33145556601",
        " call-forward all 33145550000",
        " call-forward b2bua noan 33145550000 timeout 20",
        " destination-pattern +33145559...",
    ],
)
def test_a_number_in_any_command_changes_digit_by_digit_and_nothing_else_does(line: str) -> None:
    """As the whole number does, also where brackets split it and where it stands behind what they matched."""

    def changed(found: re.Match[str]) -> str:
        return Permutation(KEY).digits(found[0])

    brackets = line.replace(r"33\(145559999", "33145559999")
    shown = veiled(line, CONFIGURATION_FILE)
    assert shown.replace(r"\(", "") == re.sub(r"(?:3314|4989)\d*", changed, brackets)
    assert shown.count("(") == line.count("(") and shown != line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" station-id name Jean Dupont", " station-id name <removed>"),
        (" name Jean Dupont", " name <removed>"),
        (" label Jean Dupont", " label <removed>"),
        (" number 1 secondary 127.0.0.1", " number 1 secondary 127.0.0.1"),
        (" prefix 10.1.2.3", f" prefix {Permutation(KEY).address(IPv4Address('10.1.2.3'))}"),
    ],
)
def test_names_of_people_go_and_what_is_no_number_is_not_taken_for_one(line: str, shown: str) -> None:
    assert veiled(line, CONFIGURATION_FILE) == shown


def test_a_line_that_a_document_or_data_gives_loses_the_name_too() -> None:
    assert veiled("    - station-id name Jean Dupont", "documents/cubes/vg.yaml") == "    - station-id name <removed>"
    assert veiled('"after": "station-id name Jean Dupont",') == '"after": "station-id name <removed>",'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CN=x,O=ACME Bank        2036-11-25 15:12:52Z", "CN=x,O=organization-1        2036-11-25 15:12:52Z"),
        ("CN=x,O=ACME Bank (self-signed)", "CN=x,O=organization-1 (self-signed)"),
        ("O=ACME Bank < O=ACME Bank", "O=organization-1 < O=organization-1"),
        ("OU=Voice Team  2036\nO=ACME Bank  2037", "OU=unit-1  2036\nO=organization-1  2037"),
        (r"O=ACME\, Inc.,C=KR and ACME\, Inc.", "O=organization-1,C=XX and organization-1"),
    ],
)
def test_a_part_of_a_distinguished_name_ends_where_the_column_does(text: str, shown: str) -> None:
    assert veiled(text) == shown
