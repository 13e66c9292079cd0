"""How often a node, or the cluster as a whole, answers in a minute; and in which words it says that it was asked too often.

The words are those of real clusters, misspelling included. The limits are defaults of enterprise parameters.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE_SECONDS = 60.0


@dataclass
class Rates:
    """`is_of_the_cluster`: whether nodes count together is not documented. 0 a minute is no limit."""

    ris_per_minute: int = 15
    perfmon_per_minute: int = 50
    is_of_the_cluster: bool = False
    clock: Callable[[], float] = time.monotonic
    asked: int = 0  # since the lab runs, by whomever
    refused: int = 0
    _recent: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def refusal(self, service: str, node: str) -> str:
        """Count a request to "RIS" or "PerfMon"; what is answered to one too many, else nothing."""
        self.asked += 1
        allowed = self.ris_per_minute if service == "RIS" else self.perfmon_per_minute
        place = service, "" if self.is_of_the_cluster else node
        recent = self._recent[place] = [at for at in self._recent.get(place, ()) if self.clock() - at < MINUTE_SECONDS]
        if not allowed or len(recent) < allowed:
            recent.append(self.clock())
            return ""
        self.refused += 1
        what, said = ("Reatime", "realtime") if service == "RIS" else ("Perfmon", "perfmon")
        tail = "" if service == "RIS" else "PerfmonService"
        return (
            f"Exceeded allowed rate for {what} information. Current allowed rate for {said} information is "
            f"{allowed} requests per minute.{tail}"
        )
