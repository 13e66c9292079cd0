"""A restart is ordered once, whoever began it."""

from collections.abc import Iterator

import pytest

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.renewal.answers import ServiceState
from trunkline.devices.cucm.renewal.control import ControlSession, Pace


@pytest.mark.parametrize(("status", "orders"), [("Started", 1), ("Stopped", 1), ("Stopping", 0), ("Starting", 0)])
def test_a_service_that_restarts_already_is_not_restarted_again(
    status: str, orders: int, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    node = NodeAccess("cucm-sub1", "cucm-sub1.example.com", "127.0.0.1", False)
    session = ControlSession(ClusterAccess((node,), "u", "p", "u", "p", "", tmp_path), node)  # type: ignore[arg-type]  # not used
    shown = _states(ServiceState(status, "Mon 1", 50 if status == "Started" else None), ServiceState("Started", "Mon 2", 0))
    ordered: list[bytes] = []
    monkeypatch.setattr(session, "state", lambda: next(shown))
    monkeypatch.setattr(session, "_order", ordered.append)
    session.restart(Pace(poll_seconds=0))
    assert len(ordered) == orders


def _states(first: ServiceState, then: ServiceState) -> Iterator[ServiceState]:
    yield first
    while True:
        yield then
