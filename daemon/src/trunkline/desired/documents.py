"""The four documents: estate, CUBE, cluster, link. What is not said is derived from the link, or left to its other
owners.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from trunkline.desired.dial_peers import DialPeers
from trunkline.desired.fields import (
    Codec,
    Document,
    EnforcementWord,
    Fqdn,
    Interface,
    Ipv4,
    Line,
    Name,
    Port,
    Prefix,
    SecretRef,
    Srtp,
    Strict,
    Tag,
    TlsVersion,
)
from trunkline.desired.trunk import RoutePattern, SecurityProfile, SipProfile, Trunk
from trunkline.model.resource import Origin


class Intervals(Strict):
    """How often the daemon looks."""

    source_seconds: Annotated[int, Field(ge=5)] = 60
    observe_seconds: Annotated[int, Field(ge=5)] = 60
    full_read_seconds: Annotated[int, Field(ge=60)] = 3600


class Guard(Strict):
    """What a plan may contain without a person looking at it."""

    max_deletions: Annotated[int, Field(ge=0)] = 10
    allow_replace: bool = False
    allow_empty: bool = False


class Estate(Document):
    """estate.yaml: policy and defaults for all."""

    enforcement: EnforcementWord = "observe"
    intervals: Intervals = Intervals()
    guard: Guard = Guard()


class Management(Strict):
    """How the CUBE is reached by SSH."""

    address: str
    port: Port = 22
    username: SecretRef
    password: SecretRef
    enable_password: SecretRef | None = None
    host_key: Annotated[
        str,
        Field(
            pattern=r"^((ssh-|ecdsa-)\S+ \S+.*|file:.+)$",
            description="The SSH host key, as a public key line or `file:PATH` of one",
        ),
    ]


class Signalling(Strict):
    """Where the CUBE speaks SIP."""

    address: Ipv4
    interface: Interface


class CubeIdentity(Strict):
    """The enrolled trustpoint that the CUBE presents, and the names its certificate is expected to bear."""

    trustpoint: Name
    names: tuple[Fqdn, ...] = ()
    certificate: str | None = Field(default=None, description="The identity certificate in PEM, to pin it")


class LicensedBorderElement(Strict):
    """`mode border-element license capacity N`, for releases before 17.2."""

    license_capacity: Annotated[int, Field(ge=1)]


class Bind(Strict):
    """Interfaces that SIP signalling and media are bound to."""

    control: Interface
    media: Interface


class VoiceService(Strict):
    """`voice service voip` and its `sip` block. What is left out stays as it is on the CUBE."""

    border_element: bool | LicensedBorderElement | None = None
    address_hiding: bool | None = None
    allow_connections: tuple[Annotated[str, Field(pattern=r"^(sip|h323) to (sip|h323)$")], ...] = ("sip to sip",)
    srtp: Srtp | None = None
    url: Literal["sip", "sips", "tel"] | None = None
    early_offer: Literal["forced", "off"] | None = None
    bind: Bind | Literal["signalling"] | None = Field(
        default="signalling", description="`signalling`: both to signalling.interface; null: not trunkline's"
    )
    trusted: tuple[Prefix, ...] = Field(default=(), description="Trusted addresses beside the nodes of the links")
    lines: tuple[Line, ...] = ()
    sip_lines: tuple[Line, ...] = ()


class SipUa(Strict):
    """`sip-ua`."""

    tls_version: TlsVersion | None = Field(default=None, description="null: every version the release offers")
    minimum: bool = Field(default=False, description="tls_version is the least, not the only one (17.14 and later)")
    lines: tuple[Line, ...] = ()


class VoiceClasses(Strict):
    """Voice classes that dial-peers and TLS profiles name, by tag."""

    codec: Mapping[Tag, tuple[Codec, ...]] = Field(default_factory=dict)
    srtp_crypto: Mapping[Tag, tuple[str, ...]] = Field(default_factory=dict)
    tls_cipher: Mapping[Tag, tuple[str, ...]] = Field(default_factory=dict)


class Cube(Document):
    """cubes/NAME.yaml: one CUBE."""

    release: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")] | None = None
    enforcement: EnforcementWord | None = None
    management: Management
    signalling: Signalling
    identity: CubeIdentity
    voice_service: VoiceService = VoiceService()
    sip_ua: SipUa = SipUa()
    voice_classes: VoiceClasses = Field(default_factory=VoiceClasses)
    lines: tuple[Line, ...] = ()

    @property
    def release_numbers(self) -> tuple[int, ...] | None:
        return tuple(int(part) for part in self.release.split(".")) if self.release else None


class ClusterNode(Strict):
    """One server of the cluster that runs Cisco CallManager."""

    name: Name
    fqdn: Fqdn
    address: Ipv4
    management_address: str | None = Field(default=None, description="Where AXL and REST answer; default: address")
    publisher: bool = False


class Axl(Strict):
    """AXL on the publisher: an application user with the role Standard AXL API Access."""

    port: Port = 8443
    username: SecretRef
    password: SecretRef
    ca: str = Field(description="The CA that signed the tomcat certificates: PEM, or `file:PATH`")


class Platform(Strict):
    """The certificate REST API of every node: a platform (OS administration) user of privilege 1."""

    port: Port = 443
    username: SecretRef
    password: SecretRef


class Cluster(Document):
    """clusters/NAME.yaml: one CUCM cluster."""

    version: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")] | None = None
    nodes: Annotated[tuple[ClusterNode, ...], Field(min_length=1)]
    axl: Axl
    platform: Platform


class TlsProfile(Strict):
    """`voice class tls-profile` (17.3 and later), bound instead of the plain trustpoint."""

    tag: Tag
    cipher_class: Tag | None = None
    cn_san: Literal["server", "client", "bidirectional"] | None = None
    lines: tuple[Line, ...] = ()


class Tls(Strict):
    """How the two ends speak TLS."""

    port: Port = 5061
    signalling: Literal["default", "remote-address"] = "default"
    remote_prefixes: tuple[Prefix, ...] = Field(default=(), description="default: each node's own address")
    strict_cipher: bool = False
    profile: TlsProfile | None = None


class Link(Document):
    """links/NAME.yaml: one trunk between a CUBE and a cluster; both ends derive from it."""

    cube: Name
    cluster: Name
    enforcement: EnforcementWord | None = None
    tls: Tls | None = Field(default_factory=Tls, description="null: a trunk without TLS")
    srtp: Srtp = "required"
    dial_peers: DialPeers
    security_profile: SecurityProfile
    sip_profile: SipProfile
    trunk: Trunk
    route_patterns: tuple[RoutePattern, ...] = ()


DocumentT = TypeVar("DocumentT", bound=Document)
Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True)
class Placed(Generic[DocumentT]):
    """A document with its file, and the line and column of every value in it."""

    name: str
    path: str
    value: DocumentT
    positions: Mapping[Path, Position] = field(default_factory=dict)

    def origin(self, *where: str | int) -> Origin:
        """The place of a value; of the nearest enclosing one where it is a default that nobody wrote."""
        for end in range(len(where), -1, -1):
            position = self.positions.get(where[:end])
            if position:
                return Origin(self.path, *position)
        return Origin(self.path, 1)


@dataclass(frozen=True)
class Documents:
    """All documents of one revision; every one of them is valid by itself."""

    estate: Placed[Estate]
    cubes: Mapping[str, Placed[Cube]]
    clusters: Mapping[str, Placed[Cluster]]
    links: Mapping[str, Placed[Link]]

    @cached_property
    def links_by_cube(self) -> Mapping[str, tuple[Placed[Link], ...]]:
        """The links of each CUBE, by name."""
        found: dict[str, list[Placed[Link]]] = {}
        for _, link in sorted(self.links.items()):
            found.setdefault(link.value.cube, []).append(link)
        return {cube: tuple(links) for cube, links in found.items()}

    def all(self) -> Iterator[Placed[Any]]:
        yield self.estate
        yield from self.cubes.values()
        yield from self.clusters.values()
        yield from self.links.values()
