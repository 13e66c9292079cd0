"""estate.yaml."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from trunkline.desired.documents.fields import Becomes, Document, EnforcementWord, Name, Strict
from trunkline.desired.documents.issuers import IssuerDocument
from trunkline.desired.documents.renewal import Renewal

Seconds = Annotated[int, Field(ge=5, le=86400)]


class Intervals(Strict):
    """How often the daemon looks."""

    source_seconds: Annotated[Seconds, Field(description="Between two looks at git")] = 60
    observe_seconds: Annotated[Seconds, Field(description="Between two looks at a device")] = 60
    full_read_seconds: Annotated[
        int, Field(ge=60, le=604800, description="Between two complete readings, whatever the change signals say")
    ] = 3600
    probe_seconds: Annotated[
        int,
        Field(ge=60, le=21600, description="Between two looks of the probe at one end; rarer where an end turns it away"),
    ] = 300


class Guard(Strict):
    """What a plan may contain without a person looking at it."""

    max_deletions: Annotated[int, Field(ge=0, le=10000, description="A plan that deletes more is held")] = 10
    allow_replace: Annotated[
        bool, Field(description="Whether something may be deleted and made anew, with a moment without it")
    ] = False
    allow_empty: Annotated[bool, Field(description="Whether a CUBE may lose all of its links at once")] = False
    allow_takeover: Annotated[
        bool,
        Field(
            description="Whether a dial-peer, class, profile, trunk or pattern that somebody else made, or uses too, "
            "may be changed because a document states one of that name"
        ),
    ] = False
    allow_break: Annotated[
        bool,
        Field(description="Whether a plan may be carried out after which a link that works now would not come up any more"),
    ] = False


class Estate(Document):
    """estate.yaml: policy and defaults for all."""

    enforcement: Annotated[
        EnforcementWord,
        Field(description="`observe` reports what differs and touches nothing; `enforce` mends it"),
        Becomes("nothing; it decides whether a plan is carried out"),
    ] = "observe"
    intervals: Annotated[Intervals, Field(description="How often the daemon looks"), Becomes("nothing")] = Intervals()
    guard: Annotated[Guard, Field(description="What a plan may contain without a person looking at it"), Becomes("nothing")] = (
        Guard()
    )
    issuers: Annotated[
        Mapping[Name, IssuerDocument],
        Field(description="Who signs certificates, by name"),
        Becomes("nothing by itself; identities name one of them"),
    ] = {}
    renewal: Annotated[
        Renewal,
        Field(description="When certificates are renewed, and when a renewed one may be switched to"),
        Becomes("nothing; it decides when"),
    ] = Renewal()
