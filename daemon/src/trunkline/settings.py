"""The daemon's own settings: a TOML file, over it TRUNKLINE_* variables; and where secrets are looked up."""

import logging
import os
import stat
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from trunkline.model.errors import DesiredInvalid, Stalled

DEFAULT_FILE = Path("trunkline.toml")
REFERENCE = r"^$|^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"
OWN_VARIABLES = ("TRUNKLINE_*",)
LOG = logging.getLogger("trunkline")
_warned: set[Path] = set()


def _words(value: object) -> object:
    """A variable of the environment holds several with commas between them."""
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def _address(value: str) -> str:
    """Raises ValueError for what is none."""
    return str(ip_address(value))


Relays = Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_words)]
Patterns = Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_*]+$")], ...], BeforeValidator(_words)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(_Strict):
    """Where desired state comes from."""

    url: str = Field(default=".", repr=False)
    branch: str = "main"
    folder: str = "desired-state"
    username: str = ""
    password: str = Field(default="", pattern=REFERENCE, description="A reference: env:NAME or file:PATH")
    ssh_key: Path | None = Field(default=None, description="A private key file; without it the SSH agent is asked")
    ssh_passphrase: str = Field(default="", pattern=REFERENCE, description="A reference: env:NAME or file:PATH")
    known_hosts: Path | None = Field(default=None, description="Host keys of an SSH server; without it ~/.ssh/known_hosts")
    ca: Path | None = Field(default=None, description="PEM certificates that sign an https server's")


class HttpSettings(_Strict):
    """Where metrics and the API are served. Loopback unless told otherwise: there is no login."""

    host: str = "127.0.0.1"
    port: int = Field(default=9786, ge=0, le=65535)


class ProbeSettings(_Strict):
    """An identity of the probe's own, beside what issuers give it."""

    certificate: Path | None = Field(
        default=None, description="PEM: a client certificate, then the certificates of the CAs above it"
    )
    key: Path | None = Field(default=None, description="PEM, without a passphrase: the private key of that certificate")

    @model_validator(mode="after")
    def _both(self) -> "ProbeSettings":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together; state both or none")
        return self


class SyslogSettings(_Strict):
    """Where devices may send their syslog, over UDP and TCP. Not listened for unless a port is stated."""

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    relays: Relays = Field(default=(), description="Addresses whose lines belong to the device that the line itself names")


class Settings(_Strict):
    """Everything that the daemon must know beside git."""

    source: SourceSettings = SourceSettings()
    http: HttpSettings = HttpSettings()
    probe: ProbeSettings = ProbeSettings()
    syslog: SyslogSettings = SyslogSettings()
    state_directory: Path = Path(".trunkline")
    journal_url: str = Field(default="", repr=False)
    secrets_directory: Path = Field(default=Path(), description="What `file:` references are relative to")
    secrets_environment: Patterns = Field(
        default=OWN_VARIABLES, description="Which variables `env:` references of documents may name; `*` stands for any letters"
    )
    requests_directory: Path | None = Field(
        default=None, description="Where requests for certificates are written that people sign; else state_directory/requests"
    )
    hooks: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Commands that documents may name, each a list of words; no shell runs them"
    )
    workers: int = Field(default=8, ge=1, le=64)

    @property
    def journal(self) -> str:
        return self.journal_url or f"sqlite:///{self.state_directory / 'journal.db'}"


SECTIONS: Mapping[str, type[BaseModel]] = {
    "source": SourceSettings,
    "http": HttpSettings,
    "probe": ProbeSettings,
    "syslog": SyslogSettings,
}
"""Tables of the file; each field of one is a variable of its own."""


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `path`, else the file that TRUNKLINE_SETTINGS names, else trunkline.toml if it is there.

    Raises Stalled naming file and cure.
    """
    env = os.environ if environment is None else environment
    named = path or env.get("TRUNKLINE_SETTINGS")
    chosen = Path(named or DEFAULT_FILE)
    values: dict[str, Any] = {}
    if named or chosen.is_file():
        try:
            values = tomllib.loads(chosen.read_text())
        except OSError as error:
            raise Stalled(
                f"cannot read the settings {chosen}: {error.strerror}; give another file with --settings or TRUNKLINE_SETTINGS"
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Stalled(f"cannot read the settings {chosen}: {error}; correct the TOML") from error
    for name, value in env.items():
        _overlay(values, name, value)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Stalled(f"cannot use the settings {chosen}: {where}: {first['msg']}; correct it") from error


def _overlay(values: dict[str, Any], name: str, value: str) -> None:
    """TRUNKLINE_SOURCE_URL is source.url, TRUNKLINE_WORKERS is workers."""
    if not name.startswith("TRUNKLINE_"):
        return
    key = name.removeprefix("TRUNKLINE_").lower()
    for section, model in SECTIONS.items():
        field = key.removeprefix(f"{section}_")
        if key != field and field in model.model_fields:
            values.setdefault(section, {})[field] = value
            return
    if key in Settings.model_fields and key not in SECTIONS:
        values[key] = value


def resolve(reference: str, directory: Path, environment: Mapping[str, str] | None = None) -> str:
    """The secret behind `env:NAME` or `file:PATH`. Raises DesiredInvalid naming the reference, never the secret."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        found = (os.environ if environment is None else environment).get(name)
        if not found:
            raise DesiredInvalid(f"cannot resolve {reference}: the variable is not set; set it where trunkline runs")
        return found
    path = Path(name) if Path(name).is_absolute() else directory / name
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise DesiredInvalid(f"cannot resolve {reference}: {why} ({path}); put the file there") from error
    if not text:
        raise DesiredInvalid(f"cannot resolve {reference}: {path} is empty; put the secret there")
    _warn_of(path)
    return text


def _warn_of(path: Path) -> None:
    """Once for each file."""
    if path not in _warned and is_exposed(path):
        _warned.add(path)
        LOG.warning("%s holds a secret and everybody on this machine may read it; chmod o-r it", path)


def is_exposed(path: Path) -> bool:
    """Whether everybody on this machine may read a file."""
    return bool(path.stat().st_mode & stat.S_IROTH)


def literal_or_file(text: str, directory: Path) -> str:
    """Something public that may be given as it is, or as `file:PATH`."""
    if not text.startswith("file:"):
        return text
    path = directory / text.removeprefix("file:")
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise DesiredInvalid(f"cannot resolve {text}: {why} ({path}); put the file there") from error
