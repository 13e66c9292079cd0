"""links/NAME.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from trunkline.desired.documents.dial_peers import DialPeers
from trunkline.desired.documents.fields import (
    Becomes,
    ClassTag,
    Document,
    EnforcementWord,
    Line,
    Name,
    Port,
    Prefix,
    Srtp,
    Strict,
)
from trunkline.desired.documents.trunk import RoutePattern, SecurityProfile, SipProfile, Trunk


class TlsProfile(Strict):
    """`voice class tls-profile` (17.3 and later), bound instead of the plain trustpoint."""

    tag: Annotated[
        ClassTag,
        Field(description="Its tag"),
        Becomes("`voice class tls-profile TAG`, `crypto signaling … tls-profile TAG`"),
    ]
    cipher_class: Annotated[
        ClassTag | None,
        Field(description="A tls-cipher class of the CUBE's document (17.8 and later)"),
        Becomes("`cipher TAG`"),
    ] = None
    cn_san: Annotated[
        Literal["server", "client", "bidirectional"] | None,
        Field(description="Whose names are compared with the certificate's"),
        Becomes("`cn-san validate …`"),
    ] = None
    lines: Annotated[
        tuple[Line, ...], Field(description="Further lines of the profile, as IOS shows them"), Becomes("themselves")
    ] = ()


class Tls(Strict):
    """How the two ends speak TLS."""

    port: Annotated[
        Port,
        Field(description="The port on which the cluster listens for this trunk"),
        Becomes("`session target ipv4:NODE:PORT`; security profile: `incomingPort=PORT`"),
    ] = 5061
    signalling: Annotated[
        Literal["default", "remote-address"],
        Field(description="Whether the trustpoint is for everyone, or for the cluster's addresses only"),
        Becomes("`crypto signaling default …` or `crypto signaling remote-addr ADDRESS MASK …`"),
    ] = "default"
    remote_prefixes: Annotated[
        tuple[Prefix, ...],
        Field(description="With `remote-address`: the networks; left out: each node's own address"),
        Becomes("`crypto signaling remote-addr ADDRESS MASK …` each"),
    ] = ()
    strict_cipher: Annotated[
        bool, Field(description="Only the few cipher suites of `strict-cipher`"), Becomes("`… strict-cipher`")
    ] = False
    profile: Annotated[
        TlsProfile | None,
        Field(description="A TLS profile to bind instead of the plain trustpoint (17.3 and later)"),
        Becomes("`crypto signaling … tls-profile TAG`"),
    ] = None


class Link(Document):
    """links/NAME.yaml: one trunk between a CUBE and a cluster; both ends derive from it."""

    cube: Annotated[Name, Field(description="The stem of a file in cubes/"), Becomes("which CUBE gets the lines")]
    cluster: Annotated[Name, Field(description="The stem of a file in clusters/"), Becomes("which cluster gets the objects")]
    enforcement: Annotated[
        EnforcementWord | None,
        Field(description="`observe` or `enforce` for this link; null: as its CUBE says"),
        Becomes("nothing; it decides whether a plan is carried out"),
    ] = None
    tls: Annotated[
        Tls | None,
        Field(description="How the two ends speak TLS; null: a trunk without TLS, to see a plain call work first"),
        Becomes("`session transport tcp tls`; security profile: Encrypted, TLS, X.509 names of the CUBE's certificate"),
    ] = Field(default_factory=Tls)
    srtp: Annotated[
        Srtp,
        Field(description="Encryption of media at the cluster's end; the CUBE's own is in voice_service or a dial-peer"),
        Becomes("SIP trunk: `srtpAllowed=true`, or false for `none`"),
    ] = "required"
    dial_peers: Annotated[DialPeers, Field(description="The CUBE's dial-peers, by role")]
    security_profile: Annotated[SecurityProfile, Field(description="The cluster's SIP Trunk Security Profile")]
    sip_profile: Annotated[SipProfile, Field(description="The cluster's SIP Profile")]
    trunk: Annotated[Trunk, Field(description="The cluster's SIP trunk")]
    route_patterns: Annotated[tuple[RoutePattern, ...], Field(description="Patterns that the cluster routes to the trunk")] = ()
