"""Devices that show what the forecast predicts: the whole loop without a network, to try documents on."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from support.pems import pem_of
from trunkline.desired.compile import compile_cube, keys_of_interest
from trunkline.desired.documents import Documents
from trunkline.devices.cube.dialect import CubeDialect
from trunkline.devices.cucm.dialect import CucmDialect
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.loop.ahead import forecast
from trunkline.loop.apply import Hands
from trunkline.loop.reconcile import reconcile
from trunkline.loop.request import Request
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, cluster_target, cube_target
from trunkline.model.observed import ClusterFacts, CubeFacts, Identity, Observed
from trunkline.model.passes import Pass
from trunkline.model.plan import Plan, Step
from trunkline.ports import Dialect
from trunkline.views import document

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class StoppedClock:
    """Implements `trunkline.ports.Clock`."""

    def now(self) -> datetime:
        return NOW


def identity(target: str, holder: str, name: str, issuer: str) -> Identity:
    """A certificate of a CA, as a device shows it."""
    own, above = Certificate.from_pem(pem_of(name, issuer)), Certificate.from_pem(pem_of(issuer, is_ca=True))
    return Identity(target, holder, own, (above,))


@dataclass
class Puppet:
    """Implements `trunkline.ports.Device`: a step changes what is observed as the forecast says, and nothing refuses."""

    target: str
    observed: Observed
    language: Dialect

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        return self.observed

    def dialect(self) -> Dialect:
        return self.language

    def carry_out(self, step: Step) -> None:
        plan = Plan("r", "", {}, (step,))
        self.observed = forecast.after(plan, {self.target: self.observed}, {self.target: self.language})[self.target]

    def save(self) -> None:
        """Nothing is lost."""

    def close(self) -> None:
        """Nothing is open."""


def cube(name: str, release: tuple[int, ...], *trustpoints: str) -> Puppet:
    """A CUBE with nothing but enrolled trustpoints; each bears the name TRUSTPOINT.example.com."""
    target = cube_target(name)
    text = ".".join(map(str, release))
    facts = CubeFacts(release, text, name, NOW, clock_is_authoritative=True, active_call_legs=0)
    identities = tuple(identity(target, one, f"{one}.example.com", "Voice Root CA") for one in trustpoints)
    return Puppet(target, Observed(target, NOW, {}, fingerprint="f", identities=identities, facts=facts), CubeDialect(release))


def cluster(name: str, *nodes: str) -> Puppet:
    """A cluster with nothing but its nodes' certificates."""
    target = cluster_target(name)
    identities = tuple(identity(target, node, f"{node}.example.com", f"CA of {name}") for node in nodes)
    observed = Observed(target, NOW, {}, fingerprint="f", identities=identities, facts=ClusterFacts("12.5.1", ()))
    return Puppet(target, observed, CucmDialect())


@dataclass
class Stage:
    """Puppets with a journal; passes run on them as on devices."""

    puppets: tuple[Puppet, ...]
    journal: SqlJournal
    revisions: int = 0

    def run(self, documents: Documents, name: str) -> Pass:
        """One pass of one CUBE, as of a new commit."""
        self.revisions += 1
        revision = f"r{self.revisions}"
        keys = {target: set(of_target) for target, of_target in keys_of_interest(documents, name).items()}
        for key in self.journal.inventory(name):
            keys.setdefault(key.target, set()).add(key)
        request = Request(
            name,
            {target: tuple(sorted(of_target)) for target, of_target in keys.items()},
            lambda observed, standings: compile_cube(documents, revision, name, observed, standings),
            is_full=True,
        )
        devices = {puppet.target: puppet for puppet in self.puppets}
        return reconcile(request, Hands(devices, self.journal, StoppedClock()))

    def copy(self) -> "Stage":
        """The same devices and journal, to be changed without harm to these."""
        copies = tuple(Puppet(one.target, one.observed, one.language) for one in self.puppets)
        return Stage(copies, journal(self.journal), self.revisions)


def journal(source: SqlJournal | None = None) -> SqlJournal:
    """A journal in memory, with all that another one holds."""
    made = SqlJournal(open_engine("sqlite://"), document.of_pass)
    if source:
        with closing(source.engine.raw_connection()) as original, closing(made.engine.raw_connection()) as copied:
            original.driver_connection.backup(copied.driver_connection)
    return made
