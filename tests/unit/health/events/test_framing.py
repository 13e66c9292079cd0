"""Messages out of a stream, however it is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.health.events.framing import LONGEST_MESSAGE, Framer, NotSyslog

WORDS = (b"<189>1: %A-1-B: one", b"<189>2: %A-1-B: two three", b"<1>x")


def counted(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


@given(
    messages=st.lists(st.sampled_from(WORDS), max_size=8),
    cuts=st.lists(st.integers(1, 12), max_size=60),
    ending=st.sampled_from((b"", b"\n", b"\r\n", b"\x00", b"\n\x00")),
)
def test_whatever_the_cuts_and_endings_the_messages_come_out(messages: list[bytes], cuts: list[int], ending: bytes) -> None:
    """Those without an ending are counted."""
    stream = b"".join(message + ending if ending else counted(message) for message in messages)
    framer, found = Framer(), []
    for cut in (*cuts, len(stream)):
        found += framer.take(stream[:cut])
        stream = stream[cut:]
    assert [message.rstrip(b"\r\n") for message in found] == messages


def test_both_framings_in_one_stream() -> None:
    framer = Framer()
    assert framer.take(counted(WORDS[0]) + WORDS[1] + b"\r\n" + counted(WORDS[2]) + b"\n") == [
        WORDS[0],
        WORDS[1] + b"\r",
        WORDS[2],
    ]


def test_a_message_that_nothing_ends_is_told_when_nothing_more_comes() -> None:
    framer = Framer()
    assert framer.take(WORDS[0]) == []
    assert framer.holds_message
    assert framer.flush() == WORDS[0]
    assert framer.flush() == b""


def test_a_counted_message_that_is_on_its_way_is_waited_for() -> None:
    framer = Framer()
    assert framer.take(b"30 <189>1: ") == []
    assert not framer.holds_message


@pytest.mark.parametrize("is_counted", [True, False])
def test_a_message_that_is_too_long_is_thrown_away_and_nothing_else(is_counted: bool) -> None:
    long = b"<189>" + b"x" * (3 * LONGEST_MESSAGE)
    stream = (counted(long) + counted(WORDS[0])) if is_counted else long + b"\n" + WORDS[0] + b"\n"
    framer, found, too_long = Framer(), [], 0
    for begin in range(0, len(stream), 1000):
        found += framer.take(stream[begin : begin + 1000])
        too_long += framer.too_long
        assert len(framer._rest) <= LONGEST_MESSAGE + 1000
    assert (found, too_long) == ([WORDS[0]], 1)


def test_an_absurd_count_ends_the_stream() -> None:
    with pytest.raises(NotSyslog):
        Framer().take(b"999999999 <189>")
