"""The table of connections as series: by address and by what was agreed to, and not as many as anybody likes."""

from dataclasses import replace
from datetime import UTC, datetime

from trunkline.model.observed import Connection, CubeFacts
from trunkline.views.metrics.cubes import MOST_REMOTES, of_facts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FACTS = CubeFacts((17, 9, 4), "17.09.04a", "edge", NOON, clock_is_authoritative=True)
NODE = Connection("10.1.1.1", 5061, 1, "Established", None, "TLSv1.2", "AES256-SHA", None, "10")


def peers(*rows: Connection) -> dict[tuple[str, ...], float]:
    facts = replace(FACTS, connections=rows)
    samples = of_facts("cube/edge", facts, NOON)
    return {one.labels[1:]: one.value for one in samples if one.family == "trunkline_peer_connections"}


def test_connections_of_one_address_are_counted_by_what_they_agreed_to() -> None:
    again, closed = replace(NODE, remote_port=41000, connection_id=2), replace(NODE, state="Closed", connection_id=3)
    agreed = ("TLSv1.2", "AES256-SHA", "", "10")
    assert peers(NODE, again, closed) == {("10.1.1.1", "Established", *agreed): 2, ("10.1.1.1", "Closed", *agreed): 1}


def test_addresses_of_strangers_make_no_more_than_so_many_series() -> None:
    strangers = [
        Connection(f"192.0.{number // 250}.{number % 250}", 41000, 100 + number, "Connecting") for number in range(1000)
    ]
    shown = peers(*strangers, NODE)
    assert len({labels[0] for labels in shown}) == MOST_REMOTES + 1
    assert sum(shown.values()) == 1001, "every connection is counted"
    assert shown["other", "Connecting", "", "", "", ""] == 1001 - MOST_REMOTES
    assert ("10.1.1.1", "Established", "TLSv1.2", "AES256-SHA", "", "10") in shown, "who is connected is not pushed out"
