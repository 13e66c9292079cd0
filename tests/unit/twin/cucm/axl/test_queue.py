"""The queue of changes, and the one of writes."""

import pytest

from trunkline.twin.cucm.axl.envelope import Fault, HttpRefusal
from trunkline.twin.cucm.axl.queue import ChangeQueue, WriteQueue


def noted(*kinds: str) -> ChangeQueue:
    queue = ChangeQueue()
    for kind in kinds:
        queue.note(kind, "{U}", "u")
    return queue


def test_the_first_question_tells_where_the_end_is_and_nothing_else() -> None:
    assert noted("SipTrunk", "SipTrunk").page(None, None, []) == ([], 3)


def test_changes_from_a_number_on_of_some_kinds() -> None:
    entries, following = noted("SipTrunk", "Css", "SipTrunk").page(None, 2, {"SipTrunk"})
    assert [entry.number for entry in entries] == [3] and following == 4


def test_pages_follow_one_another_without_a_hole() -> None:
    queue = noted(*["SipTrunk"] * 5)
    queue.page_size = 2
    seen, number = [], 1
    while number <= queue.last:
        entries, number = queue.page(queue.queue_id, number, [])
        seen += [entry.number for entry in entries]
    assert seen == [1, 2, 3, 4, 5]


def test_a_page_of_other_kinds_moves_on() -> None:
    queue = noted("Css", "Css", "SipTrunk")
    queue.page_size = 2
    assert queue.page(None, 1, {"SipTrunk"}) == ([], 3)


def test_after_a_restart_the_former_id_is_refused() -> None:
    queue = noted("SipTrunk")
    before = queue.queue_id
    queue.restart()
    with pytest.raises(Fault, match="queueId") as caught:
        queue.page(before, 1, [])
    assert caught.value.code == 5007


def test_writes_are_refused_until_some_are_worked_off() -> None:
    now = [0.0]
    queue = WriteQueue(longest=2, worked_off_per_second=1, clock=lambda: now[0], _at=0.0)
    queue.push()
    queue.push()
    with pytest.raises(HttpRefusal) as caught:
        queue.push()
    assert caught.value.status == 503
    now[0] = 1.0
    queue.push()
