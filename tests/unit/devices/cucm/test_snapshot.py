"""A node's certificates in every shape that the API is known to answer with, and in shapes that it is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from trunkline.devices.cucm import snapshot
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.twin.ca import Authority, Wish, new_key
from trunkline.twin.cucm.certificates.units import requested

CSR = requested("Pub.example.com", ["Pub.example.com", "a.example.com"], is_multi_server=False).pem
ROOT = Authority.create("snapshot root", datetime.now(UTC))
OWN = ROOT.issue(Wish("cucm-pub.example.com", datetime.now(UTC)), new_key("ec", 256)).pem
CA = ROOT.issuer.pem


def body(own: str = "CallManager", store: str = "CallManager-trust", **changes: Any) -> dict[str, Any]:
    return {
        "identities": [{"service": "tomcat", "certificate": CA}, {"service": own, "certificate": OWN}],
        "trusts": [
            {"service": "tomcat-trust", "certificate_data": [{"filename": "t.pem", "certificate": OWN}]},
            {"service": store, "certificate_data": [{"filename": "root.pem", "certificate": CA}]},
        ],
        **changes,
    }


@pytest.mark.parametrize(
    ("own", "store"), [("CallManager", "CallManager-trust"), ("callmanager", "callmanager"), ("CallManager", "CallManager")]
)
def test_own_and_trusted_in_any_spelling(own: str, store: str) -> None:
    seen = snapshot.read(body(own, store))
    assert seen.identity and seen.identity.pem == OWN and seen.service == own
    assert [(name, held.pem) for name, held in seen.trusted] == [("root.pem", CA)] and not seen.unread


def gaps(of: Any) -> list[Gap]:
    return list(snapshot.trust_gaps("cluster/seoul", {"pub": snapshot.read(of)}))


KEYS = {node: Key("cluster/seoul", Kind.CALLMANAGER_TRUST, f"{node}/0123456789abcdef") for node in ("pub", "sub")}


@pytest.mark.parametrize(
    "of",
    [
        None,
        [],
        "text",
        {},
        {"identities": []},
        body(trusts=None),
        body(identities=[{"service": "CallManager"}]),
        body(trusts=[{"service": "CallManager-trust", "certificate_data": [{"filename": "x"}]}]),
        body(trusts=[]),
        body(identities=[{"service": "CallManager", "certificate": "cut"}]),
    ],
)
def test_what_is_not_understood_hides_this_node_and_no_other(of: Any) -> None:
    assert any(gap.covers(KEYS["pub"]) and gap.evidence for gap in gaps(of))
    assert not any(gap.covers(KEYS["sub"]) for gap in gaps(of))


def test_one_file_that_cannot_be_read_is_told_and_hides_no_other() -> None:
    rows = [{"filename": "odd.pem", "certificate": "odd"}, {"filename": "root.pem", "certificate": CA}]
    of = body(trusts=[{"service": "CallManager-trust", "certificate_data": rows}])
    (gap,) = gaps(of)
    assert gap.name == "pub/odd.pem" and not gap.covers(KEYS["pub"])
    assert [name for name, _ in snapshot.read(of).trusted] == ["root.pem"]


def test_a_nodes_chain_is_what_its_own_store_holds() -> None:
    (identity,) = snapshot.identities("cluster/seoul", {"pub": snapshot.read(body())})
    assert (identity.holder, [held.pem for held in identity.chain]) == ("pub", [CA])


def identities(**entry: Any) -> list[dict[str, Any]]:
    return [
        {"service": "tomcat", "certificate": CA, "csr": "of another unit"},
        {"service": "CallManager", "certificate": OWN, **entry},
    ]


def test_the_request_of_callmanager_is_read_with_its_names_and_key() -> None:
    seen = snapshot.read(body(identities=identities(csr=CSR)))
    found = {resource.key: resource.settings for resource in snapshot.own_resources("cluster/seoul", {"pub": seen})}
    assert found[Key("cluster/seoul", Kind.CERTIFICATE_REQUEST, "pub")] == {
        "csr_pem": CSR,
        "common_name": "pub.example.com",
        "names": "a.example.com,pub.example.com",
        "key": "rsa 2048",
    }
    assert found[Key("cluster/seoul", Kind.IDENTITY, "pub")]["pem"] == OWN


@pytest.mark.parametrize("entry", [{}, {"csr": None}, {"csr": ""}])
def test_no_request_is_no_gap(entry: dict[str, Any]) -> None:
    seen = snapshot.read(body(identities=identities(**entry)))
    assert seen.request is None and not seen.unread


def test_a_request_that_cannot_be_read_hides_itself_alone() -> None:
    (gap,) = gaps(body(identities=identities(csr="-----BEGIN CERTIFICATE REQUEST-----\ncut")))
    assert gap.covers(Key("cluster/seoul", Kind.CERTIFICATE_REQUEST, "pub"))
    assert not gap.covers(Key("cluster/seoul", Kind.IDENTITY, "pub")) and not gap.covers(KEYS["pub"])


@pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.CERTIFICATE_REQUEST])
def test_a_node_that_is_not_understood_hides_its_own_certificate_and_request_too(kind: Kind) -> None:
    (gap,) = gaps({})
    assert gap.covers(Key("cluster/seoul", kind, "pub"))
    assert not gap.covers(Key("cluster/seoul", kind, "sub")) and not gap.covers(Key("cluster/other", kind, "pub"))


def test_one_file_of_a_trust_store_hides_no_identity() -> None:
    gap = Gap("cluster/seoul", "odd", Kind.CALLMANAGER_TRUST, "pub/odd.pem")
    assert not gap.covers(Key("cluster/seoul", Kind.IDENTITY, "pub"))
