"""HTTPS to a CA: trust that is stated, the environment has no say, and what a failure means. The one door to requests here."""

import json
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from trunkline.model.errors import (
    AccessRefused,
    DesiredInvalid,
    DeviceBusy,
    DeviceRefused,
    DeviceUnreachable,
    Transient,
    TrunklineError,
)

TIMEOUTS_SECONDS = (5.0, 30.0)  # until connected, until the next byte
MOST_BYTES = 1024 * 1024
MOST_WORDS = 160  # of what a server says, in a message
RETRY_LATER = timedelta(minutes=5)


@dataclass(frozen=True)
class Trust:
    """Whom to trust, and who we are. `ca_pem` empty: the system's CAs."""

    ca_pem: str = ""
    certificate_pem: str = ""
    key_pem: str = field(default="", repr=False)

    def context(self, where: str) -> ssl.SSLContext:
        """Raises DesiredInvalid for what is no certificate or key."""
        try:
            if not self.ca_pem:
                context = ssl.create_default_context()
            else:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # an issuing CA without its root will do
                context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # private CAs often lack what newer Pythons demand
                context.load_verify_locations(cadata=self.ca_pem)
            if self.certificate_pem:
                self._present(context)
        except (ssl.SSLError, ValueError, OSError):
            raise DesiredInvalid(
                f"cannot use {where}: `ca`, or the client's certificate and key, are no PEM, or do not fit; correct them"
            ) from None
        return context

    def _present(self, context: ssl.SSLContext) -> None:
        """The ssl module reads keys from files only: one that nobody else may read, for this moment."""
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:  # made with mode 0600
            file.write(f"{self.certificate_pem}\n{self.key_pem}\n")
            file.flush()
            context.load_cert_chain(file.name)


class _Adapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        options.update(ssl_context=self._context)
        super().init_poolmanager(*arguments, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context says it all; without this, requests would load its own bundle beside it."""


def equip(session: requests.Session, trust: Trust, where: str) -> requests.Session:
    """A session that trusts what is stated; REQUESTS_CA_BUNDLE and proxies of the environment do not count."""
    session.trust_env = False
    session.mount("https://", _Adapter(trust.context(where)))
    return session


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def words(self) -> str:
        """The beginning of what the server said, on one line, printable."""
        text = " ".join(self.content.decode("utf-8", "replace").split())
        shown = "".join(letter if letter.isprintable() else "?" for letter in text)
        return shown[:MOST_WORDS] or "nothing"


@dataclass(frozen=True)
class Web:
    """One server, called `where` in messages. `login` is user and password."""

    where: str
    trust: Trust
    login: tuple[str, str] | None = field(default=None, repr=False)

    def ask(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Any status but those that mean the same everywhere, which are raised. No redirect is followed with a password."""
        with equip(requests.Session(), self.trust, self.where) as session:
            try:
                response = session.request(
                    method,
                    url,
                    data=body,
                    headers=dict(headers or {}),
                    auth=self.login,
                    timeout=TIMEOUTS_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                raise failure(self.where, error) from None
        answer = Answer(response.status_code, response.content[:MOST_BYTES], response.headers)
        self._refuse(answer)
        return answer

    def ask_json(self, url: str, body: Mapping[str, object]) -> tuple[Answer, Any]:
        """The answer and what it says as JSON; None where it is no JSON."""
        answer = self.ask("POST", url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            return answer, json.loads(answer.content)
        except (ValueError, RecursionError):
            return answer, None

    def _refuse(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise AccessRefused(
                f"cannot ask {self.where}: it refuses the credentials (HTTP {answer.status}); correct them, or their rights"
            )
        if answer.status in (429, 503):
            raise DeviceBusy(f"cannot ask {self.where}: it is busy (HTTP {answer.status}); trunkline asks again")
        if answer.status in (404, 405) or 300 <= answer.status < 400:
            raise DeviceRefused(
                f"cannot ask {self.where}: there is no such service (HTTP {answer.status}: {answer.words}); correct its URL, "
                "or what it is to sign with",
                is_untouched=True,
            )
        if answer.status >= 500:
            raise Transient(
                f"cannot ask {self.where}: it failed (HTTP {answer.status}: {answer.words}); see its log; trunkline asks again"
            )


def failure(where: str, error: requests.RequestException) -> TrunklineError:
    """What a failed connection means; without the words of requests, which hold URLs."""
    if isinstance(error, requests.exceptions.SSLError):
        text = str(error)
        if "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
            return AccessRefused(f"cannot trust {where}: its certificate is not signed by `ca`, or not of its name")
        return AccessRefused(f"cannot ask {where}: the TLS handshake failed; see whether it wants another client certificate")
    if isinstance(error, requests.exceptions.Timeout):
        return DeviceUnreachable(f"cannot reach {where}: no answer in time; see whether it is up")
    return DeviceUnreachable(f"cannot reach {where}: the connection failed; see whether it is up and its URL right")


def retry_at(answer: Answer, now: datetime) -> datetime:
    """`Retry-After`, in seconds or as a date (RFC 9110 §10.2.3); some minutes where it says neither."""
    stated = answer.headers.get("Retry-After", "")
    if stated.strip().isdigit():
        return now + timedelta(seconds=min(int(stated), 30 * 86400))
    try:
        return max(parsedate_to_datetime(stated).astimezone(UTC), now)
    except (ValueError, TypeError):
        return now + RETRY_LATER
