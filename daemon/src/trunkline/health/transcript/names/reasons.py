"""Why handshakes fail: what each alert and each word of OpenSSL and IOS means, and what to do. Pure data.

{refuser} and {other} are the two ends, {shown} is the certificate that the refused end presented, {detail} what was offered.
Alerts: RFC 8446 §6.2, RFC 5246 §7.2.2. Words of OpenSSL: crypto/x509/x509_txt.c, ssl/ssl_err.c. Words of IOS: Cisco, CUBE
configuration guide, "SIP TLS Support on CUBE".
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One cause: a sentence and a cure with places for the two ends."""

    sentence: str
    cure: str


REASONS: Mapping[str, Reason] = {
    "no_certificate": Reason(
        "{refuser} asked for a certificate and refused because {other} presented none",
        "give {other} an identity certificate for this connection: on a CUBE the trustpoint that `crypto signaling` or its TLS "
        "profile names must be enrolled; on CUCM the CallManager certificate; a trunk must use a secure profile",
    ),
    "unknown_ca": Reason(
        "{refuser} refused the certificate of {other}{shown}: it trusts neither that certificate nor the CA that signed it",
        "put the CA that signed it (or the certificate itself, if it signed itself), and every intermediate CA, into the trust "
        "of {refuser}: a trustpoint on a CUBE, CallManager-trust on CUCM; or make {other} send its whole chain",
    ),
    "expired": Reason(
        "{refuser} refused the certificate of {other}{shown}: it has expired by the clock of {refuser}",
        "renew the certificate of {other}; if it has not expired, correct the clock of {refuser} (NTP)",
    ),
    "not_yet_valid": Reason(
        "{refuser} refused the certificate of {other}{shown}: it is not yet valid by the clock of {refuser}",
        "correct the clock of {refuser} (NTP), or of the CA that issued the certificate",
    ),
    "revoked": Reason(
        "{refuser} refused the certificate of {other}{shown}: its CA has revoked it",
        "issue a new certificate to {other}; a check of revocation that cannot work is turned off by `revocation-check none`",
    ),
    "wrong_name": Reason(
        "{refuser} refused the certificate of {other}{shown}: none of its names is the one that was expected",
        "make the name that {refuser} expects one of the names in the certificate of {other}, or issue that anew. "
        "What is expected: on a CUBE `cn-san` of the TLS profile or the dial-peer's session target; on CUCM the X.509 "
        "subject name of the SIP trunk security profile",
    ),
    "version": Reason(
        "{refuser} refused: the two ends have no TLS version in common{detail}",
        "allow one version on both ends: on a CUBE `transport tcp tls v1.2` (or the TLS profile), on CUCM the minimum TLS "
        "version",
    ),
    "cipher": Reason(
        "{refuser} refused: the two ends have no cipher suite in common{detail}",
        "allow one suite on both ends (`voice class tls-cipher` on a CUBE, the cipher settings of CUCM's enterprise "
        "parameters); an ECDSA suite needs an ECDSA certificate, and an ECDHE suite a curve in common",
    ),
    "parameters": Reason(
        "{refuser} refused what {other} offers: no acceptable cipher suite, curve, signature algorithm or certificate{detail}",
        "compare cipher suites, curves and signature algorithms of the two ends; an ECDSA suite needs an ECDSA certificate",
    ),
    "purpose": Reason(
        "{refuser} refused the certificate of {other}{shown}: it may not be used for this side of the connection",
        "issue it with both extended key usages, serverAuth and clientAuth: each end of a trunk is client and server in turn",
    ),
    "bad_certificate": Reason(
        "{refuser} refused the certificate of {other}{shown}; the alert does not say more",
        "look in the log of {refuser} for the cause: trust, dates, names, key usage, in this order",
    ),
    "verify_failed": Reason(
        "{refuser} could not verify the certificate of {other}{shown}; the log does not say more",
        "check on {refuser} that the CA which signed it is trusted, that clock and dates agree, and that the chain is complete",
    ),
    "not_ours": Reason(
        "{refuser} could not prove that it holds the key of its certificate, or a signature did not verify",
        "check that certificate and private key belong together on both ends",
    ),
    "unknown_name": Reason(
        "{refuser} does not know the server name that {other} asked for{detail}",
        "use the name of {refuser}, or send none",
    ),
    "not_tls": Reason(
        "{refuser} got something that is no TLS",
        "check port and transport of both ends: 5061 and TLS on one end, and plain SIP over TCP on the other, fail like this",
    ),
    "closed": Reason(
        "{refuser} closed the connection without a word{detail}",
        "look in the log of {refuser}; an access list, a trusted list without the address, or a full connection table end like "
        "this",
    ),
    "unclear": Reason(
        "{refuser} refused with {detail}",
        "look in the logs of both ends at this time",
    ),
}

BY_ALERT: Mapping[str, str] = {
    "bad_certificate": "bad_certificate",
    "certificate_expired": "expired",
    "certificate_required": "no_certificate",
    "certificate_revoked": "revoked",
    "certificate_unknown": "bad_certificate",
    "decrypt_error": "not_ours",
    "handshake_failure": "parameters",
    "inappropriate_fallback": "version",
    "insufficient_security": "cipher",
    "no_certificate": "no_certificate",
    "protocol_version": "version",
    "unknown_ca": "unknown_ca",
    "unrecognized_name": "unknown_name",
    "unsupported_certificate": "purpose",
}

BY_WORDS: tuple[tuple[str, str], ...] = (
    # looked for in this order, in lower case
    ("did not return a certificate", "no_certificate"),
    ("certificate required", "no_certificate"),
    ("certificate has expired", "expired"),
    ("certificate expired", "expired"),
    ("not yet valid", "not_yet_valid"),
    ("revoked", "revoked"),
    ("hostname mismatch", "wrong_name"),
    ("ip address mismatch", "wrong_name"),
    ("identity check failed", "wrong_name"),
    ("self signed", "unknown_ca"),
    ("self-signed", "unknown_ca"),
    ("unable to get", "unknown_ca"),
    ("unable to verify the first", "unknown_ca"),
    ("unknown ca", "unknown_ca"),
    ("invalid ca certificate", "unknown_ca"),
    ("certificate purpose", "purpose"),
    ("unsupported certificate", "purpose"),
    ("no shared cipher", "cipher"),
    ("no ciphers available", "cipher"),
    ("insufficient security", "cipher"),
    ("protocol version", "version"),
    ("unsupported protocol", "version"),
    ("no protocols available", "version"),
    ("unknown protocol", "not_tls"),
    ("wrong version number", "not_tls"),
    ("http request", "not_tls"),
    ("certificate verify failed", "verify_failed"),
    ("bad certificate", "bad_certificate"),
    ("certificate unknown", "bad_certificate"),
    ("decrypt error", "not_ours"),
    ("bad signature", "not_ours"),
    ("handshake failure", "parameters"),
    ("unexpected eof", "closed"),
)
VAGUE = frozenset(("bad_certificate", "parameters", "verify_failed", "unclear"))
"""Something else in the transcript may say it better."""
