"""One example of every line that the table of rules knows, with what is typed to take it away and to change it."""

from trunkline.model.key import Kind

# kind, line, what takes it away, another value of the same slot, what is typed to get there
Example = tuple[Kind, str, str, str, tuple[str, ...]]


def _again(line: str) -> tuple[str, ...]:
    """A single-valued slot is re-entered, never negated first."""
    return (line,)


def _examples(kind: Kind, rows: tuple[tuple[str, str, str], ...]) -> tuple[Example, ...]:
    return tuple((kind, line, removal, other, _again(other)) for line, removal, other in rows)


EXAMPLES: tuple[Example, ...] = (
    *_examples(
        Kind.DIAL_PEER,
        (
            ("description to CUCM", "no description", "description to Seoul"),
            ("huntstop", "no huntstop", "no huntstop"),
            ("translation-profile incoming IN", "no translation-profile incoming", "translation-profile incoming IN2"),
            ("translation-profile outgoing OUT", "no translation-profile outgoing", "translation-profile outgoing OUT2"),
            ("preference 2", "no preference", "preference 3"),
            ("destination-pattern 1...", "no destination-pattern", "destination-pattern 2..."),
            ("session protocol sipv2", "no session protocol", "session protocol cisco"),
            ("session target ipv4:10.1.1.1:5061", "no session target", "session target ipv4:10.1.1.2:5061"),
            ("session server-group 1", "no session server-group", "session server-group 2"),
            ("session transport tcp tls", "no session transport", "session transport tcp"),
            ("destination e164-pattern-map 1", "no destination e164-pattern-map", "destination e164-pattern-map 2"),
            ("incoming called-number .T", "no incoming called-number", "incoming called-number 1..."),
            ("incoming uri via 1", "no incoming uri via", "incoming uri via 2"),
            ("voice-class codec 1", "no voice-class codec", "voice-class codec 2"),
            ("voice-class sip url sips", "no voice-class sip url", "voice-class sip url sip"),
            ("voice-class sip tenant 1", "no voice-class sip tenant", "voice-class sip tenant 2"),
            ("voice-class sip srtp-crypto 1", "no voice-class sip srtp-crypto", "voice-class sip srtp-crypto 2"),
            (
                "voice-class sip options-keepalive profile 1",
                "no voice-class sip options-keepalive",
                "voice-class sip options-keepalive profile 2",
            ),
            (
                "voice-class sip bind control source-interface Loopback0",
                "no voice-class sip bind control",
                "voice-class sip bind control source-interface Loopback1",
            ),
            (
                "voice-class sip bind media source-interface Loopback0",
                "no voice-class sip bind media",
                "voice-class sip bind media source-interface Loopback1",
            ),
            ("dtmf-relay rtp-nte", "no dtmf-relay", "dtmf-relay rtp-nte sip-kpml"),
            ("srtp", "no srtp", "srtp fallback"),
            ("codec g711ulaw", "no codec", "codec g711alaw"),
            ("no vad", "vad", "vad"),
            ("shutdown", "no shutdown", "no shutdown"),
        ),
    ),
    (
        Kind.DIAL_PEER,
        "session target dns:a.example.com",
        "no session target",
        "session server-group 1",
        ("no session target", "session server-group 1"),
    ),
    (
        Kind.DIAL_PEER,
        "session server-group 1",
        "no session server-group",
        "session target ipv4:10.1.1.1",
        ("no session server-group", "session target ipv4:10.1.1.1"),
    ),
    (Kind.DIAL_PEER, "srtp fallback", "no srtp fallback\nno srtp", "srtp", ("no srtp fallback", "srtp")),
    (Kind.DIAL_PEER, "srtp pass-thru", "no srtp pass-thru\nno srtp", "srtp", ("no srtp pass-thru", "srtp")),
    *_examples(
        Kind.SIP_UA,
        (
            ("transport tcp tls v1.2", "transport tcp tls", "transport tcp tls v1.3"),
            ("crypto signaling default trustpoint A", "no crypto signaling default", "crypto signaling default trustpoint B"),
            (
                "crypto signaling default trustpoint A strict-cipher",
                "no crypto signaling default",
                "crypto signaling default tls-profile 1",
            ),
            (
                "crypto signaling remote-addr 10.1.1.1 255.255.255.255 trustpoint A",
                "no crypto signaling remote-addr 10.1.1.1 255.255.255.255",
                "crypto signaling remote-addr 10.1.1.1 255.255.255.255 tls-profile 1",
            ),
            ("no remote-party-id", "remote-party-id", "remote-party-id"),
            ("connection-reuse", "no connection-reuse", "connection-reuse via-port"),
            ("timers connect 500", "no timers connect", "timers connect 100"),
            ("retry invite 2", "no retry invite", "retry invite 3"),
        ),
    ),
    *_examples(
        Kind.TRUSTPOINT,
        (
            ("enrollment terminal pem", "no enrollment", "enrollment terminal"),
            ("revocation-check none", "no revocation-check", "revocation-check crl"),
            ("fingerprint ABCD", "no fingerprint", "fingerprint 1234"),
            ("subject-name cn=a.example.com", "no subject-name", "subject-name cn=b.example.com"),
            ("subject-alt-name a.example.com", "no subject-alt-name", "subject-alt-name b.example.com"),
            ("fqdn none", "no fqdn", "fqdn a.example.com"),
            ("ip-address none", "no ip-address", "ip-address 10.1.1.1"),
            ("serial-number none", "no serial-number", "serial-number"),
            ("rsakeypair a", "no rsakeypair", "rsakeypair b 2048"),
            ("hash sha256", "no hash", "hash sha512"),
        ),
    ),
    (Kind.TRUSTPOINT, "rsakeypair a", "no rsakeypair", "eckeypair b", ("no rsakeypair", "eckeypair b")),
    *_examples(
        Kind.SERVER_GROUP,
        (
            ("ipv4 10.1.1.1 port 5061 preference 1", "no ipv4 10.1.1.1 port 5061 preference 1", "ipv4 10.1.1.1 port 5061"),
            ("description CUCM", "no description", "description Seoul"),
            ("hunt-scheme round-robin", "no hunt-scheme", "hunt-scheme preference"),
        ),
    ),
    *_examples(
        Kind.OPTIONS_KEEPALIVE,
        (
            ("description x", "no description", "description y"),
            ("down-interval 60", "no down-interval", "down-interval 50"),
            ("up-interval 10", "no up-interval", "up-interval 20"),
            ("retry 2", "no retry", "retry 3"),
            ("transport tcp tls", "no transport", "transport tcp"),
            ("sip-profiles 1", "no sip-profiles", "sip-profiles 2"),
        ),
    ),
    *_examples(
        Kind.VOICE_CLASS_CODEC,
        (("codec preference 1 g711ulaw", "no codec preference 1", "codec preference 1 g711alaw"),),
    ),
    *_examples(
        Kind.SRTP_CRYPTO,
        (("crypto 1 AEAD_AES_256_GCM", "no crypto 1", "crypto 1 AES_CM_128_HMAC_SHA1_80"),),
    ),
    *_examples(
        Kind.TLS_CIPHER,
        (
            (
                "cipher 1 ECDHE_RSA_AES256_GCM_SHA384",
                "no cipher 1 ECDHE_RSA_AES256_GCM_SHA384",
                "cipher 1 ECDHE_RSA_AES128_GCM_SHA256",
            ),
        ),
    ),
    *_examples(
        Kind.TLS_PROFILE,
        (
            ("description x", "no description", "description y"),
            ("trustpoint A", "no trustpoint", "trustpoint B"),
            ("client-vtp A", "no client-vtp", "client-vtp B"),
            ("cipher 1", "no cipher 1", "cipher 2"),
            ("cn-san validate server", "no cn-san validate server", "cn-san validate bidirectional"),
            ("cn-san 1 a.example.com", "no cn-san 1", "cn-san 1 b.example.com"),
            ("sni send", "no sni send", "no sni send"),
        ),
    ),
    *_examples(
        Kind.VOICE_SERVICE,
        (
            ("no ip address trusted authenticate", "ip address trusted authenticate", "ip address trusted authenticate"),
            ("address-hiding", "no address-hiding", "no address-hiding"),
            ("mode border-element", "no mode border-element", "no mode border-element"),
            ("allow-connections sip to sip", "no allow-connections sip to sip", "no allow-connections sip to sip"),
            ("srtp", "no srtp", "srtp fallback"),
            ("fax protocol t38 version 0", "no fax protocol", "fax protocol pass-through g711ulaw"),
        ),
    ),
    *_examples(
        Kind.VOICE_SERVICE_SIP,
        (
            ("bind control source-interface Loopback0", "no bind control", "bind control source-interface Loopback1"),
            ("bind media source-interface Loopback0", "no bind media", "bind media source-interface Loopback1"),
            ("listen-port secure 5062", "no listen-port secure", "listen-port secure 5063"),
            ("url sips", "no url", "url sip"),
            ("early-offer forced", "no early-offer forced", "early-offer forced always"),
            ("session transport tcp tls", "no session transport", "session transport tcp"),
            ("min-se 90", "no min-se", "min-se 100"),
            ("asserted-id pai", "no asserted-id", "asserted-id ppi"),
            ("midcall-signaling passthru", "no midcall-signaling passthru", "midcall-signaling block"),
            ("session refresh", "no session refresh", "no session refresh"),
            ("error-passthru", "no error-passthru", "no error-passthru"),
            ("header-passing", "no header-passing", "no header-passing"),
        ),
    ),
    *_examples(
        Kind.TRUSTED_LIST,
        (
            ("ipv4 10.1.1.0 255.255.255.0", "no ipv4 10.1.1.0 255.255.255.0", "no ipv4 10.1.1.0 255.255.255.0"),
            ("ipv6 2001:db8::/64", "no ipv6 2001:db8::/64", "no ipv6 2001:db8::/64"),
        ),
    ),
)
