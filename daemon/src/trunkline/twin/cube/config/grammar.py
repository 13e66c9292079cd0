"""What the simulated CUBE understands in each section that matters to a trunk, as tables.

`pattern = value` splits a command into its slot (what it sets) and the value; re-entering a slot replaces its line. The order
of a table is the order in which IOS prints the section. Sources: Cisco Unified Border Element configuration guides, Cisco IOS
voice command reference, captures of `show running-config`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trunkline.twin.cube.config.matching import Pattern


@dataclass(frozen=True)
class Rule:
    """One command of a section. `rank` is its place in print; `slot_words` of its pattern say what it sets."""

    rank: int
    slot_words: int
    opens: str = ""  # the section that the command enters
    default: str = ""  # the line that is not printed
    first_in: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of the configuration: the prompt it is edited under, its commands, how deep IOS indents it."""

    name: str
    prompt: str
    patterns: tuple[Pattern[Rule], ...] = ()
    accepts_anything: bool = False
    indent: int = 1
    implied: tuple[str, ...] = field(default=())


def _rules(table: str) -> tuple[Pattern[Rule], ...]:
    """Lines `pattern [= value] [@ default] [> section] [>= release]` in the order of print."""
    made = []
    for rank, line in enumerate(row.strip() for row in table.strip().splitlines()):
        text, _, first = line.partition(" >= ")
        text, _, opens = text.partition(" > ")
        text, _, default = text.partition(" @ ")
        slot, _, value = text.partition(" = ")
        release = tuple(int(part) for part in first.split(".")) if first else ()
        rule = Rule(rank, len(slot.split()), opens.strip(), default.strip(), release)
        made.append(Pattern.of(f"{slot} {value}", rule))
    return tuple(made)


VOICE_SERVICE = _rules("""
    ip address trusted authenticate @ ip address trusted authenticate
    ip address trusted list > trusted-list
    ip address trusted call-block cause = <cause>
    rtcp keepalive
    rtcp all-pass-through
    rtp-port range = <low> <high>
    rtp-media-loop count = <count>
    address-hiding
    mode border-element = license capacity <count>
    mode border-element = license periodicity <what...>
    mode border-element
    media <what> = <how...>
    media <what>
    media-address range = <low> <high>
    voice-class <what...>
    allow-connections h323|sip to h323|sip
    srtp = fallback
    srtp = pass-thru
    srtp
    supplementary-service h450.12|h450.2|h450.3|media-renegotiate
    supplementary-service sip moved-temporarily|refer|handle-replaces
    redundancy-group <tag>
    fax protocol = <what...>
    modem passthrough = <what...>
    trace
    stun > stun
    h323 > h323
    sip > sip
""")
SIP = _rules("""
    bind control = source-interface <interface>
    bind media = source-interface <interface>
    bind all = source-interface <interface>
    session refresh
    session transport = udp|tcp @ session transport udp
    session transport = tcp tls
    rel1xx = <what...>
    min-se = <seconds> @ min-se 1800
    min-se = <seconds> session-expires <expires>
    options-ping = <seconds>
    header-passing
    error-passthru
    registrar server = <what...>
    registrar server
    listen-port secure = <port>
    listen-port non-secure = <port>
    url = sip|sips|tel @ url sip
    outbound-proxy = <what...>
    asserted-id = pai|ppi
    privacy-policy <what>
    privacy = <what...>
    localhost = <what...>
    srtp negotiate = cisco
    srtp-crypto = <tag>
    tls-profile = <tag> >= 17.3
    history-info
    early-offer = forced renegotiate always
    early-offer = forced renegotiate
    early-offer = forced always
    early-offer = forced
    midcall-signaling = passthru media-change
    midcall-signaling = passthru
    midcall-signaling = block
    midcall-signaling = preserve-codec
    g729 annexb-all
    pass-thru content sdp|unsupp|custom-sdp
    pass-thru headers = <what...>
    pass-thru subscribe-notify-events = <what...>
    conn-reuse
    anat
    referto-passing
    no-op
    call service stop
    no call service stop
    sip-profiles = <tag>
    sip-profiles = <tag> inbound
    sip-profiles inbound
    error-code-override <what...>
    copy-list = <what...>
    nat <what...>
    cause-code <what...>
    e911
    random-contact
    random-request-uri <what...>
    map resp-code <what...>
    reason-header <what...>
    associate registered-number <what...>
    update-callerid
    contact-passing
    requri-passing
    transport switch = <what...>
    authenticate redirecting-number
    source <what...>
""")
TRUSTED = _rules("""
    ipv4 <address>
    ipv4 <address> <mask>
    ipv6 <prefix>
""")
DIAL_PEER = _rules("""
    description = <text...>
    huntstop
    corlist incoming|outgoing = <list>
    translation-profile incoming|outgoing = <name>
    max-conn = <count>
    preference = <order> @ preference 0
    destination-pattern = <pattern>
    rtp payload-type <what...>
    modem passthrough = <what...>
    session protocol = sipv2|cisco|multicast|smtp @ session protocol cisco
    session target = <target>
    session server-group = <tag>
    session transport = udp|tcp|system @ session transport system
    session transport = tcp tls
    destination e164-pattern-map|dpg|uri|provision-policy|uri-from|route-string = <tag>
    incoming called-number = <pattern>
    incoming called e164-pattern-map = <tag> >= 16
    incoming calling e164-pattern-map = <tag> >= 16
    incoming uri from|to|via|request = <tag>
    answer-address = <pattern>
    voice-class codec = <tag>
    voice-class codec = <tag> offer-all
    voice-class stun-usage = <tag>
    voice-class h323 = <tag>
    voice-class sip url = sip|sips|tel|system @ voice-class sip url system
    voice-class sip outbound-proxy = <what...>
    voice-class sip asserted-id = <what...>
    voice-class sip asymmetric payload = <what...>
    voice-class sip srtp negotiate = <what...>
    voice-class sip profiles = <tag>
    voice-class sip profiles = <tag> inbound
    voice-class sip tenant = <tag>
    voice-class sip srtp-crypto = <tag>
    voice-class sip rel1xx = <what...>
    voice-class sip session refresh
    voice-class sip early-offer = <what...>
    voice-class sip requri-passing
    voice-class sip options-keepalive = up-interval <up> down-interval <down> retry <retry>
    voice-class sip options-keepalive = profile <tag>
    voice-class sip options-keepalive
    voice-class sip options-ping = <seconds>
    voice-class sip bind control = source-interface <interface>
    voice-class sip bind media = source-interface <interface>
    voice-class sip pass-thru <what...>
    voice-class sip midcall-signaling = <what...>
    voice-class sip privacy-policy <what...>
    voice-class sip call-route <what...>
    voice-class sip <what...>
    dtmf-relay = <kinds...>
    srtp = fallback
    srtp = pass-thru
    srtp
    codec = <name...> @ codec g729r8
    fax-relay <what...>
    fax rate = <what...>
    fax protocol = <what...>
    fax nsf = <what...>
    ip qos dscp = <what...>
    clid <what...>
    progress_ind <what...>
    media <what...>
    req-qos = <what...>
    acc-qos = <what...>
    playout-delay <what...>
    tech-prefix = <prefix>
    forward-digits = <what...>
    prefix = <digits>
    port = <port>
    direct-inward-dial
    incoming called-number
    vad @ vad
    shutdown
""")
SIP_UA = _rules("""
    credentials <what...>
    authentication <what...>
    remote-party-id @ remote-party-id
    set <what...>
    retry <what> = <count>
    timers <what> = <value...>
    nat symmetric <what...>
    mwi-server <what...>
    registrar <what...>
    sip-server = <server>
    host-registrar
    transport udp @ transport udp
    transport tcp @ transport tcp
    transport tcp tls = v1.0|v1.1|v1.2
    transport tcp tls = v1.0|v1.1|v1.2|v1.3 minimum >= 17.14
    transport tcp tls = v1.3 >= 17.14
    transport tcp tls @ transport tcp tls
    registration spike = <what...>
    connection-reuse
    connection-reuse = via-port
    crypto signaling default = trustpoint <name>
    crypto signaling default = trustpoint <name> <options...>
    crypto signaling default = tls-profile <tag> >= 17.3
    crypto signaling remote-addr <address> <mask> = trustpoint <name>
    crypto signaling remote-addr <address> <mask> = trustpoint <name> <options...>
    crypto signaling remote-addr <address> <mask> = tls-profile <tag> >= 17.3
    xfer target = dial-peer
    handle-replaces
    g729-annexb override
    protocol mode = <what...>
    permit hostname <what...>
    retry <what>
    reason-header override
    max-forwards = <count>
    calling-info <what...>
    suspend-resume @ suspend-resume
    srv version = <version>
    disable-early-media <what...>
    redirection
    presence enable
    notify <what...>
    aaa username <what...>
    tls-profile = <tag>
    crypto <what...>
    transport <what...>
""")
TRUSTPOINT = _rules("""
    enrollment = terminal
    enrollment = terminal pem
    enrollment = selfsigned
    enrollment = pkcs12
    enrollment = url <what...>
    enrollment <what> = <how...>
    serial-number = none
    serial-number
    fqdn = <name>
    ip-address = <address>
    fingerprint = <hex>
    password = <what...>
    subject-name = <name...>
    subject-alt-name = <names...>
    usage = <what...>
    chain-validation = <what...>
    revocation-check = <methods...>
    source interface = <interface>
    vrf = <name>
    rsakeypair = <label>
    rsakeypair = <label> <size>
    rsakeypair = <label> <size> <encryption>
    eckeypair = <label>
    auto-enroll = <what...>
    auto-enroll
    regenerate
    storage = <where>
    match <what...>
    authorization <what...>
    hash = md5|sha1|sha256|sha384|sha512
    regeneration <what...>
    crl <what...>
    ocsp <what...>
    validation-usage = <what...>
""")
TLS_PROFILE = _rules("""
    description = <text...>
    trustpoint = <name>
    trustpoint = <name> client <client>
    client-vtp = <name>
    cn-san validate = server|client|bidirectional
    cn-san <number> = <name>
    cipher = strict-cipher
    cipher = ecdsa-cipher
    cipher = ecdsa-cipher curve-size 384
    cipher = <tag>
    sni send
""")
CLASSES: Mapping[str, tuple[str, tuple[Pattern[Rule], ...]]] = {
    "voice class codec <tag>": ("codec", _rules("codec preference <order> = <codec...>\n video codec <codec...>")),
    "voice class srtp-crypto <tag>": ("srtp-crypto", _rules("crypto <order> = <suite>")),
    "voice class tls-cipher <tag>": ("tls-cipher", _rules("cipher <order> = <name>")),
    "voice class tls-profile <tag>": ("tls-profile", TLS_PROFILE),
    "voice class server-group <tag>": (
        "server-group",
        _rules("""
            ipv4 <address>
            ipv4 <address> = preference <order>
            ipv4 <address> = port <port>
            ipv4 <address> = port <port> preference <order>
            ipv6 <address> = <what...>
            description = <text...>
            hunt-scheme = round-robin|preference @ hunt-scheme preference
            huntstop = <what...>
        """),
    ),
    "voice class sip-options-keepalive <tag>": (
        "options-keepalive",
        _rules("""
            description = <text...>
            down-interval = <seconds> @ down-interval 30
            up-interval = <seconds> @ up-interval 60
            retry = <count> @ retry 5
            sip-profiles = <tag>
            transport = udp|tcp|system @ transport system
            transport = tcp tls
        """),
    ),
}

SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        Section("voice-service", "conf-voi-serv", VOICE_SERVICE),
        Section("sip", "conf-serv-sip", SIP),
        Section("trusted-list", "cfg-iptrust-list", TRUSTED),
        Section("dial-peer", "config-dial-peer", DIAL_PEER),
        Section("sip-ua", "config-sip-ua", SIP_UA),
        Section("trustpoint", "ca-trustpoint", TRUSTPOINT, implied=("revocation-check crl",)),
        Section("tenant", "config-class", accepts_anything=True, indent=2, implied=("no pass-thru content custom-sdp",)),
        Section("stun", "conf-serv-stun", accepts_anything=True),
        Section("h323", "conf-serv-h323", accepts_anything=True),
        Section("class", "config-class", accepts_anything=True),
        Section("interface", "config-if", accepts_anything=True),
        Section("line", "config-line", accepts_anything=True),
        Section("any", "config-sub", accepts_anything=True),
        *(Section(name, "config-class", patterns) for name, patterns in CLASSES.values()),
    )
}

GLOBAL = _rules("""
    hostname = <name>
    crypto pki trustpoint <name> > trustpoint
    crypto ca trustpoint <name> > trustpoint
    crypto pki certificate map <name> <number> > any
    crypto pki trustpool policy > any
    voice service voip > voice-service
    voice class codec <tag> > codec
    voice class srtp-crypto <tag> > srtp-crypto
    voice class tls-cipher <tag> > tls-cipher >= 17.8
    voice class tls-profile <tag> > tls-profile >= 17.3
    voice class server-group <tag> > server-group
    voice class sip-options-keepalive <tag> > options-keepalive
    voice class tenant <tag> > tenant
    voice class uri <tag> <kind> > class
    voice class <kind> <tag> > class
    voice translation-rule <tag> > any
    voice translation-profile <name> > any
    voice register <what...> > any
    voice-card <slot> > any
    dial-peer voice <tag> voip|pots|mmoip > dial-peer
    sip-ua > sip-ua
    interface <name> > interface
    interface <kind> <number> > interface
    line con|aux|vty <numbers...> > line
    archive > any
    control-plane > any
    gateway > any
    presence > any
    telephony-service > any
    redundancy > any
    route-map <what...> > any
    ip access-list standard|extended <name> > any
    class-map <what...> > any
    policy-map <what...> > any
    router <what...> > any
    vrf definition <name> > any
    key chain <name> > any
    call-manager-fallback > any
    ephone-dn <what...> > any
    application > any
    clock timezone = <zone> <hours>
    clock timezone = <zone> <hours> <minutes>
    ntp server <address...>
    ip route <what...>
    banner motd|login|exec = <text...>
""")

KNOWN_WORDS = frozenset(
    [
        "aaa",
        "access-list",
        "alias",
        "archive",
        "authentication",
        "banner",
        "boot",
        "bridge",
        "call",
        "card",
        "cdp",
        "class-map",
        "clock",
        "config-register",
        "control-plane",
        "controller",
        "cts",
        "crypto",
        "default",
        "diagnostic",
        "dial-peer",
        "dialplan-pattern",
        "dot1x",
        "dspfarm",
        "enable",
        "end",
        "ephone",
        "errdisable",
        "ethernet",
        "event",
        "exception",
        "exit",
        "fhrp",
        "file",
        "flow",
        "gateway",
        "hostname",
        "hw-module",
        "interface",
        "ip",
        "ipv6",
        "key",
        "l2",
        "license",
        "line",
        "lldp",
        "location",
        "logging",
        "login",
        "mac",
        "memory",
        "mgcp",
        "mls",
        "monitor",
        "multilink",
        "netconf-yang",
        "no",
        "ntp",
        "object-group",
        "parser",
        "password",
        "platform",
        "policy-map",
        "presence",
        "privilege",
        "process",
        "prompt",
        "radius",
        "redundancy",
        "restconf",
        "rmon",
        "route-map",
        "router",
        "rtr",
        "sccp",
        "scheduler",
        "security",
        "service",
        "service-module",
        "shell",
        "sip-ua",
        "snmp",
        "snmp-server",
        "spanning-tree",
        "speed",
        "stcapp",
        "subscriber",
        "system",
        "tacacs",
        "telephony-service",
        "telemetry",
        "tftp-server",
        "transceiver",
        "transport",
        "trunk",
        "username",
        "vlan",
        "voice",
        "voice-card",
        "voice-port",
        "vpdn",
        "vrf",
        "vtp",
        "xml",
        "zone",
        "isdn",
        "ccm-manager",
        "codec",
        "media",
    ]
)
"""First words of global commands that the twin stores as typed without knowing more of them."""

BLOCK_ORDER = [
    "version",
    "service",
    "platform",
    "hostname",
    "boot",
    "aaa",
    "login",
    "clock",
    "ip",
    "crypto",
    "voice",
    "license",
    "username",
    "redundancy",
    "object-group",
    "class-map",
    "policy-map",
    "interface",
    "route-map",
    "snmp-server",
    "tacacs",
    "control-plane",
    "mgcp",
    "dial-peer",
    "presence",
    "gateway",
    "sip-ua",
    "banner",
    "line",
    "ntp",
    "archive",
    "end",
]
"""The order in which IOS prints blocks, by first word (captures of 16.7, 17.6 and 17.9)."""
