"""What came of a rehearsal, in words: which end refuses what of the other, why, and what to do. Pure."""

from trunkline.health.rehearsal.casting import Case
from trunkline.health.rehearsal.handshake import Outcome, has_untold_suites
from trunkline.health.transcript.names.reasons import WORDINGS, Finer
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import End, Meeting, Met, Reason

BY_CODE = {
    # X509_V_ERR_… of OpenSSL, include/openssl/x509_vfy.h
    2: Reason.UNKNOWN_CA,
    7: Reason.UNKNOWN_CA,
    9: Reason.NOT_YET_VALID,
    10: Reason.EXPIRED,
    18: Reason.UNKNOWN_CA,
    19: Reason.UNKNOWN_CA,
    20: Reason.UNKNOWN_CA,
    21: Reason.UNKNOWN_CA,
    24: Reason.UNKNOWN_CA,  # the issuer is no CA
    26: Reason.PURPOSE,
    29: Reason.UNKNOWN_CA,
    30: Reason.UNKNOWN_CA,
    32: Reason.UNKNOWN_CA,  # the issuer may not sign
}
BY_WORD = (
    ("NO_SHARED_CIPHER", Reason.CIPHER),
    ("NO_CIPHERS", Reason.CIPHER),
    ("SIGNATURE_ALGORITHM", Reason.CIPHER),
    ("CURVE", Reason.CIPHER),
    ("GROUP", Reason.CIPHER),
    ("CERTIFICATE_TYPE", Reason.CIPHER),
    ("PROTOCOL", Reason.VERSION),
    ("VERSION", Reason.VERSION),
    ("RETURN_A_CERTIFICATE", Reason.NO_CERTIFICATE),
)
"""Words of OpenSSL, ssl/ssl_err.c; looked for in this order."""
SENTENCES = {
    Reason.UNKNOWN_CA: "the certificate of {other}{shown}: it trusts neither that certificate nor a CA that leads to it",
    Reason.EXPIRED: "the certificate of {other}{shown}: {which} has expired by the clock of {refuser}{clock}",
    Reason.NOT_YET_VALID: "the certificate of {other}{shown}: {which} is not yet valid by the clock of {refuser}{clock}",
    Reason.PURPOSE: "the certificate of {other}{shown}: its extended key usage does not allow it for a TLS {role}",
    Reason.WRONG_NAME: "the certificate of {other}{shown}: it bears none of the names that are expected ({expected})",
    Reason.BAD_CERTIFICATE: "the certificate of {other}{shown}: {word}",
    Reason.VERSION: "{other}: no TLS version in common ({versions})",
    Reason.CIPHER: "{other}: no cipher suite in common that fits the certificates ({word})",
    Reason.NO_CERTIFICATE: "{other}: it presents no certificate",
    Reason.OTHER: "{other}: {word}",
}
"""What follows "REFUSER would refuse"."""
RENEW_CA = (
    "get the renewed certificate of the CA {name}, and put it in the place of the ended one on both ends; if its key is new, "
    "have the certificate of {other} issued anew"
)


def told(meeting: Meeting, case: Case, came: Outcome) -> Met:
    """A handshake that came up may still be refused for a name."""
    if came.is_ok:
        return _wrong_name(meeting, came) or Met(True, version=came.version, cipher=came.cipher)
    reason = reason_of(came)
    refuser, other = (meeting.client, meeting.server)[:: 1 if came.refused_by == "client" else -1]
    if reason is Reason.UNKNOWN_CA and not refuser.is_trust_known:
        return Met(None, text=f"what {plain(refuser)} trusts could not be read whole")
    if reason is Reason.CIPHER and (has_untold_suites(case.client) or has_untold_suites(case.server)):
        return Met(None, text="cipher suites are allowed of which nothing can be foretold")
    return _refusal(meeting, refuser, other, reason, came.word)


def without_certificate(meeting: Meeting, naked: End) -> Met:
    """Both ends of a trunk ask for one."""
    refuser = meeting.server if naked is meeting.client else meeting.client
    text = f"{plain(refuser)} would refuse {SENTENCES[Reason.NO_CERTIFICATE].format(other=plain(naked))}"
    cure = WORDINGS[Reason.NO_CERTIFICATE].cure.format(refuser=plain(refuser), other=plain(naked))
    return Met(False, refuser.name, Reason.NO_CERTIFICATE, text, cure)


def reason_of(came: Outcome) -> Reason:
    if came.verify_code:
        return BY_CODE.get(came.verify_code, Reason.BAD_CERTIFICATE)
    return next((reason for word, reason in BY_WORD if word in came.word.upper()), Reason.OTHER)


def _wrong_name(meeting: Meeting, came: Outcome) -> Met | None:
    for refuser, other in ((meeting.client, meeting.server), (meeting.server, meeting.client)):
        if refuser.expected is not None and not other.chain[0].bears_one_of(refuser.expected):
            return _refusal(meeting, refuser, other, Reason.WRONG_NAME, came.word)
    return None


def _refusal(meeting: Meeting, refuser: End, other: End, reason: Reason, word: str) -> Met:
    late = _culprit(refuser, other, reason)
    places = {
        "refuser": plain(refuser),
        "other": plain(other),
        "shown": shown(other.chain[0]),
        "which": "it" if late is None or late == other.chain[0] else f"{late.common_name} above it{shown(late)}",
        "clock": f" ({refuser.clock:%Y-%m-%d %H:%M}Z)",
        "role": "client" if other is meeting.client else "server",
        "expected": ", ".join(sorted(refuser.expected or ())) or "none at all",
        "versions": f"{_versions(meeting.client)} and {_versions(meeting.server)}",
        "word": word.lower().replace("_", " "),
    }
    sentence = f"{plain(refuser)} would refuse {SENTENCES[reason].format(**places)}"
    cure = WORDINGS.get(reason, WORDINGS[Finer.UNCLEAR]).cure.format(refuser=places["refuser"], other=places["other"])
    if reason is Reason.EXPIRED and late and late != other.chain[0]:
        cure = RENEW_CA.format(name=late.common_name, other=places["other"])
    return Met(False, refuser.name, reason, sentence, cure)


def _culprit(refuser: End, other: End, reason: Reason) -> Certificate | None:
    """Whose dates are the reason: the certificate itself first."""
    at = refuser.clock
    if reason is Reason.EXPIRED:
        return next((one for one in (*other.chain, *refuser.anchors) if one.not_after < at), None)
    return next((one for one in (*other.chain, *refuser.anchors) if one.not_before > at), None)


def plain(end: End) -> str:
    """ "the CUBE vg-yohur", or a node's name."""
    return f"the CUBE {end.name.partition('/')[2]}" if end.name.startswith("cube/") else end.name.rpartition("/")[2]


def shown(certificate: Certificate) -> str:
    return f" (CN {certificate.common_name}, serial {certificate.serial}, until {certificate.not_after:%Y-%m-%d})"


def _versions(end: End) -> str:
    many = end.minimum if end.minimum == end.maximum else f"{end.minimum} to {end.maximum}"
    return f"{plain(end)}: {many}"
