"""Transcripts explained: the article's, the syslog's two forms, states alone, several handshakes in one text."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.examples import examples
from trunkline.desired.parse import parse
from trunkline.health.transcript.explaining import Explained, as_data, as_text, explained
from trunkline.health.transcript.reading.syslog import Failure

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ARTICLE = Path("../seed/cucm-cube-tls-article-ko.txt")
CLIENT_HELLO = "01 00 00 2b 03 03 " + "11 " * 32 + "00 00 04 c0 2f 00 ff 01 00"
SERVER_HELLO = "02 00 00 26 03 03 " + "22 " * 32 + "00 c0 2f 00"
BY_REASON = (
    "Dec 15 08:59:17.625: %SIP-2-TLS_HANDSHAKE_FAILED: TLS handshake failure, Reason: {}, Connection ID: 17, "
    "local address : 10.72.86.86:24399 and remote address : 10.72.86.75:5061"
)
BY_NAME = (
    "Sep 26 07:15:57.949: %SIP-2-TLS_HANDSHAKE_FAILED :Peer certificate identity check failed - remote_addr=10.72.86.74, "
    "remote_port=36233, local_addr=10.72.86.90, local_port=5061, vrf=, tenant=1"
)


def said(direction: str, name: str, octets: str, clock: str = "12:00:00.000", content: str = "Handshake") -> str:
    """A message as `debug ssl openssl msg` prints it."""
    data = bytes.fromhex(octets)
    rows = [data[at : at + 16].hex(" ").upper() for at in range(0, len(data), 16)]
    stamp = f"*Nov 23 {clock}: "
    name = f", {name}" if name else ""
    return "\n".join(
        [f"{stamp}{direction} TLS 1.2 {content} [length {len(data):04X}]{name}", *(f"{stamp}    {row}" for row in rows)]
    )


def only(text: str) -> Explained:
    found = explained(text, NOW)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def article(samples: Path) -> Explained:
    return only((samples / ARTICLE).read_text())


@pytest.mark.samples
def test_the_article_s_handshake_completed(article: Explained) -> None:
    assert article.verdict.sentence == (
        "the handshake completed with TLS 1.0 and TLS_RSA_WITH_AES_128_CBC_SHA; both ends presented a certificate, "
        "so each accepted the other's"
    )
    assert (article.handshake.recorder, article.handshake.role) == ("VG_yohur", "server")
    steps = [(article.handshake.sender(message), message.name) for message in article.handshake.messages]
    assert steps == [
        ("client", "ClientHello"), ("server", "ServerHello"), ("server", "Certificate"), ("server", "CertificateRequest"),
        ("server", "ServerHelloDone"), ("client", "Certificate"), ("client", "ClientKeyExchange"),
        ("client", "CertificateVerify"), ("client", "ChangeCipherSpec"), ("client", "Finished"),
        ("server", "ChangeCipherSpec"), ("server", "Finished"),
    ]  # fmt: skip


@pytest.mark.samples
def test_what_the_article_leaves_out_is_said_to_be_missing(article: Explained) -> None:
    cut = {(article.handshake.sender(m), m.name) for m in article.handshake.messages if m.is_cut}
    assert cut == {
        ("server", "Certificate"),
        ("client", "Certificate"),
        ("client", "ClientKeyExchange"),
        ("client", "CertificateVerify"),
    }
    ours, theirs = article.handshake.certificate_of("server"), article.handshake.certificate_of("client")
    assert ours and theirs
    assert (ours.facts.certificates[0].serial, theirs.facts.certificates[0].serial) == ("94EC", "907A")
    assert (ours.facts.certificates[0].subject, ours.facts.certificates[0].issuer) == ("", ""), "a guess from bytes after a gap"
    assert "incomplete: the first 38 of 1148 bytes are in the transcript" in "\n".join(as_text([article]))


@pytest.mark.samples
def test_the_captured_transcript_and_syslog_lines(samples: Path) -> None:
    texts = sorted(samples.glob("debug_ssl_openssl__*")) + sorted(samples.glob("syslog_SIP_TLS_HANDSHAKE_FAILED__*"))
    outcomes = [only(path.read_text()).verdict for path in texts]
    assert [(one.outcome, one.code) for one in outcomes] == [
        ("completed", ""), ("refused", "version"), ("refused", "verify_failed"), ("refused", "wrong_name"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "code", "sentence"),
    [
        (
            "certificate verify failed",
            "verify_failed",
            "the client (this CUBE) could not verify the certificate of the server (10.72.86.75:5061)",
        ),
        ("no shared cipher", "cipher", "the client (this CUBE) refused: the two ends have no cipher suite in common"),
        (
            "tlsv1 alert protocol version",
            "version",
            "the server (10.72.86.75:5061) refused: the two ends have no TLS version in common",
        ),
        (
            "tlsv1 alert unknown ca",
            "unknown_ca",
            "the server (10.72.86.75:5061) refused the certificate of the client (this CUBE)",
        ),
        ("something new", "unclear", "the client (this CUBE) refused with `something new`"),
    ],
)
def test_a_syslog_line_with_a_reason(reason: str, code: str, sentence: str) -> None:
    one = only(BY_REASON.format(reason))
    assert one.handshake.failure == Failure(reason, "10.72.86.86:24399", "10.72.86.75:5061", connection="17")
    assert one.verdict.code == code
    assert one.verdict.sentence.startswith(sentence)
    assert one.verdict.cure


def test_a_syslog_line_about_a_name() -> None:
    one = only(BY_NAME)
    assert one.handshake.failure == Failure(
        "Peer certificate identity check failed", "10.72.86.90:5061", "10.72.86.74:36233", "1"
    )
    assert one.verdict.code == "wrong_name"
    assert "the server (this CUBE) refused the certificate of the client (10.72.86.74:36233)" in one.verdict.sentence
    assert "cn-san" in one.verdict.cure


def test_a_syslog_line_between_other_ports_does_not_tell_who_called() -> None:
    one = only(BY_NAME.replace("local_port=5061", "local_port=3000"))
    assert (one.handshake.role, one.verdict.refused_by) == ("", "")
    assert one.verdict.sentence.startswith("this CUBE refused the certificate of 10.72.86.74:36233")


def test_the_link_is_named_by_the_addresses_of_both_ends() -> None:
    documents = parse(examples()).readable
    (one,) = explained(BY_NAME, NOW, documents)
    (link,) = one.links
    assert (link.link, link.is_certain, link.because) == ("busan-seoul", True, ("10.72.86.74", "10.72.86.90"))
    assert link.documents == ("links/busan-seoul.yaml", "cubes/cube-busan.yaml", "clusters/seoul.yaml")
    assert "  Link: busan-seoul, because of 10.72.86.74, 10.72.86.90." in "\n".join(as_text([one]))


def test_a_link_of_which_one_end_is_named_is_only_possible() -> None:
    documents = parse(examples()).readable
    (one,) = explained(BY_NAME.replace("10.72.86.74", "192.0.2.7"), NOW, documents)
    assert [(link.link, link.is_certain) for link in one.links] == [("busan-seoul", False)]
    (stranger,) = explained(BY_NAME.replace("10.72.86", "192.0.2"), NOW, documents)
    assert not stranger.links


def test_two_handshakes_one_after_the_other() -> None:
    first = said("<<<", "ClientHello", CLIENT_HELLO) + "\n" + said(">>>", "fatal handshake_failure", "02 28", content="Alert")
    second = (
        said(">>>", "ClientHello", CLIENT_HELLO, "12:00:05.000")
        + "\n"
        + said("<<<", "ServerHello", SERVER_HELLO, "12:00:05.100")
    )
    one, two = explained(f"{first}\n{second}\n", NOW)
    assert (one.handshake.role, one.verdict.outcome, one.verdict.refused_by) == ("server", "refused", "server")
    assert (two.handshake.role, two.verdict.outcome, two.verdict.after) == ("client", "incomplete", "ServerHello")


def test_a_call_out_and_a_call_in_that_interleave_are_kept_apart() -> None:
    text = "\n".join(
        (
            said("<<<", "ClientHello", CLIENT_HELLO),
            said(">>>", "ClientHello", CLIENT_HELLO),
            said(">>>", "ServerHello", SERVER_HELLO),
            said("<<<", "ServerHello", SERVER_HELLO),
        )
    )
    one, two = explained(text, NOW)
    assert [(one.handshake.role, two.handshake.role)] == [("server", "client")]
    assert [message.line for message in one.handshake.messages] == [1, 9]
    assert not one.handshake.is_mixed


def test_handshakes_that_cannot_be_kept_apart_are_said_to_be_mixed() -> None:
    hello, answer = said("<<<", "ClientHello", CLIENT_HELLO), said(">>>", "ServerHello", SERVER_HELLO)
    other = said("<<<", "ClientHello", CLIENT_HELLO.replace("11 ", "33 "))
    found = explained("\n".join((hello, other, answer, answer)), NOW)
    assert [len(one.handshake.messages) for one in found] == [2, 2]
    assert all(one.handshake.is_mixed for one in found)
    assert "which message belongs to which is a guess" in "\n".join(as_text(found))


def test_states_alone_tell_the_order_and_no_bytes() -> None:
    states = (
        "before/accept initialization",
        "SSLv3 read client hello A",
        "SSLv3 write server hello A",
        "SSLv3 write certificate A",
    )
    text = "\n".join(f"*Nov 23 12:42:12.664: SSL_accept:{state}" for state in states)
    one = only(f"{text}\n*Nov 23 12:42:12.700: SSL3 alert write:fatal:protocol version\n")
    assert [message.name for message in one.handshake.messages] == ["ClientHello", "ServerHello", "Certificate", "Alert"]
    assert (one.verdict.refused_by, one.verdict.code) == ("server", "version")
    assert "told by a state line only" in "\n".join(as_text([one]))


def test_a_transcript_that_ends_early_is_incomplete() -> None:
    one = only(said("<<<", "ClientHello", CLIENT_HELLO))
    assert one.verdict.outcome == "incomplete"
    assert "the transcript ends after ClientHello" in one.verdict.sentence
    assert "debug ssl openssl" in one.verdict.cure


def test_json_holds_what_the_text_says() -> None:
    found = explained(said("<<<", "ClientHello", CLIENT_HELLO), NOW)
    (one,) = json.loads(json.dumps(as_data(found), default=str))
    assert one["verdict"]["outcome"] == "incomplete"
    (hello,) = one["messages"]
    assert (hello["from"], hello["name"], hello["version"]) == ("client", "ClientHello", "TLS 1.2")
    assert hello["suites"] == ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]


def test_a_text_without_handshakes_has_none() -> None:
    assert explained("VG_yohur#show clock\n12:00:00.000 KST\n16 03 01\n", NOW) == ()


ACCEPTING = "*Nov 23 12:00:00.000: SSL_accept:before/accept initialization"
OTHER_HELLO = CLIENT_HELLO.replace("11 ", "33 ")
SERVER_HELLO_13 = "02 00 00 2e 03 03 " + "44 " * 32 + "00 13 02 00 00 06 00 2b 00 02 03 04"


def test_an_alert_belongs_to_a_handshake_that_said_something() -> None:
    refused = said("<<<", "fatal protocol_version", "02 46", content="Alert")
    found = explained("\n".join((said(">>>", "ClientHello", CLIENT_HELLO), ACCEPTING, refused)), NOW)
    assert [(one.handshake.role, one.verdict.code) for one in found] == [("client", "version")]


def test_the_end_of_a_connection_is_none_of_the_next() -> None:
    finished = said("<<<", "Finished", "14 00 00 00"), said(">>>", "Finished", "14 00 00 00")
    goodbye = said("<<<", "warning close_notify", "01 00", content="Alert")
    hellos = said("<<<", "ClientHello", CLIENT_HELLO), said(">>>", "ServerHello", SERVER_HELLO)
    found = explained("\n".join((*hellos, *finished, ACCEPTING, goodbye)), NOW)
    assert [one.verdict.outcome for one in found] == ["completed"]


def test_a_message_belongs_to_a_handshake_of_its_version() -> None:
    def of_13(text: str) -> str:
        return text.replace("TLS 1.2", "TLS 1.3")

    hellos = (
        said("<<<", "ClientHello", CLIENT_HELLO),
        said(">>>", "ServerHello", SERVER_HELLO),
        said("<<<", "ClientHello", OTHER_HELLO),
        of_13(said(">>>", "ServerHello", SERVER_HELLO_13)),
    )
    empty = of_13(said("<<<", "Certificate", "0b 00 00 04 00 00 00 00")), said("<<<", "Certificate", "0b 00 00 03 00 00 00")
    one, two = explained("\n".join((*hellos, *empty)), NOW)
    assert [[m.length for m in each.handshake.messages if m.name == "Certificate"] for each in (one, two)] == [[7], [8]]
    assert not one.handshake.is_mixed and not two.handshake.is_mixed


def test_a_state_that_tells_again_of_an_alert_goes_where_the_alert_is() -> None:
    hello, other = said("<<<", "ClientHello", CLIENT_HELLO), said(">>>", "ClientHello", OTHER_HELLO)
    refused = said(">>>", "fatal handshake_failure", "02 28", content="Alert")
    echo = "*Nov 23 12:00:00.000: SSL3 alert write:fatal:handshake failure"
    one, two = explained("\n".join((hello, refused, other, echo)), NOW)
    assert [message.name for message in two.handshake.messages] == ["ClientHello"]
    assert (one.verdict.refused_by, two.verdict.outcome) == ("server", "incomplete")


def test_an_error_of_another_part_of_openssl_is_no_handshake() -> None:
    error = "4067A8E0:error:80000002:system library:file_ctrl:No such file or directory:bss_file.c:297:"
    assert explained(error, NOW) == ()
    one = only(
        f"{said('>>>', 'ClientHello', CLIENT_HELLO)}\n{error.replace('No such file or directory', 'Connection reset by peer')}"
    )
    assert (one.verdict.code, one.verdict.refused_by) == ("closed", "server")


@pytest.mark.parametrize(
    "line",
    ["write:errno=104", "read:errno=0", "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to 192.0.2.1:5061"],
)
def test_lines_that_say_that_the_other_end_is_gone(line: str) -> None:
    one = only(f"{said('>>>', 'ClientHello', CLIENT_HELLO)}\n{line}").verdict
    assert (one.refused_by, one.code, one.after) == ("server", "closed", "ClientHello")


def test_a_connection_that_nobody_answered_has_no_handshake() -> None:
    assert explained("80ABCDEF:error:8000006F:system library:BIO_connect:Connection refused:\nconnect:errno=111", NOW) == ()
    assert only(f"{said('>>>', 'ClientHello', CLIENT_HELLO)}\nwrite:errno=110").verdict.outcome == "incomplete"
