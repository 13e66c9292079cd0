"""Where each identity stands, in one line. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from trunkline.views.certificates import recorded

SAYS: Mapping[str, str] = {
    "nothing": "nothing is made yet",
    "key": "has its key",
    "ready": "ready to ask",
    "requested": "requested",
    "issued": "issued",
    "installed": "installed",
    "trusted": "trusted by the far ends",
    "bound": "bound",
    "on_wire": "on the wire",
    "alone": "in use",
}
"""A rung in words, as a person would say it of a certificate."""
LEADS_TO: Mapping[str, str] = {
    "nothing": "the key pair",
    "key": "the trustpoint with its CA",
    "ready": "the request",
    "requested": "the issuer's answer",
    "issued": "the import",
    "installed": "trust at the far ends",
    "trusted": "the switch",
    "bound": "proof on the wire",
    "on_wire": "the earlier one goes",
    "alone": "nothing",
}
"""What comes after a rung."""


REASONS: Mapping[str, str] = {
    "missing": "there is none",
    "compromised": "its key is said to be compromised",
    "order": "a person asked for it",
    "expiry": "it is due",
    "names": "documents state other names",
    "key": "documents state another kind of key",
    "issuer": "another issuing CA is wanted",
    "served": "it is stored, and not presented yet",
    "usage": "it may not be used as both server and client",
}
"""Why one is renewed; the words are those of `Standing.why`."""


def lines(standings: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line for each identity, and for each that is coming in its place."""
    for standing in standings:
        coming = standing["coming"]
        if coming and coming["name"] != standing["serving"]:
            yield f"{standing['serving']} of {standing['target']}: in use{_renewal(standing)}"
            yield _line(standing, coming["name"], SAYS[coming["rung"]])
        else:
            state = SAYS[coming["rung"]] if coming else SAYS["alone"] if standing["sha256"] else "nothing is presented yet"
            yield _line(standing, standing["serving"], state + ("" if coming else _renewal(standing)))


def _line(standing: Mapping[str, Any], name: str, state: str) -> str:
    waits = "; ".join(_wait(wait, standing) for wait in standing["waits"] if wait["code"] != "not-due")
    return f"{name} of {standing['target']}: {state}" + (f"; {waits}" if waits else "")


def _renewal(standing: Mapping[str, Any]) -> str:
    if not standing["issuer"]:
        return ", only watched"
    if standing["coming"]:
        return f", being renewed: {REASONS[standing['why']]}" if standing["why"] else ", being renewed"
    at = standing["switch_at"] or standing["renewal_at"]
    return f", renewed {in_zone(datetime.fromisoformat(at), standing)}" if at else ""


def _wait(wait: Mapping[str, Any], standing: Mapping[str, Any]) -> str:
    if wait["code"] == "window" and wait["until"]:
        return f"waits for the window that opens {in_zone(datetime.fromisoformat(wait['until']), standing)}"
    return f"waits [{wait['code']}] {wait['reason']}"


def in_zone(at: datetime, standing: Mapping[str, Any]) -> str:
    """A moment as people near the device read it: in the zone of the first maintenance window, else in UTC."""
    windows = recorded.windows(standing)
    local = at.astimezone(ZoneInfo(windows[0].zone if windows else "UTC"))
    return f"{local:%a %Y-%m-%d %H:%M %Z}"
