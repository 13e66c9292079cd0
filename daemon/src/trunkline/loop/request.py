"""What a pass is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trunkline.loop.ahead.foresee import Compile
from trunkline.model.key import Key
from trunkline.model.passes import Precedent, Settled
from trunkline.model.renewal.memory import Readiness
from trunkline.model.renewal.wish import IdentityWish


@dataclass(frozen=True)
class Request:
    """What to reconcile: one CUBE, the keys that its links mean on each target, and how documents are compiled."""

    cube: str
    keys: Mapping[str, tuple[Key, ...]]  # by target: the CUBE and the clusters of its links
    compile: Compile
    precedent: Precedent = field(default_factory=Precedent)
    is_full: bool = False  # read everything, whatever the change signals say
    is_dry: bool = False  # plan only
    elsewhere: Callable[[], frozenset[Key]] = frozenset  # what documents name for other CUBEs
    wishes: tuple[IdentityWish, ...] = ()  # the certificates that documents state
    is_wire_wanted: bool = False  # look at the wire anew, whoever else is asked only for changes
    others: Callable[[], Mapping[str, Readiness]] = dict  # what other CUBEs' passes said of the clusters they share
    settled: Callable[[], Settled | None] = lambda: None  # when this CUBE was last as desired
    own_user: str = ""  # that trunkline logs in with on the CUBE
