"""What happened in a handshake, in plain words: completed, refused by whom, at which message, why, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from trunkline.health.transcript.handshakes import Handshake, Message, Side
from trunkline.health.transcript.names.reasons import (
    UNSURE_ALERTS,
    VAGUE,
    WORDINGS,
    Cause,
    Finer,
    cause_of_alert,
    cause_of_words,
)
from trunkline.health.transcript.reading.stamps import moment
from trunkline.health.transcript.records.certificates import Shown
from trunkline.model.handshake import Reason

REMOTE_ALERT = ("tlsv1 ", "sslv3 alert", "tlsv13 alert", "ssl/tls alert", "tls alert")
"""OpenSSL names an alert that it received with these words: then the other end refused."""
AFTER_TLS = (
    "nothing for TLS; if calls fail all the same, look at what comes after it: CUCM refuses SIP where no SIP trunk security "
    "profile names the CUBE's certificate, a CUBE where its trusted list does not hold the caller's address"
)
"""Cisco, CUCM security guide, "SIP trunk security profile"; IOS voice command reference, `ip address trusted list`."""


@dataclass(frozen=True)
class Verdict:
    """`refused_by` is empty where nothing tells the side; `after` is the last message before the refusal."""

    outcome: str  # completed, refused, incomplete
    sentence: str
    code: str = ""
    refused_by: Side = ""
    after: str = ""
    cure: str = ""
    is_likely: bool = False  # concluded from what was said before, not told by an alert or a log


@dataclass(frozen=True)
class _Evidence:
    """One thing that names a cause. `is_here`: the recording end refused; None where it does not tell."""

    code: Cause
    is_here: bool | None
    detail: str = ""
    is_likely: bool = False


def verdict(handshake: Handshake, now: datetime) -> Verdict:
    """A certificate's dates are compared with the day of the transcript, or with `now` where it names none."""
    if handshake.is_complete and not (handshake.was_closed and _is_early(handshake)):
        return Verdict("completed", _completed(handshake), cure=AFTER_TLS)
    evidence = list(_evidence(handshake))
    if not evidence:
        return _incomplete(handshake)
    found = min(evidence, key=lambda one: (one.code in VAGUE, one.is_likely))
    when = moment(handshake.first_at, _told_times(handshake), now)
    return _refused(handshake, _closer(handshake, found, _is_here(evidence), when), _is_here(evidence))


def _told_times(handshake: Handshake) -> Iterator[int]:
    """Seconds since 1970, where a hello begins with them as RFC 5246 §7.4.1.2 says; else anything."""
    return (int(message.facts.random[:8], 16) for message in handshake.messages if message.facts.random)


def _is_here(evidence: list[_Evidence]) -> bool | None:
    return next((one.is_here for one in evidence if one.is_here is not None), None)


def _evidence(handshake: Handshake) -> Iterator[_Evidence]:
    """An alert says surely who refused; words say more of the cause."""
    fatal = handshake.fatal
    if fatal:
        code = cause_of_alert(fatal.facts.alert)
        is_unsure = fatal.facts.alert in UNSURE_ALERTS
        yield _Evidence(code, fatal.direction == "sent", f"the alert {fatal.facts.alert}", is_unsure)
    if fatal is None or fatal.direction == "sent":
        # s_client and s_server go on after a verify error unless told otherwise: then messages follow it.
        latest = handshake.messages[-1].line if handshake.messages and fatal is None else 0
        found = (entry for entry in handshake.verify_errors if entry.line > latest)
        yield from (_Evidence(cause_of_words(entry.text), True, f"`{entry.text}`") for entry in found)
    told = (_from_words(handshake, entry.text) for entry in handshake.errors)
    yield from (one for one in told if one.code is not Reason.CLOSED or fatal is None)  # who was refused closes
    if handshake.failure:
        yield _from_words(handshake, handshake.failure.reason)


def _from_words(handshake: Handshake, text: str) -> _Evidence:
    code = cause_of_words(text)
    if code is Reason.NOT_TLS and handshake.first("ServerHello"):
        # A record of another version than that of the ServerHello: often an alert of the other end.
        return _Evidence(Reason.VERSION, None)
    is_remote = text.lower().startswith(REMOTE_ALERT) or code is Reason.CLOSED
    return _Evidence(code, not is_remote, f"`{text}`" if code is Finer.UNCLEAR else "")


def _closer(handshake: Handshake, found: _Evidence, is_here: bool | None, when: datetime) -> _Evidence:
    """Where an alert is vague, what the messages before it show."""
    refused = _other(_refuser(handshake, is_here))
    if found.code not in VAGUE - {Finer.UNCLEAR}:
        return found
    certificate = handshake.certificate_of(refused) if refused else None
    if found.code is Finer.PARAMETERS:
        if certificate and certificate.facts.has_no_certificate:
            return _Evidence(Reason.NO_CERTIFICATE, found.is_here)
        return _of_parameters(handshake, found)
    leaf = _leaf(certificate)
    if leaf and leaf.not_after and leaf.not_after < when:
        return _Evidence(Reason.EXPIRED, found.is_here, is_likely=True)
    if leaf and leaf.not_before and leaf.not_before > when:
        return _Evidence(Reason.NOT_YET_VALID, found.is_here, is_likely=True)
    return found


def _of_parameters(handshake: Handshake, found: _Evidence) -> _Evidence:
    """Cipher suites, as long as they were not agreed; of TLS 1.3 hardly any end lacks those that the other has."""
    hello = handshake.first("ClientHello")
    if handshake.first("ServerHello"):
        return _Evidence(Finer.AFTER_HELLOS, found.is_here)
    if hello is None or not hello.facts.suites or ("TLS 1.3" in hello.facts.versions and len(hello.facts.suites) > 1):
        return found
    return _Evidence(Reason.CIPHER, found.is_here, is_likely=True)


def _leaf(message: Message | None) -> Shown | None:
    return message.facts.certificates[0] if message and message.facts.certificates else None


def _refuser(handshake: Handshake, is_here: bool | None) -> Side:
    if is_here is None or not handshake.role:
        return ""
    return handshake.role if is_here else _other(handshake.role)


def _other(side: Side) -> Side:
    return {"client": "server", "server": "client"}.get(side, "")  # type: ignore[return-value] # the dict's values are sides


def _refused(handshake: Handshake, found: _Evidence, is_here: bool | None) -> Verdict:
    refuser = _refuser(handshake, is_here)
    other = _other(refuser)
    reason = WORDINGS[found.code]
    certificate = _leaf(handshake.certificate_of(other))
    words = {
        "refuser": end(handshake, refuser, is_here),
        "other": end(handshake, other, None if is_here is None else not is_here),
        "shown": f" ({_named(certificate, is_early=found.code is Reason.NOT_YET_VALID)})" if certificate else "",
        "detail": _detail(handshake, found),
    }
    sentence = reason.sentence.format(**words)
    likely = "most likely: " if found.is_likely else ""
    after = _last_before(handshake)
    return Verdict("refused", f"{likely}{sentence}", found.code, refuser, after, reason.cure.format(**words), found.is_likely)


def _last_before(handshake: Handshake) -> str:
    """The message after which it ended."""
    last = next((message for message in reversed(handshake.messages) if message.name != "Alert"), None)
    return "" if last is None else "HelloRetryRequest" if last.facts.is_retry else last.name


def end(handshake: Handshake, side: Side, is_here: bool | None) -> str:
    """How an end is called in a sentence."""
    recorder = handshake.recorder or ("this CUBE" if handshake.failure else "this end")
    where = "" if is_here is None else recorder if is_here else _far(handshake)
    if not side:
        return where or "one end"
    return f"the {side} ({where})" if where else f"the {side}"


def _far(handshake: Handshake) -> str:
    remote = handshake.failure.remote if handshake.failure else ""
    return remote or "the far end"


def _named(certificate: Shown, *, is_early: bool) -> str:
    name = certificate.common_name or certificate.subject or "of which the name is not in the transcript"
    parts = [f"`{name}`" if certificate.subject else name]
    if certificate.serial:
        parts.append(f"serial {certificate.serial}")
    if is_early and certificate.not_before:
        parts.append(f"valid from {certificate.not_before:%Y-%m-%d %H:%M} UTC")
    elif certificate.not_after:
        parts.append(f"valid until {certificate.not_after:%Y-%m-%d}")
    if certificate.is_self_signed:
        parts.append("signed by itself")
    elif certificate.issuer:
        parts.append(f"signed by `{certificate.issuer}`")
    return ", ".join(parts)


def _detail(handshake: Handshake, found: _Evidence) -> str:
    hello = handshake.first("ClientHello")
    if found.code is Reason.CLOSED:
        after = _last_before(handshake)
        return f" after {after}" if after else ""
    if found.code is Finer.UNCLEAR:
        return found.detail
    if hello is None:
        return ""
    if found.code is Reason.VERSION and hello.facts.version:
        return f"; the client offered {', '.join(hello.facts.versions or (hello.facts.version,))}"
    offered = {
        Reason.CIPHER: hello.facts.suites,
        Finer.PARAMETERS: hello.facts.suites,
        Finer.GROUP: hello.facts.groups,
        Finer.SIGNATURE: hello.facts.signatures,
        Finer.FALLBACK: hello.facts.versions or (hello.facts.version,),
    }.get(found.code, ())
    if any(offered):
        return f"; the client offered {_some(offered)}"
    return f" (`{hello.facts.server_name}`)" if found.code is Finer.UNKNOWN_NAME and hello.facts.server_name else ""


def _completed(handshake: Handshake) -> str:
    hello = handshake.first("ServerHello")
    version = hello.facts.version if hello else ""
    suite = hello.facts.suites[0] if hello and hello.facts.suites else ""
    spoken = f" with {version}{' and ' if suite else ''}{suite}" if version else ""
    late = " (with TLS 1.3 a server may still refuse the client's certificate afterwards)" if _is_early(handshake) else ""
    return f"the handshake completed{spoken}{_proof(handshake)}{late}"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - 4
    return f"{', '.join(names[:4])}{f' and {more} more' if more > 0 else ''}"


def _proof(handshake: Handshake) -> str:
    """Which certificates were shown."""
    if handshake.is_resumed:
        return (
            "; it took up an earlier session, in which no certificate is shown: one that was changed since then has not been "
            "looked at"
        )
    client, server = handshake.certificate_of("client"), handshake.certificate_of("server")
    if client is None and server is None:
        return ""
    if handshake.presented("client") is None:
        return "; the server presented a certificate; whether the client did is not in the transcript"
    if not handshake.presented("client"):
        return "; only the server presented a certificate"
    return "; both ends presented a certificate, so each accepted the other's"


def _is_early(handshake: Handshake) -> bool:
    is_tls13 = handshake.version == "TLS 1.3" or handshake.first("EncryptedExtensions") is not None
    return is_tls13 and handshake.role == "client" and handshake.first("NewSessionTicket") is None


def _incomplete(handshake: Handshake) -> Verdict:
    last = _last_before(handshake)
    what = f"the transcript ends after {last}" if last else "the transcript holds no message of it"
    return Verdict(
        "incomplete",
        f"{what}; whether the handshake completed cannot be told",
        after=last,
        cure="record it anew until `Handshake done` or an error, with `debug ssl openssl errors`, `msg` and `states` all on",
    )
