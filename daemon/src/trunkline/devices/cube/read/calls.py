"""`show sip-ua calls`: with whom calls are up."""

import re
from ipaddress import ip_address

from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading

COMMAND = "show sip-ua calls | include Destn SIP|calls:|legs:"
PLACE = re.compile(r"^Destn SIP (Req|Resp) Addr:Port *: ?\[?([0-9A-Fa-f:.]+?)\]?:\d+\s*$")
COUNT = re.compile(r"^Number of (?:SIP User Agent (?:Client|Server)\()?(UAC|UAS)\)? calls: (\d+)\s*$")


def busy_addresses(text: str) -> Reading[frozenset[str] | None]:
    """The remote ends of signalling, those of requests and those of answers; whole only if both are there for every call.

    IOS does not print which connection a call is on: every connection with such an address may carry it.
    """
    try:
        return Reading(_busy(list(until_prompt(lines_of(text)))))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)


def _busy(lines: list[str]) -> frozenset[str]:
    counts: dict[str, int] = {}
    seen: dict[str, list[str]] = {"Req": [], "Resp": []}
    for line in lines:
        if count := COUNT.match(line):
            counts[count[1]] = int(count[2])
        elif place := PLACE.match(line):
            seen[place[1]].append(_address(place[2], line))
        elif line.startswith("Destn SIP"):
            raise NotUnderstood("the remote end of a call is not known as an address", line)
    if set(counts) != {"UAC", "UAS"}:
        raise NotUnderstood("the layout of `show sip-ua calls` is not known", first_line(lines))
    calls = sum(counts.values())
    if any(len(addresses) != calls for addresses in seen.values()):
        raise NotUnderstood(f"{calls} calls are announced, but not shown with both of their remote ends", first_line(lines))
    return frozenset(address for addresses in seen.values() for address in addresses)


def _address(text: str, line: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise NotUnderstood("the remote end of a call is not known as an address", line) from error
