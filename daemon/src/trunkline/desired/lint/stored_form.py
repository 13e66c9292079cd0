"""Abbreviations that IOS takes on input and writes out in its configuration. Pure.

Source: Cisco IOS voice command references; captures of `show running-config`.
"""

import re

COMMANDS = tuple(
    tuple(command.split())
    for command in (
        # dial-peer
        "answer-address", "codec", "description", "destination e164-pattern-map", "destination dpg", "destination-pattern",
        "dtmf-relay", "fax protocol", "fax rate", "fax-relay", "huntstop", "incoming called e164-pattern-map",
        "incoming called-number", "incoming uri", "ip qos", "max-conn", "preference", "rtp payload-type", "session protocol",
        "session server-group", "session target", "session transport", "shutdown", "srtp", "translation-profile incoming",
        "translation-profile outgoing", "vad", "voice-class codec", "voice-class sip",
        # voice service voip and its sip block
        "address-hiding", "allow-connections", "asserted-id", "bind control source-interface", "bind media source-interface",
        "early-offer forced", "error-passthru", "header-passing", "ip address trusted", "listen-port secure",
        "listen-port non-secure", "midcall-signaling", "min-se", "mode border-element", "options-ping", "privacy",
        "privacy-policy", "registrar", "rtcp keepalive", "session refresh", "srtp-crypto", "supplementary-service", "url",
        # sip-ua
        "authentication", "connection-reuse", "credentials", "crypto signaling", "remote-party-id", "retry", "timers",
        "transport tcp tls", "transport tcp", "transport udp",
    )
)  # fmt: skip
INTERFACES = (
    "AppGigabitEthernet", "BDI", "Ethernet", "FastEthernet", "FortyGigabitEthernet", "GigabitEthernet", "HundredGigE",
    "Loopback", "Port-channel", "TenGigabitEthernet", "Tunnel", "TwentyFiveGigE", "TwoGigabitEthernet", "Vlan",
)  # fmt: skip
SHORTEST_WORD = 2  # IOS wants a unique beginning; a single letter never is one here
INTERFACE = re.compile(r"\bsource-interface (\S+)$")


def of_line(line: str) -> tuple[str, str] | None:
    """The words of a line that IOS writes differently, and how it writes them; None for a line in its stored form.

    Only the words of the command are given, never its argument.
    """
    negation = "no " if line.startswith("no ") else ""
    words = line.removeprefix("no ").split()
    if words[:2] == ["bind", "all"]:
        return "bind all", "bind control source-interface …` and `bind media source-interface …"
    if any(words[: len(command)] == list(command) for command in COMMANDS):
        found = INTERFACE.search(line)
        full = of_interface(found[1]) if found else ""
        return (found[1], full) if found and found[1] != full else None
    for command in COMMANDS:
        if _abbreviates(words, command):
            return negation + " ".join(words[: len(command)]), f"{negation}{' '.join(command)} …"
    return None


def _abbreviates(words: list[str], command: tuple[str, ...]) -> bool:
    return len(words) >= len(command) and all(
        len(word) >= SHORTEST_WORD and full.startswith(word) for word, full in zip(words, command, strict=False)
    )


def of_interface(name: str) -> str:
    """An interface by its full name, where its kind is known."""
    kind = re.match(r"[A-Za-z-]*", name)
    assert kind  # noqa: S101 - the expression matches nothing too
    fitting = [full for full in INTERFACES if len(kind[0]) >= SHORTEST_WORD and full.lower().startswith(kind[0].lower())]
    return fitting[0] + name[kind.end() :] if len(fitting) == 1 else name
