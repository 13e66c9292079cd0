"""Where a secret stands in a line of IOS: one table, with the command that takes it. Pure.

Every rule takes out its named groups and keeps the rest of the line, so that a reader sees that something is set, of which
type, and for whom. Sources are the command references of Cisco IOS and IOS XE: "sec" security, "voice" voice, "snmp" SNMP
(network management), "iri" IP routing, "ap" IP application services, "fund" configuration fundamentals, "wan" dial and WAN.
RANCID (`ios.pm`, FILTER_PWDS and NOCOMMSTR), oxidized (`ios.rb`, remove_secret) and netconan hide a part of these.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`kind` is what the reader is told, `pattern` has one named group for each secret."""

    kind: str
    pattern: re.Pattern[str]
    source: str


REMOVED = "<removed>"
BEGIN = r"^\s*(?:no\s+|default\s+)?"
TYPE = r"(?:\d{1,2}\s+)?"  # 0 plain, 4 5 8 9 hashed, 6 7 encrypted
REST = r"(?P<a>\S(?:.*\S)?)\s*$"  # passwords of IOS may hold blanks where nothing follows them
TAIL = r"(?:ro|rw|view|ipv6|udp-port|address|hostname|timeout|level-\d|transmit-key|context|local|priv|access)\b"
ONE = rf'(?:"[^"]*"|\d{{1,2}}\s+(?!{TAIL})\S+|\S+)'  # with its type, where a release writes one that others do not
WORD = rf"(?P<a>{ONE})"


def _rule(kind: str, pattern: str, source: str) -> Rule:
    return Rule(kind, re.compile(BEGIN + pattern, re.IGNORECASE), source)


RULES: tuple[Rule, ...] = (
    _rule("password", rf"username\s+\S+\s+(?:.*?\s)??(?:password|secret)\s+{TYPE}{REST}", "sec: username"),
    _rule("password", rf"enable\s+(?:.*?\s)??(?:password|secret)\s+(?:level\s+\d+\s+)?{TYPE}{REST}", "sec: enable secret"),
    _rule("password", rf"(?:password|secret)\s+(?!encryption\s){TYPE}{REST}", "sec: password (line), secret (parser view)"),
    _rule(
        "SIP password",
        rf"(?:credentials|authentication)\s+.*?\bpassword\s+{TYPE}(?P<a>\S(?:.*?\S)??)(?:\s+realm(?:\s+\S+)?(?:\s+challenge)?)?"
        r"(?:\s+all)?\s*$",
        "voice: authentication, credentials (SIP UA, dial-peer, tenant)",
    ),
    _rule(
        "HTTP login",
        r"(?:rule\s+\d+\s+)?(?:request|response)\s+.*?\ssip-header\s+\S*(?:auth|token|key|secret|passw|cookie|credential)\S*\s+"
        rf"(?:add|modify)\s+{REST}",
        "voice: request, response, rule (voice class sip-profiles)",
    ),
    _rule("SIP password", rf"authentication\s+credential\s+\S+\s+{REST}", "voice: authentication credential (CME)"),
    _rule("SIP password", rf"url\s+authentication\s+\S+\s+\S+\s+{REST}", "voice: url (CME)"),
    _rule("SIP password", rf"xml\s+user\s+\S+\s+password\s+{TYPE}{WORD}", "voice: xml user (CME)"),
    _rule("PIN", rf"pin\s+{WORD}", "voice: pin (ephone, voice register pool)"),
    _rule("PIN", rf"capf-auth-str\s+{WORD}", "voice: capf-auth-str (ephone, CME)"),
    _rule("password", rf"param\s+\S*(?:pin|pass|secret|key|token)\S*\s+{REST}", "voice: param (application)"),
    _rule("STUN secret", rf"stun\s+flowdata\s+shared-secret\s+{TYPE}{REST}", "voice: stun flowdata shared-secret"),
    _rule(
        "SNMP community",
        r"snmp-server\s+community\s+(?:\d\s+(?!(?:ro|rw|view|ipv6)\b)(?=\S))?" + WORD,
        "snmp: snmp-server community",
    ),
    _rule("SNMP community", rf"snmp(?:-server)?\s+(?:mib\s+)?community-map\s+{WORD}", "snmp: snmp mib community-map"),
    _rule(
        "SNMP community",
        r"snmp-server\s+host\s+\S+\s+(?:(?:traps?|informs?|vrf\s+\S+|version\s+(?:1|2c|3\s+(?:auth|noauth|priv)))\s+)*" + WORD,
        "snmp: snmp-server host",
    ),
    _rule(
        "SNMP key",
        r"snmp-server\s+user\s+.*?\sauth\s+\S+\s+(?:(?:224|256|384|512)\s+)?"
        rf"{WORD}(?:\s+priv\s+(?:(?:des(?:56)?|3des|aes(?:\s*(?:128|192|256))?)\s+)?(?P<b>{ONE}))?",
        "snmp: snmp-server user",
    ),
    _rule("AAA key", rf"(?:tacacs|radius)-server\s+(?:.*\s)?key\s+{TYPE}{REST}", "sec: radius-server, tacacs-server"),
    _rule("AAA key", rf"(?:.*\s)?server-key\s+{TYPE}{REST}", "sec: client server-key (RADIUS CoA)"),
    _rule("AAA key", rf"server-private\s+.*\skey\s+{TYPE}{REST}", "sec: server-private"),
    _rule("AAA key", rf"(?:pac\s+)?key\s+(?!chain\s|config-key\s|\d+\s+size\s){TYPE}{REST}", "sec: key (server, group)"),
    _rule("master key", rf"key\s+config-key\s+\S+\s+{REST}", "sec: key config-key"),
    _rule("pre-shared key", rf"crypto\s+isakmp\s+key\s+{TYPE}{WORD}(?=\s+(?:address|hostname)\s)", "sec: crypto isakmp key"),
    _rule("pre-shared key", rf"crypto\s+isakmp\s+key\s+{TYPE}{REST}", "sec: crypto isakmp key"),
    _rule(
        "pre-shared key", rf"pre-shared-key\s+(?:address|hostname)\s+.*?\bkey\s+{TYPE}{REST}", "sec: pre-shared-key (keyring)"
    ),
    _rule(
        "pre-shared key",
        rf"pre-shared-key\s+(?!address\s|hostname\s)(?:local\s+|remote\s+)?(?:hex\s+|{TYPE}){REST}",
        "sec: pre-shared-key (IKEv2 keyring)",
    ),
    _rule(
        "pre-shared key", rf"authentication\s+(?:local|remote)\s+pre-share\s+key\s+{TYPE}{REST}", "sec: authentication (IKEv2)"
    ),
    _rule("IPsec key", rf"set\s+session-key\s+(?:inbound|outbound)\s+\S+\s+\d+\s+{REST}", "sec: set session-key"),
    _rule(
        "key passphrase",
        rf"crypto\s+(?:pki|ca|key)\s+(?:import|export|encrypt|decrypt|lock|unlock)\s+.*\s"
        rf"(?:password|passphrase|3des|des|aes)\s+{REST}",
        "sec: crypto pki import, crypto pki export, crypto key encrypt",
    ),
    _rule("PIN", rf"crypto\s+(?:pki|ca)\s+token\s+\S+\s+user-pin\s+{TYPE}{REST}", "sec: crypto pki token user-pin"),
    _rule("key string", rf"key-(?:octet-)?string\s+{TYPE}{REST}", "iri: key-string, key-octet-string"),
    _rule(
        "router authentication",
        rf"(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+md5\s+key-string\s+{TYPE}{WORD}(?=\s+timeout\s|\s*$)",
        "ap: standby authentication, vrrp authentication, glbp authentication",
    ),
    _rule(
        "router authentication",
        rf"(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+(?!md5\s+key-)(?:text\s+)?{REST}",
        "ap: standby authentication, vrrp authentication, glbp authentication",
    ),
    _rule("router authentication", rf"ntp\s+authentication-key\s+\d+\s+\S+\s+{WORD}", "fund: ntp authentication-key"),
    _rule("router authentication", rf"(?:.*\s)?authentication-key\s+{TYPE}{REST}", "iri: ip ospf authentication-key, area"),
    _rule("router authentication", rf".*\bmessage-digest-key\s+\d+\s+md5\s+{TYPE}{REST}", "iri: ip ospf message-digest-key"),
    _rule(
        "router authentication",
        rf".*\b(?:authentication|encryption)\s+ipsec\s+spi\s+\d+\s+(?:esp\s+)?\S+\s+{REST}",
        "iri: ospfv3 authentication, area encryption",
    ),
    _rule("router authentication", rf"authentication\s+mode\s+hmac-sha-256\s+{TYPE}{REST}", "iri: authentication mode (EIGRP)"),
    _rule("router authentication", rf"(?:isis\s+password|area-password|domain-password)\s+{TYPE}{WORD}", "iri: isis password"),
    _rule("router authentication", rf"neighbor\s+\S+\s+password\s+{TYPE}{REST}", "iri: neighbor password (BGP)"),
    _rule("router authentication", rf"ip\s+nhrp\s+authentication\s+{REST}", "ap: ip nhrp authentication"),
    _rule("router authentication", rf"ip\s+rsvp\s+authentication\s+key\s+{TYPE}{REST}", "ap: ip rsvp authentication key"),
    _rule("tunnel key", rf"tunnel\s+key\s+{REST}", "ap: tunnel key"),
    _rule("password", rf"ppp\s+\S+\s+(?:.*\s)?password\s+{TYPE}{REST}", "wan: ppp chap password, ppp pap sent-username"),
    _rule(
        "password", rf"ip\s+(?:ftp|http\s+client)\s+(?:.*\s)?password\s+{TYPE}{REST}", "fund: ip ftp password, ip http client"
    ),
    _rule("wireless key", rf"(?:.*\s)?wpa-psk\s+(?:ascii|hex)\s+{TYPE}{REST}", "sec: wpa-psk"),
    _rule("wireless key", rf"encryption\s+(?:\S+\s+\d+\s+)?key\s+\d\s+size\s+\S+\s+{TYPE}{WORD}", "sec: encryption key (WEP)"),
    _rule("wireless key", rf"(?:.*\s)?sap\s+pmk\s+{WORD}", "sec: sap (Cisco TrustSec)"),
    _rule("license token", rf"license\s+smart\s+(?:.*\s)?idtoken\s+{WORD}", "fund: license smart register, trust"),
    _rule(
        "EEM variable",
        rf"event\s+manager\s+environment\s+\S*(?:pass|pw|secret|token|key|cred)\S*\s+{REST}",
        "fund: event manager environment",
    ),
)
"""In this order; the first that fits is the only one that counts."""

UNKNOWN = Rule(
    "other",
    re.compile(
        r"(?:^|[\s\"'])(?:[\w-]*[-_])?(?:password|passwd|passphrase|passcode|secret|psk|community|token|api[-_]?key"
        r"|(?<=-)(?<!trusted-)(?<!named-)(?<!addressed-)(?<!public-)(?<!host-)key)\s+(?:\d{1,2}\s+|hex\s+|ascii\s+)?"
        r"(?P<a>[^\s].*?)\s*$",
        re.IGNORECASE,
    ),
    "what follows a word that announces a secret, in a command that no rule knows",
)

HARMLESS = re.compile(
    BEGIN + r"(?:"
    r"password\s+encryption\s|aaa\s+password\s|security\s+passwords\s|"
    r"(?:set|match)\s+(?:ext)?community|ip\s+(?:ext)?community-list|ip\s+bgp-community|(?:neighbor\s+\S+\s+)?send-community|"
    r"crypto\s+key\s+(?:generate|zeroize|storage|pubkey-chain|move)|crypto\s+pki\s+token\s+\S+\s+(?!\s|user-pin)|"
    r"key\s+chain\s|(?:rsa|ec)keypair\s|key-hash\s|key-string\s*$|(?:ntp\s+)?trusted-key\s|"
    r"(?:.*\s)?key-chain\s|mpls\s+ldp\s+password\s+(?:required|option|fallback|rollover)|"
    r"snmp-server\s+(?:enable|group|view|engineID|packetsize|queue|source-interface|trap)|"
    r"username\s+\S+\s*$"
    r")",
    re.IGNORECASE,
)
"""Commands that look like those above and hold no secret: settings of passwords, communities of BGP, public keys, names."""

FREE_TEXT = re.compile(
    rf"\s*!|{BEGIN}(?:description|remark|name|alias|banner|snmp-server\s+(?:contact|location|chassis-id)"
    r"|access-list\s+\d+\s+remark)\s",
    re.IGNORECASE,
)
"""Commands whose rest is a person's own words: only what looks like a secret is taken out."""


def _anywhere(kind: str, pattern: str, source: str) -> Rule:
    return Rule(kind, re.compile(pattern, re.IGNORECASE), source)


ANYWHERE: tuple[Rule, ...] = (
    _anywhere("URL login", r"\b[a-z][a-z0-9+.-]*://[^\s/@:\"'<>]*:(?P<a>(?!<removed>@)[^\s\"'<>]+)@", "RFC 3986, userinfo"),
    _anywhere("URL login", r"\b[a-z][a-z0-9+.-]*://(?P<a>[^\s/@:\"'<>]{16,})@", "a token in place of a user"),
    _anywhere(
        "URL token",
        r"[?&](?:\w*token|\w*key|\w*secret|password|passwd|pwd|sig|signature|auth)=(?P<a>[^\s&\"'<>]+)",
        "query of a URL",
    ),
    _anywhere("URL login", r"\bmail\s+server\s+\"(?P<a>[^\"\s:@]+:[^\"\s@]+)@", "fund: action mail (EEM)"),
    _anywhere("password hash", r"(?<![\w$\\])(?P<a>\$(?:1|4|5|6|8|9|14)\$[./A-Za-z0-9$+=]{6,})", "types 5, 8, 9 and 14"),
    _anywhere(
        "HTTP login",
        r"\b(?:proxy-)?authorization\s*:\s*(?!<removed>)(?P<a>[^\"\s][^\"]*?)(?=\"|\s*$)",
        "RFC 9110, RFC 3261: Authorization",
    ),
    _anywhere("HTTP login", r"\b(?:basic|bearer|digest)\s+(?P<a>[A-Za-z0-9+/._~-]{16,}={0,2})", "RFC 7617, RFC 6750"),
    _anywhere("HTTP cookie", r"\b(?:set-)?cookie\s*:\s*(?!<removed>)(?P<a>[^\"\s][^\"]*?)(?=\"|\s*$)", "RFC 6265"),
    _anywhere("SRTP key", r"\binline:(?P<a>[A-Za-z0-9+/=]{16,})", "RFC 4568: a=crypto of SDP"),
    _anywhere("digest response", r"\b(?:response|cnonce)=\"(?P<a>[0-9a-f]{8,})\"", "RFC 8760: Digest of SIP"),
)
"""In any text."""
