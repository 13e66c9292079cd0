"""The identity that an operator gives the probe in the settings: files, read anew at every round of looks."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.health.tunnel import ProbeIdentity
from trunkline.model.certificate import Certificate, certificates_in, chain_above
from trunkline.model.errors import Stalled
from trunkline.model.public_key import der_of
from trunkline.service.reaching.kept import CLOCK
from trunkline.settings import is_exposed

LOG = logging.getLogger(__name__)
NEAR_THE_END = timedelta(days=14)


@dataclass
class StatedIdentity:
    """Nothing where the settings give none. The key is read, used and forgotten; it appears in no message.

    A file that cannot be used stops no pass: it is told in the log, once until it changes, and the probe goes on without.
    """

    certificate: Path | None = None
    key: Path | None = field(default=None, repr=False)
    _told: str = ""

    def identities(self, now: datetime | None = None) -> dict[str, ProbeIdentity]:
        """By SHA-256 of the CA that issued it: one, or none. Does not raise."""
        if self.certificate is None or self.key is None:
            return {}
        try:
            leaf, above, key_pem = read(self.certificate, self.key, now or CLOCK.now())
        except Stalled as error:
            self._tell(logging.ERROR, str(error))
            return {}
        self._tell(logging.WARNING, _weakness(leaf, self.certificate, self.key, now or CLOCK.now()))
        chain = tuple(one.pem for one in (leaf, *above) if one is leaf or not one.is_self_signed)
        issuers = tuple(one.sha256 for one in above) or (leaf.sha256,)
        return {issuers[0]: ProbeIdentity(key_pem, chain, issuers, is_stated=True)}

    def _tell(self, level: int, message: str) -> None:
        if message and message != self._told:
            LOG.log(level, "%s", message)
        self._told = message


def read(certificate: Path, key: Path, now: datetime) -> tuple[Certificate, tuple[Certificate, ...], str]:
    """The certificate, the CAs above it, and the key in PEM. Raises Stalled naming the file and the cure, never a key."""
    found = _certificates(certificate)
    public, key_pem = _key(key)
    leaf = next((one for one in found if one.public_key_der == public), None)
    if leaf is None:
        raise Stalled(
            f"cannot use the probe's key {key}: it belongs to no certificate in {certificate}; put the two of one pair there"
        )
    if leaf.not_after <= now or leaf.not_before > now:
        when = f"ended {_day(leaf.not_after)}" if leaf.not_after <= now else f"begins {_day(leaf.not_before)}"
        raise Stalled(f"cannot use the probe's certificate {certificate}: it {when}; put a valid one there")
    above = chain_above(leaf, found)
    if not above and not leaf.is_self_signed:
        raise Stalled(
            f"cannot use the probe's certificate {certificate}: the certificate of the CA that issued it, "
            f"{leaf.issuer_common_name or leaf.issuer}, is not in the file; append it"
        )
    return leaf, above, key_pem


def _certificates(path: Path) -> tuple[Certificate, ...]:
    what = f"cannot use the probe's certificate {path}"
    try:
        found = certificates_in(path.read_bytes())
    except OSError as error:
        raise Stalled(f"{what}: {error.strerror}; put a PEM file there, or correct probe.certificate") from error
    except ValueError as error:
        raise Stalled(f"{what}: {error}; put a PEM file there") from error
    if not found:
        raise Stalled(f"{what}: there is no PEM certificate in it; put the certificate there, then those of the CAs above it")
    return found


def _key(path: Path) -> tuple[bytes, str]:
    """The public key in DER and the private one in PEM. What OpenSSL says of a broken key is not passed on."""
    what = f"cannot use the probe's key {path}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Stalled(f"{what}: {error.strerror}; put a PEM file there, or correct probe.key") from error
    try:
        key = serialization.load_pem_private_key(data, None)
    except TypeError:
        raise Stalled(f"{what}: it is protected by a passphrase; put it there without, readable by the daemon alone") from None
    except ValueError:
        raise Stalled(f"{what}: it is no private key in PEM; put one there") from None
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    return der_of(key.public_key()), pem


def _weakness(leaf: Certificate, certificate: Path, key: Path, now: datetime) -> str:
    """What will not do for long, or everywhere."""
    if leaf.extended_key_usages and ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string not in leaf.extended_key_usages:
        return f"the probe's certificate {certificate} lacks clientAuth, so far ends may refuse it; issue it with that"
    if leaf.not_after - now <= NEAR_THE_END:
        return f"the probe's certificate {certificate} ends {_day(leaf.not_after)}; put a newer one there, no restart is needed"
    if is_exposed(key):
        return f"{key} is a private key and everybody on this machine may read it; chmod o-r it"
    return ""


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"
