"""How often a node, or the cluster as a whole, answers in a minute; and in which words it says that it was asked too often.

The words are those of real clusters, misspelling included. The limits are defaults of enterprise parameters.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE_SECONDS = 60.0


@dataclass
class Rates:
    """`is_of_the_cluster`: whether nodes count together is not documented. 0 a minute is no limit, less allows nothing."""

    ris_per_minute: int = 15
    perfmon_per_minute: int = 50
    control_per_minute: int = 0
    is_of_the_cluster: bool = False
    clock: Callable[[], float] = time.monotonic
    asked: int = 0  # since the lab runs, by whomever
    refused: int = 0
    _recent: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def refusal(self, service: str, node: str) -> str:
        """Count a request to "RIS", "PerfMon" or "control"; what is answered to one too many, else nothing."""
        self.asked += 1
        limits = {"RIS": self.ris_per_minute, "PerfMon": self.perfmon_per_minute, "control": self.control_per_minute}
        allowed = limits[service]
        place = service, "" if self.is_of_the_cluster else node
        recent = self._recent[place] = [at for at in self._recent.get(place, ()) if self.clock() - at < MINUTE_SECONDS]
        if not allowed or len(recent) < allowed:
            recent.append(self.clock())
            return ""
        self.refused += 1
        what, said, tail = ("Perfmon", "perfmon", "PerfmonService") if service == "PerfMon" else ("Reatime", "realtime", "")
        return (
            f"Exceeded allowed rate for {what} information. Current allowed rate for {said} information is "
            f"{allowed} requests per minute.{tail}"
        )
