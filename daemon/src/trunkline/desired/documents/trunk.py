"""The CUCM side of a link."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from trunkline.desired.documents.fields import Becomes, Fqdn, Strict

AxlName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,73}[A-Za-z0-9]?$")]
TrunkName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
Reference = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,255}$")]
Fields = Annotated[
    Mapping[
        Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]+$")],
        Annotated[str | bool | int, Field(union_mode="left_to_right")],
    ],
    Field(description="Further AXL fields by name; the cluster's own schema says which exist"),
    Becomes("themselves"),
]


class SecurityProfile(Strict):
    """SIP Trunk Security Profile; its X.509 names come from the CUBE's certificate."""

    name: Annotated[
        AxlName, Field(description="Its name on the cluster"), Becomes("the profile; SIP trunk: `securityProfileName=NAME`")
    ]
    description: Annotated[
        str | None,
        Field(pattern=r'^[^"%&\\<>\x00-\x1f]{1,50}$', description="For those who read it"),
        Becomes("`description=…`"),
    ] = None
    names: Annotated[
        tuple[Fqdn, ...],
        Field(description="Names beside those of the CUBE's certificate, for example while it changes its name"),
        Becomes("`x509SubjectName=…,NAME`"),
    ] = ()
    fields: Fields = Field(default_factory=dict)


class OptionsPing(Strict):
    """OPTIONS ping: what a trunk's status rests on."""

    up_seconds: Annotated[
        int,
        Field(ge=5, le=600, description="Between two pings while the CUBE answers"),
        Becomes("`optionsPingIntervalWhenStatusOK=N`"),
    ] = 60
    down_seconds: Annotated[
        int,
        Field(ge=5, le=600, description="Between two pings while it does not"),
        Becomes("`optionsPingIntervalWhenStatusNotOK=N`"),
    ] = 120


class SipProfile(Strict):
    """SIP Profile. `options_ping: null` switches the ping off."""

    name: Annotated[
        AxlName, Field(description="Its name on the cluster"), Becomes("the profile; SIP trunk: `sipProfileName=NAME`")
    ]
    options_ping: Annotated[
        OptionsPing | None,
        Field(description="The cluster's ping of the CUBE; null: none"),
        Becomes("`enableOutboundOptionsPing=true` or `false`"),
    ] = Field(default_factory=OptionsPing)
    fields: Fields = Field(default_factory=dict)


class Trunk(Strict):
    """SIP Trunk; its destination is the CUBE's signalling address."""

    name: Annotated[
        TrunkName, Field(description="Its name on the cluster"), Becomes("the trunk; route patterns: `gatewayName=NAME`")
    ]
    description: Annotated[
        str | None,
        Field(pattern=r"^[^\x00-\x1f]{1,128}$", description="For those who read it"),
        Becomes("`description=…`"),
    ] = None
    device_pool: Annotated[Reference, Field(description="A device pool that exists"), Becomes("`devicePoolName=…`")] = "Default"
    location: Annotated[Reference, Field(description="A location that exists"), Becomes("`locationName=…`")] = "Hub_None"
    calling_search_space: Annotated[
        Reference | None,
        Field(description="Where calls from the CUBE may go; null: not trunkline's"),
        Becomes("`callingSearchSpaceName=…`"),
    ] = None
    run_on_every_node: Annotated[
        bool,
        Field(description="Whether every node uses the trunk, not only those of the device pool's group"),
        Becomes("`runOnEveryNode=true` or `false`"),
    ] = True
    fields: Fields = Field(default_factory=dict)


class RoutePattern(Strict):
    """Route Pattern to the trunk."""

    pattern: Annotated[
        str,
        Field(pattern=r"^[0-9A-D*#+.!@X\[\]^?\\-]{1,50}$", description="Numbers that go to the trunk"),
        Becomes("the pattern; `pattern=…`"),
    ]
    partition: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9 _.-]{0,50}$", description="A partition that exists; empty: the one without a name"),
        Becomes("`routePartitionName=…`"),
    ] = ""
    fields: Fields = Field(default_factory=dict)
