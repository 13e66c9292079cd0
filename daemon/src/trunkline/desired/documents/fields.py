"""The words that documents are made of: strict types with patterns, shared by all kinds of documents."""

from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from trunkline.model.desired import Enforcement


@dataclass(frozen=True)
class Becomes:
    """What a field becomes on the devices, for docs/reference/documents.md."""

    text: str


INTERFACE = r"^[A-Za-z][A-Za-z-]*\d+(/\d+)*(\.\d+)?$"
IPV4 = r"^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$"
PREFIX = r"^\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?$"
ADDRESS = r"^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$"
FQDN = r"^[A-Za-z0-9_]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*$"
# What `codec` takes (Cisco IOS voice command reference), and what may follow it, such as `bytes 40`.
CODEC = (
    r"^(aacld|clear-channel|g711[au]law|g722-(48|56|64)|g723a?r(53|63)|g726r(16|24|32)|g728|g729[ab]?r8|g729abr8|gsmamr-nb|"
    r"gsmefr|gsmfr|ilbc|isac|mp4a-latm|opus|transparent)( [a-z0-9-]+)*$"
)
SUITE = r"^[A-Z][A-Z0-9_]*$"
RELEASE = r"^\d+\.\d+(\.\d+)?$"
DIGITS = r"^[0-9A-F*#+.$()\[\]?,TtxX^-]+$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
ENV_OR_FILE = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
URL = r"^https?://[A-Za-z0-9.\[\]:-]+(/[!-~]*)?$"
HTTPS = r"^https://[A-Za-z0-9.\[\]:-]+(/[!-~]*)?$"
PART = r"^\d{1,2}(%|/\d{1,3})$"
SUBJECT = r"^[A-Za-z]{1,3}=[^,=+\"\\?<>;#]+(, ?[A-Za-z]{1,3}=[^,=+\"\\?<>;#]+)*$"
ONE_LINE = r"^[!-~]([ -~]*[!-~])?$"  # printable ASCII: a control character would be a command of its own

MOST_CLASSES = 10000  # the highest tag of a voice class (Cisco IOS voice command reference)

FORMS = {
    INTERFACE: "an interface such as GigabitEthernet0/0",
    IPV4: "an IPv4 address such as 10.72.86.74",
    PREFIX: "an IPv4 address or network such as 10.72.86.0/24",
    ADDRESS: "an IP address or a DNS name",
    FQDN: "a DNS name such as cube.example.com",
    CODEC: "a codec as IOS writes it, such as g711ulaw",
    SUITE: "a suite as IOS writes it, such as ECDHE_RSA_AES256_GCM_SHA384",
    RELEASE: 'a release such as "17.9"',
    DIGITS: "a pattern of digits as IOS writes it, such as 1...",
    DAY: "a day such as 2027-03-31",
    ENV_OR_FILE: "a reference to a secret",
    NAME: "a name of at most 63 letters, digits, `_`, `.` and `-`",
    URL: "a URL that begins with https:// or http://",
    HTTPS: "a URL that begins with https://",
    PART: 'a part such as "1/3" or "30%"',
    SUBJECT: "names such as o=Example,c=KR",
    ONE_LINE: "one line of printable ASCII",
}
"""What a text of each form is, in words."""

Name = Annotated[str, Field(pattern=NAME)]
Text = Annotated[str, Field(pattern=ONE_LINE)]
Line = Annotated[str, Field(pattern=ONE_LINE, description="A configuration line, as IOS shows it")]
Address = Annotated[str, Field(pattern=ADDRESS)]
SecretRef = Annotated[
    str,
    Field(
        pattern=ENV_OR_FILE,
        description="Where the secret is: `env:NAME` of the daemon's environment, or `file:PATH`",
    ),
]
Ipv4 = Annotated[str, Field(pattern=IPV4)]
Fqdn = Annotated[str, Field(max_length=253, pattern=FQDN)]
Port = Annotated[int, Field(ge=1, le=65535)]
Tag = Annotated[int, Field(ge=1, le=2147483647)]
ClassTag = Annotated[int, Field(ge=1, le=MOST_CLASSES)]
Interface = Annotated[str, Field(pattern=INTERFACE)]


def _prefix(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except (AddressValueError, NetmaskValueError) as error:
        raise ValueError("is no IPv4 address or network such as 10.72.86.0/24") from error
    except ValueError as error:
        raise ValueError("has bits set behind its mask; write the network's first address") from error


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is no day of the calendar") from error
    return text


Prefix = Annotated[str, Field(pattern=PREFIX), AfterValidator(_prefix)]
Day = Annotated[str, Field(pattern=DAY), AfterValidator(_day)]

Srtp = Literal["none", "required", "fallback"]
DtmfRelay = Literal["rtp-nte", "sip-kpml", "sip-notify", "sip-info"]
TlsVersion = Literal["v1.0", "v1.1", "v1.2", "v1.3"]
Codec = Annotated[str, Field(max_length=40, pattern=CODEC)]
Suite = Annotated[str, Field(max_length=60, pattern=SUITE)]


class Strict(BaseModel):
    """Nothing that is not declared, nothing converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Waiver(Strict):
    """A rule that shall not count in this document, until a date, for a reason."""

    rule: Annotated[str, Field(pattern=r"^TL\d{3}$", description="The code that `trunkline check` prints, such as TL014")]
    reason: Annotated[str, Field(min_length=10, description="Why, for whoever reads it next year")]
    until: Annotated[Day, Field(description="The last day on which the waiver counts, such as 2027-03-31")]


class Document(Strict):
    """What every document may say."""

    waivers: Annotated[
        tuple[Waiver, ...], Field(description="Rules that do not count here"), Becomes("nothing; `trunkline check` heeds it")
    ] = ()


EnforcementWord = Literal["observe", "enforce"]


def mode(word: str | None) -> Enforcement | None:
    """The enforcement mode that a document states, if it states one."""
    return Enforcement(word) if word else None
