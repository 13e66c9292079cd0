"""From documents, settings and secret references to issuers and their desks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from trunkline.desired.documents import Documents
from trunkline.desired.documents.issuers import (
    AcmeIssuer,
    CfsslIssuer,
    EstIssuer,
    IssuerDocument,
    LocalIssuer,
    ManualIssuer,
)
from trunkline.issuer.acme.account import Account, Binding
from trunkline.issuer.acme.hook import Hook
from trunkline.issuer.acme.issuer import AcmeCa
from trunkline.issuer.chains import stated_chain
from trunkline.issuer.desk import Desk
from trunkline.issuer.local.authority import Authority
from trunkline.issuer.local.issuer import LocalCa
from trunkline.issuer.manual.box import Box
from trunkline.issuer.manual.issuer import ManualCa
from trunkline.issuer.online.cfssl import CfsslCa
from trunkline.issuer.online.est import EstCa
from trunkline.issuer.online.web import Trust, Web
from trunkline.model.errors import DesiredInvalid
from trunkline.model.renewal.wish import Chain
from trunkline.ports import Issuer
from trunkline.service.reaching.access import public, secret
from trunkline.settings import OWN_VARIABLES, Settings

Now = Callable[[], datetime]
Answers = tuple[Chain, ...]


@dataclass(frozen=True)
class Places:
    """Where issuers keep things on this machine, and the commands that they may run; of the settings, not of documents."""

    state_directory: Path
    secrets_directory: Path = Path()
    requests_directory: Path | None = None  # None: below the state directory
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets_environment: tuple[str, ...] = OWN_VARIABLES

    @classmethod
    def of(cls, settings: Settings) -> "Places":
        return cls(
            settings.state_directory,
            settings.secrets_directory,
            settings.requests_directory,
            settings.hooks,
            settings.secrets_environment,
        )

    def secret(self, reference: str) -> str:
        """What a document's reference leads to."""
        return secret(reference, self.secrets_directory, self.secrets_environment)

    def public(self, text: str) -> str:
        """Something public, as it is or in a file."""
        return public(text, self.secrets_directory)


@dataclass(frozen=True)
class Means:
    """How an issuer is reached; equal while nothing of it changed. Secrets appear in no representation."""

    name: str
    document: IssuerDocument
    issuer: Issuer


def means_of(documents: Documents, name: str, places: Places, now: Now) -> Means:
    """Raises DesiredInvalid for an issuer that is not stated, and for a reference that leads nowhere."""
    document = documents.estate.value.issuers.get(name)
    if document is None:
        raise DesiredInvalid(f"cannot ask issuer {name}: estate.yaml states none of that name; add it under `issuers`")
    answers = tuple(chain for _, chain in sorted(documents.answers.items()))
    return Means(name, document, issuer_of(name, document, places, now, answers))


def desk_of(means: Means, now: Now) -> Desk:
    """The device of target "issuer/NAME"."""
    return Desk(means.name, means.issuer, now)


def issuer_of(name: str, document: IssuerDocument, places: Places, now: Now, answers: Answers = ()) -> Issuer:
    """The issuer that a document states; `answers` are what people brought by merge request. Raises DesiredInvalid for a
    reference that leads nowhere.
    """
    if isinstance(document, LocalIssuer):
        authority = authority_of(name, document, places)
        return LocalCa(authority, timedelta(days=document.validity_days), now, document.probing)
    stated = stated_chain(places.public(document.chain), name)
    if isinstance(document, ManualIssuer):
        within = timedelta(days=document.answer_within_days)
        return ManualCa(name, box_of(places), stated, answers, within, now, document.instructions, document.probing)
    if isinstance(document, EstIssuer):
        web = Web(f"issuer {name}", _est_trust(document, places), _login(document, places))
        return EstCa(name, document.url, document.label, web, stated, now, document.probing)
    if isinstance(document, CfsslIssuer):
        web = Web(f"issuer {name}", Trust(places.public(document.ca)))
        key = _hmac_key(name, places.secret(document.auth_key))
        profile, label = document.profile or "", document.label or ""
        return CfsslCa(name, document.url, web, stated, key, profile, label, document.probing)
    hook = _hook(name, document, places)
    return AcmeCa(name, _account(name, document, places), hook, stated, document.probing)


def authority_of(name: str, document: LocalIssuer, places: Places) -> Authority:
    """The files of a local CA, with its passphrase."""
    passphrase = places.secret(document.passphrase)
    return Authority(document.authority or name, places.state_directory, passphrase)


def box_of(places: Places) -> Box:
    """Where requests for people lie."""
    return Box(places.state_directory / "requested", places.requests_directory or places.state_directory / "requests")


def _est_trust(document: EstIssuer, places: Places) -> Trust:
    key = places.secret(document.client_key) if document.client_key else ""
    return Trust(places.public(document.ca), places.public(document.client_certificate), key)


def _login(document: EstIssuer, places: Places) -> tuple[str, str] | None:
    if not (document.username and document.password):
        return None
    return places.secret(document.username), places.secret(document.password)


def _hmac_key(name: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise DesiredInvalid(
            f"cannot use auth_key of issuer {name}: it is not hex; copy it as the server's file has it"
        ) from None


def _hook(name: str, document: AcmeIssuer, places: Places) -> Hook:
    words = places.hooks.get(document.dns_hook)
    if not words:
        known = ", ".join(sorted(places.hooks)) or "none"
        raise DesiredInvalid(
            f"cannot use issuer {name}: the settings have no hook {document.dns_hook} (they have {known}); add it under `hooks`"
        )
    return Hook(document.dns_hook, words)


def _account(name: str, document: AcmeIssuer, places: Places) -> Account:
    stated = document.external_account
    binding = Binding(places.secret(stated.key_id), places.secret(stated.hmac_key)) if stated else None
    trust = Trust(places.public(document.ca))
    folder = places.state_directory / "accounts"
    return Account(name, document.directory, folder, trust, document.email, binding, document.terms_agreed)
