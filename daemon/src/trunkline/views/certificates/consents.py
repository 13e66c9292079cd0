"""Changes that wait for a person's consent, from recorded passes. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from trunkline.model.key import Key, Kind
from trunkline.views.certificates.places import Recorded


@dataclass(frozen=True)
class Consent:
    """A change that waits, why, and for which certificates."""

    key: Key
    reason: str
    holders: tuple[str, ...]

    @property
    def target(self) -> str:
        """As a person names it: CLUSTER/NODE."""
        return named(self.key)


def named(key: Key) -> str:
    return f"{key.target.partition('/')[2]}/{key.name}"


def waiting(passes: Iterable[Recorded]) -> list[Consent]:
    """By target; what several certificates wait for comes once."""
    recorded = list(passes)
    nodes = [key for one in recorded for key in _nodes(one)]
    found: dict[Key, tuple[str, list[str]]] = {}
    for one in recorded:
        for standing in one.get("standings", ()):
            for wait in standing["waits"]:
                for key in _asked(wait, nodes):
                    holders = found.setdefault(key, (wait["reason"], []))[1]
                    holders.append(f"{standing['target']} {standing['holder']}")
    return [Consent(key, reason, tuple(dict.fromkeys(holders))) for key, (reason, holders) in sorted(found.items())]


def _nodes(recorded: Recorded) -> list[Key]:
    """The restart of every node that the pass saw."""
    return [
        Key(target, Kind.SERVICE_RESTART, node)
        for target, seen in recorded["targets"].items()
        if target.startswith("cluster/")
        for node in (seen["facts"] or {}).get("nodes", ())
    ]


def _asked(wait: Recorded, nodes: list[Key]) -> list[Key]:
    """The change itself where the wait names it, else the nodes whose CLUSTER/NODE its words name."""
    if wait["asks"]:
        return [Key(wait["asks"]["target"], Kind(wait["asks"]["kind"]), wait["asks"]["name"])]
    if wait["code"] != "restart":
        return []
    return sorted({key for key in nodes if re.search(rf"(?<![\w./-]){re.escape(named(key))}(?![\w./-])", wait["reason"])})
