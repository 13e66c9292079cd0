"""Dial-peers by role, as a link states them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trunkline.desired.fields import Codec, DtmfRelay, Line, Srtp, Strict, Tag


class Keepalive(Strict):
    """Out-of-dialog OPTIONS ping of the dial-peer's target."""

    up_seconds: Annotated[int, Field(ge=5, le=1200)] = 60
    down_seconds: Annotated[int, Field(ge=5, le=1200)] = 30
    retry: Annotated[int, Field(ge=1, le=10)] = 5


class DialPeer(Strict):
    """What both roles have."""

    tag: Tag
    description: Annotated[str, Field(max_length=64)] | None = None
    codec: Codec | None = None
    codec_class: Tag | None = None
    dtmf_relay: tuple[DtmfRelay, ...] = ("rtp-nte",)
    vad: bool | None = Field(default=None, description="voice activity detection; IOS has it on unless told otherwise")
    sips: bool | None = Field(default=None, description="null: as voice service voip says")
    srtp: Srtp | None = Field(default=None, description="null: as voice service voip says")
    srtp_crypto: Tag | None = None
    lines: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _one_codec(self) -> "DialPeer":
        if self.codec and self.codec_class:
            raise ValueError("codec and codec_class exclude each other; keep one of them")
        return self


class Outbound(DialPeer):
    """Towards the cluster. `per: node` makes one dial-peer a node, with consecutive tags; `per: group` one in all."""

    destination_pattern: Annotated[str, Field(pattern=r"^[0-9A-F*#+.$()\[\]?,TtxX^-]+$", max_length=128)]
    per: Literal["node", "group"] = "node"
    server_group: Tag | None = Field(default=None, description="The tag of the server-group; default: the dial-peer's")
    keepalive: Keepalive | None = None


class Inbound(DialPeer):
    """From the cluster."""

    incoming_called_number: Annotated[str, Field(pattern=r"^[0-9A-F*#+.$()\[\]?,TtxX^-]+$", max_length=128)] | None = None
    incoming_uri: (
        Annotated[str, Field(pattern=r"^(from|to|via|request) \d+$", description="Such as `via 1`: a voice class uri")] | None
    ) = None

    @model_validator(mode="after")
    def _one_match(self) -> "Inbound":
        if bool(self.incoming_called_number) == bool(self.incoming_uri):
            raise ValueError("state one of incoming_called_number and incoming_uri: it is what calls are matched by")
        return self


class DialPeers(Strict):
    """A call has two legs, so a trunk has two kinds of dial-peer."""

    outbound: Outbound
    inbound: Inbound
