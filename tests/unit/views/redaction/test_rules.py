"""Each place where IOS keeps a secret loses it and nothing else; a command that only looks like one keeps everything."""

import re

import pytest

from support.canaries import HARMLESS, PLACES
from trunkline.views.redaction.rules import ANYWHERE, REMOVED, RULES, UNKNOWN
from trunkline.views.redaction.sifting import Sieve

SECRETS = (
    "02050D480809",
    "$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM",
    "canary-Zq7",
    "hunter2hunter2hunter2",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_goes_and_what_is_set_stays(place: str) -> None:
    """With and without the digit that tells its type, and with more blanks than one, as 17.18 prints some lines."""
    for form in {
        place,
        re.sub(r"(?<=\S) (?=\S)", "  ", place),
        re.sub(r" \d \{\}", " {}", place),
        re.sub(r"(?<! \d) \{\}", " 0 {}", place),
    }:
        for secret in SECRETS:
            sieve = Sieve()
            sifted = sieve.commands(form.format(secret))
            assert secret not in sifted
            assert sieve.taken.total() >= 1
            assert sifted.split()[:1] == form.format(REMOVED).split()[:1], "what is set is still told"
            assert Sieve().commands(sifted) == sifted


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_a_secret_is_kept(line: str) -> None:
    sieve = Sieve()
    assert sieve.commands(line) == line
    assert not sieve.taken


@pytest.mark.parametrize(
    ("line", "sifted"),
    [
        ("username bob privilege 15 secret 9 $9$abc/def", f"username bob privilege 15 secret 9 {REMOVED}"),
        (
            " credentials number 1 username bob password 7 070C285F realm example.com",
            f" credentials number 1 username bob password 7 {REMOVED} realm example.com",
        ),
        ("snmp-server community public RO 10", f"snmp-server community {REMOVED} RO 10"),
        ("snmp-server community 7 RO", f"snmp-server community {REMOVED} RO"),
        (
            "snmp-server host 10.1.1.1 vrf M version 2c public udp-port 162",
            f"snmp-server host 10.1.1.1 vrf M version 2c {REMOVED} udp-port 162",
        ),
        ("crypto isakmp key a b c address 10.1.1.1", f"crypto isakmp key {REMOVED}"),
        (" password 7 0205", f" password 7 {REMOVED}"),
        ("enable password two words ", f"enable password {REMOVED} "),
        (" path scp://bob:p@ss@10.1.1.1/cfg", f" path scp://bob:{REMOVED}@10.1.1.1/cfg"),
        ("no username bob secret 0 x", f"no username bob secret 0 {REMOVED}"),
        ("USERNAME bob SECRET 0 x", f"USERNAME bob SECRET 0 {REMOVED}"),
        (" capf-auth-str 7391846", f" capf-auth-str {REMOVED}"),
        (
            ' request INVITE sip-header Authorization modify "x" "Digest Sup3rS3cret"',
            f" request INVITE sip-header Authorization modify {REMOVED}",
        ),
        (
            ' rule 3 request REGISTER sip-header X-Auth add "X-Auth: abc"',
            f" rule 3 request REGISTER sip-header X-Auth add {REMOVED}",
        ),
        (
            "snmp-server user bob ops v3 auth sha a priv des56 b",
            f"snmp-server user bob ops v3 auth sha {REMOVED} priv des56 {REMOVED}",
        ),
        (" description fax of Seoul, pw hunter2", f" description fax of Seoul, pw {REMOVED}"),
        ("ntp authentication-key 1 md5 0205 7", f"ntp authentication-key 1 md5 {REMOVED} 7"),
    ],
)
def test_exactly_the_secret_goes(line: str, sifted: str) -> None:
    assert Sieve().commands(line) == sifted


def test_the_key_of_a_media_stream_goes_and_the_rule_that_rewrites_one_stays() -> None:
    offer = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32"
    assert Sieve().prose(offer) == f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{REMOVED}|2^20|1:32"
    rule = ' rule 80 request ANY sdp-header Audio-Attribute modify "(a=crypto:.*inline:[A-Za-z0-9+/=]+)" "\\1|2^31"'
    assert Sieve().commands(rule) == rule


def test_the_number_of_a_key_in_a_key_chain_is_no_secret() -> None:
    chain = "key chain K\n key 1\n  key-string 7 0205\n key 2\n  key-string X\n"
    assert Sieve().commands(chain) == f"key chain K\n key 1\n  key-string 7 {REMOVED}\n key 2\n  key-string {REMOVED}\n"


def test_a_key_of_a_server_that_is_a_number_is_one() -> None:
    assert Sieve().commands("tacacs server T\n address ipv4 10.1.1.1\n key 12345\n") == (
        f"tacacs server T\n address ipv4 10.1.1.1\n key {REMOVED}\n"
    )


def test_every_rule_has_a_source_and_a_place_that_it_is_for() -> None:
    for rule in RULES:
        assert rule.source and any(rule.pattern.match(place.format("canary-Zq7")) for place in PLACES), rule
    for rule in (UNKNOWN, *ANYWHERE):
        assert rule.source
