"""What is sent for each act of a certificate's life."""

import pytest

from trunkline.devices.cube.dialect import CubeDialect
from trunkline.model.errors import DesiredInvalid, OurBug
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command
from trunkline.model.resource import Resource

DIALECT = CubeDialect((17, 9, 4))
HELD = {"sha256": "AB" * 32, "pem": "-----BEGIN …"}


def change(action: Action, kind: Kind, name: str, before: dict[str, str] | None, after: dict[str, str] | None) -> Change:
    key = Key("cube/x", kind, name)
    one, other = (Resource(key, settings) if settings is not None else None for settings in (before, after))
    return Change(action, key, one, other)


def sent(
    action: Action, kind: Kind, before: dict[str, str] | None, after: dict[str, str] | None, name: str = "sip-1"
) -> Command:
    (command,) = DIALECT.render(change(action, kind, name, before, after))
    return command


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("rsa 2048", "crypto key generate rsa general-keys label sip-1 modulus 2048"),
        ("rsa 4096", "crypto key generate rsa general-keys label sip-1 modulus 4096"),
        ("ec 384", "crypto key generate ec keysize 384 label sip-1"),
    ],
)
def test_a_key_pair_is_made_under_its_label(kind: str, line: str) -> None:
    command = sent(Action.CREATE, Kind.KEY_PAIR, None, {"type": kind})
    assert (command.verb, command.lines, dict(command.payload)) == ("generate", (line,), {"label": "sip-1"})


@pytest.mark.parametrize("algorithm", ["rsa", "ec"])
def test_a_key_pair_is_destroyed_by_its_label_only(algorithm: str) -> None:
    command = sent(Action.DELETE, Kind.KEY_PAIR, {"type": f"{algorithm} 256", "public": "F"}, None)
    assert (command.verb, command.lines) == ("zeroize", (f"crypto key zeroize {algorithm} sip-1",))
    for label in ("", "a b", "a?"):
        with pytest.raises(OurBug):
            sent(Action.DELETE, Kind.KEY_PAIR, {"type": f"{algorithm} 256"}, None, label)


def test_a_key_pair_of_another_kind_is_never_replaced() -> None:
    has, wanted = {"type": "rsa 2048", "public": "F"}, {"type": "ec 256"}
    update = change(Action.UPDATE, Kind.KEY_PAIR, "sip-1", has, wanted)
    assert DIALECT.must_replace(update)
    with pytest.raises(DesiredInvalid, match="there is one of rsa 2048 by that name"):
        DIALECT.render(change(Action.REPLACE, Kind.KEY_PAIR, "sip-1", has, wanted))


def test_what_the_device_adds_to_a_key_pair_is_not_taken_away() -> None:
    assert not DIALECT.manages(Key("cube/x", Kind.KEY_PAIR, "sip-1"), "public")


def test_requests_identities_and_anchors() -> None:
    request = sent(Action.CREATE, Kind.CERTIFICATE_REQUEST, None, {"issuer": "lab", "public": "F00"})
    assert (request.verb, request.lines, dict(request.payload)) == ("enroll", ("crypto pki enroll sip-1",), {"public": "F00"})
    identity = sent(Action.CREATE, Kind.IDENTITY, None, HELD)
    assert (identity.verb, identity.lines[0]) == ("import", "crypto pki import sip-1 certificate")
    assert identity.lines[1] == f"<certificate with SHA-256 {'AB' * 32}>"
    assert dict(identity.payload) == {"pem": HELD["pem"]}
    for kind in (Kind.TRUST_ANCHOR, Kind.IDENTITY, Kind.CERTIFICATE_REQUEST):  # they go with their trustpoint
        assert DIALECT.render(change(Action.DELETE, kind, "sip-1", HELD, None)) == ()


@pytest.mark.parametrize(
    ("remote", "target"), [("10.2.2.2:41000", "ipv4:10.2.2.2:41000"), ("[2001:db8::2]:5061", "ipv6:[2001:db8::2]:5061")]
)
def test_a_connection_is_ended_by_its_identifier_and_its_far_end(remote: str, target: str) -> None:
    command = sent(Action.RECYCLE, Kind.CONNECTION, {"remote": remote}, None, "7")
    assert (command.verb, command.lines) == ("recycle", (f"clear sip-ua tcp tls connection id 7 target {target}",))


def test_a_trustpoint_refers_to_its_key_pair() -> None:
    key = Key("cube/x", Kind.TRUSTPOINT, "sip-1")
    for line in ("rsakeypair L", "rsakeypair L 2048", "rsakeypair L 2048 2048", "eckeypair L"):
        wanted = DIALECT.canonical(Resource(key, {"a": line}))
        assert DIALECT.references(key, wanted.settings) == {Key("cube/x", Kind.KEY_PAIR, "L")}
