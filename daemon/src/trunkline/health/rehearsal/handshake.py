"""`outcome`: one real mutual handshake of OpenSSL with itself, over memory, and a byte each way."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from trunkline.health.pipes import load_identity
from trunkline.health.rehearsal import keys
from trunkline.health.rehearsal.casting import Case, Party, is_issued_by
from trunkline.health.rehearsal.keys import STRANGER, CannotRehearseError, Part
from trunkline.health.rehearsal.stand_ins import Dates, stand_in
from trunkline.model.certificate import Certificate

VERSIONS = {
    "v1.0": ssl.TLSVersion.TLSv1,
    "v1.1": ssl.TLSVersion.TLSv1_1,
    "v1.2": ssl.TLSVersion.TLSv1_2,
    "v1.3": ssl.TLSVersion.TLSv1_3,
}
LEAST = {**VERSIONS, "v1.0": ssl.TLSVersion.MINIMUM_SUPPORTED}  # SSL 3 is built into no OpenSSL that Python takes
SUITES = {
    # as IOS names them (`voice class tls-cipher`, `strict-cipher`), and as OpenSSL does
    "ECDHE_RSA_AES256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE_RSA_AES128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE_ECDSA_AES256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE_ECDSA_AES128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
    "DHE_RSA_WITH_AES_128_CBC_SHA": "DHE-RSA-AES128-SHA",
    "DHE_RSA_WITH_AES_256_CBC_SHA": "DHE-RSA-AES256-SHA",
    "RSA_WITH_NULL_SHA": "NULL-SHA",
}
UNTOLD = frozenset(name for name, suite in SUITES.items() if suite.startswith("DHE"))
"""A server needs parameters for these that the `ssl` module takes from files only."""
MOST_ROUNDS = 20


@dataclass(frozen=True)
class Outcome:
    """`refused_by` is "client" or "server", empty where both agreed; then `word` and `verify_code` are what OpenSSL says."""

    refused_by: str = ""
    word: str = ""
    verify_code: int = 0
    version: str = ""
    cipher: str = ""

    @property
    def is_ok(self) -> bool:
        return not self.refused_by


def has_untold_suites(party: Party) -> bool:
    """Whether it allows suites of which nothing can be tried."""
    return any(name not in SUITES or name in UNTOLD for name in party.ciphers)


@lru_cache(maxsize=4096)
def outcome(case: Case) -> Outcome:
    """Raises CannotRehearseError, which says why."""
    try:
        contexts = _context(case, case.client, is_server=False), _context(case, case.server, is_server=True)
    except (ssl.SSLError, ValueError) as error:
        raise CannotRehearseError(f"OpenSSL cannot play one of the ends: {error}") from error
    return _meet(*contexts)


def _context(case: Case, party: Party, *, is_server: bool) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False  # the two ends compare names after the handshake, each in its own way
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    made.minimum_version, made.maximum_version = LEAST[party.minimum], VERSIONS[party.maximum]
    suites = ":".join(SUITES[name] for name in party.ciphers if name in SUITES)
    made.set_ciphers(f"{suites or 'ALL'}:@SECLEVEL=0")
    if party.curve:
        made.set_ecdh_curve(party.curve)
    if is_server:
        made.num_tickets = 0
    parts = keys.cast(case.certificates)
    known = tuple(dict.fromkeys(case.certificates))
    anchors, chain = ([_played(one, known, parts) for one in judged] for judged in (party.anchors, party.chain))
    if anchors:
        made.load_verify_locations(cadata=b"".join(anchors))
    key = keys.private(parts[party.chain[0][0].public_key_der])
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    load_identity(made, "".join(map(ssl.DER_cert_to_PEM_cert, chain)), key_pem)
    return made


def _played(judged: tuple[Certificate, Dates], known: tuple[Certificate, ...], parts: dict[bytes, Part]) -> bytes:
    """Signed by the stand-in of its issuer exactly where the real signature is the issuer's; else by a stranger."""
    original, dates = judged
    issuer = next((one for one in (original, *known) if is_issued_by(original, one)), None)
    signer = parts[issuer.public_key_der] if issuer else Part("ec", 256, STRANGER)
    return stand_in(original, parts[original.public_key_der], signer, dates)


def _meet(client_context: ssl.SSLContext, server_context: ssl.SSLContext) -> Outcome:
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    acts = [("client", client.do_handshake), ("server", server.do_handshake)]
    said = [("client", lambda: client.write(b"?")), ("server", lambda: server.read(1))]
    answered = [("server", lambda: server.write(b"!")), ("client", lambda: client.read(1))]
    for stage in (acts, said, answered):  # with TLS 1.3 a client knows only by the answer that it was not refused
        refusal = _until_done(dict(stage))
        if refusal:
            return refusal
    used = client.cipher()
    return Outcome(version=client.version() or "", cipher=used[0] if used else "")


def _until_done(acts: dict[str, Callable[[], object]]) -> Outcome | None:
    """Both ends in turn; whoever complains first is who refuses."""
    left = dict(acts)
    for _ in range(MOST_ROUNDS):
        for end, act in list(left.items()):
            try:
                act()
                del left[end]
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return Outcome(end, error.verify_message, error.verify_code)
            except ssl.SSLError as error:
                return Outcome(end, error.reason or str(error))
        if not left:
            return None
    return Outcome(next(iter(left)), "HANDSHAKE_DOES_NOT_END")
