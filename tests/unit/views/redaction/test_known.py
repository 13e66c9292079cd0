"""A secret whose value is known is found in every spelling."""

import base64
from urllib.parse import quote

import pytest

from trunkline.views.redaction.known import distinct, holding, lines_of_key, type_7, without
from trunkline.views.redaction.rules import REMOVED

SECRET = 'canary+"7f&3a/91'


def test_type_7_is_as_published() -> None:
    """`02050D480809` is "cisco" in every list of such passwords."""
    assert type_7("cisco", 2) == "02050D480809"
    assert type_7("cisco", 7) == "070C285F4D06"


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        quote(SECRET, safe=""),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        type_7(SECRET, 11),
        SECRET.replace("&", "&amp;"),
        SECRET.replace('"', '\\"'),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"bob:{SECRET}".encode()).decode(),
        base64.b64encode(f"eve12:{SECRET}:x".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{SECRET}".encode()).decode(),
    ],
)
def test_every_spelling_is_found_and_taken_out(spelt: str) -> None:
    text = f"before={spelt};after"
    assert holding({"a.txt": text.encode(), "b.txt": b"nothing"}, {SECRET}) == ("a.txt",)
    cleaned, count = without(text, {SECRET})
    assert count >= 1 and REMOVED in cleaned
    assert holding({"a.txt": cleaned.encode()}, {SECRET}) == ()


def test_the_name_of_a_file_counts_as_well() -> None:
    assert holding({f"{SECRET}.pem": b""}, {SECRET}) == (f"{SECRET}.pem",)


def test_a_short_secret_is_no_part_of_a_longer_word() -> None:
    assert without("session protocol ciscovoice, cisco", {"cisco"}) == (f"session protocol ciscovoice, {REMOVED}", 1)
    assert holding({"a": b"ciscoaxl"}, {"cisco"}) == ()
    assert without("abc", {"abc", ""}) == ("abc", 0)


def test_a_key_is_known_by_its_lines() -> None:
    lines = ("MIIEowIBAAKCAQEAx7MIIEowIBAAKCAQEAx7MIIEowIBAAKCAQEAx7q2w4o8f2AB", "q2w=")
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{lines[0]}\n{lines[1]}\n-----END RSA PRIVATE KEY-----\n"
    assert lines_of_key(pem) == (lines[0], "".join(lines))
    assert lines_of_key("no key") == ()


def test_only_distinct_values_are_looked_for_elsewhere() -> None:
    assert distinct({"public", "cisco", "hunter2", "canaryCommunity9", "two words 77"}) == {"canaryCommunity9"}
