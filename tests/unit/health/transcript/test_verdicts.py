"""Every alert and every word leads to a reason that exists; a vague alert is made clearer by what stands before it."""

from datetime import UTC, datetime, timedelta

import pytest

from support.certificates import NOW, made
from trunkline.health.transcript.handshakes import Handshake, Message
from trunkline.health.transcript.names.reasons import (
    BY_ALERT,
    BY_WORDS,
    VAGUE,
    WORDINGS,
    Finer,
    cause_of_alert,
    cause_of_words,
    coarse,
)
from trunkline.health.transcript.names.registries import ALERTS
from trunkline.health.transcript.reading.entries import Entry
from trunkline.health.transcript.records.certificates import shown
from trunkline.health.transcript.records.messages import Facts
from trunkline.health.transcript.verdicts import verdict
from trunkline.model.handshake import Reason

EXPIRED = made("cucm-pub.example.com", begins=NOW - timedelta(days=100), days=50).der


def said(direction: str, name: str, facts: Facts | None = None) -> Message:
    return Message(1, "", direction, name, facts or Facts())


def refused(direction: str, name: str) -> Message:
    return said(direction, "Alert", Facts(alert_level="fatal", alert=name))


def as_server(*messages: Message) -> Handshake:
    return Handshake("server", messages=list(messages))


def test_the_tables_agree() -> None:
    assert set(BY_ALERT) <= set(ALERTS.values())
    assert {*BY_ALERT.values(), *(code for _, code in BY_WORDS), *VAGUE} <= set(WORDINGS)


def test_every_cause_has_a_word_that_metrics_count_it_under() -> None:
    assert set(WORDINGS) >= set(Finer)
    assert coarse(cause_of_words("certificate verify failed")) is Reason.BAD_CERTIFICATE
    assert coarse(cause_of_words("no shared cipher")) is Reason.CIPHER
    assert coarse(cause_of_alert("unknown_ca")) is Reason.UNKNOWN_CA
    assert coarse(cause_of_alert("certificate_revoked")) is Reason.BAD_CERTIFICATE
    assert coarse(cause_of_words("something new")) is coarse(cause_of_alert("record_overflow")) is Reason.OTHER


@pytest.mark.parametrize("name", sorted(ALERTS.values()))
def test_every_fatal_alert_is_told_with_its_sender_and_a_cure(name: str) -> None:
    one = verdict(as_server(said("received", "ClientHello"), refused("received", name)), datetime.now(UTC))
    assert (one.outcome, one.refused_by, one.after) == ("refused", "client", "ClientHello")
    assert "the client" in one.sentence and "{" not in one.sentence + one.cure
    assert one.cure


def test_a_vague_alert_after_an_expired_certificate() -> None:
    certificate = said("received", "Certificate", Facts(certificates=(shown(EXPIRED, len(EXPIRED)),)))
    one = verdict(as_server(said("received", "ClientHello"), certificate, refused("sent", "certificate_unknown")), NOW)
    assert (one.code, one.refused_by, one.is_likely) == ("expired", "server", True)
    assert one.sentence.startswith("most likely: the server (this end) refused the certificate of the client")


def test_a_handshake_failure_after_the_hellos_is_not_told_as_a_cipher_mismatch() -> None:
    hellos = said("received", "ClientHello"), said("sent", "ServerHello")
    assert verdict(as_server(*hellos, refused("received", "handshake_failure")), NOW).code == "after_hellos"


def test_a_verify_error_that_nobody_minded_is_no_refusal() -> None:
    going_on = as_server(said("received", "Certificate"), Message(9, "", "received", "ClientKeyExchange", Facts()))
    going_on.verify_errors.append(Entry(5, "verify", "self-signed certificate"))
    assert verdict(going_on, NOW).outcome == "incomplete"
    ending = as_server(said("received", "Certificate"))
    ending.verify_errors.append(Entry(5, "verify", "self-signed certificate"))
    assert (verdict(ending, NOW).code, verdict(ending, NOW).refused_by) == ("unknown_ca", "server")


def test_an_error_that_names_an_alert_after_both_finished_is_a_refusal() -> None:
    one = Handshake("client", messages=[said("received", "Finished"), said("sent", "Finished")])
    one.errors.append(Entry(9, "error", "tlsv13 alert certificate required"))
    assert verdict(one, NOW).refused_by == "server"


def test_an_alert_after_both_finished_is_a_refusal_still() -> None:
    finished = said("received", "Finished"), said("sent", "Finished")
    assert verdict(as_server(*finished), NOW).outcome == "completed"
    assert verdict(as_server(*finished, refused("received", "unknown_ca")), NOW).refused_by == "client"


def test_a_certificate_is_judged_by_the_day_of_the_transcript() -> None:
    certificate = said("received", "Certificate", Facts(certificates=(shown(EXPIRED, len(EXPIRED)),)))
    then = as_server(said("received", "ClientHello"), certificate, refused("sent", "certificate_unknown"))
    assert verdict(then, NOW).code == "expired"
    then.first_at = f"{NOW - timedelta(days=70):%b %d %Y} 12:00:00"
    assert verdict(then, NOW).code == "bad_certificate", "it was valid when it was refused"


@pytest.mark.parametrize(("alert", "code"), [("access_denied", "wrong_name"), ("unsupported_certificate", "purpose")])
def test_an_alert_that_may_mean_another_thing_is_no_certainty(alert: str, code: str) -> None:
    one = as_server(said("received", "Certificate"), refused("sent", alert))
    assert (verdict(one, NOW).code, verdict(one, NOW).is_likely) == (code, True)
    one.errors.append(Entry(9, "error", "certificate has expired"))
    assert (verdict(one, NOW).code, verdict(one, NOW).is_likely) == ("expired", False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("unable to get certificate CRL", "no_crl"),
        ("CA md too weak", "weak"),
        ("certificate signature failure", "unknown_ca"),
        ("no suitable key share", "group"),
        ("tlsv1 unrecognized name", "unknown_name"),
        ("Connection reset by peer", "closed"),
        ("OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to 192.0.2.1:5061", "closed"),
        ("write:errno=104", "closed"),
    ],
)
def test_words_of_openssl(words: str, code: str) -> None:
    assert cause_of_words(words) == code


def test_an_alert_of_openssl_3_that_is_not_called_one_is_of_the_other_end() -> None:
    one = Handshake("client", messages=[said("sent", "ClientHello")])
    one.errors.append(Entry(9, "error", "tlsv1 unrecognized name"))
    assert verdict(one, NOW).refused_by == "server"


def test_a_client_whose_answer_is_not_in_the_transcript_is_not_said_to_have_presented_a_certificate() -> None:
    by_state = Message(1, "", "received", "Certificate", Facts(), "state")
    asked = as_server(said("sent", "Certificate"), by_state, said("received", "Finished"), said("sent", "Finished"))
    assert "whether the client did is not in the transcript" in verdict(asked, NOW).sentence
    asked.messages.insert(2, said("received", "CertificateVerify"))
    assert "both ends presented a certificate" in verdict(asked, NOW).sentence


def test_no_sentence_runs_into_the_next_where_no_hello_is_there() -> None:
    for name in sorted(BY_ALERT):
        assert f"the alert {name}" not in verdict(as_server(refused("sent", name)), NOW).sentence


def test_a_certificate_that_is_to_come_is_told_with_its_beginning() -> None:
    early = made("cucm-pub.example.com", begins=NOW + timedelta(days=3)).der
    certificate = said("received", "Certificate", Facts(certificates=(shown(early, len(early)),)))
    one = verdict(as_server(certificate, refused("sent", "bad_certificate")), NOW)
    assert (one.code, one.is_likely) == ("not_yet_valid", True)
    assert f"valid from {NOW + timedelta(days=3):%Y-%m-%d %H:%M} UTC" in one.sentence


def test_an_end_after_a_retry_is_not_said_to_be_after_a_server_hello() -> None:
    retry = said("sent", "ServerHello", Facts(version="TLS 1.3", is_retry=True))
    assert verdict(as_server(said("received", "ClientHello"), retry), NOW).after == "HelloRetryRequest"


EOF = Entry(9, "error", "unexpected eof while reading")


def test_an_alert_that_nobody_can_read_any_more_refuses_nothing() -> None:
    one = Handshake("client", messages=[said("sent", "ClientHello"), refused("sent", "decode_error")])
    assert verdict(one, NOW).refused_by == "client", "without a word of an end of the stream it is an alert like others"
    one.errors.append(EOF)
    assert (verdict(one, NOW).refused_by, verdict(one, NOW).code) == ("server", "closed")


@pytest.mark.parametrize(("direction", "refuser"), [("sent", "server"), ("received", "client")])
def test_who_closes_after_an_alert_does_so_because_of_it(direction: str, refuser: str) -> None:
    one = as_server(said("received", "ClientHello"), refused(direction, "handshake_failure"))
    one.errors.append(EOF)
    assert (verdict(one, NOW).refused_by, verdict(one, NOW).code) == (refuser, "parameters")


def test_an_alert_received_before_the_end_of_the_stream_is_a_refusal() -> None:
    one = Handshake("client", messages=[said("sent", "ClientHello"), refused("received", "decode_error")])
    one.errors.append(EOF)
    assert (verdict(one, NOW).refused_by, verdict(one, NOW).code) == ("server", "unclear")


def test_a_connection_that_is_closed_when_the_handshake_is_over_was_not_refused() -> None:
    finished = said("received", "Finished"), said("sent", "Finished")
    one = Handshake("client", messages=[*finished, refused("sent", "decode_error")], errors=[EOF])
    assert verdict(one, NOW).outcome == "completed"
    one.messages[:0] = [said("received", "ServerHello", Facts(version="TLS 1.3"))]
    found = verdict(one, NOW)
    assert (found.outcome, found.refused_by, found.code) == ("refused", "server", "closed"), "it closed before any ticket"
    one.messages.append(said("received", "NewSessionTicket"))
    assert verdict(one, NOW).outcome == "completed"
