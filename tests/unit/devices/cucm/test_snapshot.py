"""A node's certificates in every shape that the API is known to answer with, and in shapes that it is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from trunkline.devices.cucm import snapshot
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.twin.ca import Authority, Wish, new_key

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
