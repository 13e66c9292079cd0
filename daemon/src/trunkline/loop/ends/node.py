"""A CUCM node's end of a handshake. Pure.

Sources: Cisco Unified Communications Manager security guides 14 and 15, "SIP trunk security profile", "TLS setup".
"""

from datetime import datetime

from trunkline.loop.ends.cube import Side
from trunkline.model.handshake import End, Met
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Node, Observed
from trunkline.model.profile import named_in
from trunkline.model.resource import Resource

NULL_ONLY = ("RSA_WITH_NULL_SHA",)
TLS13_FROM = (15, 0, 1, 12900)
"""15SU2. Which versions and ciphers a cluster allows below that are enterprise parameters, which AXL tells nobody without a
query of its own: as wide as can be is assumed, so that no failure is foretold that may not come.
"""


def end(seen: Observed, name: str, role: str, profile: Resource | None, now: datetime) -> Side:
    """What the node presents, trusts and allows. `role` is the node's, "client" or "server"."""
    facts = seen.facts if isinstance(seen.facts, ClusterFacts) else None
    clock = _clock(facts, name, seen, now)
    identity = seen.identity_of(name)
    where = f"{seen.target}/{name}"
    if identity is None:
        gap = next((gap for gap in seen.gaps if gap.covers(Key(seen.target, Kind.IDENTITY, name))), None)
        why = gap.reason if gap else "it was not told"
        return Side(End(where, (), (), clock), Met(None, text=f"the CallManager certificate of {name} is not known: {why}"))
    is_plain = profile is not None and profile.settings.get("securityMode") == "Authenticated"
    expected = named_in(profile) if role == "server" and profile else None
    return Side(
        End(
            where,
            (identity.certificate, *identity.chain),
            seen.trusted.get(name, ()),
            clock,
            "v1.0",
            "v1.3" if _release(facts) >= TLS13_FROM else "v1.2",
            NULL_ONLY if is_plain else (),
            expected=expected,
            is_trust_known=not any(_hides_trust(gap.kind, gap.name, name) for gap in seen.gaps),
        )
    )


def _hides_trust(kind: Kind | None, part: str | None, node: str) -> bool:
    return kind is None or (kind is Kind.CALLMANAGER_TRUST and (part is None or part.startswith(f"{node}/")))


def _clock(facts: ClusterFacts | None, name: str, seen: Observed, now: datetime) -> datetime:
    node: Node | None = next((one for one in facts.nodes if one.name == name), None) if facts else None
    return node.clock + (now - seen.at) if node and node.clock else now


def _release(facts: ClusterFacts | None) -> tuple[int, ...]:
    """ "15.0.1.12900(234)" → (15, 0, 1, 12900); what cannot be read may be anything, the newest too."""
    words = facts.version.partition("(")[0].split(".") if facts else []
    return tuple(int(word) for word in words) if words and all(word.isdigit() for word in words) else TLS13_FROM
