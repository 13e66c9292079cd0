"""A handshake drawn as a ladder between its two ends."""

from collections.abc import Iterator

from trunkline.health.transcript.handshakes import Handshake, Message
from trunkline.health.transcript.records.certificates import Shown
from trunkline.health.transcript.records.messages import Facts

WIDTH = 54
"""Characters between the two ends."""
MARGIN = 14
MOST_LISTED = 4


def ladder(handshake: Handshake) -> Iterator[str]:
    """The lines of the drawing: time, arrow, and below it what the message says."""
    left, right = _ends(handshake)
    blank = max(2, WIDTH + 2 - len(left) - len(right))
    yield f"{'':{MARGIN}} {left}{'':{blank}}{right}"
    for message in handshake.messages:
        yield f"{_clock(message.at):>{MARGIN}} {_arrow(handshake, message)}"
        for detail in details(message):
            yield f"{'':{MARGIN}} |   {detail}"


def _ends(handshake: Handshake) -> tuple[str, str]:
    here = f"{handshake.recorder}, recorded here" if handshake.recorder else "recorded here"
    far = handshake.failure.remote if handshake.failure and handshake.failure.remote else "far end"
    if handshake.role == "client":
        return f"client ({here})", f"server ({far})"
    if handshake.role == "server":
        return f"client ({far})", f"server ({here})"
    return here, far


def _clock(at: str) -> str:
    return next((word for word in reversed(at.split()) if ":" in word), "")


def _arrow(handshake: Handshake, message: Message) -> str:
    """The client stands on the left; where roles are not known, the recording end."""
    from_left = handshake.sender(message) == "client" if handshake.role else message.direction == "sent"
    label = message.name
    if message.facts.is_retry:
        label = "HelloRetryRequest"
    if message.facts.alert:
        label = f"Alert: {message.facts.alert_level} {message.facts.alert}"
    label = f" {label[: WIDTH - 8]} "
    shaft = "-" * (WIDTH - len(label) - 3)
    return f"|--{label}{shaft}>|" if from_left else f"|<{shaft}{label}--|"


def details(message: Message) -> Iterator[str]:
    """What a message says, one thing a line."""
    facts = message.facts
    yield from _of_hello(message, facts)
    if facts.has_no_certificate:
        yield "no certificate"
    for certificate in facts.certificates:
        yield from of_certificate(certificate)
    if facts.authorities:
        yield f"wants a certificate of: {_listed(facts.authorities, '; ')}"
    elif facts.takes_any_authority:
        yield "wants a certificate; names no CA"
    if message.is_cut:
        yield f"incomplete: {message.present} of {message.length} bytes are in the transcript"


def _of_hello(message: Message, facts: Facts) -> Iterator[str]:
    is_client = message.name == "ClientHello"
    if facts.versions or facts.version:
        yield f"{'offers' if is_client else 'chooses'} {_listed(facts.versions or (facts.version,))}"
    if facts.suites:
        yield f"{'cipher suites' if is_client else 'cipher suite'}: {_listed(facts.suites)}"
    if facts.server_name:
        yield f"asks for {facts.server_name}"
    if facts.groups:
        yield f"groups: {_listed(facts.groups)}"
    if facts.signatures:
        yield f"signature algorithms: {_listed(facts.signatures)}"
    if facts.extensions:
        yield f"extensions: {_listed(facts.extensions, most=20)}"


def of_certificate(certificate: Shown) -> Iterator[str]:
    """One certificate in a line or three."""
    serial = f"serial {certificate.serial}" if certificate.serial else "serial not in the transcript"
    subject = certificate.subject or "a certificate whose subject is not in the transcript"
    yield f"certificate: {subject}, {serial}"
    if certificate.issuer:
        yield f"  issuer: {'itself' if certificate.is_self_signed else certificate.issuer}"
    if certificate.not_before and certificate.not_after:
        yield f"  valid {certificate.not_before:%Y-%m-%d %H:%M} to {certificate.not_after:%Y-%m-%d %H:%M} UTC"
    if certificate.names:
        yield f"  names: {_listed(certificate.names)}"
    if certificate.usages:
        yield f"  may be used for: {_listed(certificate.usages)}"
    if certificate.flaw:
        yield f"  cannot be read: {certificate.flaw}"
    elif not certificate.is_whole:
        yield f"  incomplete: the first {certificate.present} of {certificate.length} bytes are in the transcript"


def _listed(values: tuple[str, ...], comma: str = ", ", most: int = MOST_LISTED) -> str:
    more = len(values) - most
    return comma.join(values[:most]) + (f" and {more} more" if more > 0 else "")
