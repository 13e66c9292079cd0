"""A CUBE as the loop sees it: observe, carry out one step, save."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from trunkline.devices.cube import resources, signals
from trunkline.devices.cube.acts import keys
from trunkline.devices.cube.acts.carrying import carry_out
from trunkline.devices.cube.dialect import CubeDialect
from trunkline.devices.cube.read import calls, system
from trunkline.devices.cube.read.config import RunningConfig, filtered, running_config
from trunkline.devices.cube.read.output import has_logs
from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.read.trustpoints import trustpoint_status
from trunkline.devices.cube.saving import Stamps
from trunkline.devices.cube.session import CubeAccess, CubeSession
from trunkline.devices.cube.signals import Saving, Signals
from trunkline.devices.cube.trust import Held, TrustReader, held_keys
from trunkline.model.errors import AccessRefused, DeviceUnreachable
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap, Observed
from trunkline.model.plan import Step

VERSION = "show version"
FULL_READ = (VERSION, "show running-config brief", "show crypto pki trustpoints status", *keys.SHOW)
LONG_FORM = "show running-config"  # of releases that know no `brief`
MOST_REPEATS = 2


@dataclass
class _Remembered:
    """What was read in full, until a signal says that it may have changed."""

    last_change: str
    observed: Observed
    gaps: tuple[Gap, ...]
    version: system.Version
    offsets: Mapping[str, timedelta]
    is_doubtful: bool


@dataclass
class CubeDevice:
    """Implements `trunkline.ports.Device`. One worker at a time; one session, which stays open between passes."""

    target: str
    access: CubeAccess
    now: Callable[[], datetime]
    round_trips: int = 0
    remarks: list[str] = field(default_factory=list)  # what IOS warned of in the last step
    answered: Callable[[str, str], None] = lambda _command, _answer: None  # told what was asked and what the CUBE said
    _session: CubeSession | None = None
    _remembered: _Remembered | None = None
    _release: tuple[int, ...] = (15, 0, 0)
    _trust: TrustReader = field(init=False)
    _expected_key: str = ""  # made in the background: that it is there moves no stamp
    _stamps: Stamps = field(init=False)
    _met: CubeSession | None = None  # the session that said who answers

    def __post_init__(self) -> None:
        self._trust = TrustReader(self.target)
        self._stamps = Stamps(self.access.username)

    def session(self) -> CubeSession:
        """The open session, or a new one in its place."""
        if self._session is None or not self._session.is_alive:
            self.close()
            self._session = CubeSession(self.access)
        return self._session

    def dialect(self) -> CubeDialect:
        return CubeDialect(self._release)

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        """Everything is read, whatever `keys` are; the state of dial-peers is asked for of those among them."""
        seen = self._look([key.name for key in keys if key.kind is Kind.DIAL_PEER])
        known, last_change = self._remembered, seen.stamps.value.last_change
        if full or known is None or known.is_doubtful or not last_change or last_change != known.last_change:
            return self._read_all(seen, full=full)
        if not self._is_same(known):
            return self._read_all(seen, full=True)
        now = self.now()
        facts = signals.facts(seen, known.version, known.offsets, self._saving(seen, known.offsets), now)
        return replace(known.observed, at=now, facts=facts, gaps=(*known.gaps, *signals.gaps(seen, self.target)))

    def _look(self, tags: Sequence[str]) -> Signals:
        """The cheap signals; while calls are up, also with whom."""
        answers = self._ask(signals.commands(tags))
        since = self._session.seconds_since(signals.CLOCK) if self._session else 0.0
        seen = signals.signals(answers, self.now() - timedelta(seconds=since))
        return signals.with_busy(seen, self._ask((calls.COMMAND,))[0]) if seen.calls.value else seen

    def _is_same(self, known: _Remembered) -> bool:
        """Whether a new session leads to the router that was read, up since then: behind one address there may be two."""
        if self._met is self._session:
            return True
        version = system.version(self._ask((VERSION,))[0]).value
        if version is None or not version.goes_on(known.version):
            return False
        known.version, self._met = version, self._session
        return True

    def _ask(self, commands: Sequence[str]) -> list[str]:
        """The answers. One that syslog lines fell into is asked for again: they may have cut a line in two."""
        self.round_trips += 1
        answers = self._ask_once(commands)
        for _ in range(MOST_REPEATS):
            dirty = [position for position, answer in enumerate(answers) if has_logs(answer)]
            if not dirty:
                break
            again = self.session().ask([commands[position] for position in dirty])
            for position, answer in zip(dirty, again, strict=True):
                answers[position] = answer
        for command, answer in zip(commands, answers, strict=True):
            self.answered(command, answer)
        return answers

    def _ask_once(self, commands: Sequence[str]) -> list[str]:
        """A session that died while nobody used it is replaced, once; asking changes nothing."""
        is_kept = self._session is not None and self._session.is_alive
        try:
            return self.session().ask(commands)
        except DeviceUnreachable:
            if not is_kept:
                raise
            return self.session().ask(commands)

    def _read_all(self, seen: Signals, *, full: bool) -> Observed:
        self._remembered = None
        version_text, text, status_text, *key_texts = self._ask(FULL_READ)
        if error_in(text[:500]):
            (text,) = self._ask((LONG_FORM,))
        version, config, status = system.version(version_text), running_config(text), trustpoint_status(status_text)
        gaps = dict.fromkeys(
            Gap(self.target, reading.problem, evidence=reading.evidence)
            for reading in (version, config, status)
            if reading.problem
        )
        missing = "" if config.problem else filtered(config.value)
        if missing:
            gaps[self._filtered(missing)] = None
        if version.value is None or gaps:
            return Observed(self.target, self.now(), {}, tuple(gaps))
        self._release, self._met = version.value.numbers, self._session
        trips = self.round_trips
        held = self._trust.read(config.value, status.value, self._export, again=full)
        has_exported = self.round_trips > trips
        (stamps_text,) = self._ask((signals.STAMPS,))
        after = signals.with_stamps(seen, stamps_text)
        if has_exported:
            self._stamps.exported(seen, after)
        return self._remember(after, version.value, config.value, held.with_keys(held_keys(self.target, key_texts)))

    def _filtered(self, missing: str) -> Gap:
        reason = (
            f"cannot read the whole configuration of {self.target}: {self.access.username} is not shown any `{missing}` line; "
            "give that user privilege 15 and no parser view"
        )
        return Gap(self.target, reason, code=AccessRefused.reason)

    def _export(self, trustpoints: Sequence[str]) -> list[str]:
        self.round_trips += len(trustpoints)
        return self.session().export(trustpoints)

    def _remember(self, seen: Signals, version: system.Version, config: RunningConfig, held: Held) -> Observed:
        offsets, now = system.zone_offsets(config), self.now()
        facts = signals.facts(seen, version, offsets, self._saving(seen, offsets), now)
        observed = replace(self._observed(config, held, now), facts=facts)
        last_change = seen.stamps.value.last_change
        self._expected_key = "" if self._expected_key in held.keys else self._expected_key
        doubt = seen.is_just_changed or last_change != config.stamps.last_change or held.is_refused or bool(self._expected_key)
        self._remembered = _Remembered(last_change, observed, held.gaps, version, offsets, doubt)
        return replace(observed, gaps=(*held.gaps, *signals.gaps(seen, self.target)))

    def _observed(self, config: RunningConfig, held: Held, now: datetime) -> Observed:
        shown = (
            *resources.sections(self.target, config, held.keys),
            *resources.key_pair_resources(self.target, held.keys),
            *resources.held(self.target, Kind.TRUST_ANCHOR, held.anchors),
            *resources.held(self.target, Kind.IDENTITY, held.leaves),
        )
        found = {resource.key: resource for resource in shown}
        identities = resources.identities(self.target, held.leaves, tuple(held.anchors.values()))
        trusted = {name: (anchor,) for name, anchor in held.anchors.items()}
        print_ = resources.fingerprint(found, identities)
        return Observed(self.target, now, found, (), print_, identities, trusted)

    def _saving(self, seen: Signals, offsets: Mapping[str, timedelta]) -> Saving:
        return Saving(self._stamps.owes_save(seen), self._stamps.unsaved_since(seen, offsets), self._stamps.last_change(seen))

    def carry_out(self, step: Step) -> str:
        self._remembered = None
        self._stamps.configured()
        self.session().remarks.clear()
        self._expected_key = next((one.payload["label"] for one in step.commands if one.verb == "generate"), self._expected_key)
        produced = "".join(carry_out(self.session(), command) for command in step.commands)
        self.remarks = list(self.session().remarks)
        return produced

    def save(self) -> None:
        self.session().save()

    def close(self) -> None:
        if self._session:
            self._session.close()
            self._session = None
