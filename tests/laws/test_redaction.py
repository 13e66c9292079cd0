"""No secret survives wherever it is planted; done twice nothing more happens; what holds no secret is kept byte for byte."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from support.canaries import HARMLESS, PLACES
from trunkline.views.redaction.known import holding, spellings, without
from trunkline.views.redaction.sifting import Sieve

LETTERS = string.ascii_letters + string.digits + "!#%*+-./:=_~"
CANARIES = st.text(LETTERS, min_size=10, max_size=30).map(lambda text: f"Zq7{text}x9")
PRINTABLE = st.characters(exclude_categories=("C", "Z"))
ENDS = st.sampled_from(("\n", "\r\n"))
HARMLESS_LINES = st.lists(st.sampled_from(HARMLESS), max_size=12)


def configuration(lines: list[str], end: str) -> str:
    return "".join(f"{line}{end}" for line in ("version 17.9", "hostname vg", *lines, "end"))


@settings(max_examples=300, deadline=None)
@given(CANARIES, st.sampled_from(PLACES), HARMLESS_LINES, HARMLESS_LINES, ENDS)
def test_a_canary_in_a_configuration_is_gone_and_its_neighbours_are_not(
    canary: str, place: str, before: list[str], behind: list[str], end: str
) -> None:
    kept = configuration([*before, "HERE", *behind], end)
    sifted = Sieve().commands(kept.replace("HERE", place.format(canary)))
    assert canary not in sifted
    head, tail = kept.split("HERE")
    assert sifted.startswith(head) and sifted.endswith(tail)
    assert Sieve().commands(sifted) == sifted


@settings(max_examples=100, deadline=None)
@given(HARMLESS_LINES, ENDS)
def test_a_configuration_without_secrets_is_kept_byte_for_byte(lines: list[str], end: str) -> None:
    sieve = Sieve()
    assert sieve.commands(configuration(lines, end)) == configuration(lines, end)
    assert not sieve.taken


@settings(max_examples=200, deadline=None)
@given(
    st.text(LETTERS.translate({ord("#"): None, ord(":"): None}), min_size=10, max_size=30).map("Zq7{}x9".format),
    st.sampled_from(PLACES),
    st.sampled_from(('"', "'", "")),
)
def test_a_canary_in_a_line_of_a_document_is_gone(canary: str, place: str, quote: str) -> None:
    line = place.format(canary).strip()
    if quote and quote in line:
        return
    document = f"release: '17.9'\nvoice_service:\n  lines:\n    - {quote}{line}{quote}\n    - srtp\n"
    sifted = Sieve().document(document)
    assert canary not in sifted
    assert sifted.endswith("\n    - srtp\n") and sifted.startswith("release: '17.9'\n")
    assert Sieve().document(sifted) == sifted
    if not {",", "[", "]"} & set(line):
        flow = f"voice_service:\n  lines: [srtp, {quote}{line}{quote}, no vad]\n"
        assert canary not in Sieve().document(flow)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("password", "passphrase", "auth_key", "client_key", "enable_password")), CANARIES)
def test_a_canary_as_the_value_of_a_field_is_gone(name: str, canary: str) -> None:
    assert canary not in Sieve().document(f"management:\n  {name}: {canary}\n")
    assert canary not in str(Sieve().data({"a": [{name: canary}]}))


@settings(max_examples=150, deadline=None)
@given(st.text(PRINTABLE, min_size=8, max_size=24), st.data())
def test_a_known_secret_is_found_and_taken_out_in_every_spelling(secret: str, data: st.DataObject) -> None:
    spelt = data.draw(st.sampled_from(sorted(spellings(secret))))
    files = {"a": f"x {spelt} y".encode()}
    assert holding(files, {secret}) == ("a",)
    assert holding({"a": without(files["a"].decode(), {secret})[0].encode()}, {secret}) == ()
