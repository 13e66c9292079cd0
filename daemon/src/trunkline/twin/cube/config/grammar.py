"""The sections of a configuration: the prompt that each is edited under, its commands, how deep IOS indents it.

`pattern = value` in a table splits a command into its slot (what it sets) and the value; re-entering a slot replaces its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trunkline.twin.cube.config.matching import Pattern
from trunkline.twin.cube.config.rules import Rule
from trunkline.twin.cube.config.tables import signalling, toplevel, voice


@dataclass(frozen=True)
class Section:
    """A section of the configuration: the prompt it is edited under, its commands, how deep IOS indents it."""

    name: str
    prompt: str
    patterns: tuple[Pattern[Rule], ...] = ()
    accepts_anything: bool = False
    indent: int = 1
    implied: tuple[str, ...] = field(default=())


SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        Section("voice-service", "conf-voi-serv", voice.VOICE_SERVICE),
        Section("sip", "conf-serv-sip", voice.SIP),
        Section("trusted-list", "cfg-iptrust-list", voice.TRUSTED),
        Section("dial-peer", "config-dial-peer", voice.DIAL_PEER),
        Section("sip-ua", "config-sip-ua", signalling.SIP_UA),
        Section("trustpoint", "ca-trustpoint", signalling.TRUSTPOINT, implied=("revocation-check crl",)),
        Section("tenant", "config-class", accepts_anything=True, indent=2, implied=("no pass-thru content custom-sdp",)),
        Section("stun", "conf-serv-stun", accepts_anything=True),
        Section("h323", "conf-serv-h323", accepts_anything=True),
        Section("class", "config-class", accepts_anything=True),
        Section("interface", "config-if", toplevel.INTERFACE, accepts_anything=True),
        Section("line", "config-line", accepts_anything=True),
        Section("access-list", "config-ext-nacl", signalling.ACCESS_LIST),
        Section("archive", "config-archive", toplevel.ARCHIVE, accepts_anything=True),
        Section("log-config", "config-archive-log-cfg", toplevel.LOG_CONFIG),
        Section("any", "config-sub", accepts_anything=True),
        *(Section(name, "config-class", patterns) for name, patterns in signalling.CLASSES.values()),
    )
}

GLOBAL = toplevel.GLOBAL
KNOWN_WORDS = toplevel.KNOWN_WORDS
BLOCK_ORDER = toplevel.BLOCK_ORDER
