"""What a router offers in a handshake with one peer: identity, trust, versions, ciphers, curve; all from its configuration."""

from trunkline.twin.ca import pem_of
from trunkline.twin.cube.pki.store import Store
from trunkline.twin.cube.router import Router
from trunkline.twin.cube.siptls import settings
from trunkline.twin.wire import TlsSettings

LEVEL = ":@SECLEVEL=0"  # IOS accepts what OpenSSL's higher levels refuse


def tls_for(router: Router, peer: str) -> TlsSettings | None:
    """The settings of a handshake with `peer`; None where no usable trustpoint is bound."""
    meaning = settings.signalling(router.running, peer)
    store = router.pki
    assert isinstance(store, Store)  # noqa: S101 - the lab gives every router one
    identity = store.identity_pems(meaning.trustpoint) if meaning else None
    if meaning is None or identity is None:
        return None
    least, greatest = settings.versions(router.running, router.train.least_tls, has_tls13=router.train.has_tls13)
    names = [settings.OPENSSL_NAMES[name] for name in meaning.ciphers if name in settings.OPENSSL_NAMES]
    ciphers = ":".join(names) or (router.train.strict_ciphers if meaning.is_strict else "ALL")
    anchors = _anchors(store, meaning.client_trustpoint)
    return TlsSettings(identity[0], identity[1], anchors, least, greatest, ciphers + LEVEL, meaning.curve)


def _anchors(store: Store, only: str) -> tuple[str, ...]:
    """IOS looks through all trustpoints, unless client-vtp names one."""
    if only and only in store.trustpoints:
        ca = store.trustpoints[only].ca
        return (pem_of(ca),) if ca else ()
    return tuple(pem_of(certificate) for certificate in store.anchors())
