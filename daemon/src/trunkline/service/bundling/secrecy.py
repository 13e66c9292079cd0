"""Every secret that this process can resolve: what a bundle must not hold."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from trunkline.desired.documents import Documents
from trunkline.desired.documents.fields import ENV_OR_FILE
from trunkline.model.errors import TrunklineError
from trunkline.service.reaching.access import secret
from trunkline.settings import Settings, resolve
from trunkline.views.redaction.known import lines_of_key

NO_SECRETS = frozenset({"username", "key_id", "ca", "host_key", "chain", "client_certificate"})
"""Fields that may be references, too, and lead to what is no secret."""


def known_secrets(settings: Settings, documents: Documents) -> frozenset[str]:
    """A reference that leads nowhere leads to no secret."""
    found = {*_of_settings(settings), *_of_documents(settings, documents), *_of_keys(settings)}
    return frozenset(one for value in found for one in _pieces(value))


def _pieces(value: str) -> tuple[str, ...]:
    return lines_of_key(value) if "PRIVATE KEY" in value else (value,)


def _of_settings(settings: Settings) -> Iterator[str]:
    for reference in (settings.source.password, settings.source.ssh_passphrase):
        if reference:
            with suppress(TrunklineError):
                yield resolve(reference, settings.secrets_directory)
    for url in (settings.source.url, settings.journal):
        with suppress(ValueError):
            password = urlsplit(url).password
            if password:
                yield from (password, unquote(password))


def _of_documents(settings: Settings, documents: Documents) -> Iterator[str]:
    for placed in documents.all():
        for reference in _references(placed.value.model_dump()):
            with suppress(TrunklineError):
                yield secret(reference, settings.secrets_directory, settings.secrets_environment)


def _references(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _references(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item, name)
    elif isinstance(value, str) and name not in NO_SECRETS and re.match(ENV_OR_FILE, value):
        yield value


def _of_keys(settings: Settings) -> Iterator[str]:
    """Private keys that lie in files of this process: of the probe, of git, of accounts and CAs."""
    stated = [path for path in (settings.probe.key, settings.source.ssh_key) if path]
    for path in (*stated, *_kept(settings.state_directory)):
        with suppress(OSError, UnicodeDecodeError):
            yield path.read_text()


def _kept(directory: Path) -> Iterator[Path]:
    return directory.rglob("*.key") if directory.is_dir() else iter(())
