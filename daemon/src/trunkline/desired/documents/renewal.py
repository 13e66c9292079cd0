"""When certificates are renewed and what keys they have, as several kinds of documents say it."""

from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from trunkline.desired.documents.fields import PART, Becomes, Strict
from trunkline.model.public_key import KeyType
from trunkline.model.renewal import recurrence
from trunkline.model.renewal.calendar import Policy, Window

SIZES = {"rsa": (2048, 3072, 4096), "ec": (256, 384, 521)}
LEAST_REMAINING, MOST_REMAINING, MOST_SMEAR = Fraction(1, 20), Fraction(9, 10), Fraction(1, 5)


def fraction(text: str) -> Fraction:
    """What "1/3" or "30%" stands for."""
    return Fraction(int(text[:-1]), 100) if text.endswith("%") else Fraction(text)


def _remaining(text: str) -> str:
    if not text.endswith("/0") and LEAST_REMAINING <= fraction(text) <= MOST_REMAINING:
        return text
    raise ValueError(f"must be between {LEAST_REMAINING} and {MOST_REMAINING}")


def _smear(text: str) -> str:
    if not text.endswith("/0") and fraction(text) <= MOST_SMEAR:
        return text
    raise ValueError(f"must be at most {MOST_SMEAR}")


def _rule(text: str) -> str:
    if wrong := recurrence.flaw(text):
        raise ValueError(wrong)
    return text


def _zone(text: str) -> str:
    if wrong := recurrence.flaw_of_zone(text):
        raise ValueError(wrong)
    return text


Part = Annotated[str, Field(pattern=PART)]


class MaintenanceWindow(Strict):
    """When something that may be felt on a trunk is allowed, again and again."""

    rule: Annotated[
        str,
        AfterValidator(_rule),
        Field(
            max_length=200,
            description="When it opens: a recurrence of RFC 5545 such as `FREQ=WEEKLY;BYDAY=SU;BYHOUR=2`, "
            "or five cron fields such as `0 2 * * sun`, in the local time of `zone`",
        ),
        Becomes("nothing; it decides when a renewed certificate is switched to"),
    ]
    minutes: Annotated[int, Field(ge=5, le=10080, description="How long it stays open"), Becomes("nothing; as `rule`")] = 120
    zone: Annotated[
        str,
        AfterValidator(_zone),
        Field(max_length=64, description="An IANA time zone, such as `Asia/Seoul`"),
        Becomes("nothing; as `rule`"),
    ] = "UTC"


class Renewal(Strict):
    """When certificates are renewed: [renewal.md](renewal.md). What is null is as estate.yaml says, and there the default."""

    remaining: Annotated[
        Annotated[Part, AfterValidator(_remaining)] | None,
        Field(description='How much of its life is left when a certificate is renewed, such as "1/3", which is the default'),
        Becomes("nothing; it decides when a certificate is renewed"),
    ] = None
    short_lived_days: Annotated[
        int | None,
        Field(ge=0, le=365, description="Certificates that live no longer are renewed when half is left; 10 by default"),
        Becomes("nothing; as `remaining`"),
    ] = None
    smear: Annotated[
        Annotated[Part, AfterValidator(_smear)] | None,
        Field(description='Renewals are spread over this part of the life, to earlier moments; "1/20" by default'),
        Becomes("nothing; as `remaining`"),
    ] = None
    keep_hours: Annotated[
        int | None,
        Field(ge=0, le=8760, description="How long an earlier certificate stays after it was last seen in use; 24 by default"),
        Becomes("when an earlier trustpoint and its key are removed"),
    ] = None
    windows: Annotated[
        tuple[MaintenanceWindow, ...] | None,
        Field(description="Maintenance windows, for what may be felt on a trunk; an empty list: at any time"),
        Becomes("nothing; they decide when a renewed certificate is switched to"),
    ] = None


class CertificateKey(Strict):
    """The kind of a key pair."""

    type: Annotated[
        Literal["rsa", "ec"],
        Field(description="RSA, or an elliptic curve of NIST"),
        Becomes("`crypto key generate rsa …` and `rsakeypair`, or `crypto key generate ec …` and `eckeypair`"),
    ] = "rsa"
    bits: Annotated[
        int,
        Field(description="Bits of the modulus (2048, 3072, 4096) or of the curve (256, 384, 521)"),
        Becomes("`… modulus N` or `… keysize N`"),
    ] = 2048

    @model_validator(mode="after")
    def _is_known_size(self) -> "CertificateKey":
        sizes = SIZES[self.type]
        if self.bits not in sizes:
            raise ValueError(f"of type {self.type} has {self.bits} bits; write one of {', '.join(map(str, sizes))}")
        return self

    @property
    def as_type(self) -> KeyType:
        return KeyType(self.type, self.bits)


def policy(*layers: Renewal | None) -> Policy:
    """What counts: for each field the last layer that says something, else the default. The estate comes first."""
    found = Policy()
    for one in layers:
        if one is None:
            continue
        found = Policy(
            found.remaining if one.remaining is None else float(fraction(one.remaining)),
            found.short_lived if one.short_lived_days is None else timedelta(days=one.short_lived_days),
            found.smear if one.smear is None else float(fraction(one.smear)),
            found.windows if one.windows is None else tuple(map(_window, one.windows)),
            found.keep if one.keep_hours is None else timedelta(hours=one.keep_hours),
        )
    return found


def _window(stated: MaintenanceWindow) -> Window:
    return Window(stated.rule, timedelta(minutes=stated.minutes), stated.zone)
