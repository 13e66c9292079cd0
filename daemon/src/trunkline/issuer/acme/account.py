"""The ACME account: its key, kept in the state directory, and its registration. With `issuer.py` the one door to acme."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import josepy
from acme import client, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from josepy.jwk import JWKRSA

from trunkline.issuer import private_files
from trunkline.issuer.online.web import Trust, equip
from trunkline.model.errors import AccessRefused, DesiredInvalid, Stalled

USER_AGENT = "trunkline"


@dataclass(frozen=True)
class Binding:
    """External account binding (RFC 8555 §7.3.4)."""

    key_id: str
    hmac_key: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """Who we are at one directory. The key's file bears the directory's digest: another server never sees the same key."""

    name: str
    directory: str
    folder: Path
    trust: Trust
    email: str = ""
    binding: Binding | None = None
    terms_agreed: bool = False

    @property
    def key_file(self) -> Path:
        digest = hashlib.sha256(self.directory.encode()).hexdigest()[:12]
        return self.folder / f"{self.name}-{digest}.key"

    def connect(self) -> client.ClientV2:
        """A client that is registered. Raises what acme and requests raise, and AccessRefused."""
        net = client.ClientNetwork(self._key(), user_agent=USER_AGENT, timeout=30)
        equip(net.session, self.trust, f"issuer {self.name}")
        acme = client.ClientV2(client.ClientV2.get_directory(self.directory, net), net)
        self._register(acme)
        return acme

    def _register(self, acme: client.ClientV2) -> None:
        if acme.external_account_required() and self.binding is None:
            raise AccessRefused(
                f"cannot register at issuer {self.name}: the CA demands an external account; state `external_account` of it"
            )
        terms = getattr(getattr(acme.directory, "meta", None), "terms_of_service", None)
        if terms and not self.terms_agreed:
            raise AccessRefused(
                f"cannot register at issuer {self.name}: nobody agreed to its terms ({terms}); read them, and state "
                "`terms_agreed: true`"
            )
        wanted = messages.NewRegistration.from_data(
            email=self.email or None,
            terms_of_service_agreed=self.terms_agreed or None,
            external_account_binding=self._bound(acme),
        )
        try:
            acme.new_account(wanted)
        except errors.ConflictError as known:  # the account exists: its address is what matters
            acme.net.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())

    def _bound(self, acme: client.ClientV2) -> dict[str, object] | None:
        if self.binding is None:
            return None
        key = acme.net.key
        assert key is not None  # noqa: S101 - it was made with one
        try:
            made: dict[str, object] = messages.ExternalAccountBinding.from_data(
                key.public_key(), self.binding.key_id, self.binding.hmac_key, acme.directory
            )
        except (ValueError, josepy.errors.Error):
            raise DesiredInvalid(
                f"cannot use external_account.hmac_key of issuer {self.name}: it is not base64url; copy it as the CA printed it"
            ) from None
        return made

    def _key(self) -> JWKRSA:
        path = self.key_file
        if not path.exists():
            fresh = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            pem = fresh.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            with suppress(FileExistsError):  # another process was faster: its key counts
                private_files.write_new(path, pem)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise Stalled(
                f"cannot read the account key {path}: it is damaged; restore it, or remove it for a new account"
            ) from None
        return JWKRSA(key=key)
