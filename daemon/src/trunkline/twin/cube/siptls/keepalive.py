"""When a dial-peer's OPTIONS keepalive is due, and whether its target counts as alive. Source: CUBE guide, OOD OPTIONS ping."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.siptls import settings

LINE = "voice-class sip options-keepalive"


@dataclass(frozen=True)
class Timing:
    """Seconds between pings of a target that answers, and of one that does not; failures until it counts as busy."""

    up_seconds: float = 60
    down_seconds: float = 30
    retry: int = 5


@dataclass
class State:
    """What is known of one target."""

    failures: int = 0
    next_at: float = 0.0  # by the loop's clock

    def is_active(self, timing: Timing) -> bool:
        return self.failures < timing.retry

    def heard(self, timing: Timing, now: float, scale: float, *, is_ok: bool) -> None:
        """A ping was answered, or not."""
        self.failures = 0 if is_ok else self.failures + 1
        self.next_at = now + scale * (timing.up_seconds if is_ok else timing.down_seconds)


def targets(running: RunningConfig) -> Iterator[tuple[str, int, Timing]]:
    """Every address and port that is pinged, with how often."""
    for header, address, port in settings.targets(running, only_kept_alive=True):
        yield address, port, timing_of(running, header)


def timing_of(running: RunningConfig, header: str) -> Timing:
    """From the dial-peer's own line, or the class that it names; defaults for what neither says."""
    words = running.value(LINE, header).split()
    if words[:1] == ["profile"]:
        section = f"voice class sip-options-keepalive {words[1]}"
        words = " ".join(running.section(section)).split()
    found = {name: int(value) for name, value in pairwise(words) if value.isdigit()}
    return Timing(found.get("up-interval", 60), found.get("down-interval", 30), found.get("retry", 5))
