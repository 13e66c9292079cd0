"""Global configuration commands. Sources: Cisco IOS command references; captures of `show running-config`."""

from trunkline.twin.cube.config.rules import rules, words

GLOBAL = rules("""
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
    archive > archive
    control-plane > any
    gateway > any
    presence > any
    telephony-service > any
    redundancy > any
    route-map <what...> > any
    ip access-list standard|extended <name> > access-list
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
    logging host <address>
    logging host <address> transport udp|tcp
    logging host <address> transport udp|tcp port <port>
    logging origin-id = hostname|ip
    logging origin-id = string <text...>
    logging trap = <level> @ logging trap informational
""")

ARCHIVE = rules("""
    log config > log-config
    path = <file...>
    maximum = <count>
    time-period = <minutes>
    write-memory
""")
LOG_CONFIG = rules("""
    logging enable
    logging size = <count>
    record rc
    notify syslog
    notify syslog contenttype plaintext|xml
    hidekeys
""")
INTERFACE = rules("""
    description = <text...>
    shutdown
""")
KNOWN_WORDS = frozenset(
    words("""
    boot-start-marker boot-end-marker credentials dialer-list template track uc voip
    aaa access-list alias archive authentication banner boot bridge call card ccm-manager cdp
    class-map clock codec config-register configuration control-plane controller crypto cts default diagnostic
    dial-peer dialplan-pattern dot1x dspfarm enable end ephone errdisable ethernet event exception
    exit fhrp file flow gateway hostname hw-module interface ip ipv6 isdn key l2 license line lldp
    location logging login mac media memory mgcp mls monitor multilink netconf-yang no ntp
    object-group parser password platform policy-map presence privilege process prompt radius
    redundancy restconf rmon route-map router rtr sccp scheduler security service service-module
    shell sip-ua snmp snmp-server spanning-tree speed stcapp subscriber system tacacs telemetry
    telephony-service tftp-server transceiver transport trunk username vlan voice voice-card
    voice-port vpdn vrf vtp xml zone
""")
)
"""First words of global commands that the twin stores as typed without knowing more of them."""

BLOCK_ORDER = words("""
    version service platform hostname boot aaa login clock ip crypto voice license username
    redundancy object-group class-map policy-map interface route-map snmp-server tacacs
    control-plane mgcp dial-peer presence gateway sip-ua banner line ntp archive end
""")
"""The order in which IOS prints blocks, by first word (captures of 16.7, 17.6 and 17.9)."""
