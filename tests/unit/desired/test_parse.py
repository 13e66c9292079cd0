"""Documents against their schemas: everything at once, in the user's words, with the place; never a secret."""

import pytest

from support.examples import CUBE, LINK, MODERN_CUBE, MODERN_LINK, changed, examples, problems
from trunkline.desired.parse import Parser, parse

WRONG = {
    "a word that is no truth value": (
        (CUBE, "address_hiding: true", "address_hiding: yes"),
        f"{CUBE}:20:3: error TL005: voice_service.address_hiding must be true or false. "
        "Write true or false, without quotes",
    ),
    "a number in quotes": (
        (CUBE, "port: 2222", 'port: "2222"'),
        f"{CUBE}:6:3: error TL005: management.port must be a whole number. "
        "Write digits only, without quotes or a leading zero",
    ),
    "a number out of bounds": (
        (CUBE, "port: 2222", "port: 70000"),
        f"{CUBE}:6:3: error TL005: management.port is more than 65535. "
        "Correct it; docs/reference/documents.md says what it may be",
    ),
    "a codec that IOS does not know": (
        (MODERN_CUBE, "[g711ulaw, g711alaw", "[g711, g711alaw"),
        f"{MODERN_CUBE}:26:10: error TL005: voice_classes.codec.10.0 is not a codec as IOS writes it, such as g711ulaw. "
        "Correct it",
    ),
    "a release that is a number": (
        (CUBE, '"15.6"', "15.6"),
        f"{CUBE}:3:1: error TL005: release must be text. Put it in quotes, or write one text",
    ),
    "a misspelt field": (
        (CUBE, "license_capacity", "licence_capacity"),
        f"{CUBE}:18:3: error TL005: voice_service.border_element.license_capacity is missing. Add it\n"
        f"{CUBE}:19:5: error TL005: voice_service.border_element.licence_capacity is not a field of this document. "
        "Write `license_capacity`",
    ),
    "none of several forms": (
        (CUBE, "bind: signalling", "bind: everything"),
        f"{CUBE}:25:3: error TL005: voice_service.bind must be a mapping or `signalling`. "
        "Correct it; docs/reference/documents.md says what it may be",
    ),
    "a text of another form": (
        (CUBE, "interface: GigabitEthernet0/0", "interface: the first"),
        f"{CUBE}:13:3: error TL005: signalling.interface is not an interface such as GigabitEthernet0/0. Correct it",
    ),
    "a tag that is a word": (
        (MODERN_CUBE, "10: [g711ulaw", "ten: [g711ulaw"),
        f"{MODERN_CUBE}:26:5: error TL005: voice_classes.codec.ten must be a whole number. "
        "Correct it; docs/reference/documents.md says what it may be",
    ),
    "a command hidden in a name": (
        (MODERN_CUBE, "AEAD_AES_256_GCM", '"AEAD\\nreload"'),
        f"{MODERN_CUBE}:28:10: error TL005: voice_classes.srtp_crypto.10.0 is not a suite as IOS writes it, "
        "such as ECDHE_RSA_AES256_GCM_SHA384. Correct it",
    ),
    "a command hidden in a description": (
        (MODERN_LINK, "to CUCM seoul", '"x\\nno dial-peer voice 1 voip"'),
        f"{MODERN_LINK}:15:5: error TL005: dial_peers.outbound.description is not one line of printable ASCII. Correct it",
    ),
    "host bits in a network": (
        (CUBE, "10.72.86.0/24]", "10.72.86.1/24]"),
        f"{CUBE}:24:13: error TL005: voice_service.trusted.0 has bits set behind its mask; write the network's first "
        "address. Correct it; docs/reference/documents.md says what it may be",
    ),
    "two that exclude each other": (
        (LINK, 'incoming_called_number: ".T"', 'incoming_called_number: ".T"\n    incoming_uri: via 1'),
        f"{LINK}:15:3: error TL005: dial_peers.inbound needs exactly one of incoming_called_number and incoming_uri: "
        "calls are matched by it. Correct it; docs/reference/documents.md says what it may be",
    ),
    "a server-group without a tag that a voice class can have": (
        (LINK, "tag: 100", "tag: 20000\n    per: group"),
        f"{LINK}:10:3: error TL005: dial_peers.outbound needs server_group: its own tag is above 10000, the highest of a "
        "voice class. Correct it; docs/reference/documents.md says what it may be",
    ),
    "a day that does not exist": (
        (CUBE, "identity:", "waivers: [{rule: TL014, reason: the carrier wants it, until: 2027-02-30}]\nidentity:"),
        f"{CUBE}:15:55: error TL005: waivers.0.until is no day of the calendar. "
        "Correct it; docs/reference/documents.md says what it may be",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_place_and_cure(name: str) -> None:
    change, said = WRONG[name]
    assert "\n".join(map(str, problems(changed(change)))) == said


@pytest.mark.parametrize("pasted", ["hunter2", "[hunter2]", "{is: hunter2}", "'env: hunter2'", "!hunter2 x", "*hunter2"])
def test_a_secret_that_was_pasted_is_not_repeated(pasted: str) -> None:
    found = problems(changed((CUBE, "env:TRUNKLINE_LAB_CUBE_PASSWORD", pasted)))
    assert [(problem.line, problem.path) for problem in found] == [(8, CUBE)]
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("foo.yaml", "TL002", "no document has its place here"),
        ("cubes/seoul/vg.yaml", "TL002", "no document has its place here"),
        ("cubes/vg yohur.yaml", "TL002", "the file's name cannot be an object's name"),
        ("cubes/.yaml", "TL002", "the file's name cannot be an object's name"),
        ("cubes/vg\n.yaml", "TL002", "the file's name cannot be an object's name"),
        ("cubes/vg-yohur.yml", "TL006", "cubes/vg-yohur.yaml states the same object"),
    ],
)
def test_files_that_have_no_place(path: str, code: str, message: str) -> None:
    (found,) = problems({**examples(), path: examples()[CUBE]})
    assert (found.path, found.line, found.code, found.message) == (path, 1, code, message)


def test_yml_is_as_good_as_yaml() -> None:
    files = {path.replace(".yaml", ".yml"): content for path, content in examples().items()}
    assert problems(files) == ()
    assert parse(files).documents is not None


@pytest.mark.parametrize("content", [b"- a\n", b"null\n", b"word\n", b"5\n"])
def test_a_document_is_a_mapping(content: bytes) -> None:
    (found,) = problems({**examples(), CUBE: content})
    assert (found.line, found.message) == (1, "the document must be a mapping")


def test_an_empty_folder() -> None:
    (found,) = problems({})
    assert (found.code, found.message) == ("TL001", "there are no documents here")


def test_a_folder_too_high_up_is_one_problem() -> None:
    files = {f"voice/desired/{path}": content for path, content in examples().items()}
    assert {problem.code for problem in problems(files)} == {"TL002"}  # two folders down is anybody's guess
    files = {f"desired/{path}": content for path, content in examples().items()} | {".ci.yml": b"stages: []\n"}
    (found,) = problems(files)
    assert (found.code, found.path, found.message) == ("TL001", "desired", "the documents are in desired")


def test_everything_is_said_at_once() -> None:
    """A file against its schema, one that is no YAML, and rules over what can be read; no report that follows from another."""
    files = changed((LINK, "tag: 200", "tag: 100"))
    files[MODERN_CUBE] = files[MODERN_CUBE].replace(b"port: 2222", b"port: x\n  colour: red")
    files["cubes/third.yaml"] = b"a: *b\n"
    found = [(problem.path, problem.line, problem.code) for problem in problems(files)]
    assert found == [
        ("cubes/cube-busan.yaml", 6, "TL005"),
        ("cubes/cube-busan.yaml", 7, "TL005"),
        ("cubes/third.yaml", 1, "TL003"),
        (LINK, 16, "TL011"),
    ]
    assert parse(files).documents is None


def test_one_changed_document_is_one_parse() -> None:
    contents = examples()
    parser = Parser()
    first = {path: f"{path}@1" for path in contents}
    parser.parse(first, lambda blob: contents[blob.partition("@")[0]])
    assert parser.parse_count == len(contents)
    second = {**first, CUBE: f"{CUBE}@2"}
    parser.parse(second, lambda blob: contents[blob.partition("@")[0]])
    assert parser.parse_count == len(contents) + 1
