"""From documents, settings and secret references to issuers and their desks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from trunkline.desired.documents import Documents
from trunkline.desired.documents.issuers import IssuerDocument, LocalIssuer
from trunkline.issuer.desk import Desk
from trunkline.issuer.local.authority import Authority
from trunkline.issuer.local.issuer import LocalCa
from trunkline.model.errors import DesiredInvalid
from trunkline.ports import Issuer
from trunkline.service.access import secret
from trunkline.settings import OWN_VARIABLES, Settings

Now = Callable[[], datetime]


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
    return Means(name, document, issuer_of(name, document, places, now))


def desk_of(means: Means, now: Now) -> Desk:
    """The device of target "issuer/NAME"."""
    return Desk(means.name, means.issuer, now)


def issuer_of(name: str, document: IssuerDocument, places: Places, now: Now) -> Issuer:
    """The issuer that a document states. Raises DesiredInvalid for a reference that leads nowhere."""
    if isinstance(document, LocalIssuer):
        passphrase = secret(document.passphrase, places.secrets_directory, places.secrets_environment)
        authority = Authority(document.authority or name, places.state_directory, passphrase)
        return LocalCa(authority, timedelta(days=document.validity_days), now, document.probing)
    raise DesiredInvalid(f"cannot use issuer {name}: kind {document.kind} is not known")
