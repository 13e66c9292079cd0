"""Stand-ins of certificates: the real one byte for byte, but for its key, its dates and its signature.

Names, serial and extensions stay as they are, key identifiers too: OpenSSL compares these and never computes them
(RFC 5280 §4.2.1.1). RFC 5280 §4.1 for the order of the parts.
"""

from enum import StrEnum
from functools import lru_cache

from trunkline.health.rehearsal import keys
from trunkline.health.rehearsal.keys import CannotRehearseError, Part
from trunkline.model.certificate import Certificate
from trunkline.model.der import SEQUENCE, VERSION_TAG, encoded, parts
from trunkline.model.public_key import der_of

BIT_STRING, UTC_TIME = 0x03, 0x17
SIGNATURES = {
    "rsa": bytes.fromhex("300d06092a864886f70d01010b0500"),  # sha256WithRSAEncryption
    "ec": bytes.fromhex("300a06082a8648ce3d040302"),  # ecdsa-with-SHA256
    "ed25519": bytes.fromhex("300506032b6570"),
}


class Dates(StrEnum):
    """How the dates of a certificate look to whoever judges it. OpenSSL's clock cannot be set, so the dates are."""

    VALID = "valid"
    EXPIRED = "expired"
    FUTURE = "future"


SHOWN = {  # years of two digits are those from 2000 to 2049 here
    Dates.VALID: (b"000101000000Z", b"491231235959Z"),
    Dates.EXPIRED: (b"000101000000Z", b"000102000000Z"),
    Dates.FUTURE: (b"491230000000Z", b"491231235959Z"),
}


@lru_cache(maxsize=4096)
def stand_in(original: Certificate, own: Part, issuer: Part, dates: Dates) -> bytes:
    """DER. Raises CannotRehearseError for bytes that are no certificate."""
    real = parts(original.der)
    if not real:
        raise CannotRehearseError("a certificate cannot be taken apart")
    first = 1 if real[0].tag == VERSION_TAG else 0
    algorithm = SIGNATURES[issuer.algorithm]
    played = [encoded(part.tag, part.content) for part in real]
    played[first + 1] = algorithm
    played[first + 3] = encoded(SEQUENCE, b"".join(encoded(UTC_TIME, date) for date in SHOWN[dates]))
    played[first + 5] = der_of(keys.private(own).public_key())
    to_be_signed = encoded(SEQUENCE, b"".join(played))
    signature = keys.sign(keys.private(issuer), to_be_signed)
    return encoded(SEQUENCE, to_be_signed + algorithm + encoded(BIT_STRING, b"\0" + signature))
