"""Which line belongs to which handshake. Transcripts name no connection: the order of messages and the roles must tell."""

from collections.abc import Iterable

from trunkline.health.transcript.handshakes import ALERT, CHANGE_CIPHER, Handshake, Message, Side, parts
from trunkline.health.transcript.reading.entries import Entry
from trunkline.health.transcript.reading.fitting import (
    AFTERWARDS,
    STATES,
    answers,
    fits,
    fresh,
    is_second_hello,
    may_be_refused_late,
    nearest,
    open_for,
    role_of,
    speaks_alike,
)
from trunkline.health.transcript.reading.syslog import failure
from trunkline.health.transcript.records.messages import Facts, alert


def sorted_out(entries: Iterable[Entry], recorder: str) -> tuple[Handshake, ...]:
    """The handshakes, in the order in which they begin."""
    sorter = _Sorter(recorder)
    for entry in entries:
        sorter.take(entry)
    return tuple(one for one in sorter.every if one.messages or one.errors or one.failure or one.verify_errors or one.is_done)


MOST_ECHOED = 4
"""Messages back to which a state line may tell again of an alert."""
MOST_RUNNING, MOST_MESSAGES = 64, 200
"""Bounds on what a hostile or endless transcript makes us compare; the oldest of more running handshakes counts as ended."""


class _Sorter:
    def __init__(self, recorder: str) -> None:
        self.recorder = recorder
        self.every: list[Handshake] = []
        self.running: list[Handshake] = []
        self.last: Handshake | None = None

    def take(self, entry: Entry) -> None:
        take = {
            "begin": self._begin,
            "message": self._message,
            "state": self._state,
            "done": self._done,
            "syslog": self._syslog,
            "error": self._word,
            "verify": self._word,
        }[entry.what]
        take(entry)
        if self.last is not None and self.last.is_complete:
            self._end(self.last)

    def _new(self, role: Side) -> Handshake:
        made = Handshake(role, self.recorder)
        self.every.append(made)
        self.running = [*self.running, made][-MOST_RUNNING:]
        return made

    def _end(self, handshake: Handshake) -> None:
        if handshake in self.running:
            self.running.remove(handshake)

    def _touch(self, handshake: Handshake, entry: Entry) -> None:
        handshake.touch(entry.line, entry.at)
        self.last = handshake

    def _begin(self, entry: Entry) -> None:
        role: Side = "server" if entry.content == "server" else "client" if entry.content == "client" else ""
        empty = next((one for one in self.running if not one.messages and not one.failure and one.role in ("", role)), None)
        found = empty or (self._new(role) if entry.content or "start" in entry.text else None)
        if found:
            found.role = found.role or role
            self._touch(found, entry)

    def _message(self, entry: Entry) -> None:
        version = self.last.version if self.last else ""
        for message in parts(entry, version):
            home = self._home(message)
            again = next((m for m in parts(entry, home.version) if m.name == message.name), message)
            home.messages.append(again if home is not self.last else message)
            self._touch(home, entry)
            if message.is_fatal:
                self._end(home)

    def _home(self, message: Message) -> Handshake:
        role = role_of(message)
        if message.name == "ClientHello":
            return self._for_hello(message, role)
        if message.name == ALERT and (answering := self._answering(message)):
            return answering[-1]
        if message.name == ALERT or message.name in AFTERWARDS:
            return self._recent(message, role) or self._new(role)
        fitting = [one for one in self.running if fits(one, message, role)]
        if not fitting:
            if message.name == CHANGE_CIPHER and self.last and len(self.last.messages) < MOST_MESSAGES:
                return self.last
            return self._new(role)
        fitting = fresh(fitting, message) or fitting
        furthest = max(len(one.messages) for one in fitting)
        alike = nearest(fitting, message) or [one for one in fitting if len(one.messages) == furthest]
        for one in alike if len(alike) > 1 else ():
            one.is_mixed = True
        found = alike[0]
        found.role = found.role or role
        return found

    def _answering(self, message: Message) -> list[Handshake]:
        """Where several run, or the one last heard of has ended: those that may end with this alert, the last heard last."""
        found = [one for one in self.running if one.messages]
        if message.is_fatal:
            found += [one for one in self.every[-MOST_RUNNING:] if one not in found and may_be_refused_late(one, message)]
        if len(found) < 2 and (self.last in found or not message.is_fatal):
            return []
        likely = sorted((one for one in fresh(found, message) if answers(one, message)), key=lambda one: one.last_line)
        for one in likely if len(likely) > 1 else ():
            one.is_mixed = True
        return likely

    def _for_hello(self, message: Message, role: Side) -> Handshake:
        for one in self.running:
            if one.role in ("", role) and (not one.messages or is_second_hello(one, message)):
                one.role = role
                return one
        return self._new(role)

    def _recent(self, message: Message, role: Side) -> Handshake | None:
        """The last heard of, or begun, of that role; one that has only begun comes after those that said something."""
        known = [*self.every[-MOST_RUNNING:], *([self.last] if self.last else [])]
        fitting = [one for one in reversed(known) if role in ("", one.role) and len(one.messages) < MOST_MESSAGES]
        return max(fitting, key=lambda one: (bool(one.messages), speaks_alike(one, message)), default=None)

    def _state(self, entry: Entry) -> None:
        if entry.text.startswith("SSL3 alert"):
            self._alert_state(entry)
            return
        role: Side = "server" if entry.content == "server" else "client"
        name = next((name for words, name in STATES.items() if entry.text.rstrip(" ABCD").endswith(words)), "")
        is_read = " read " in f" {entry.text} "
        if name and " error in " not in f" {entry.text} " and not entry.text.startswith(("error in", "failed in")):
            made = Message(entry.line, entry.at, "received" if is_read else "sent", name, Facts(), "state")
            self._by_state(entry, made, role)
        elif self.last and self.last.role in ("", role):
            self.last.role = role
            self.last.last_state = entry.text
            self.last.touch(entry.line, entry.at)

    def _by_state(self, entry: Entry, message: Message, role: Side) -> None:
        """A state tells of a message only where messages themselves are not in the transcript."""
        if self.last and any(m.source != "state" for m in self.last.messages):
            if self.last.role in ("", role):
                self.last.role = role
                self.last.last_state = entry.text
            return
        known = [one for one in self.running if one.role == role]
        if any(one.has(message.name, message.direction) for one in known) and not any(open_for(one, message) for one in known):
            return
        home = next((one for one in known if open_for(one, message)), None) or self._new(role)
        home.messages.append(message)
        home.last_state = entry.text
        self._touch(home, entry)

    def _alert_state(self, entry: Entry) -> None:
        """`SSL3 alert write:fatal:unknown CA`, beside the message or instead of it."""
        direction = "received" if " read:" in entry.text else "sent"
        level, _, name = entry.text.partition(":")[2].partition(":")
        made = Message(entry.line, entry.at, direction, ALERT, alert(b"", f"{level} {name}"), "state")
        recent = reversed(self.every[-MOST_RUNNING:])
        told = (one for one in recent if any(made.is_echo_of(message) for message in one.messages[-MOST_ECHOED:]))
        home = next(told, None) or self.last or self._new("")
        if not home.has(ALERT, direction) and name != "unknown":
            home.messages.append(made)
        self._touch(home, entry)

    def _done(self, entry: Entry) -> None:
        home = self.last or self._new("")
        home.is_done = True
        self._touch(home, entry)

    def _word(self, entry: Entry) -> None:
        if entry.content and (self.last is None or self.last.is_complete):
            return  # another part of OpenSSL complains, of a file or of a socket before any handshake
        home = self.last or self._new("")
        words = home.errors if entry.what == "error" else home.verify_errors
        if len(words) < MOST_MESSAGES:
            words.append(entry)
        self._touch(home, entry)

    def _syslog(self, entry: Entry) -> None:
        """The log follows the failure that it tells of; where none stands before it, it is all that there is."""
        home = self.last
        is_of_last = home is not None and not home.is_complete and home.failure is None and bool(home.messages or home.errors)
        found = home if home is not None and is_of_last else self._new("")
        found.failure = failure(entry.text)
        found.role = found.role or found.failure.role
        self._touch(found, entry)
        self._end(found)
