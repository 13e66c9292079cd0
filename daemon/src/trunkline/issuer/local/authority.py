"""`Authority`: the files of a local CA. One generation is a certificate and its encrypted key; a rollover adds the next."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from trunkline.issuer import private_files
from trunkline.issuer.local.certify import PrivateKey, Signer, new_key, root
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, Stalled
from trunkline.model.public_key import KeyType

GENERATION = re.compile(r"^ca-(\d+)\.(pem|key)$")
LEAST_PASSPHRASE = 12


@dataclass(frozen=True)
class AuthorityWish:
    """What a new CA certificate shall say."""

    common_name: str
    lifetime: timedelta
    key: KeyType


@dataclass(frozen=True)
class Authority:
    """A local CA by its name, in `<state_directory>/authorities/NAME/`; the key is useless without the passphrase."""

    name: str
    state_directory: Path
    passphrase: str = field(default="", repr=False)

    @property
    def folder(self) -> Path:
        return self.state_directory / "authorities" / self.name

    def create(self, wish: AuthorityWish, now: datetime) -> Certificate:
        """The first generation. Raises Stalled where there is one already: nothing is ever overwritten."""
        if self._numbers("pem"):
            raise Stalled(
                f"cannot make the CA {self.name}: {self.folder} holds one already; "
                f"`trunkline ca roll {self.name}` makes its next certificate, another name makes another CA"
            )
        return self._generate(wish, now)

    def roll(self, wish: AuthorityWish, now: datetime) -> Certificate:
        """The next generation: a new key under a new common name. The earlier files stay.

        Trust stores of CUCM keep one certificate for each common name, so a CA of the same name could have no overlap.
        """
        self.signer()  # whoever rolls a CA over holds its passphrase
        taken = {one.common_name.lower() for one in self.certificates()}
        if wish.common_name.lower() in taken:
            raise Stalled(
                f"cannot roll the CA {self.name} over: a certificate of it has the common name {wish.common_name}, and "
                "CUCM keeps one certificate for each; give another --common-name"
            )
        return self._generate(wish, now)

    def _generate(self, wish: AuthorityWish, now: datetime) -> Certificate:
        if len(self.passphrase) < LEAST_PASSPHRASE:
            raise Stalled(
                f"cannot make the CA {self.name}: the passphrase has less than {LEAST_PASSPHRASE} "
                "characters; choose a longer one"
            )
        number = max([*self._numbers("pem"), *self._numbers("key"), 0]) + 1
        try:
            key = new_key(wish.key)
            made = root(wish.common_name, key, now, wish.lifetime)
        except ValueError as error:
            raise Stalled(f"cannot make the CA {self.name}: {error}; correct the options") from error
        try:
            private_files.write_new(self.folder / f"ca-{number}.key", self._encrypted(key))
            pem = made.public_bytes(serialization.Encoding.PEM)
            private_files.write_new(self.folder / f"ca-{number}.pem", pem)  # what makes the generation count: it comes last
        except FileExistsError as error:
            raise Stalled(f"cannot make the CA {self.name}: another process made one just now; see `ca show`") from error
        return Certificate.from_pem(pem)

    def _encrypted(self, key: PrivateKey) -> bytes:
        protection = serialization.BestAvailableEncryption(self.passphrase.encode())
        return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)

    def certificates(self) -> tuple[Certificate, ...]:
        """Every generation, the newest first. Raises Stalled where there is none, or one cannot be read."""
        numbers = sorted(self._numbers("pem"), reverse=True)
        if not numbers:
            raise Stalled(
                f"cannot use the CA {self.name}: there is none in {self.folder}; make it with `trunkline ca init {self.name}`"
            )
        return tuple(self._certificate(number) for number in numbers)

    def _certificate(self, number: int) -> Certificate:
        path = self.folder / f"ca-{number}.pem"
        try:
            return Certificate.from_pem(path.read_bytes())
        except OSError as error:
            raise Stalled(f"cannot read {path}: {error.strerror}; make it readable for the daemon") from error
        except ValueError as error:
            raise Stalled(f"cannot read {path}: it is no certificate; restore it from a backup") from error

    def signer(self) -> Signer:
        """The newest generation with its key. Raises AccessRefused for a wrong passphrase."""
        newest = self.certificates()[0]
        path = self.folder / f"ca-{max(self._numbers('pem'))}.key"
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), self.passphrase.encode())
        except OSError as error:
            raise Stalled(f"cannot read {path}: {error.strerror}; restore it from a backup") from error
        except (ValueError, TypeError):
            raise AccessRefused(
                f"cannot open the key of the CA {self.name}: the passphrase is wrong, or {path} is damaged; correct "
                "`passphrase` of the issuer in estate.yaml"
            ) from None
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or key.public_key() != newest.x509.public_key():
            raise Stalled(f"cannot use the CA {self.name}: {path} is not its key; restore both from one backup")
        return Signer(newest.x509, key)

    def _numbers(self, suffix: str) -> list[int]:
        if not self.folder.is_dir():
            return []
        found = [GENERATION.match(path.name) for path in self.folder.iterdir()]
        return [int(match[1]) for match in found if match and match[2] == suffix]
