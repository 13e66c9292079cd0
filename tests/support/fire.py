"""Everything that goes wrong at once, each on a site of its own, under the eyes of one daemon."""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import requests

from support.daemon import Samples
from support.estate import Estate

Switch = Callable[[Estate, str], None]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong on the site of its name.

    `line` is a regular expression of the one line that the daemon prints, `reason` the label of
    trunkline_reconcile_errors_total ("" where nothing ends the pass early), `condition` the type and the reason of the
    condition of the link that must be False or Unknown.
    """

    name: str
    start: Switch
    mend: Switch
    line: str
    reason: str
    condition: tuple[str, str]
    nodes: int = 1
    needs_commit: bool = False  # a refusal is not asked for again before git or the secret changes


@dataclass
class Witness:
    """Looks at the daemon's pages again and again and remembers every condition that it saw."""

    estate: Estate
    seen: dict[str, set[tuple[str, str, str, str]]] = field(default_factory=dict)  # link → type, status, reason, message
    samples: Samples = field(default_factory=dict)
    false_samples: set[tuple[str, str]] = field(default_factory=set)  # link, condition
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Witness":
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        assert self._thread
        self._thread.join(30)

    def _watch(self) -> None:
        while not self._ended.wait(0.3):
            try:
                self.look()
            except requests.RequestException:
                continue

    def look(self) -> None:
        for link in self.estate.daemon.get("/api/v1/links").json():
            rows = {(c["type"], c["status"], c["reason"], c["message"]) for c in link["conditions"]}
            self.seen.setdefault(link["name"], set()).update(rows)
        self.samples = self.estate.daemon.samples()
        for (name, labels), value in self.samples.items():
            told = dict(labels)
            if name == "trunkline_link_condition" and told["status"] != "True" and value == 1.0:
                self.false_samples.add((told["link"], told["condition"]))

    def has_condition(self, fault: Fault) -> bool:
        return any(
            (kind, reason) == fault.condition and status != "True" for kind, status, reason, _ in self.seen.get(fault.name, ())
        )

    def errors(self, fault: Fault) -> float:
        """How often a pass of the site ended early for the fault's reason."""
        labels = (("cube", fault.name), ("reason", fault.reason))
        return self.samples.get(("trunkline_reconcile_errors_total", labels), 0.0)


def unseen(faults: Sequence[Fault], witness: Witness, log: str) -> list[str]:
    """What of the faults cannot be seen from outside yet."""
    missing = []
    for fault in faults:
        if not re.search(fault.line, log):
            missing.append(f"{fault.name}: no line like {fault.line}")
        if not witness.has_condition(fault):
            missing.append(f"{fault.name}: no condition {fault.condition}")
        if (fault.name, fault.condition[0]) not in witness.false_samples:
            missing.append(f"{fault.name}: no sample of its condition")
        if fault.reason and not witness.errors(fault):
            missing.append(f"{fault.name}: no metric {fault.reason}")
    return missing
