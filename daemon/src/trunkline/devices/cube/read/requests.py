"""The certificate request that `crypto pki enroll` prints, with or without its frame of PEM."""

import base64
import binascii
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from trunkline.devices.cube.read.output import LOG_LINE, without_logs
from trunkline.devices.cube.read.reading import Reading

FOLLOWS = "Certificate Request follows:"
ENDS = re.compile(r"^---End - This line not part of the certificate request---\s*$", re.MULTILINE)
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def certificate_request(printed: str) -> Reading[str]:
    """The last one in a dialog, as PEM wrapped anew; only one whose own signature is right."""
    at = printed.rfind(FOLLOWS)
    end = ENDS.search(printed, at) if at >= 0 else None
    if end is None:
        return Reading("", "no certificate request was printed", printed.strip().rpartition("\n")[2])
    body = printed[at + len(FOLLOWS) : end.start()]
    for lines in _candidates(body):
        found = _decoded("".join(line.strip() for line in lines if not line.startswith("-----")))
        if found is not None and found.is_signature_valid:
            return Reading(found.public_bytes(Encoding.PEM).decode())
    return Reading("", "the certificate request that was printed is damaged", body.strip().partition("\n")[0])


def _candidates(body: str) -> Iterator[list[str]]:
    """A log line falls between two lines, or into one: then its pieces belong together."""
    lines = list(without_logs(body.split("\n")))
    yield lines
    yield [line for line in lines if BASE64.fullmatch(line.strip())]
    yield [line for line in body.split("\n") if not LOG_LINE.match(line) and BASE64.fullmatch(line.strip())]


def _decoded(text: str) -> x509.CertificateSigningRequest | None:
    try:
        return x509.load_der_x509_csr(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
