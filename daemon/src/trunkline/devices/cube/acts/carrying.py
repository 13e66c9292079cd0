"""`carry_out`: one command of a plan, by its verb."""

from collections.abc import Callable, Mapping

from trunkline.devices.cube import signals
from trunkline.devices.cube.acts import connections, identities, keys, requests
from trunkline.devices.cube.dialect import moves_a_bind
from trunkline.devices.cube.read import system
from trunkline.devices.cube.session import CubeSession
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceBusy, OurBug
from trunkline.model.plan import Command


def configure(session: CubeSession, command: Command) -> str:
    """A call may have come up since the plan was made: IOS refuses to move a bind under it, or drops it."""
    if any(map(moves_a_bind, command.lines)):
        legs = system.call_legs(session.ask((signals.CALLS,))[0]).value
        if legs is None or legs:
            where = session.access.where
            raise DeviceBusy(f"cannot change a bind on {where}: {legs or 'an unknown number of'} call legs are up")
    session.configure(command.lines)
    return ""


def authenticate(session: CubeSession, command: Command) -> str:
    certificate = Certificate.from_pem(command.payload["pem"])
    session.authenticate(command.lines[0], command.payload["pem"], {"MD5": certificate.md5, "SHA1": certificate.sha1})
    return ""


ACTS: Mapping[str, Callable[[CubeSession, Command], str]] = {
    "configure": configure,
    "authenticate": authenticate,
    "generate": keys.generate,
    "enroll": requests.enroll,
    "import": identities.install,
    "zeroize": keys.zeroize,
    "recycle": connections.recycle,
}


def carry_out(session: CubeSession, command: Command) -> str:
    """What must be remembered of it: the request that was printed, else nothing."""
    act = ACTS.get(command.verb)
    if act is None:
        raise OurBug(f"cannot do {command.verb} on {session.access.where}: a CUBE knows no such act")
    return act(session, command)
