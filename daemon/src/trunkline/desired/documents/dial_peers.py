"""Dial-peers by role, as a link states them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trunkline.desired.documents.fields import (
    DIGITS,
    MOST_CLASSES,
    Becomes,
    ClassTag,
    Codec,
    DtmfRelay,
    Line,
    Srtp,
    Strict,
    Tag,
    Text,
)

Pattern = Annotated[str, Field(pattern=DIGITS, max_length=128)]


class Keepalive(Strict):
    """Out-of-dialog OPTIONS ping of the dial-peer's target."""

    up_seconds: Annotated[
        int, Field(ge=5, le=1200, description="Between two pings while the target answers"), Becomes("`… up-interval N …`")
    ] = 60
    down_seconds: Annotated[
        int, Field(ge=5, le=1200, description="Between two pings while it does not"), Becomes("`… down-interval N …`")
    ] = 30
    retry: Annotated[int, Field(ge=1, le=10, description="Pings without answer until it is down"), Becomes("`… retry N`")] = 5


class DialPeer(Strict):
    """What both roles have."""

    tag: Annotated[Tag, Field(description="The dial-peer's tag"), Becomes("`dial-peer voice TAG voip`")]
    description: Annotated[
        Annotated[Text, Field(max_length=64)] | None, Field(description="For those who read it"), Becomes("`description …`")
    ] = None
    codec: Annotated[Codec | None, Field(description="The only codec"), Becomes("`codec …`")] = None
    codec_class: Annotated[
        ClassTag | None,
        Field(description="A codec class of the CUBE's document, instead of `codec`"),
        Becomes("`voice-class codec TAG`"),
    ] = None
    dtmf_relay: Annotated[
        tuple[DtmfRelay, ...], Field(description="How digits travel; an empty list: not stated"), Becomes("`dtmf-relay …`")
    ] = ("rtp-nte",)
    vad: Annotated[
        bool | None,
        Field(description="Voice activity detection; IOS has it on unless told otherwise"),
        Becomes("`vad` or `no vad`"),
    ] = None
    sips: Annotated[
        bool | None,
        Field(description="Whether requests use sips: URLs; null: as voice_service.url says"),
        Becomes("`voice-class sip url sips` or `voice-class sip url sip`"),
    ] = None
    srtp: Annotated[
        Srtp | None,
        Field(
            description="Encryption of media; null: as voice_service.srtp says. "
            "For one dial-peer without SRTP among others with it, leave it out of voice_service and state it here"
        ),
        Becomes("`no srtp`, `srtp` or `srtp fallback`"),
    ] = None
    srtp_crypto: Annotated[
        ClassTag | None,
        Field(description="An srtp-crypto class of the CUBE's document"),
        Becomes("`voice-class sip srtp-crypto TAG`"),
    ] = None
    lines: Annotated[
        tuple[Line, ...], Field(description="Further lines of the dial-peer, as IOS shows them"), Becomes("themselves")
    ] = ()

    @model_validator(mode="after")
    def _one_codec(self) -> "DialPeer":
        if self.codec and self.codec_class:
            raise ValueError("has both codec and codec_class, which exclude each other")
        return self


class Outbound(DialPeer):
    """Towards the cluster. `per: node` makes one dial-peer a node, with consecutive tags; `per: group` one in all."""

    destination_pattern: Annotated[
        Pattern, Field(description="Numbers that go to the cluster"), Becomes("`destination-pattern …`")
    ]
    per: Annotated[
        Literal["node", "group"],
        Field(description="`node`: one dial-peer for each node, with consecutive tags; `group`: one for a server-group of all"),
        Becomes("`session target ipv4:NODE:PORT` and `preference N`, or `session server-group TAG`"),
    ] = "node"
    server_group: Annotated[
        ClassTag | None,
        Field(description="The server-group's tag; null: the dial-peer's own"),
        Becomes("`voice class server-group TAG`: `ipv4 NODE port PORT preference N` each"),
    ] = None
    keepalive: Annotated[
        Keepalive | None,
        Field(description="OPTIONS ping of the target, so that a dead node is passed over; null: none"),
        Becomes("`voice-class sip options-keepalive up-interval N down-interval N retry N`"),
    ] = None

    @model_validator(mode="after")
    def _group_has_a_tag(self) -> "Outbound":
        if self.per == "group" and self.server_group is None and self.tag > MOST_CLASSES:
            raise ValueError(f"needs server_group: its own tag is above {MOST_CLASSES}, the highest of a voice class")
        return self


class Inbound(DialPeer):
    """From the cluster."""

    incoming_called_number: Annotated[
        Pattern | None, Field(description="Matches calls by the number called"), Becomes("`incoming called-number …`")
    ] = None
    incoming_uri: Annotated[
        str | None,
        Field(
            pattern=r"^(from|to|via|request) \d+$",
            description="Matches calls by a voice class uri of the CUBE, such as `via 1`, instead",
        ),
        Becomes("`incoming uri …`"),
    ] = None

    @model_validator(mode="after")
    def _one_match(self) -> "Inbound":
        if bool(self.incoming_called_number) == bool(self.incoming_uri):
            raise ValueError("needs exactly one of incoming_called_number and incoming_uri: calls are matched by it")
        return self


class DialPeers(Strict):
    """A call has two legs, so a trunk has two kinds of dial-peer."""

    outbound: Annotated[Outbound, Field(description="Towards the cluster")]
    inbound: Annotated[Inbound, Field(description="From the cluster")]
