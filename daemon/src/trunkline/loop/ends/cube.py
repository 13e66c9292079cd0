"""The CUBE's end of a handshake with one node. Pure."""

from datetime import datetime
from typing import NamedTuple

from trunkline.loop.ends import binding as bindings
from trunkline.loop.ends.binding import Binding
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import End, Met, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Observed

OF_TRUST = (None, Kind.TRUSTPOINT, Kind.TRUST_ANCHOR)


class Side(NamedTuple):
    """One end, and what keeps it from a handshake at all, or from being known."""

    end: End
    obstacle: Met | None = None


def end(seen: Observed, address: str, role: str, now: datetime, tenant: str = "") -> Side:
    """What the CUBE presents to the node at `address`, trusts and allows. `role` is the CUBE's, "client" or "server"."""
    facts = seen.facts if isinstance(seen.facts, CubeFacts) else None
    clock = facts.clock + (now - seen.at) if facts and facts.clock else now
    nothing = End(seen.target, (), (), clock)
    unread = next((gap for gap in seen.gaps if gap.covers(Key(seen.target, Kind.SIP_UA, ""))), None)
    if unread or facts is None:
        return Side(nothing, Met(None, text=f"{_named(seen)} could not be read: {unread.reason if unread else 'no release'}"))
    binding = bindings.bound(seen, address, tenant)
    if binding is None:
        return Side(nothing, _presents_nothing(seen, f"no `crypto signaling` of it counts for {address}"))
    chain, problem = _presented(seen, binding)
    least, greatest = bindings.versions(seen, facts.release)
    return Side(
        End(
            seen.target,
            chain,
            _anchors(seen, binding, role),
            clock,
            least,
            greatest,
            bindings.ciphers(seen, binding, facts.release),
            binding.curve,
            _expected(binding, role, address),
            is_trust_known=not any(gap.kind in OF_TRUST for gap in seen.gaps),
        ),
        problem,
    )


def _named(seen: Observed) -> str:
    return f"the CUBE {seen.target.partition('/')[2]}"


def _presents_nothing(seen: Observed, why: str) -> Met:
    return Met(
        False,
        seen.target,
        Reason.NO_CERTIFICATE,
        f"{_named(seen)} would present no certificate: {why}",
        "bind a trustpoint that holds an identity certificate",
    )


def _presented(seen: Observed, binding: Binding) -> tuple[tuple[Certificate, ...], Met | None]:
    """The identity, and the issuers that the CUBE finds in its trustpoints: so far its chain goes (Cisco TechNote 212090)."""
    name = binding.trustpoint
    if not name:
        return (), _unread(seen, Kind.TLS_PROFILE, binding.profile) or _presents_nothing(seen, f"`{binding.said}` names none")
    identity = seen.identity_of(name)
    if identity is None:
        hidden = _unread(seen, Kind.TRUSTPOINT, name) or _unread(seen, Kind.IDENTITY, name)
        return (), hidden or _presents_nothing(seen, f"trustpoint {name} holds no identity (`{binding.said}`)")
    return (identity.certificate, *identity.chain), None


def _unread(seen: Observed, kind: Kind, name: str) -> Met | None:
    gap = next((gap for gap in seen.gaps if gap.covers(Key(seen.target, kind, name))), None)
    return Met(None, text=f"{kind} {name} of {seen.target} could not be read: {gap.reason}") if gap else None


def _anchors(seen: Observed, binding: Binding, role: str) -> tuple[Certificate, ...]:
    """What every trustpoint holds, unless `client-vtp` names the one that vouches for clients."""
    if role == "server" and binding.client_trustpoint in seen.trusted:
        return seen.trusted[binding.client_trustpoint]
    return tuple(dict.fromkeys(held for of_one in seen.trusted.values() for held in of_one))


def _expected(binding: Binding, role: str, address: str) -> frozenset[str] | None:
    """Names of the list, or the address that is called."""
    peer_role = "server" if role == "client" else "client"
    if not binding.looks_at_names_of(peer_role):
        return None
    return frozenset(name.lower() for name in (*binding.names, address))
