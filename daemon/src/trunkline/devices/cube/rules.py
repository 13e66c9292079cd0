"""The CUBE's dialect as data: per kind of section, which slot a line sets, its default, and how it is taken away.

Sources: Cisco IOS voice and security command references; captures of `show running-config` of 15.x to 17.18.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.key import Kind


@dataclass(frozen=True)
class Rule:
    """Lines that begin with `prefix` (and `extra` further words) set one slot.

    `default` is the line that IOS does not show; `slot` joins commands that exclude each other; `negates_whole` where the
    `no` form wants the whole line; `is_set` where the order of the words after the prefix means nothing. `is_reset` where the
    `no` form does harm: the default is entered instead. `added_from` is the first release that adds such a line by itself: one
    that nobody stated is then nobody's. `is_open` where the bare line leaves to others what may follow it.
    """

    prefix: str
    extra: int = 0
    default: str | None = None
    slot: str = ""
    negates_whole: bool = False
    is_set: bool = False
    is_reset: bool = False
    added_from: tuple[int, ...] = ()
    is_open: bool = False


def off(prefix: str, extra: int = 0) -> Rule:
    """A switch that is off unless it is shown."""
    return Rule(prefix, extra, default=f"no {prefix}")


RULES: Mapping[Kind, tuple[Rule, ...]] = {
    Kind.VOICE_SERVICE: (
        Rule("ip address trusted authenticate", default="ip address trusted authenticate"),
        off("address-hiding"),
        Rule("mode border-element", default="no mode border-element"),
        Rule("allow-connections", 3),
        Rule("srtp", default="no srtp"),
        Rule("fax protocol"),
    ),
    Kind.VOICE_SERVICE_SIP: (
        Rule("bind control"),
        Rule("bind media"),
        Rule("url", default="url sip"),
        Rule("early-offer", default="no early-offer", negates_whole=True),
        Rule("listen-port secure", default="listen-port secure 5061"),
        Rule("session transport", default="session transport udp"),
        Rule("min-se", default="min-se 1800"),
        Rule("asserted-id"),
        Rule("midcall-signaling", negates_whole=True),
        off("session refresh"),
        off("error-passthru"),
        off("header-passing"),
    ),
    Kind.TRUSTED_LIST: (Rule("ipv4", 2, negates_whole=True), Rule("ipv6", 1)),
    Kind.VOICE_CLASS_CODEC: (Rule("codec preference", 1),),
    Kind.SRTP_CRYPTO: (Rule("crypto", 1),),
    Kind.TLS_CIPHER: (Rule("cipher", 1, negates_whole=True),),
    Kind.TLS_PROFILE: (
        Rule("description"),
        Rule("trustpoint"),
        Rule("client-vtp"),
        Rule("cipher", negates_whole=True),
        Rule("cn-san validate", negates_whole=True),
        Rule("cn-san", 1),
        off("sni send"),
    ),
    Kind.TENANT: (),
    Kind.SERVER_GROUP: (
        Rule("ipv4", 1, negates_whole=True),
        Rule("ipv6", 1, negates_whole=True),
        Rule("description"),
        Rule("hunt-scheme", default="hunt-scheme preference"),
    ),
    Kind.OPTIONS_KEEPALIVE: (
        Rule("description"),
        Rule("down-interval", default="down-interval 30"),
        Rule("up-interval", default="up-interval 60"),
        Rule("retry", default="retry 5"),
        Rule("transport", default="transport system"),
        Rule("sip-profiles"),
    ),
    Kind.DIAL_PEER: (
        Rule("description"),
        off("huntstop"),
        Rule("translation-profile incoming"),
        Rule("translation-profile outgoing"),
        Rule("preference", default="preference 0"),
        Rule("destination-pattern"),
        Rule("session protocol", default="session protocol cisco"),
        Rule("session target", slot="session target"),
        Rule("session server-group", slot="session target"),
        Rule("session transport", default="session transport system"),
        Rule("destination", 1),
        Rule("incoming called-number"),
        Rule("incoming uri", 1),
        Rule("voice-class codec", slot="codec", default="codec g729r8"),
        Rule("voice-class sip url", default="voice-class sip url system"),
        Rule("voice-class sip tenant"),
        Rule("voice-class sip srtp-crypto"),
        Rule("voice-class sip options-keepalive"),
        Rule("voice-class sip bind control"),
        Rule("voice-class sip bind media"),
        Rule("dtmf-relay", is_set=True),
        Rule("srtp", default="no srtp"),
        Rule("codec", default="codec g729r8"),
        Rule("vad", default="vad"),
        off("shutdown"),
    ),
    Kind.SIP_UA: (
        # `no` closes the port that phones call; who states no version does not undo one that was chosen
        Rule("transport tcp tls", default="transport tcp tls", is_reset=True, is_open=True),
        Rule("crypto signaling default"),
        Rule("crypto signaling remote-addr", 2),
        Rule("remote-party-id", default="remote-party-id"),
        off("connection-reuse"),
        Rule("timers connect"),
        Rule("retry", 1),
    ),
    Kind.TRUSTPOINT: (
        Rule("enrollment"),
        Rule("revocation-check", default="revocation-check crl"),  # shown although it is the default
        Rule("fingerprint"),
        Rule("subject-name"),
        Rule("subject-alt-name"),
        Rule("fqdn"),
        Rule("ip-address"),
        Rule("serial-number"),
        Rule("rsakeypair", slot="keypair"),
        Rule("eckeypair", slot="keypair"),
        Rule("hash", added_from=(17, 9)),  # sha256 from 17.9, sha512 from 17.15.4: stated or not
    ),
    Kind.GLOBAL: (),
}

PATHS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GLOBAL: (),
    Kind.VOICE_SERVICE: ("voice service voip",),
    Kind.VOICE_SERVICE_SIP: ("voice service voip", "sip"),
    Kind.TRUSTED_LIST: ("voice service voip", "ip address trusted list"),
    Kind.VOICE_CLASS_CODEC: ("voice class codec {}",),
    Kind.SRTP_CRYPTO: ("voice class srtp-crypto {}",),
    Kind.TLS_CIPHER: ("voice class tls-cipher {}",),
    Kind.TLS_PROFILE: ("voice class tls-profile {}",),
    Kind.TENANT: ("voice class tenant {}",),
    Kind.SERVER_GROUP: ("voice class server-group {}",),
    Kind.OPTIONS_KEEPALIVE: ("voice class sip-options-keepalive {}",),
    Kind.DIAL_PEER: ("dial-peer voice {} voip",),
    Kind.SIP_UA: ("sip-ua",),
    Kind.TRUSTPOINT: ("crypto pki trustpoint {}",),
}
"""The headers that lead into a section; `{}` is the resource's name."""

REFERENCES: Mapping[Kind, tuple[tuple[str, Kind], ...]] = {
    Kind.DIAL_PEER: (
        (r"voice-class codec (\d+)", Kind.VOICE_CLASS_CODEC),
        (r"session server-group (\d+)", Kind.SERVER_GROUP),
        (r"voice-class sip tenant (\d+)", Kind.TENANT),
        (r"voice-class sip srtp-crypto (\d+)", Kind.SRTP_CRYPTO),
        (r"voice-class sip options-keepalive profile (\d+)", Kind.OPTIONS_KEEPALIVE),
    ),
    Kind.SIP_UA: (
        (r"crypto signaling .*\btrustpoint (\S+)", Kind.TRUSTPOINT),
        (r"crypto signaling .*\bclient-vtp (\S+)", Kind.TRUSTPOINT),
        (r"crypto signaling .*\btls-profile (\d+)", Kind.TLS_PROFILE),
    ),
    Kind.TRUSTPOINT: (
        (r"rsakeypair (\S+)", Kind.KEY_PAIR),
        (r"eckeypair (\S+)", Kind.KEY_PAIR),
    ),
    Kind.TLS_PROFILE: (
        (r"trustpoint (\S+)", Kind.TRUSTPOINT),
        (r"trustpoint \S+ client (\S+)", Kind.TRUSTPOINT),
        (r"client-vtp (\S+)", Kind.TRUSTPOINT),
        (r"cipher (\d+)", Kind.TLS_CIPHER),
    ),
    Kind.TENANT: (
        (r"srtp-crypto (\d+)", Kind.SRTP_CRYPTO),
        (r"tls-profile (\d+)", Kind.TLS_PROFILE),
    ),
    Kind.VOICE_SERVICE_SIP: (
        (r"srtp-crypto (\d+)", Kind.SRTP_CRYPTO),
        (r"tls-profile (\d+)", Kind.TLS_PROFILE),
    ),
}
"""Lines that name another resource: a regular expression from the start of the line, and the kind of what it names."""

NEVER_SENT = (
    r"no transport tcp tls\b", r"no sip$", r"no sip-ua\b", r"no voice service\b", r"no ip address trusted list\b",
    r"crypto key zeroize\b",
)  # fmt: skip
"""Lines that close the SIP ports of everybody, or take away more than one section, or every key of the router."""
