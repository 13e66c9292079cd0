"""What a thing is called: `Key`, and the kinds of things there are."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Every kind of resource, on either end of a link."""

    # CUBE: sections of the configuration, and what only an exec command can set
    GLOBAL = "global"  # lines outside every section
    VOICE_SERVICE = "voice-service"  # voice service voip
    VOICE_SERVICE_SIP = "voice-service-sip"  # voice service voip / sip
    TRUSTED_LIST = "trusted-list"  # voice service voip / ip address trusted list
    VOICE_CLASS_CODEC = "voice-class-codec"
    SRTP_CRYPTO = "srtp-crypto"
    TLS_CIPHER = "tls-cipher"
    TLS_PROFILE = "tls-profile"
    TENANT = "tenant"
    SERVER_GROUP = "server-group"
    OPTIONS_KEEPALIVE = "options-keepalive"
    DIAL_PEER = "dial-peer"
    SIP_UA = "sip-ua"
    TRUSTPOINT = "trustpoint"  # crypto pki trustpoint X: its configuration lines
    TRUST_ANCHOR = "trust-anchor"  # the CA certificate that trustpoint X holds, set by `crypto pki authenticate`

    KEY_PAIR = "key-pair"  # by its label
    CERTIFICATE_REQUEST = "certificate-request"  # of the trustpoint, or of the node, of that name
    IDENTITY = "identity"  # the certificate of that trustpoint's, or node's, own key
    CONNECTION = "connection"  # a TLS connection of SIP, by its Conn-Id

    # an issuer
    SIGNATURE = "signature"  # name: "<target>/<trustpoint or node>"

    # CUCM: database objects, the trust store of each node, and the reset that makes edits count
    CALLMANAGER_TRUST = "callmanager-trust"  # name: "<node>/<sha256, first 16 digits>"
    SIP_SECURITY_PROFILE = "sip-security-profile"
    SIP_PROFILE = "sip-profile"
    SIP_TRUNK = "sip-trunk"
    ROUTE_PATTERN = "route-pattern"  # name: "<pattern>@<partition>"
    ACTIVATION = "activation"  # of the SIP trunk of that name
    SERVICE_RESTART = "service-restart"  # of Cisco CallManager on the node of that name


CLUSTER_KINDS = frozenset(
    {
        Kind.CALLMANAGER_TRUST,
        Kind.SIP_SECURITY_PROFILE,
        Kind.SIP_PROFILE,
        Kind.SIP_TRUNK,
        Kind.ROUTE_PATTERN,
        Kind.ACTIVATION,
        Kind.SERVICE_RESTART,
    }
)
"""What there is on a cluster only; requests and identities are on both ends, signatures on issuers, the rest on a CUBE."""
HELD_KINDS = frozenset({Kind.TRUST_ANCHOR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY})
"""What a trustpoint of a CUBE holds under its own name: it goes with the trustpoint, and only so."""
SHARED_SECTIONS = frozenset({Kind.GLOBAL, Kind.VOICE_SERVICE, Kind.VOICE_SERVICE_SIP, Kind.TRUSTED_LIST, Kind.SIP_UA})
"""Sections that every CUBE has and that several owners share: single lines come and go, the section stays."""


class Key(NamedTuple):
    """The name of one resource: `target` is "cube/NAME", "cluster/NAME" or "issuer/NAME".

    A tuple, since plans of a large estate hash and compare some hundred thousand of them.
    """

    target: str
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.target} {self.kind} {self.name}".rstrip()


def cube_target(name: str) -> str:
    """The target of the CUBE that document cubes/NAME.yaml states."""
    return f"cube/{name}"


def cluster_target(name: str) -> str:
    """The target of the cluster that document clusters/NAME.yaml states."""
    return f"cluster/{name}"


def issuer_target(name: str) -> str:
    """The target of an issuer that estate.yaml states."""
    return f"issuer/{name}"


def wire_target(cube: str) -> str:
    """What is presented on the wire by a CUBE and by the nodes at the far ends of its links. Only looked at."""
    return f"wire/{cube}"
