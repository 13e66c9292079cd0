"""Names of the small numbers of TLS, as IANA registers them ("Transport Layer Security (TLS) Parameters", "TLS Extensions")."""

from collections.abc import Mapping

from trunkline.health.transcript.names.suites import SUITES

VERSIONS: Mapping[int, str] = {
    # RFC 6101, RFC 2246, RFC 4346, RFC 5246, RFC 8446 §4.2.1
    0x0002: "SSL 2.0",
    0x0300: "SSL 3.0",
    0x0301: "TLS 1.0",
    0x0302: "TLS 1.1",
    0x0303: "TLS 1.2",
    0x0304: "TLS 1.3",
}

HANDSHAKE_TYPES: Mapping[int, str] = {
    # RFC 5246 §7.4, RFC 8446 §4, RFC 5077, RFC 6066
    0: "HelloRequest",
    1: "ClientHello",
    2: "ServerHello",
    4: "NewSessionTicket",
    5: "EndOfEarlyData",
    8: "EncryptedExtensions",
    11: "Certificate",
    12: "ServerKeyExchange",
    13: "CertificateRequest",
    14: "ServerHelloDone",
    15: "CertificateVerify",
    16: "ClientKeyExchange",
    20: "Finished",
    22: "CertificateStatus",
    24: "KeyUpdate",
}

ALERT_LEVELS: Mapping[int, str] = {1: "warning", 2: "fatal"}

ALERTS: Mapping[int, str] = {
    # RFC 8446 §6 and B.2; RFC 5246 §7.2 for those that TLS 1.3 no longer has; RFC 6066, RFC 7301, RFC 4279, RFC 7507
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}

EXTENSIONS: Mapping[int, str] = {
    # RFC 6066, RFC 8422, RFC 8446, RFC 7301, RFC 7366, RFC 7627, RFC 5077, RFC 5746, RFC 6520, RFC 6962, RFC 8879
    0: "server_name",
    1: "max_fragment_length",
    5: "status_request",
    10: "supported_groups",
    11: "ec_point_formats",
    13: "signature_algorithms",
    15: "heartbeat",
    16: "application_layer_protocol_negotiation",
    18: "signed_certificate_timestamp",
    21: "padding",
    22: "encrypt_then_mac",
    23: "extended_master_secret",
    27: "compress_certificate",
    28: "record_size_limit",
    35: "session_ticket",
    41: "pre_shared_key",
    42: "early_data",
    43: "supported_versions",
    44: "cookie",
    45: "psk_key_exchange_modes",
    47: "certificate_authorities",
    48: "oid_filters",
    49: "post_handshake_auth",
    50: "signature_algorithms_cert",
    51: "key_share",
    13172: "next_protocol_negotiation",
    65281: "renegotiation_info",
}

GROUPS: Mapping[int, str] = {
    # RFC 8422 §5.1.1, RFC 7919, RFC 8446 §4.2.7, RFC 7027; ML-KEM hybrids: draft-ietf-tls-ecdhe-mlkem
    19: "secp192r1",
    21: "secp224r1",
    22: "secp256k1",
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    26: "brainpoolP256r1",
    27: "brainpoolP384r1",
    28: "brainpoolP512r1",
    29: "x25519",
    30: "x448",
    256: "ffdhe2048",
    257: "ffdhe3072",
    258: "ffdhe4096",
    259: "ffdhe6144",
    260: "ffdhe8192",
    4587: "SecP256r1MLKEM768",
    4588: "X25519MLKEM768",
    4589: "SecP384r1MLKEM1024",
}

SIGNATURES: Mapping[int, str] = {
    # RFC 8446 §4.2.3; those of RFC 5246 §7.4.1.4.1 in the same form: signature and hash
    0x0201: "rsa_pkcs1_sha1",
    0x0202: "dsa_sha1",
    0x0203: "ecdsa_sha1",
    0x0301: "rsa_pkcs1_sha224",
    0x0302: "dsa_sha224",
    0x0303: "ecdsa_sha224",
    0x0401: "rsa_pkcs1_sha256",
    0x0402: "dsa_sha256",
    0x0403: "ecdsa_secp256r1_sha256",
    0x0501: "rsa_pkcs1_sha384",
    0x0502: "dsa_sha384",
    0x0503: "ecdsa_secp384r1_sha384",
    0x0601: "rsa_pkcs1_sha512",
    0x0602: "dsa_sha512",
    0x0603: "ecdsa_secp521r1_sha512",
    0x0804: "rsa_pss_rsae_sha256",
    0x0805: "rsa_pss_rsae_sha384",
    0x0806: "rsa_pss_rsae_sha512",
    0x0807: "ed25519",
    0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256",
    0x080A: "rsa_pss_pss_sha384",
    0x080B: "rsa_pss_pss_sha512",
}


def named(code: int, table: Mapping[int, str]) -> str:
    """The registered name. Numbers that RFC 8701 reserves to keep far ends tolerant are told as that."""
    if code in table:
        return table[code]
    is_grease = table in (SUITES, EXTENSIONS, GROUPS, SIGNATURES) and code & 0x0F0F == 0x0A0A and code >> 8 == code & 0xFF
    return "GREASE" if is_grease else f"unknown (0x{code:04X})"
