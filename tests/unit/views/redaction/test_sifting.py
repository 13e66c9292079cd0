"""Prose, documents, data and keys without their secrets."""

import pytest

from trunkline.views.redaction.rules import REMOVED
from trunkline.views.redaction.sifting import Sieve

KEY = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEowIBAAKCAQEAx7\nq2w=\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("said", "sifted"),
    [
        ("community = hunter2", f"community = {REMOVED}"),
        ("fax, pw hunter2 of old", f"fax, pw {REMOVED} of old"),
        ("fax, pwd=abc", f"fax, pwd={REMOVED}"),
        ("fax, pass: hunter2", f"fax, pass: {REMOVED}"),
        ("fax, pass=abc", f"fax, pass={REMOVED}"),
        ('password: "two words"', f"password: {REMOVED}"),
        ("the password is hunter2 of old", f"the password is {REMOVED} of old"),
        ("User:bob logged command:username eve secret 0 hunter2", f"User:bob logged command:username eve secret 0 {REMOVED}"),
        ("`snmp-server community hunter2 RO` differs", f"`snmp-server community {REMOVED} RO` differs"),
        ("fetched https://bob:hunter2@git.example.com/x.git", f"fetched https://bob:{REMOVED}@git.example.com/x.git"),
        ("GET /x?user=bob&access_token=hunter2&y=1", f"GET /x?user=bob&access_token={REMOVED}&y=1"),
        ("Authorization: Basic Ym9iOmh1bnRlcjI=", f"Authorization: {REMOVED}"),
        ("Cookie: JSESSIONIDSSO=0F1B4EAA; x=y", f"Cookie: {REMOVED}"),
        ("enable is $9$nhEmQVczB7dqsO$X.HsgL6x1il0Rx here", f"enable is {REMOVED} here"),
    ],
)
def test_what_looks_like_a_secret_in_prose_goes(said: str, sifted: str) -> None:
    sieve = Sieve()
    assert sieve.prose(said) == sifted
    assert sieve.taken.total() == 1
    assert Sieve().prose(sifted) == sifted


@pytest.mark.parametrize(
    "said",
    [
        "the CUBE refuses the password; correct it",
        "cannot resolve env:TRUNKLINE_CUBE_PASSWORD: the variable is not set; set it where trunkline runs",
        "password env:TRUNKLINE_CUBE_PASSWORD",
        "pass 12 of vg-yohur ended 2026-11-28T13:55:32Z",
        "pass: finished",
        "Key name: sip-trunk-key",
        "    Fingerprint MD5: 12172F7E 4EC31F03 D4671D3F 5A784DBC ",
        "CSR Fingerprint SHA1 : 027FB457F1BFE59767F87641D310B572027FB457",
        "%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key does not match",
        "SHA-256           subject                                ends",
        "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384",
        "Authentication failure from 10.72.86.74:5061",
        "mlppUserAuthorization = false",
        "100    voip  up   up             1...               0  syst ipv4:10.72.86.74:5061",
    ],
)
def test_ordinary_words_stay(said: str) -> None:
    assert Sieve().prose(said) == said


@pytest.mark.parametrize(
    "kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"]
)
@pytest.mark.parametrize("way", ["commands", "prose", "document", "plan"])
def test_a_private_key_in_any_text_goes_whole(kind: str, way: str) -> None:
    text = f"before\n{KEY.replace('RSA PRIVATE KEY', kind)}after\n"
    sieve = Sieve()
    sifted = getattr(sieve, way)(text)
    assert sifted == f"before\n-----BEGIN {kind}-----\n{REMOVED}\n-----END {kind}-----\nafter\n"
    assert getattr(Sieve(), way)(sifted) == sifted


def test_a_private_key_that_is_cut_off_or_escaped_goes_too() -> None:
    assert "MIIEow" not in Sieve().prose(KEY[:70])
    assert "MIIEow" not in Sieve().prose(KEY.replace("\n", "\\n"))
    assert "PuTTY" in Sieve().prose("PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQC\nPrivate-MAC: 0f1b\n")
    assert "AAAAgQC" not in Sieve().prose("PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQC\nPrivate-MAC: 0f1b\n")


def test_a_public_key_and_a_certificate_stay() -> None:
    for kind in ("CERTIFICATE", "CERTIFICATE REQUEST", "PUBLIC KEY"):
        text = f"-----BEGIN {kind}-----\nMIIEow\n-----END {kind}-----\n"
        assert Sieve().prose(text) == text


DOCUMENT = """# who may: password hunter2
management:
  address: 10.72.86.86   # the lab
  username: env:TRUNKLINE_CUBE_USER
  password: {password}
  enable_password: null
axl: {{username: env:A, password: env:B}}
voice_service:
  lines:
    - {first}
    - "{second}"
"""


def test_a_document_keeps_its_references_and_loses_everything_else_that_is_secret() -> None:
    written = DOCUMENT.format(
        password="hunter2", first="snmp-server community hunter2 RO", second="username bob secret 0 hunter2"
    )
    sifted = Sieve().document(written)
    assert sifted == DOCUMENT.replace("hunter2", REMOVED).format(
        password=REMOVED, first=f"snmp-server community {REMOVED} RO", second=f"username bob secret 0 {REMOVED}"
    )
    harmless = DOCUMENT.replace("hunter2", "x").format(password="file:secrets/cube", first="srtp", second="no vad")
    assert Sieve().document(harmless) == harmless


NAMED = ("authKey", "hmac_key", "apiKey", "api-key", "secretKey", "presharedKey", "pre_shared_key", "auth", "passwd", "pwd")
"""Names of fields that announce a secret."""


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_field_that_is_named_after_a_secret_loses_it_in_any_form(name: str, quote: str) -> None:
    for written in ("server:\n  {}: {}\n", "server: {{{}: {}}}\n", "- {{port: 5061, auth: {{'{}':  {} }}, x: y}}\n"):
        for value in ("hunter2", "two words"):
            document = written.format(name, f"{quote}{value}{quote}")
            assert Sieve().document(document) == document.replace(value, REMOVED), document
        assert Sieve().document(written.format(name, "env:KEY")) == written.format(name, "env:KEY")
    assert Sieve().data({name: "hunter2", "kept": "x"}) == {name: REMOVED, "kept": "x"}


@pytest.mark.parametrize("sign", ["|", ">-", "|2+"])
def test_a_field_whose_value_stands_below_it_loses_every_line_of_it(sign: str) -> None:
    written = f"a:\n  - hmac_key: {sign}\n      hunter2\n\n      two words\n    note: {sign}\n      hello\n"
    sieve = Sieve()
    sifted = sieve.document(written)
    assert sifted == written.replace("hunter2", REMOVED).replace("two words", REMOVED)
    assert sieve.taken.total() == 2
    assert Sieve().document(sifted) == sifted


@pytest.mark.parametrize(
    "name", ["key", "public_key", "keyType", "key_pair", "author", "authorityName", "passes", "rsakeypair"]
)
def test_a_field_that_only_sounds_like_one_keeps_its_value(name: str) -> None:
    assert Sieve().data({name: "sip-trunk"}) == {name: "sip-trunk"}
    for document in (f"{name}: sip-trunk\n", f"x: {{{name}: sip-trunk, y: z}}\n"):
        assert Sieve().document(document) == document


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_commands_in_a_list_on_one_line_are_commands(quote: str) -> None:
    written = f"  lines: [srtp, {quote}crypto isakmp key {{}} address 10.1.1.1{quote}, no vad]\n"
    assert Sieve().document(written.format("abc")) == written.format(REMOVED)
    harmless = "  codecs: [g711ulaw, g711alaw]\n  remote_prefixes: [10.72.86.0/24]\n"
    assert Sieve().document(harmless) == harmless


def test_fields_of_data_that_are_named_after_a_secret_lose_it() -> None:
    data = {
        "digestCredentials": "hunter2",
        "pin": "1234",
        "password": "env:CUBE",
        "mlppUserAuthorization": "false",
        "lines": ["snmp-server community hunter2 RO", " description x"],
        "nested": [{"token": "hunter2"}, 5, None],
    }
    assert Sieve().data(data) == {
        "digestCredentials": REMOVED,
        "pin": REMOVED,
        "password": "env:CUBE",
        "mlppUserAuthorization": "false",
        "lines": [f"snmp-server community {REMOVED} RO", " description x"],
        "nested": [{"token": REMOVED}, 5, None],
    }


def test_line_ends_of_every_kind_are_kept() -> None:
    text = "a\r\n password x\r\nb\n\n password y"
    assert Sieve().commands(text) == f"a\r\n password {REMOVED}\r\nb\n\n password {REMOVED}"


def test_what_was_taken_is_counted_by_kind_and_remembered() -> None:
    sieve = Sieve()
    sieve.commands("username bob secret 0 hunter2\nsnmp-server community eve RO\nsnmp-server community mallory RW\n")
    assert sieve.taken == {"password": 1, "SNMP community": 2}
    assert sieve.secrets == {"hunter2", "eve", "mallory"}
