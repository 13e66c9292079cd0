"""A CUBE as the loop sees it: observe, carry out one step, save."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from trunkline.devices.cube import read
from trunkline.devices.cube.dialect import CubeDialect, needs_of, settings_of
from trunkline.devices.cube.rules import PATHS
from trunkline.devices.cube.session import CubeAccess, CubeSession, without_log_lines
from trunkline.model.certificate import Certificate, certificates_in, chain_above
from trunkline.model.errors import DeviceBusy, DeviceRefused, OurBug
from trunkline.model.key import SHARED_SECTIONS, Key, Kind
from trunkline.model.observed import CubeFacts, Gap, Identity, Observed
from trunkline.model.plan import Step
from trunkline.model.resource import Ownership, Resource

STAMPS = "show running-config | include ^! (Last|NVRAM)"
SIGNALS = (
    STAMPS,
    "show clock",
    "show sip-ua connections tcp tls detail",
    "show call active voice compact | include Total",
)


@dataclass(frozen=True)
class _Signals:
    """What is looked at on every pass."""

    last_change: str
    last_save: str
    clock: str
    connections: str
    calls: str


@dataclass
class _Remembered:
    """What was read in full, until a signal says that it may have changed."""

    last_change: str
    observed: Observed
    config: read.RunningConfig
    version: read.Version
    is_doubtful: bool  # the stamp counts seconds: what changed in the second of the reading would not move it


@dataclass
class CubeDevice:
    """Implements `trunkline.ports.Device`. One worker at a time; the session stays open between passes."""

    target: str
    access: CubeAccess
    now: Callable[[], datetime]
    _session: CubeSession | None = None
    _remembered: _Remembered | None = None
    _exports: dict[str, tuple[tuple[str, ...], tuple[Certificate, ...]]] = field(default_factory=dict)
    round_trips: int = 0

    def session(self) -> CubeSession:
        """The open session, or a new one."""
        if self._session is None or not self._session.is_alive:
            self._session = CubeSession(self.access)
        return self._session

    def dialect(self) -> CubeDialect:
        return CubeDialect(self._remembered.version.numbers if self._remembered else (15, 0, 0))

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - everything is read
        signals = self._signals()
        known = self._remembered
        is_same = known and signals.last_change and signals.last_change == known.last_change
        if known and is_same and not known.is_doubtful and not full:
            return replace(known.observed, at=self.now(), facts=self._facts(signals, known.config, known.version))
        return self._read_all(signals)

    def _signals(self) -> _Signals:
        stamps, *rest = self._ask(SIGNALS)
        header = read.running_config(f"{stamps}\nend").value
        return _Signals(header.last_change, header.last_save, *rest)

    def _ask(self, commands: Iterable[str]) -> list[str]:
        self.round_trips += 1
        return [without_log_lines(answer) for answer in self.session().ask(list(commands))]

    def _read_all(self, signals: _Signals) -> Observed:
        version_text, text, status_text = self._ask(
            ("show version", "show running-config brief", "show crypto pki trustpoints status")
        )
        if read.error_in(text):
            (text,) = self._ask(("show running-config",))
        version, config, status = read.version(version_text), read.running_config(text), read.trustpoint_status(status_text)
        problems = [(r.problem, r.evidence) for r in (version, config, status) if r.problem]
        if version.value is None or problems:
            gaps = tuple(Gap(self.target, problem, evidence=evidence) for problem, evidence in problems)
            return Observed(self.target, self.now(), {}, gaps)
        held = self._certificates(config.value, status.value)
        if any(name not in self._exports for name in status.value):
            raise OurBug(f"cannot read the trustpoints of {self.target}: one of them was not exported")
        (stamps,) = self._ask((STAMPS,))
        header = read.running_config(f"{stamps}\nend").value
        facts = self._facts(
            replace(signals, last_change=header.last_change, last_save=header.last_save), config.value, version.value
        )
        observed = self._observed(config.value, held, facts)
        doubt = _is_fresh(header.last_change, signals.clock)
        self._remembered = _Remembered(header.last_change, observed, config.value, version.value, doubt)
        return observed

    def _certificates(
        self, config: read.RunningConfig, status: Mapping[str, tuple[str, ...]]
    ) -> dict[str, tuple[Certificate, ...]]:
        """What each trustpoint holds, exported only where the fingerprints say that it changed."""
        named = {
            name.removeprefix("crypto pki trustpoint ") for name in config.sections if name.startswith("crypto pki trustpoint ")
        }
        wanted = {name: prints for name, prints in status.items() if name in named}
        changed = [name for name, prints in wanted.items() if self._exports.get(name, (None,))[0] != prints]
        held = [name for name in changed if wanted[name]]
        for name, text in zip(held, self.session().export(held) if held else [], strict=True):
            self._exports[name] = (wanted[name], certificates_in(text))
        for name in set(changed) - set(held):
            self._exports[name] = ((), ())
        for name in status:
            self._exports.setdefault(name, ((), ()))
        return {name: self._exports[name][1] for name in wanted}

    def _observed(self, config: read.RunningConfig, held: Mapping[str, tuple[Certificate, ...]], facts: CubeFacts) -> Observed:
        resources = {resource.key: resource for resource in sections(self.target, config)}
        trusted: dict[str, tuple[Certificate, ...]] = {}
        leaves: dict[str, Certificate] = {}
        for name, certificates in held.items():
            anchor, leaf = classify(certificates, is_enrolled=_is_enrolled(config, name))
            if anchor:
                key = Key(self.target, Kind.TRUST_ANCHOR, name)
                settings = {"sha256": anchor.sha256, "pem": anchor.pem}
                resources[key] = Resource(key, settings, needs=frozenset({Key(self.target, Kind.TRUSTPOINT, name)}))
                trusted[name] = (anchor,)
            if leaf:
                leaves[name] = leaf
        pool = tuple(certificate for certificates in trusted.values() for certificate in certificates)
        identities = tuple(Identity(self.target, name, leaf, chain_above(leaf, pool)) for name, leaf in sorted(leaves.items()))
        return Observed(self.target, self.now(), resources, (), _fingerprint(resources, identities), identities, trusted, facts)

    def _facts(self, signals: _Signals, config: read.RunningConfig, version: read.Version) -> CubeFacts:
        clock = read.clock(signals.clock, read.zone_offset(config)).value
        connections = read.connections(signals.connections).value
        return CubeFacts(
            release=version.numbers,
            release_text=version.text,
            hostname=version.hostname,
            clock=clock.at if clock else None,
            clock_is_authoritative=bool(clock and clock.is_authoritative),
            connections=connections.rows if connections else None,
            listening=connections.listening if connections else None,
            counters=connections.counters if connections else {},
            active_call_legs=read.call_legs(signals.calls).value,
            has_unsaved_changes=self._owes_save(signals),
            last_change=signals.last_change,
        )

    def _owes_save(self, signals: _Signals) -> bool:
        """Whether the newest change was made by this user and is not in the startup configuration."""
        if not signals.last_change.endswith(f" by {self.access.username}"):
            return False
        changed, saved = _moment(signals.last_change), _moment(signals.last_save)
        return saved is None or (changed is not None and changed > saved)

    def carry_out(self, step: Step) -> None:
        self._remembered = None
        for command in step.commands:
            if command.verb == "configure":
                self._refuse_in_a_call(command.lines)
                self.session().configure(command.lines)
            elif command.verb == "authenticate":
                certificate = Certificate.from_pem(command.payload["pem"])
                prints = {"MD5": certificate.md5, "SHA1": certificate.sha1}
                self.session().authenticate(command.lines[0], command.payload["pem"], prints)
            else:
                raise OurBug(f"cannot do {command.verb} on {self.target}: a CUBE knows no such act")

    def _refuse_in_a_call(self, lines: tuple[str, ...]) -> None:
        """IOS refuses to move a bind under a call, and some releases drop the call instead."""
        if not any(" bind " in f" {line} " for line in lines):
            return
        (answer,) = self._ask(("show call active voice compact | include Total",))
        legs = read.call_legs(answer).value
        if legs is None or legs:
            raise DeviceBusy(f"cannot change a bind on {self.target}: {legs or 'an unknown number of'} call legs are up")

    def save(self) -> None:
        self.session().save()

    def close(self) -> None:
        if self._session:
            self._session.close()
            self._session = None


def sections(target: str, config: read.RunningConfig) -> Iterable[Resource]:
    """Every section of a kind that trunkline knows, whoever made it."""
    for kind, path in PATHS.items():
        if not path:
            yield _resource(Key(target, kind, ""), tuple(config.sections))
            continue
        prefix, _, suffix = path[0].partition("{}")
        for header, section in config.sections.items():
            name = _name(header, prefix, suffix) if "{}" in path[0] else ("" if header == prefix else None)
            if name is None:
                continue
            if len(path) == 1:
                own_name = "voip" if kind is Kind.VOICE_SERVICE else name
                yield _resource(Key(target, kind, own_name), section.lines)
            elif path[1] in section.below:
                yield _resource(Key(target, kind, "voip"), section.below[path[1]])


def _name(header: str, prefix: str, suffix: str) -> str | None:
    if not header.startswith(prefix) or not header.endswith(suffix):
        return None
    name = header[len(prefix) : len(header) - len(suffix)]
    return name if name and " " not in name else None


def _resource(key: Key, lines: tuple[str, ...]) -> Resource:
    settings = settings_of(key.kind, lines)
    ownership = Ownership.STATED if key.kind in SHARED_SECTIONS else Ownership.WHOLE
    return Resource(key, settings, ownership, needs_of(key, tuple(settings.values())))


def classify(certificates: tuple[Certificate, ...], *, is_enrolled: bool) -> tuple[Certificate | None, Certificate | None]:
    """CA certificate and identity of a trustpoint, told apart by what they are, never by their position."""
    if not certificates:
        return None, None
    if len(certificates) == 1:
        only = certificates[0]
        return (None, only) if is_enrolled and only.is_self_signed else (only, None)
    first, second = certificates[:2]
    if first.issued_by(second) and not second.issued_by(first):
        return second, first
    if second.issued_by(first):
        return first, second
    raise DeviceRefused("cannot tell CA and identity certificate of a trustpoint apart: neither issued the other")


def _is_enrolled(config: read.RunningConfig, trustpoint: str) -> bool:
    section = config.sections.get(f"crypto pki trustpoint {trustpoint}")
    return bool(section and "enrollment selfsigned" in section.lines)


def _fingerprint(resources: Mapping[Key, Resource], identities: tuple[Identity, ...]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for key, resource in sorted(resources.items()):
        digest.update(f"{key}{sorted(resource.settings.items())}".encode())
    for identity in identities:
        digest.update(identity.certificate.der)
    return digest.hexdigest()


def _is_fresh(stamp: str, clock_text: str) -> bool:
    """Whether the last change is only seconds old, by the device's own clock."""
    clock, changed = read.clock(clock_text, timedelta(0)).value, _moment(stamp)
    if clock is None or clock.at is None or changed is None:
        return True
    return abs(clock.at - changed) < timedelta(seconds=3)


def _moment(stamp: str) -> datetime | None:
    """The moment of a stamp; only compared with another of the same device, so its zone does not matter."""
    words = stamp.split(" by ", maxsplit=1)[0].split()
    if len(words) < 6:
        return None
    try:
        return datetime.strptime(" ".join([words[0], *words[-3:]]), "%H:%M:%S %b %d %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
