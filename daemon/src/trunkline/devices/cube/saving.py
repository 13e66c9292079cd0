"""Whether what runs would survive a reload: what the two stamps of the configuration say, and what they hide. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trunkline.devices.cube.read.system import stamp_at, stamp_moment
from trunkline.devices.cube.signals import Signals

BY = " by "


@dataclass
class Stamps:
    """The stamps of one CUBE over the life of this process. IOS names the user of a change, not what it was.

    Exporting certificates happens in configuration mode: it moves the stamp in the daemon's name and changes nothing. So the
    stamp in front of an export is the one that counts behind it.
    """

    username: str
    _of_export: str = ""
    _before_export: str = ""
    _has_configured: bool = False

    def configured(self) -> None:
        """This process changed the configuration."""
        self._of_export, self._has_configured = "", True

    def exported(self, before: Signals, after: Signals) -> None:
        """This process exported certificates between two looks at the stamps."""
        self._before_export = self._counting(before).stamps.value.last_change
        self._of_export = after.stamps.value.last_change

    def _counting(self, seen: Signals) -> Signals:
        stamps = seen.stamps.value
        if not self._of_export or stamps.last_change != self._of_export:
            return seen
        return replace(seen, stamps=replace(seen.stamps, value=replace(stamps, last_change=self._before_export)))

    def last_change(self, seen: Signals) -> str:
        """The stamp of the newest change that was one."""
        return self._counting(seen).stamps.value.last_change

    def owes_save(self, seen: Signals) -> bool | None:
        """Whether this user's change is not saved; None where it is not known."""
        return self._counting(seen).owes_save(self.username)

    def unsaved_since(self, seen: Signals, offsets: Mapping[str, timedelta]) -> datetime | None:
        """When anybody made the newest change that is not in the startup configuration, by the CUBE's clock.

        None where all is saved, and where it is not known: a stamp without a user is that of a reload, and one of the daemon's
        own user from before this process may be that of an export.
        """
        stamps = self._counting(seen).stamps
        change, _, user = stamps.value.last_change.partition(BY)
        is_ours = user == self.username and not self._has_configured
        if stamps.problem or not user or is_ours or is_saved(stamps.value.last_change, stamps.value.last_save):
            return None
        return stamp_at(change, offsets)


def is_saved(last_change: str, last_save: str) -> bool:
    """Stamps count seconds: of two in the same second, the save is taken for the later one, as a script does it."""
    changed, saved = stamp_moment(last_change), stamp_moment(last_save)
    return changed is not None and saved is not None and saved >= changed
