"""The words that documents are made of: strict types with patterns, shared by all kinds of documents."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from trunkline.model.desired import Enforcement

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"

Name = Annotated[str, Field(pattern=NAME)]
SecretRef = Annotated[
    str,
    Field(
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$",
        description="Where the secret is: `env:NAME` of the daemon's environment, or `file:PATH`",
    ),
]
Ipv4 = Annotated[
    str, Field(pattern=r"^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$", description="An IPv4 address")
]
Fqdn = Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9_]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Tag = Annotated[int, Field(ge=1, le=2147483647)]
Interface = Annotated[str, Field(pattern=r"^[A-Za-z-]+\d+(/\d+)*(\.\d+)?$")]
Line = Annotated[str, Field(pattern=r"^\S.*\S$|^\S$", description="A configuration line, as IOS shows it")]


def _prefix(text: str) -> str:
    return str(IPv4Network(text))


Prefix = Annotated[str, AfterValidator(_prefix), Field(description="An address or network, such as 10.72.86.0/24")]

Srtp = Literal["none", "required", "fallback"]
DtmfRelay = Literal["rtp-nte", "sip-kpml", "sip-notify", "sip-info"]
TlsVersion = Literal["v1.0", "v1.1", "v1.2", "v1.3"]
Codec = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*( [a-z0-9-]+)*$")]


class Strict(BaseModel):
    """Nothing that is not declared, nothing converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Waiver(Strict):
    """A rule that shall not count in this document, until a date, for a reason."""

    rule: Annotated[str, Field(pattern=r"^TL\d{3}$")]
    reason: Annotated[str, Field(min_length=10)]
    until: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="The last day on which the waiver counts")]


class Document(Strict):
    """What every document may say."""

    waivers: tuple[Waiver, ...] = ()


EnforcementWord = Literal["observe", "enforce"]


def mode(word: str | None) -> Enforcement | None:
    """The enforcement mode that a document states, if it states one."""
    return Enforcement(word) if word else None
