"""Whether a CUBE would offer the curve of a certificate's key once that is bound. Pure."""

from collections.abc import Iterator

from trunkline.loop.ladder.revisions import BOUND, Revisions, number_of
from trunkline.model.key import Kind
from trunkline.model.renewal.standing import Wait

ALWAYS_OFFERED_BITS = 256
"""P-256; another curve only where the binding says `curve-size` (Cisco IOS voice command reference, `crypto signaling`)."""


def wait(held: Revisions, number: int) -> Wait | None:
    """What stands in the way of binding a revision; None where its curve is offered, or its key is on none."""
    key = held.identities[number].certificate.key_type
    if key is None or key.algorithm != "ec" or key.bits == ALWAYS_OFFERED_BITS:
        return None
    lacking = next(_without_curve(held, key.bits), "")
    if not lacking:
        return None
    return Wait(
        "curve",
        f"`{lacking}` does not say `curve-size {key.bits}`, so {held.wish.target} would offer P-256 alone and nodes would "
        f"refuse a certificate on P-{key.bits}; state `key: {{type: ec, bits: 256}}`, or bind it by a TLS profile that says so",
    )


def _without_curve(held: Revisions, bits: int) -> Iterator[str]:
    """The lines that bind a revision now, and would bind the next one, where nothing beside them states the curve."""
    for key, section in sorted(held.seen.resources.items()):
        if key.kind not in (Kind.SIP_UA, Kind.TLS_PROFILE):
            continue
        lines = tuple(section.settings.values())
        is_stated = key.kind is Kind.TLS_PROFILE and any(f"curve-size {bits}" in line for line in lines)
        for line in lines:
            named = BOUND.search(line)
            is_ours = named is not None and number_of(held.wish.holder, named[1]) is not None
            if is_ours and not is_stated and f"curve-size {bits}" not in line:
                yield line
