"""The acts of a certificate's life on a cluster, and when what a node shows is as good as what is wanted."""

from datetime import UTC, datetime

import pytest

from trunkline.devices.cucm.dialect import CucmDialect
from trunkline.model.errors import DesiredInvalid
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command
from trunkline.model.resource import Origin, Resource
from trunkline.twin.ca import Authority, Wish, new_key

TARGET, DIALECT = "cluster/seoul", CucmDialect()
REQUEST, IDENTITY, RESTART = (
    Key(TARGET, kind, "pub") for kind in (Kind.CERTIFICATE_REQUEST, Kind.IDENTITY, Kind.SERVICE_RESTART)
)
WANTED = {
    "issuer": "corporate",
    "distribution": "multi-server",
    "common_name": "pub-ms.example.com",
    "names": "sub1.example.com, pub.example.com",
    "key": "rsa 3072",
}


def rendered(action: Action, key: Key, settings: dict[str, str], before: dict[str, str] | None = None) -> tuple[Command, ...]:
    after = Resource(key, settings, origin=Origin("clusters/seoul.yaml", 7))
    return DIALECT.render(Change(action, key, Resource(key, before) if before else None, after))


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.REPLACE])
def test_a_request_says_all_that_a_node_is_asked_for(action: Action) -> None:
    (command,) = rendered(action, REQUEST, WANTED, {"csr_pem": "x"})
    assert (command.verb, command.payload) == (
        "request",
        {
            "node": "pub",
            "distribution": "multi-server",
            "common_name": "pub-ms.example.com",
            "names": "pub.example.com,sub1.example.com",
            "key_type": "rsa",
            "key_bits": "3072",
        },
    )
    assert command.lines == (
        "request for CallManager of pub",
        "distribution=multi-server",
        "common_name=pub-ms.example.com",
        "names=pub.example.com,sub1.example.com",
        "key_type=rsa",
        "key_bits=3072",
    )


def test_what_is_not_stated_of_a_request_is_what_a_cluster_takes_by_itself() -> None:
    (command,) = rendered(Action.CREATE, REQUEST, {})
    chosen = {name: command.payload[name] for name in ("distribution", "key_type", "key_bits")}
    assert chosen == {"distribution": "this-server", "key_type": "rsa", "key_bits": "2048"}


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"key": "ec 256"}, "takes no key of ec 256; write rsa 2048"),
        ({"key": "rsa 1024"}, "takes no key of rsa 1024"),
        ({"key": "rsa many"}, "takes no key of rsa many"),
        ({"distribution": "everywhere"}, "distribution 'everywhere' is not known; write this-server or multi-server"),
    ],
)
def test_a_request_that_no_node_takes_names_its_place_in_git(setting: dict[str, str], words: str) -> None:
    with pytest.raises(DesiredInvalid, match=words) as refused:
        rendered(Action.CREATE, REQUEST, {**WANTED, **setting})
    assert "clusters/seoul.yaml:7" in str(refused.value)


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_a_certificate_is_installed_and_shown_by_its_fingerprint(action: Action) -> None:
    (command,) = rendered(action, IDENTITY, {"sha256": "AB12", "pem": "PEM"})
    assert command == Command(
        "install", ("CallManager certificate of pub", "certificate with SHA-256 AB12"), {"node": "pub", "pem": "PEM"}
    )


def test_a_restart_names_the_service_and_the_node_alone() -> None:
    (command,) = DIALECT.render(Change(Action.RESTART, RESTART, None, Resource(RESTART, {})))
    assert command == Command("restart-service", ("restart Cisco CallManager on pub",), {"node": "pub"})


@pytest.mark.parametrize("key", [REQUEST, IDENTITY])
def test_a_node_is_never_left_without(key: Key) -> None:
    assert DIALECT.render(Change(Action.DELETE, key, Resource(key, {"sha256": "AB", "pem": ""}))) == ()


def test_names_are_compared_without_case_order_and_doubles() -> None:
    one = Resource(REQUEST, {"names": "B.example.com,a.example.com,b.example.com", "key": "RSA 2048", "common_name": "A"})
    assert DIALECT.canonical(one).settings == {"names": "a.example.com,b.example.com", "key": "rsa 2048", "common_name": "a"}


@pytest.mark.parametrize("slot", ["distribution"])
def test_what_a_node_cannot_show_is_as_wanted(slot: str) -> None:
    assert DIALECT.implied(REQUEST, slot, "wanted") == "wanted"
    assert DIALECT.satisfies(REQUEST, slot, "has", "wanted")


def test_what_a_node_can_show_is_compared() -> None:
    assert DIALECT.implied(REQUEST, "common_name", "wanted") is None
    assert not DIALECT.satisfies(REQUEST, "common_name", "a", "b")
    assert not DIALECT.satisfies(REQUEST, "key", "rsa 2048", "rsa 3072")
    assert not DIALECT.satisfies(IDENTITY, "sha256", "AB", "CD")


@pytest.mark.parametrize(("has", "wanted", "is_good"), [("a,b,c", "c,A", True), ("a,b", "a,c", False), ("", "a", False)])
def test_more_names_than_wanted_are_good(has: str, wanted: str, is_good: bool) -> None:
    assert DIALECT.satisfies(REQUEST, "names", has, wanted) is is_good


def test_a_certificate_is_the_same_with_and_without_its_issuers() -> None:
    authority = Authority.create("acts root", datetime.now(UTC))
    leaf, other = (authority.issue(Wish("pub", datetime.now(UTC)), new_key("ec", 256)).pem for _ in range(2))
    assert DIALECT.satisfies(IDENTITY, "pem", leaf, leaf + authority.issuer.pem)
    assert not DIALECT.satisfies(IDENTITY, "pem", other, leaf + authority.issuer.pem)
    assert not DIALECT.satisfies(IDENTITY, "pem", "no certificate", leaf)
