"""The change queue as signal: on any doubt everything is read."""

from typing import Any

import pytest

from trunkline.devices.cucm.axl.objects import Objects
from trunkline.devices.cucm.read import AxlFault
from trunkline.model.key import Key, Kind

KEY = Key("cluster/seoul", Kind.SIP_PROFILE, "p")
QUIET = {"queueInfo": {"queueId": "q", "nextStartChangeId": 8, "lastChangeId": 7}, "changes": None}


class FakeAxl:
    """Answers listChange as told, and knows one SIP profile."""

    def __init__(self) -> None:
        self.change: dict[str, Any] | AxlFault = QUIET
        self.asked: list[str] = []

    def refresh(self) -> None:
        self.asked.append("refresh")

    def facets(self) -> dict[str, dict[str, Any]]:
        return {"SipProfile": {}}

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append(operation)
        if operation == "listChange":
            if isinstance(self.change, AxlFault):
                raise self.change
            return self.change
        if operation == "listSipTrunk":
            return {"return": None}
        return {"return": {"sipProfile": {"name": arguments["name"]}}}


@pytest.fixture
def axl() -> FakeAxl:
    return FakeAxl()


@pytest.fixture
def objects(axl: FakeAxl) -> Objects:
    made = Objects("cluster/seoul", axl)  # type: ignore[arg-type]  # quacks
    made.read([KEY], is_full=False)
    axl.asked.clear()
    return made


def test_silence_is_believed(objects: Objects, axl: FakeAxl) -> None:
    found, gaps = objects.read([KEY], is_full=False)
    assert axl.asked == ["listChange"] and KEY in found and not gaps


@pytest.mark.parametrize(
    "change",
    [
        {**QUIET, "changes": {"change": [{"id": "8", "action": "u"}]}},
        {**QUIET, "queueInfo": {**QUIET["queueInfo"], "queueId": "another"}},  # type: ignore[dict-item]
        {**QUIET, "queueInfo": {**QUIET["queueInfo"], "lastChangeId": 99}},  # type: ignore[dict-item]
        {**QUIET, "queueInfo": None},
        AxlFault(5007, "The queueId value does not match the server", "listChange"),
        AxlFault(None, "change notification is not enabled", "listChange"),
    ],
)
def test_anything_else_means_reading_everything(objects: Objects, axl: FakeAxl, change: Any) -> None:
    axl.change = change
    found, _ = objects.read([], is_full=False)
    assert "getSipProfile" in axl.asked and KEY in found


def test_a_full_read_believes_nothing(objects: Objects, axl: FakeAxl) -> None:
    objects.read([KEY], is_full=True)
    assert axl.asked == ["refresh", "listChange", "getSipProfile", "listSipTrunk"]


def test_a_cluster_without_change_notification_is_read_every_time(axl: FakeAxl) -> None:
    axl.change = AxlFault(None, "not enabled", "listChange")
    objects = Objects("cluster/seoul", axl)  # type: ignore[arg-type]  # quacks
    for _ in range(2):
        axl.asked.clear()
        assert KEY in objects.read([KEY], is_full=False)[0]
        assert "getSipProfile" in axl.asked


def test_the_end_of_the_queue_is_asked_for_before_the_objects(axl: FakeAxl) -> None:
    Objects("cluster/seoul", axl).read([KEY], is_full=False)  # type: ignore[arg-type]  # quacks
    assert axl.asked.index("listChange") < axl.asked.index("getSipProfile")
