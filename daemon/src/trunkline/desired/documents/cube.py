"""cubes/NAME.yaml."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from trunkline.desired.documents.fields import (
    RELEASE,
    SUBJECT,
    Address,
    Becomes,
    ClassTag,
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
    Suite,
    TlsVersion,
)
from trunkline.desired.documents.renewal import CertificateKey, Renewal


class Management(Strict):
    """How the CUBE is reached by SSH."""

    address: Annotated[Address, Field(description="IP address or DNS name that the daemon connects to")]
    port: Annotated[Port, Field(description="TCP port of SSH")] = 22
    syslog_address: Annotated[
        Address | None,
        Field(description="Where its syslog comes from; null: from `address` or the signalling address"),
    ] = None
    username: Annotated[SecretRef, Field(description="Where the user's name is: `env:NAME` or `file:PATH`")]
    password: Annotated[SecretRef, Field(description="Where the password is: `env:NAME` or `file:PATH`; never the password")]
    enable_password: Annotated[
        SecretRef | None, Field(description="Where the enable password is; null where login already has privilege 15")
    ] = None
    host_key: Annotated[
        str,
        Field(
            pattern=r"^((ssh-|ecdsa-)\S+ \S+.*|file:.+)$",
            description="The SSH host key, as a public key line or `file:PATH` of one",
        ),
    ]


class Signalling(Strict):
    """Where the CUBE speaks SIP."""

    address: Annotated[
        Ipv4,
        Field(description="The address that the cluster calls"),
        Becomes("SIP trunk: `destinations=ADDRESS:PORT`"),
    ]
    interface: Annotated[
        Interface,
        Field(description="The interface that holds this address, by its full name"),
        Becomes("with `bind: signalling`: `bind control source-interface …` and `bind media source-interface …`"),
    ]
    tls_port: Annotated[
        Port,
        Field(description="The port on which the CUBE listens for TLS"),
        Becomes("unless 5061: `listen-port secure N`; SIP trunk: `destinations=ADDRESS:N`"),
    ] = 5061
    probe_address: Annotated[
        Address | None,
        Field(description="Where the daemon connects to look at the certificate that is presented; null: at `address`"),
        Becomes("nothing"),
    ] = None


class CubeIdentity(Strict):
    """The trustpoint that the CUBE presents, the names its certificate bears, and who renews it."""

    trustpoint: Annotated[
        Name,
        Field(
            description="The enrolled trustpoint whose certificate the CUBE presents. With `issuer`, renewed ones are NAME-1, "
            "NAME-2 and so on"
        ),
        Becomes("`crypto signaling … trustpoint NAME`, or `trustpoint NAME` in the TLS profile"),
    ]
    names: Annotated[
        tuple[Fqdn, ...],
        Field(
            description="Names that the certificate is expected to bear; with `issuer`, those that it shall bear: "
            "the common name first"
        ),
        Becomes(
            "with `issuer`: `subject-name cn=…` and `subject-alt-name …`; "
            "the security profile's names come from the certificate itself"
        ),
    ] = ()
    issuer: Annotated[
        Name | None,
        Field(description="The issuer of estate.yaml that signs it; null: the certificate is watched, not renewed"),
        Becomes("a trustpoint of its own for each renewed certificate, with its key and its issuing CA"),
    ] = None
    key: Annotated[
        CertificateKey,
        Field(description="With `issuer`: the key pair of a renewed certificate"),
        Becomes("`crypto key generate …`"),
    ] = CertificateKey()
    subject: Annotated[
        Annotated[str, Field(max_length=180, pattern=SUBJECT)] | None,
        Field(description="With `issuer`: what the subject says beside the common name, such as `o=Example,c=KR`"),
        Becomes("`subject-name cn=NAME,…`"),
    ] = None
    validity_days: Annotated[
        int | None,
        Field(ge=1, le=3650, description="With `issuer`: how long it shall be valid; null: as the issuer gives"),
        Becomes("nothing; it is asked of the issuer"),
    ] = None
    certificate: Annotated[
        str | None,
        Field(description="The identity certificate in PEM, for `trunkline check` to compare names with"),
        Becomes("nothing"),
    ] = None

    @model_validator(mode="after")
    def _has_a_name(self) -> "CubeIdentity":
        if self.issuer and not self.names:
            raise ValueError("names an issuer, but no name to be certified; add `names:`, the common name first")
        return self


class LicensedBorderElement(Strict):
    """`mode border-element license capacity N`, for releases before 17.2."""

    license_capacity: Annotated[
        int,
        Field(ge=1, le=100000, description="Licensed sessions"),
        Becomes("`mode border-element license capacity N`"),
    ]


class Bind(Strict):
    """Interfaces that SIP signalling and media are bound to."""

    control: Annotated[Interface, Field(description="Signalling"), Becomes("`bind control source-interface …`")]
    media: Annotated[Interface, Field(description="Media"), Becomes("`bind media source-interface …`")]


class VoiceService(Strict):
    """`voice service voip` and its `sip` block. What is left out stays as it is on the CUBE."""

    border_element: Annotated[
        bool | LicensedBorderElement | None,
        Field(description="true, false, or a mapping with the licensed capacity (releases before 17.2)"),
        Becomes("`mode border-element [license capacity N]` or `no mode border-element`"),
    ] = None
    address_hiding: Annotated[
        bool | None,
        Field(description="Whether each side sees only the CUBE's addresses"),
        Becomes("`address-hiding` or `no address-hiding`"),
    ] = None
    allow_connections: Annotated[
        tuple[Annotated[str, Field(pattern=r"^(sip|h323) to (sip|h323)$")], ...],
        Field(description="Which kinds of call may be joined"),
        Becomes("`allow-connections sip to sip` each"),
    ] = ("sip to sip",)
    srtp: Annotated[
        Srtp | None,
        Field(description="Encryption of media for all dial-peers that do not say otherwise"),
        Becomes("`no srtp`, `srtp` or `srtp fallback`"),
    ] = None
    url: Annotated[
        Literal["sip", "sips", "tel"] | None,
        Field(description="The URL form in outgoing requests; `sips` insists on TLS end to end"),
        Becomes("`url sip`, `url sips` or `url tel`"),
    ] = None
    early_offer: Annotated[
        Literal["forced", "off"] | None,
        Field(description="Whether the CUBE always offers media in its INVITE"),
        Becomes("`early-offer forced` or `no early-offer`"),
    ] = None
    bind: Annotated[
        Bind | Literal["signalling"] | None,
        Field(description="`signalling`: both to signalling.interface; a mapping of control and media; null: not trunkline's"),
        Becomes("`bind control source-interface …`, `bind media source-interface …`"),
    ] = "signalling"
    trusted: Annotated[
        tuple[Prefix, ...],
        Field(description="Trusted addresses and networks beside the nodes of the links, which are in the list anyway"),
        Becomes("`ip address trusted list`: `ipv4 ADDRESS [MASK]` each"),
    ] = ()
    lines: Annotated[
        tuple[Line, ...], Field(description="Further lines of `voice service voip`, as IOS shows them"), Becomes("themselves")
    ] = ()
    sip_lines: Annotated[
        tuple[Line, ...], Field(description="Further lines of its `sip` block, as IOS shows them"), Becomes("themselves")
    ] = ()


class SipUa(Strict):
    """`sip-ua`."""

    tls_version: Annotated[
        TlsVersion | None,
        Field(description="The TLS version that is spoken; null: the one chosen on the CUBE, else every one that it offers"),
        Becomes("`transport tcp tls [VERSION]`"),
    ] = None
    minimum: Annotated[
        bool,
        Field(description="tls_version is the least, not the only one (17.14 and later)"),
        Becomes("`transport tcp tls VERSION minimum`"),
    ] = False
    lines: Annotated[
        tuple[Line, ...], Field(description="Further lines of `sip-ua`, as IOS shows them"), Becomes("themselves")
    ] = ()


class VoiceClasses(Strict):
    """Voice classes that dial-peers and TLS profiles name, by tag. The order of a list is the order of preference."""

    codec: Annotated[
        Mapping[ClassTag, Annotated[tuple[Codec, ...], Field(min_length=1)]],
        Field(description="Codecs by tag"),
        Becomes("`voice class codec TAG`: `codec preference N CODEC` each"),
    ] = Field(default_factory=dict)
    srtp_crypto: Annotated[
        Mapping[ClassTag, Annotated[tuple[Suite, ...], Field(min_length=1, max_length=4)]],
        Field(description="SRTP suites by tag"),
        Becomes("`voice class srtp-crypto TAG`: `crypto N SUITE` each"),
    ] = Field(default_factory=dict)
    tls_cipher: Annotated[
        Mapping[ClassTag, Annotated[tuple[Suite, ...], Field(min_length=1, max_length=13)]],
        Field(description="TLS cipher suites by tag (17.8 and later)"),
        Becomes("`voice class tls-cipher TAG`: `cipher N SUITE` each"),
    ] = Field(default_factory=dict)


class Cube(Document):
    """cubes/NAME.yaml: one CUBE."""

    release: Annotated[
        str | None,
        Field(
            pattern=RELEASE,
            description='The IOS release in quotes, such as "17.9"; `trunkline check` then knows what it can do',
        ),
        Becomes("nothing; what runs is observed"),
    ] = None
    enforcement: Annotated[
        EnforcementWord | None,
        Field(
            description="`observe` or `enforce` for this CUBE; null: as estate.yaml says. "
            "Its shared sections follow a link that enforces"
        ),
        Becomes("nothing; it decides whether a plan is carried out"),
    ] = None
    management: Annotated[Management, Field(description="How the CUBE is reached by SSH"), Becomes("nothing")]
    signalling: Annotated[Signalling, Field(description="Where the CUBE speaks SIP")]
    identity: Annotated[CubeIdentity, Field(description="The certificate that the CUBE presents")]
    renewal: Annotated[
        Renewal | None,
        Field(description="When the certificate of this CUBE is renewed; null: as estate.yaml says"),
        Becomes("nothing; it decides when"),
    ] = None
    voice_service: Annotated[VoiceService, Field(description="`voice service voip`; what is left out stays as it is")] = (
        VoiceService()
    )
    sip_ua: Annotated[SipUa, Field(description="`sip-ua`, beside what the links need there")] = SipUa()
    voice_classes: Annotated[VoiceClasses, Field(description="Voice classes that links name by tag")] = Field(
        default_factory=VoiceClasses
    )
    lines: Annotated[
        tuple[Line, ...], Field(description="Global configuration lines outside every section"), Becomes("themselves")
    ] = ()

    @property
    def release_numbers(self) -> tuple[int, ...] | None:
        return tuple(int(part) for part in self.release.split(".")) if self.release else None
