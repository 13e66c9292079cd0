"""Real handshakes of OpenSSL, explained from what each end printed; tshark reads the same bytes as a second opinion."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.transcripts import HANDSHAKES, Printed, recorded, resumed, write_certificates
from trunkline.health.transcript.explaining import Explained, as_text, explained
from trunkline.health.transcript.handshakes import Message
from trunkline.health.transcript.names.registries import ALERTS, EXTENSIONS, VERSIONS
from trunkline.health.transcript.names.suites import SUITES

pytestmark = [
    pytest.mark.real_parts,
    pytest.mark.skipif(not shutil.which("openssl"), reason="the command openssl is not installed (Debian: openssl)"),
]
Record = Callable[[str], Printed]
REFUSED = (
    # handshake, refused by, reason, words of the sentence and of the cure
    ("no certificate", "server", "no_certificate", ("because the client", "identity certificate")),
    ("no certificate, TLS 1.3", "server", "no_certificate", ("because the client", "identity certificate")),
    ("unknown CA", "server", "unknown_ca", ("`stranger.example.com`", "put the CA that signed it")),
    ("expired", "server", "expired", ("it has expired", "renew the certificate of the client")),
    ("version", "server", "version", ("the client offered TLS 1.2", "allow one version on both ends")),
    ("cipher", "server", "cipher", ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "allow one suite on both ends")),
    ("fallback", "server", "fallback", ("the client offered TLS 1.1", "why the first try")),
    ("fallback, traced", "server", "fallback", ("the client offered TLS 1.1", "why the first try")),
    ("wrong name", "client", "wrong_name", ("`server.example.com`", "or issue that anew")),
)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The output of both ends of a handshake, made on first use."""
    folder = tmp_path_factory.mktemp("handshakes")
    write_certificates(folder)
    made: dict[str, Printed] = {}

    def printed(name: str) -> Printed:
        if name not in made:
            made[name] = recorded(folder, HANDSHAKES[name])
        return made[name]

    return printed


def only(text: str) -> Explained:
    found = explained(text, datetime.now(UTC))
    assert len(found) == 1, [one.verdict for one in found]
    return found[0]


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("name", ["tls12", "tls13", "trace12", "trace13"])
def test_a_handshake_that_completed(record: Record, name: str, side: str) -> None:
    one = only(getattr(record(name), side))
    version, suite = (
        ("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384") if "12" in name else ("TLS 1.3", "TLS_AES_256_GCM_SHA384")
    )
    assert one.verdict.outcome == "completed"
    assert one.handshake.role == side
    assert one.verdict.sentence.startswith(f"the handshake completed with {version} and {suite}; both ends presented")
    for end in ("client", "server"):
        message = one.handshake.certificate_of(end)  # type: ignore[arg-type] # the two words are sides
        assert message
        leaf = message.facts.certificates[0]
        assert (leaf.subject, leaf.issuer) == (f"CN={end}.example.com", "CN=ca.example.com")
        assert (leaf.serial, leaf.names) == ("1006", (f"{end}.example.com",))
    assert not any(message.is_cut for message in one.handshake.messages)


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("name", ["tls12", "trace12"])
def test_what_the_hello_asks_for_and_what_the_request_names(record: Record, name: str, side: str) -> None:
    one = only(getattr(record(name), side)).handshake
    hello, request = one.first("ClientHello"), one.first("CertificateRequest")
    assert hello and request
    assert hello.facts.server_name == "cucm-pub.example.com"
    assert {"TLS 1.2"} <= set(hello.facts.versions or (hello.facts.version,))
    assert "rsa_pss_rsae_sha256" in hello.facts.signatures
    assert "secp256r1" in hello.facts.groups
    assert [name.replace(" ", "") for name in request.facts.authorities] == ["CN=ca.example.com"]


@pytest.mark.parametrize(("name", "refuser", "code", "told"), REFUSED, ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("side", ["client", "server"])
def test_a_refusal_is_told_with_its_cure(
    record: Record, name: str, refuser: str, code: str, told: tuple[str, str], side: str
) -> None:
    one = only(getattr(record(name), side)).verdict
    sentence, cure = told
    if name == "wrong name" and side == "server":
        code, sentence, cure = "bad_certificate", "the alert does not say more", "trust, dates, names"  # all an alert says
    assert (one.outcome, one.refused_by, one.code) == ("refused", refuser, code)
    assert sentence in one.sentence
    assert cure in one.cure
    assert one.is_likely == (name == "cipher" and side == "client"), "only the server says that it was the cipher suites"


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_certificate_that_is_not_yet_valid(record: Record, side: str) -> None:
    one = only(getattr(record("not yet valid"), side)).verdict
    assert (one.refused_by, one.code) == ("server", "not_yet_valid")
    assert one.is_likely == (side == "client"), "the alert says only that the certificate is bad"


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("name", ["retry", "retry, traced"])
def test_a_hello_that_had_to_be_said_again(record: Record, name: str, side: str) -> None:
    one = only(getattr(record(name), side))
    assert one.verdict.sentence.startswith("the handshake completed with TLS 1.3")
    assert not one.handshake.is_mixed
    assert [m.name for m in one.handshake.messages].count("ClientHello") == 2
    if (name, side) != ("retry, traced", "client"):  # s_client writes its states into the middle of what it traces
        assert [m.facts.is_retry for m in one.handshake.messages if m.name == "ServerHello"] == [True, False]
        assert "HelloRetryRequest" in "\n".join(as_text([one]))


@pytest.mark.parametrize(("name", "code"), [("group", "group"), ("signature", "signature")])
def test_what_was_not_agreed_is_never_told_as_cipher_suites_by_the_end_that_knows(record: Record, name: str, code: str) -> None:
    refused = only(record(name).server).verdict
    assert (refused.refused_by, refused.code, refused.is_likely) == ("server", code, False)
    told = only(record(name).client).verdict
    assert told.is_likely or told.code == "parameters", "an alert alone tells no more"


def test_a_record_of_another_version_is_tls_still(record: Record) -> None:
    found = only(record("another version").server).verdict, only(record("another version").client).verdict
    assert [one.code for one in found] == ["version", "version"]


@pytest.mark.parametrize("shows", ["-msg", "-trace"])
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_session_that_was_taken_up_again(record: Record, version: str, shows: str, tmp_path: Path) -> None:
    write_certificates(tmp_path)
    first, second = explained(resumed(tmp_path, version, shows), datetime.now(UTC))
    assert first.verdict.sentence.endswith("both ends presented a certificate, so each accepted the other's")
    assert "it took up an earlier session, in which no certificate is shown" in second.verdict.sentence


def test_a_trace_of_a_client_without_a_certificate(record: Record) -> None:
    one = only(record("no certificate, traced").server).verdict
    assert (one.refused_by, one.code) == ("server", "no_certificate")


def in_the_clear(one: Explained) -> list[Message]:
    """The messages before anything is encrypted: with TLS 1.3 after the ServerHello."""
    found: list[Message] = []
    for message in one.handshake.messages:
        if message.name == "ChangeCipherSpec" and one.handshake.version != "TLS 1.3":
            break
        if message.name != "ChangeCipherSpec":
            found.append(message)
        if message.name == "ServerHello" and message.facts.version == "TLS 1.3" and not message.facts.is_retry:
            break
    return found


def as_dump(messages: list[Message]) -> str:
    """Records as text2pcap reads them: O from the recording end, I from the other."""
    rows = []
    for message in messages:
        head = bytes([21 if message.name == "Alert" else 22]) + bytes.fromhex(message.record_version)
        record = head + len(message.data).to_bytes(2, "big") + message.data
        rows.append(f"{'O' if message.direction == 'sent' else 'I'}\n000000 {record.hex(' ')}\n")
    return "\n".join(rows)


def as_tshark_says(messages: list[Message], folder: Path) -> dict[str, list[str]]:
    """Fields of tshark, each with all of its values in the order of the records."""
    (folder / "records.txt").write_text(as_dump(messages))
    made = ["text2pcap", "-q", "-D", "-T", "5061,40000", str(folder / "records.txt"), str(folder / "records.pcap")]
    subprocess.run(made, check=True, capture_output=True)
    asked = [word for field in FIELDS for word in ("-e", field)]
    command = ["tshark", "-r", str(folder / "records.pcap"), "-d", "tcp.port==5061,tls", "-T", "fields", *asked]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    cells = [row.split("\t") for row in rows]
    return {field: [cell for row in cells for cell in row[at].split(",") if cell] for at, field in enumerate(FIELDS)}


VERSION, SUITE, ALERT, EXTENSION = (
    "tls.handshake.version",
    "tls.handshake.ciphersuite",
    "tls.alert_message.desc",
    "tls.handshake.extension.type",
)
ASKED_FOR, OFFERED, SERIAL = (
    "tls.handshake.extensions_server_name",
    "tls.handshake.extensions.supported_version",
    "x509af.serialNumber",
)
FIELDS = (VERSION, SUITE, ALERT, EXTENSION, ASKED_FOR, OFFERED, SERIAL)


@pytest.mark.skipif(
    not shutil.which("tshark") or not shutil.which("text2pcap"), reason="tshark is not installed (Debian: tshark)"
)
@pytest.mark.parametrize("name", ["tls12", "tls13", "retry", "no certificate", "unknown CA", "version", "cipher"])
def test_tshark_reads_the_same(record: Record, name: str, tmp_path: Path) -> None:
    messages = in_the_clear(only(record(name).server))
    told, facts = as_tshark_says(messages, tmp_path), [message.facts for message in messages]
    hellos = [f for m, f in zip(messages, facts, strict=True) if m.name.endswith("Hello")]
    assert told[VERSION], "tshark saw no hello"
    if not any(f.versions or f.version == "TLS 1.3" for f in hellos):
        assert [VERSIONS[int(code, 16)] for code in told[VERSION]] == [f.version for f in hellos]
    assert [VERSIONS[int(code, 16)] for code in told[OFFERED]] == [
        version for f in hellos for version in f.versions or ((f.version,) if "supported_versions" in f.extensions else ())
    ]
    suites = [SUITES[int(code, 0)] for code in told[SUITE]]
    assert [suite for suite in suites if not suite.endswith("SCSV")] == [suite for f in facts for suite in f.suites]
    assert [EXTENSIONS[int(code)] for code in told[EXTENSION]] == [word for f in hellos for word in f.extensions]
    assert told[ASKED_FOR] == [f.server_name for f in facts if f.server_name]
    assert [ALERTS[int(code)] for code in told[ALERT]] == [f.alert for f in facts if f.alert]
    assert [f"{int(serial, 16):X}" for serial in told[SERIAL]] == [shown.serial for f in facts for shown in f.certificates]
