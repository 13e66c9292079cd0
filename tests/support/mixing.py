"""Two transcripts in one, as a router prints what two connections do at the same time."""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

TOLD = re.compile(r"<<<|>>>|    [0-9a-f]{2}( |$)|SSL_(?:accept|connect):|SSL3 alert|verify error|\S+:error:")
RECEIVED = re.compile(r"<<< .*, (?:Handshake|Alert|ChangeCipherSpec)")
BEGUN = datetime(2026, 11, 23, 12)


def turns(printed: str) -> list[list[str]]:
    """The lines of one handshake, cut where it had to wait for the other end."""
    found: list[list[str]] = [[]]
    head: list[str] = []  # of the record that is being received
    for line in filter(TOLD.match, printed.splitlines()):
        if line.startswith("<<<") and ("RecordHeader" in line or "InnerContent" in line):
            head = [line]
        elif head and not RECEIVED.match(line):
            head.append(line)
        else:
            if RECEIVED.match(line):
                found.append([])
            found[-1] += [*head, line]
            head = []
    found[-1] += head
    return [turn for turn in found if turn]


def mixed(one: str, other: str, choose: random.Random) -> str:
    """Both, turn by turn in any order, behind the times that IOS writes."""
    return "\n".join(_stamped(_dealt([turns(one), turns(other)], choose), choose))


def _dealt(stacks: Sequence[list[list[str]]], choose: random.Random) -> Iterator[list[str]]:
    while left := [stack for stack in stacks if stack]:
        yield choose.choice(left).pop(0)


def _stamped(dealt: Iterator[list[str]], choose: random.Random) -> Iterator[str]:
    at = BEGUN
    for turn in dealt:
        at += timedelta(milliseconds=choose.randint(1, 40))
        yield from (f"*{at:%b %d %H:%M:%S}.{at.microsecond // 1000:03d}: {line}" for line in turn)
