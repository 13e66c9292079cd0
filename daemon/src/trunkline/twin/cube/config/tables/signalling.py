"""`sip-ua`, trustpoints and voice classes. Sources: Cisco IOS voice and security command references; captures."""

from collections.abc import Mapping

from trunkline.twin.cube.config.matching import Pattern
from trunkline.twin.cube.config.rules import Rule, rules
from trunkline.twin.cube.config.tables.voice import CODECS

SIP_UA = rules("""
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
""")
TRUSTPOINT = rules("""
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
    subject-alt-name = <names...> >= 16
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
ACCESS_LIST = rules("""
    permit <what...>
    deny <what...>
    remark <what...>
    evaluate <what...>
    dynamic <what...>
    <number> permit|deny <what...>
""")
TLS_PROFILE = rules("""
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
    "voice class codec <tag>": (
        "codec",
        rules(f"codec preference <order> = {CODECS}\n codec preference <order> = {CODECS} <how...>\n video codec <codec...>"),
    ),
    "voice class srtp-crypto <tag>": ("srtp-crypto", rules("crypto <order> = <suite>")),
    "voice class tls-cipher <tag>": ("tls-cipher", rules("cipher <order> = <name>")),
    "voice class tls-profile <tag>": ("tls-profile", TLS_PROFILE),
    "voice class server-group <tag>": (
        "server-group",
        rules("""
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
        rules("""
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
