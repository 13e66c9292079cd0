"""`voice service voip` and dial-peers. Sources: Cisco IOS voice command reference; captures of `show running-config`."""

from trunkline.twin.cube.config.rules import rules

CODECS = (
    "aacld|clear-channel|g711alaw|g711ulaw|g722-48|g722-56|g722-64|g723ar53|g723ar63|g723r53|g723r63|g726r16|g726r24|"
    "g726r32|g728|g729abr8|g729ar8|g729br8|g729r8|gsmamr-nb|gsmefr|gsmfr|ilbc|isac|mp4a-latm|opus|transparent"
)
"""What `codec` and `codec preference` take (Cisco IOS voice command reference), g729r8 being the default of a dial-peer."""

VOICE_SERVICE = rules("""
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
SIP = rules("""
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
TRUSTED = rules("""
    ipv4 <address>
    ipv4 <address> <mask>
    ipv6 <prefix>
""")
DIAL_PEER = rules(f"""
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
    codec = {CODECS} @ codec g729r8
    codec = {CODECS} <how...>
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
