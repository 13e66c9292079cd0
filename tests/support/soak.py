"""One trunk renewed again and again by daemons that are killed: what changes each time, and what must hold each time."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.killed import Death, Life, live
from support.renewal import BASE, CLUSTER, CUBE, PASSPHRASE, Renewing, Story, renewing
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.key import Kind
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.memory import Holder, Order
from trunkline.twin.cube.siptls.settings import signalling
from trunkline.twin.lab.trier import Trier, ways_between
from trunkline.views import document

MOST_WRITES = 45
NAMES = (("vg-yohur.example.com",), ("edge.example.com", "vg-yohur.example.com"))
ISSUERS = ("local", "other")
KEYS = (("ec", 256), ("rsa", 2048))
SCENARIOS = ("order", "names", "issuer", "key")


@dataclass
class Trunk:
    """The trunk, what its documents say now, and somebody who tries it all the time."""

    renewing: Renewing
    trier: Trier
    journal: SqlJournal
    wanted: dict[str, int] = field(default_factory=lambda: {"names": 0, "issuer": 0, "key": 0})

    @property
    def serving(self) -> str:
        """The trustpoint that the running configuration names."""
        node = next(iter(self.renewing.lab.clusters[CLUSTER].nodes.values()))
        meaning = signalling(self.renewing.lab.cubes[CUBE].router.running, node.spec.address)
        return meaning.trustpoint if meaning else ""

    def change(self, scenario: str, chance: random.Random) -> None:
        """Something after which the certificate must be renewed."""
        if scenario == "order":
            self.journal.order(Order(Holder(f"cube/{CUBE}", BASE), "soak", datetime.now(UTC)))
            return
        count = {"names": len(NAMES), "issuer": len(ISSUERS), "key": len(KEYS)}[scenario]
        self.wanted[scenario] = (self.wanted[scenario] + chance.randrange(1, count)) % count
        self.state()

    def state(self) -> None:
        self.renewing.state(NAMES[self.wanted["names"]], ISSUERS[self.wanted["issuer"]], KEYS[self.wanted["key"]])

    def faults(self) -> Iterator[str]:
        """What must not be, in words."""
        store, lab = self.renewing.lab.cubes[CUBE].store, self.renewing.lab
        yield from (f"refused: {refusal}" for refusal in self.trier.tally.refusals[:5])
        serving = store.trustpoints[self.serving]
        yield from (f"orphan: key {label}" for label in store.keys if label != serving.key_label)
        yield from (f"orphan: trustpoint {t.name}" for t in store.trustpoints.values() if t.identity and t is not serving)
        ours = {authority.certificates()[0].serial for authority in self._authorities()}
        for node in lab.clusters[CLUSTER].nodes.values():
            held = {f"{entry.certificate.serial_number:X}" for entry in node.stored} & ours
            if len(held) != 1:
                yield f"{node.spec.name} trusts {len(held)} of our CAs"
        yield from self._journal_faults()

    def _authorities(self) -> list[Authority]:
        return [Authority(name, self.renewing.authority.state_directory, PASSPHRASE) for name in ISSUERS]

    def _journal_faults(self) -> Iterator[str]:
        store = self.renewing.lab.cubes[CUBE].store
        if owed := self.journal.owed(CUBE):
            yield f"journal: owed {sorted(map(str, owed))}"
        there = {Kind.KEY_PAIR: store.keys, Kind.TRUSTPOINT: store.trustpoints, Kind.IDENTITY: store.trustpoints}
        for key in self.journal.inventory(CUBE):
            if key.kind in there and key.name not in there[key.kind]:
                yield f"journal: the inventory holds {key}, which is not there"
        memory = self.journal.memory([f"cube/{CUBE}", f"cluster/{CLUSTER}"])
        yield from (f"journal: an order is left for {holder.name}" for holder in memory.orders)
        remembered = {*memory.enrolments, *memory.bindings}
        yield from (f"journal: it remembers {holder.name}" for holder in remembered if holder.name != self.serving)


@contextmanager
def trunk(directory: Path, octet: int) -> Iterator[Trunk]:
    """A trunk that is up, its certificate renewed once."""
    with renewing(Story(key=KEYS[0]), directory, octet) as scene:
        other = Authority("other", scene.authority.state_directory, PASSPHRASE)
        other.create(AuthorityWish("trunkline other CA", timedelta(days=3650), KeyType("ec", 256)), datetime.now(UTC))
        scene.settle()
        scene.state()
        with Trier(scene.lab, ways_between(scene.lab, CUBE, CLUSTER)) as trier:
            scene.run(Renewing.is_alone)
            scene.close()
            journal = SqlJournal(open_engine(scene.scene.settings().journal), document.of_pass)
            yield Trunk(scene, trier, journal)


@dataclass(frozen=True)
class Run:
    """One run, as it can be repeated: its scenario, and where its daemons die."""

    number: int
    scenario: str
    deaths: tuple[Death, ...]

    def __str__(self) -> str:
        return f"run {self.number}: {self.scenario}, killed {', then '.join(map(str, self.deaths))}"


def runs(seed: int, count: int) -> Iterator[tuple[Run, random.Random]]:
    for number in range(1, count + 1):
        chance = random.Random(f"{seed}/{number}")
        times = chance.choice((1, 1, 2))
        deaths = tuple(Death(chance.randint(1, MOST_WRITES), chance.random() < 0.5) for _ in range(times))
        yield Run(number, chance.choice(SCENARIOS), deaths), chance


def play(run: Run, chance: random.Random, on: Trunk) -> tuple[int, list[str]]:
    """How many daemons were killed, and what must not be. A daemon that converges before its death is not killed."""
    before = on.serving
    on.change(run.scenario, chance)
    scene, killed = on.renewing.scene, 0
    for death in (*run.deaths, None):
        code = live(Life(scene.directory, dict(scene.environment), CUBE, death))
        killed += code == -9
        if death is None and code != 0:
            return killed, [f"it did not converge: exit {code}"]
    faults = list(on.faults())
    return killed, faults if on.serving != before else [*faults, "nothing was renewed"]


@dataclass
class Report:
    """What came of all runs."""

    runs: int = 0
    killed: int = 0
    failed: list[str] = field(default_factory=list)
    attempts: int = 0
    refusals: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.runs} runs, {self.killed} daemons killed, {len(self.failed)} runs with faults; {self.attempts} handshakes, "
            f"{self.refusals} refused; {self.runs / self.seconds * 60:.0f} runs a minute"
        )


def soak(on: Trunk, seed: int, count: int, *, tell: bool = False) -> Report:
    """All runs on one trunk; stops at the first that fails, for it says nothing about the next ones."""
    report, began = Report(), time.monotonic()
    for run, chance in runs(seed, count):
        killed, faults = play(run, chance, on)
        report.runs, report.killed = report.runs + 1, report.killed + killed
        if tell:
            print(f"{run}; {killed} died, {on.serving} serves" + "".join(f"\n  ✗ {fault}" for fault in faults), flush=True)
        if faults:
            report.failed.append(f"{run} (seed {seed}): {'; '.join(faults)}")
            break
    tally = on.trier.tally
    report.attempts, report.refusals, report.seconds = tally.attempts, len(tally.refusals), time.monotonic() - began
    return report
