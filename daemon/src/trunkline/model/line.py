"""Configuration lines that set nothing where they stand: they lead somewhere else, or do something at once. Pure.

IOS takes commands of global configuration in every sub-mode, and exec commands behind `do`: a line that opens another
section sends all that follow it there, and its `no` form takes that section away (Cisco IOS configuration
fundamentals command reference).
"""

import re

_WORDS = (
    "en(?:d)?", "ex(?:i|it)?", "do(?:-exec)?", "quit", "default", "conf(?:i|ig|igure)?", "reload", "write", "copy", "erase",
    "delete", "format", "squeeze", "clear", "debug", "undebug", "tclsh", "hostname",
)  # fmt: skip
_OPENERS = (
    "interface", "dial-peer (?:voice|hunt|cor|search)", "voice (?:service|class|register|hunt-group|source-group|iec)",
    "voice (?:translation-rule|translation-profile)", "voice-port", "voice-card", "sip-ua", "sip", "h323", "stun",
    "crypto (?:pki|ca|key|ikev2|isakmp|ipsec|map|dynamic-map|engine)", "router", "route-map",
    "line (?:con|aux|vty|tty|[0-9])", "class-map", "policy-map", "parameter-map", "object-group", "(?:ip|ipv6) access-list",
    "ip dhcp pool", "ip sla [0-9]", "(?:ip )?vrf", "key chain", "aaa group", "radius server", "tacacs server", "parser view",
    "event manager applet", "archive", "controller", "control-plane", "redundancy", "gateway", "gatekeeper",
    "telephony-service", "call-manager-fallback", "ephone", "ephone-dn", "sccp ccm group", "dspfarm profile", "application",
    "template", "zone", "zone-pair", "uc wsapi", "banner", "menu", "macro name",
)  # fmt: skip
_STRAY = re.compile(rf"(?:!|ip address trusted list$|(?:no )?(?:{'|'.join((*_WORDS, *_OPENERS))})(?: |$))")


def is_stray(line: str) -> bool:
    """Whether a line that a document states leaves the section that it is stated for, ends it, or acts at once."""
    return bool(_STRAY.match(" ".join(line.split())))
