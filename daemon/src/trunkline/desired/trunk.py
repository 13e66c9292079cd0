"""The CUCM side of a link."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from trunkline.desired.fields import Fqdn, Strict

AxlName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,73}[A-Za-z0-9]?$")]
TrunkName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
Fields = Mapping[
    Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]+$")],
    Annotated[str | bool | int, Field(union_mode="left_to_right")],
]
"""Further AXL fields by name. The cluster's own schema says which exist."""


class SecurityProfile(Strict):
    """SIP Trunk Security Profile; its X.509 names come from the CUBE's certificate."""

    name: AxlName
    description: Annotated[str, Field(max_length=50)] | None = None
    names: tuple[Fqdn, ...] = Field(default=(), description="Names beside those of the CUBE's certificate")
    fields: Fields = Field(default_factory=dict)


class OptionsPing(Strict):
    """OPTIONS ping: what a trunk's status rests on."""

    up_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    down_seconds: Annotated[int, Field(ge=5, le=600)] = 120


class SipProfile(Strict):
    """SIP Profile. `options_ping: null` switches the ping off."""

    name: AxlName
    options_ping: OptionsPing | None = Field(default_factory=OptionsPing)
    fields: Fields = Field(default_factory=dict)


class Trunk(Strict):
    """SIP Trunk; its destination is the CUBE's signalling address."""

    name: TrunkName
    description: Annotated[str, Field(max_length=128)] | None = None
    device_pool: Reference = "Default"
    location: Reference = "Hub_None"
    calling_search_space: Reference | None = None
    run_on_every_node: bool = True
    fields: Fields = Field(default_factory=dict)


class RoutePattern(Strict):
    """Route Pattern to the trunk."""

    pattern: Annotated[str, Field(pattern=r"^[0-9A-D*#+.!@X\[\]^?\\-]{1,50}$")]
    partition: Annotated[str, Field(max_length=50)] = ""
    fields: Fields = Field(default_factory=dict)
