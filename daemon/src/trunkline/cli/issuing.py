"""Commands about issuers: ca init, ca roll, ca show, certificates submit."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import SettingsOption, app, say
from trunkline.cli.certificates import certificates
from trunkline.desired.documents.fields import FORMS, NAME
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.model.certificate import Certificate, certificates_in
from trunkline.model.errors import DesiredInvalid, Stalled
from trunkline.model.public_key import KeyType
from trunkline.service.reaching.issuing import Places, box_of
from trunkline.settings import REFERENCE, load, resolve

ca = typer.Typer(no_args_is_help=True, help="The CA that trunkline keeps itself")
app.add_typer(ca, name="ca")

NameArgument = Annotated[str, typer.Argument(help="The CA's name, as an issuer of estate.yaml names it")]
CommonName = Annotated[str, typer.Option("--common-name", help="Its common name; else made of NAME and the year")]
Years = Annotated[int, typer.Option("--years", min=1, max=30, help="How long it is valid")]
KeyOption = Annotated[str, typer.Option("--key", help="ec (P-256), ec384, rsa (3072 bits), rsa2048 or rsa4096")]
Passphrase = Annotated[
    str, typer.Option("--passphrase", help="Where the passphrase is: env:NAME or file:PATH, as in estate.yaml")
]
KEYS = {
    "ec": KeyType("ec", 256),
    "ec384": KeyType("ec", 384),
    "rsa": KeyType("rsa", 3072),
    "rsa2048": KeyType("rsa", 2048),
    "rsa4096": KeyType("rsa", 4096),
}
DEFAULT_REFERENCE = "env:TRUNKLINE_CA_PASSPHRASE"


@ca.command("init")
def init(
    name: NameArgument,
    common_name: CommonName = "",
    years: Years = 10,
    key: KeyOption = "rsa",
    passphrase: Passphrase = DEFAULT_REFERENCE,
    settings: SettingsOption = None,
) -> None:
    """Make a CA. Nothing is ever overwritten."""
    now = datetime.now(UTC)
    _tell(_authority(name, settings, passphrase).create(_wish(name, common_name, years, key, now), now))


@ca.command("roll")
def roll(
    name: NameArgument,
    common_name: CommonName = "",
    years: Years = 10,
    key: KeyOption = "rsa",
    passphrase: Passphrase = DEFAULT_REFERENCE,
    settings: SettingsOption = None,
) -> None:
    """Make the CA's next certificate, with a new key and common name. The earlier files stay."""
    now = datetime.now(UTC)
    _tell(_authority(name, settings, passphrase).roll(_wish(name, common_name, years, key, now), now))


@ca.command("show")
def show(name: NameArgument, settings: SettingsOption = None) -> None:
    """Print the CA's certificate, and the earlier ones after it."""
    for certificate in Authority(_checked(name), load(settings).state_directory).certificates():
        _tell(certificate)
        say(certificate.pem.rstrip())


@certificates.command("submit")
def submit(
    file: Annotated[Path, typer.Argument(help="The signed certificate in PEM, with the CAs above it; - reads standard input")],
    settings: SettingsOption = None,
) -> None:
    """Bring back what a CA's people signed. It is judged at once. Exit 0: it is used; 2: it is not, and why."""
    try:
        content = typer.get_binary_stream("stdin").read() if str(file) == "-" else file.read_bytes()
        answer = certificates_in(content)
    except OSError as error:
        raise Stalled(f"cannot read {file}: {error.strerror}; name the file that the CA gave you") from error
    except ValueError as error:
        raise DesiredInvalid(f"cannot use {file}: {error}; ask the CA for PEM") from error
    if not answer:
        raise DesiredInvalid(f"cannot use {file}: there is no PEM certificate in it; ask the CA for PEM")
    asked, finding = box_of(Places.of(load(settings))).submit(answer, datetime.now(UTC))
    if finding:
        raise DesiredInvalid(f"cannot use {file} for {asked.signing.name}: {finding.why}; {finding.cure}")
    say(f"{asked.signing.name}: good; the next pass installs it")


def _checked(name: str) -> str:
    if not re.fullmatch(NAME, name):
        raise typer.BadParameter(f"write {FORMS[NAME]}", param_hint="NAME")
    return name


def _authority(name: str, settings: Path | None, passphrase: str) -> Authority:
    if not re.fullmatch(REFERENCE, passphrase) or not passphrase:
        raise typer.BadParameter("write env:NAME or file:PATH, never the passphrase itself", param_hint="--passphrase")
    loaded = load(settings)
    return Authority(_checked(name), loaded.state_directory, resolve(passphrase, loaded.secrets_directory, os.environ))


def _wish(name: str, common_name: str, years: int, key: str, now: datetime) -> AuthorityWish:
    if key not in KEYS:
        raise typer.BadParameter(f"there are {', '.join(KEYS)}", param_hint="--key")
    return AuthorityWish(common_name or f"trunkline {name} CA {now:%Y-%m}", timedelta(days=365 * years), KEYS[key])


def _tell(certificate: Certificate) -> None:
    say(f"{certificate.subject}, until {certificate.not_after:%Y-%m-%d}")
    say(f"SHA-256 {certificate.sha256}")
    say(f"SHA-1   {certificate.sha1}")
