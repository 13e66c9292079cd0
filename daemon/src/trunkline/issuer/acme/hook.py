"""`Hook`: the command of the settings that sets and removes a TXT record. No shell, none of the daemon's secrets around it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.errors import DeviceRefused, Stalled, Transient

LONGEST_SECONDS = 180.0
INHERITED = ("PATH", "HOME", "LANG", "TZ")
FOR_HOOKS = "TRUNKLINE_HOOK_"  # variables of the daemon that are meant for hooks


@dataclass(frozen=True)
class Hook:
    """`words` is the command. It finds TRUNKLINE_DNS_ACTION ("add" or "remove"), TRUNKLINE_DNS_NAME
    ("_acme-challenge.cube.example.com") and TRUNKLINE_DNS_VALUE in its environment, and ends with 0 when the record is seen
    by everybody.
    """

    name: str
    words: tuple[str, ...]
    longest_seconds: float = LONGEST_SECONDS

    def add(self, record: str, value: str) -> None:
        """Raises DeviceRefused where it says no, Transient where it takes too long, Stalled where it cannot be run."""
        self._run("add", record, value)

    def remove(self, record: str, value: str) -> None:
        """A record that stays behind does no harm: what the hook says then does not count."""
        try:
            self._run("remove", record, value)
        except (DeviceRefused, Stalled, Transient):
            return

    def _run(self, action: str, record: str, value: str) -> None:
        said = {"TRUNKLINE_DNS_ACTION": action, "TRUNKLINE_DNS_NAME": record, "TRUNKLINE_DNS_VALUE": value}
        what = f"cannot {action} the TXT record {record} by hook {self.name}"
        try:
            done = subprocess.run(
                self.words,
                env={**_inherited(os.environ), **said},
                capture_output=True,
                timeout=self.longest_seconds,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            raise Transient(f"{what}: it ran longer than {self.longest_seconds:.0f} s; see what it waits for") from None
        except OSError as error:
            raise Stalled(f"{what}: {error.strerror}; correct `hooks` of the settings") from error
        if done.returncode:
            raise DeviceRefused(
                f"{what}: it ended with {done.returncode}; run it by hand and see what it says", is_untouched=True
            )  # its words are not repeated: they may hold a token


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name in INHERITED or name.startswith(FOR_HOOKS)}
