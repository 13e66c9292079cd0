"""Why handshakes fail: what each alert and each word of OpenSSL and IOS means, and what to do. Pure data.

The words are those of `model.handshake.Reason`; a transcript tells some causes more finely: `Finer`.

{refuser} and {other} are the two ends, {shown} is the certificate that the refused end presented, {detail} what was offered.
Alerts: RFC 8446 §6.2, RFC 5246 §7.2.2. Words of OpenSSL: crypto/x509/x509_txt.c, ssl/ssl_err.c. Words of IOS: Cisco, CUBE
configuration guide, "SIP TLS Support on CUBE".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from trunkline.model.handshake import Reason


@dataclass(frozen=True)
class Wording:
    """One cause: a sentence and a cure with places for the two ends."""

    sentence: str
    cure: str


class Finer(StrEnum):
    """Causes that a transcript tells and that metrics count under a coarser word: `coarse`."""

    REVOKED = "revoked"
    PARAMETERS = "parameters"  # handshake_failure: anything of what was offered
    AFTER_HELLOS = "after_hellos"  # handshake_failure once version and cipher suite are agreed
    GROUP = "group"
    SIGNATURE = "signature"
    FALLBACK = "fallback"
    WEAK = "weak"
    NO_CRL = "no_crl"
    VERIFY_FAILED = "verify_failed"
    NOT_OURS = "not_ours"
    UNKNOWN_NAME = "unknown_name"
    UNCLEAR = "unclear"


_COARSE: Mapping[Finer, Reason] = {
    Finer.REVOKED: Reason.BAD_CERTIFICATE,
    Finer.VERIFY_FAILED: Reason.BAD_CERTIFICATE,
    Finer.NOT_OURS: Reason.BAD_CERTIFICATE,
    Finer.WEAK: Reason.BAD_CERTIFICATE,
    Finer.NO_CRL: Reason.BAD_CERTIFICATE,
    Finer.FALLBACK: Reason.VERSION,
}

Cause = Reason | Finer


def coarse(cause: Cause) -> Reason:
    """The word that metrics count a cause under."""
    return cause if isinstance(cause, Reason) else _COARSE.get(cause, Reason.OTHER)


def cause_of_words(text: str) -> Cause:
    """What words of OpenSSL or IOS mean."""
    said = text.lower()
    return next((cause for words, cause in BY_WORDS if words in said), Finer.UNCLEAR)


def cause_of_alert(name: str) -> Cause:
    """What an alert means by its registered name, such as "unknown_ca"."""
    return BY_ALERT.get(name, Finer.UNCLEAR)


WORDINGS: Mapping[Cause, Wording] = {
    Reason.NO_CERTIFICATE: Wording(
        "{refuser} asked for a certificate and refused because {other} presented none",
        "give {other} an identity certificate for this connection: on a CUBE the trustpoint that `crypto signaling` or its TLS "
        "profile names must be enrolled; on CUCM the CallManager certificate; a trunk must use a secure profile",
    ),
    Reason.UNKNOWN_CA: Wording(
        "{refuser} refused the certificate of {other}{shown}: it trusts neither that certificate nor the CA that signed it",
        "put the CA that signed it (or the certificate itself, if it signed itself), and every intermediate CA, into the trust "
        "of {refuser}: a trustpoint on a CUBE, CallManager-trust on CUCM; or make {other} send its whole chain",
    ),
    Reason.EXPIRED: Wording(
        "{refuser} refused the certificate of {other}{shown}: it has expired by the clock of {refuser}",
        "renew the certificate of {other}; if it has not expired, correct the clock of {refuser} (NTP)",
    ),
    Reason.NOT_YET_VALID: Wording(
        "{refuser} refused the certificate of {other}{shown}: it is not yet valid by the clock of {refuser}",
        "correct the clock of {refuser} (NTP), or of the CA that issued the certificate",
    ),
    Finer.REVOKED: Wording(
        "{refuser} refused the certificate of {other}{shown}: its CA has revoked it",
        "issue a new certificate to {other}; a check of revocation that cannot work is turned off by `revocation-check none`",
    ),
    Reason.WRONG_NAME: Wording(
        "{refuser} refused the certificate of {other}{shown}: none of its names is the one that was expected",
        "make the name that {refuser} expects one of the names in the certificate of {other}, or issue that anew. "
        "What is expected: on a CUBE `cn-san` of the TLS profile or the dial-peer's session target; on CUCM the X.509 "
        "subject name of the SIP trunk security profile",
    ),
    Reason.VERSION: Wording(
        "{refuser} refused: the two ends have no TLS version in common{detail}",
        "allow one version on both ends: on a CUBE `sip-ua`, `transport tcp tls v1.2`; on CUCM what "
        "`show tls min-version` says",
    ),
    Reason.CIPHER: Wording(
        "{refuser} refused: the two ends have no cipher suite in common{detail}",
        "allow one suite on both ends (`voice class tls-cipher` on a CUBE, the cipher settings of CUCM's enterprise "
        "parameters); an ECDSA suite needs an ECDSA certificate, an ECDHE suite a curve in common, and a server without an "
        "identity certificate (on a CUBE a trustpoint that is not enrolled) has no suite at all",
    ),
    Finer.PARAMETERS: Wording(
        "{refuser} refused what {other} offers: no acceptable cipher suite, curve, signature algorithm or certificate{detail}",
        "compare cipher suites, curves and signature algorithms of the two ends; an ECDSA suite needs an ECDSA certificate",
    ),
    Finer.AFTER_HELLOS: Wording(
        "{refuser} refused after version and cipher suite were agreed; its alert does not say why",
        "give {other} an identity certificate if it presented none (a server that wants one refuses like this); else compare "
        "signature algorithms and curves of the two ends",
    ),
    Finer.GROUP: Wording(
        "{refuser} refused: the two ends have no curve (named group) in common{detail}",
        "allow one curve on both ends; on a CUBE `curve-size` of `crypto signaling` or of the TLS profile chooses it",
    ),
    Finer.SIGNATURE: Wording(
        "{refuser} refused: no signature algorithm of the other end fits the certificate that would be used{detail}",
        "use a certificate with a key of the kind that both ends allow (RSA or ECDSA), or allow one more algorithm",
    ),
    Finer.FALLBACK: Wording(
        "{refuser} refused a second try with a lower version: it could speak a higher one than this try offers{detail}",
        "find out why the first try with the higher version failed: it stands before this one, or in the log of {refuser}",
    ),
    Finer.WEAK: Wording(
        "{refuser} refused the certificate of {other}{shown}: its key or a signature of its chain is too weak",
        "issue it anew with an RSA key of 2048 bits or more and SHA-256, and do so with the CAs above it",
    ),
    Finer.NO_CRL: Wording(
        "{refuser} refused the certificate of {other}{shown}: it cannot check whether that was revoked",
        "let {refuser} fetch the list of revoked certificates, or turn the check off (on a CUBE `revocation-check none`)",
    ),
    Reason.PURPOSE: Wording(
        "{refuser} refused the certificate of {other}{shown}: it may not be used for this side of the connection",
        "issue it with both extended key usages, serverAuth and clientAuth: each end of a trunk is client and server in turn",
    ),
    Reason.BAD_CERTIFICATE: Wording(
        "{refuser} refused the certificate of {other}{shown}; the alert does not say more",
        "look in the log of {refuser} for the cause: trust, dates, names, key usage, in this order",
    ),
    Finer.VERIFY_FAILED: Wording(
        "{refuser} could not verify the certificate of {other}{shown}; the log does not say more",
        "check on {refuser} that the CA which signed it is trusted, that clock and dates agree, and that the chain is complete",
    ),
    Finer.NOT_OURS: Wording(
        "{refuser} could not prove that it holds the key of its certificate, or a signature did not verify",
        "check that certificate and private key belong together on both ends",
    ),
    Finer.UNKNOWN_NAME: Wording(
        "{refuser} does not know the server name that {other} asked for{detail}",
        "use the name of {refuser}, or send none",
    ),
    Reason.NOT_TLS: Wording(
        "{refuser} got something that is no TLS",
        "check port and transport of both ends: 5061 and TLS on one end, and plain SIP over TCP on the other, fail like this",
    ),
    Reason.CLOSED: Wording(
        "{refuser} closed the connection without a word{detail}",
        "look in the log of {refuser}; an access list, a full connection table, or on CUCM a name that no SIP trunk security "
        "profile holds, end like this",
    ),
    Finer.UNCLEAR: Wording(
        "{refuser} refused with {detail}",
        "look in the logs of both ends at this time",
    ),
}

BY_ALERT: Mapping[str, Cause] = {
    "access_denied": Reason.WRONG_NAME,  # RFC 8446 §6.2: the certificate is valid, and who it names is not welcome
    "bad_certificate": Reason.BAD_CERTIFICATE,
    "certificate_expired": Reason.EXPIRED,
    "certificate_required": Reason.NO_CERTIFICATE,
    "certificate_revoked": Finer.REVOKED,
    "certificate_unknown": Reason.BAD_CERTIFICATE,
    "decrypt_error": Finer.NOT_OURS,
    "handshake_failure": Finer.PARAMETERS,
    "inappropriate_fallback": Finer.FALLBACK,
    "insufficient_security": Reason.CIPHER,
    "no_certificate": Reason.NO_CERTIFICATE,
    "protocol_version": Reason.VERSION,
    "unknown_ca": Reason.UNKNOWN_CA,
    "unrecognized_name": Finer.UNKNOWN_NAME,
    "unsupported_certificate": Reason.PURPOSE,
}

UNSURE_ALERTS = frozenset(("access_denied", "unsupported_certificate"))
"""They are most often sent for the cause that stands above, and may be sent for another."""

BY_WORDS: tuple[tuple[str, Cause], ...] = (
    # looked for in this order, in lower case
    ("did not return a certificate", Reason.NO_CERTIFICATE),
    ("certificate required", Reason.NO_CERTIFICATE),
    ("crl", Finer.NO_CRL),
    ("certificate has expired", Reason.EXPIRED),
    ("certificate expired", Reason.EXPIRED),
    ("not yet valid", Reason.NOT_YET_VALID),
    ("revoked", Finer.REVOKED),
    ("hostname mismatch", Reason.WRONG_NAME),
    ("ip address mismatch", Reason.WRONG_NAME),
    ("identity check failed", Reason.WRONG_NAME),
    ("self signed", Reason.UNKNOWN_CA),
    ("self-signed", Reason.UNKNOWN_CA),
    ("unable to get", Reason.UNKNOWN_CA),
    ("unable to verify the first", Reason.UNKNOWN_CA),
    ("unknown ca", Reason.UNKNOWN_CA),
    ("certificate signature failure", Reason.UNKNOWN_CA),  # a CA of that name is trusted, and it has another key
    ("invalid ca certificate", Reason.UNKNOWN_CA),
    ("certificate purpose", Reason.PURPOSE),
    ("unsupported certificate", Reason.PURPOSE),
    ("access denied", Reason.WRONG_NAME),
    ("no shared cipher", Reason.CIPHER),
    ("no certificate assigned", Reason.CIPHER),  # to the end that says so: a server without one has no suite to offer
    ("dh key too small", Finer.PARAMETERS),
    ("too weak", Finer.WEAK),
    ("too small", Finer.WEAK),
    ("suitable key share", Finer.GROUP),
    ("suitable groups", Finer.GROUP),
    ("shared groups", Finer.GROUP),
    ("wrong curve", Finer.GROUP),
    ("signature algorithm", Finer.SIGNATURE),
    ("wrong signature type", Finer.SIGNATURE),
    ("unrecognized name", Finer.UNKNOWN_NAME),
    ("inappropriate fallback", Finer.FALLBACK),
    ("no ciphers available", Reason.CIPHER),
    ("insufficient security", Reason.CIPHER),
    ("protocol version", Reason.VERSION),
    ("unsupported protocol", Reason.VERSION),
    ("no protocols available", Reason.VERSION),
    ("unknown protocol", Reason.NOT_TLS),
    ("wrong version number", Reason.NOT_TLS),
    ("http request", Reason.NOT_TLS),
    ("certificate verify failed", Finer.VERIFY_FAILED),
    ("bad certificate", Reason.BAD_CERTIFICATE),
    ("certificate unknown", Reason.BAD_CERTIFICATE),
    ("decrypt error", Finer.NOT_OURS),
    ("bad signature", Finer.NOT_OURS),
    ("handshake failure", Finer.PARAMETERS),
    ("unexpected eof", Reason.CLOSED),
    ("connection reset", Reason.CLOSED),
    ("broken pipe", Reason.CLOSED),
    (":errno=", Reason.CLOSED),
    ("ssl_error_syscall", Reason.CLOSED),
)
VAGUE: frozenset[Cause] = frozenset((Reason.BAD_CERTIFICATE, Finer.PARAMETERS, Finer.VERIFY_FAILED, Finer.UNCLEAR))
"""Something else in the transcript may say it better."""
