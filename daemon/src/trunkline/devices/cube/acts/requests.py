"""`crypto pki enroll`: whatever it asks is answered, what it prints is taken, and nothing else is believed."""

from cryptography import x509

from trunkline.devices.cube.read.refusals import error_in
from trunkline.devices.cube.read.requests import certificate_request
from trunkline.devices.cube.session import CubeSession, dialogs
from trunkline.model.errors import DeviceRefused
from trunkline.model.plan import Command
from trunkline.model.public_key import print_of

MOST_REPEATS = 2


def enroll(session: CubeSession, command: Command) -> str:
    """The request in PEM. `payload["public"]` is the SHA-256 of the public key that it must be for, where that is known."""
    line = command.lines[0]
    printed = session.converse(line, dialogs.ENROLLING, again=_asks_again)
    reading = certificate_request(printed)
    if reading.problem:
        said = error_in(printed) or " ".join(printed.split())[-160:]
        raise DeviceRefused(
            f"cannot do `{line}` on {session.access.where}: {reading.problem}; the CUBE says `{said}`; "
            f"`no {line}` there withdraws a request that is pending",
            (line, said),
        )
    _refuse_other_key(session, line, reading.value, command.payload.get("public", ""))
    return reading.value


def _asks_again(printed: str) -> bool:
    """Whether a request was printed that cannot be read: a log line may have gone through it."""
    repeats = printed.count("Redisplay enrollment request?")
    return 0 < repeats <= MOST_REPEATS and bool(certificate_request(printed).problem)


def _refuse_other_key(session: CubeSession, line: str, pem: str, wanted: str) -> None:
    public = x509.load_pem_x509_csr(pem.encode()).public_key()
    has = print_of(public)
    if wanted and has != wanted:
        raise DeviceRefused(
            f"cannot do `{line}` on {session.access.where}: the request printed is for another key (SHA-256 {has}) "
            f"than the key pair of the trustpoint (SHA-256 {wanted}); see its rsakeypair or eckeypair line",
            (line,),
        )
