"""Every command of the simulated CUBE: importing the modules registers them."""

from trunkline.twin.cube.commands import COMMANDS
from trunkline.twin.cube.execs import calls, rollback, saving, session, system
from trunkline.twin.cube.pki import shows as pki_shows
from trunkline.twin.cube.pki.dialogs import authenticate, enroll, exchange, keys, removal
from trunkline.twin.cube.siptls import clearing as sip_clearing
from trunkline.twin.cube.siptls import peers as sip_peers
from trunkline.twin.cube.siptls import shows as sip_shows
from trunkline.twin.cube.siptls import states as sip_states

MODULES = (
    calls,
    rollback,
    saving,
    session,
    system,
    authenticate,
    enroll,
    exchange,
    keys,
    removal,
    pki_shows,
    sip_clearing,
    sip_peers,
    sip_shows,
    sip_states,
)

__all__ = ["COMMANDS", "MODULES"]
