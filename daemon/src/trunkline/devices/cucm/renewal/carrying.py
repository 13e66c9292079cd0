"""What is done with the certificates of one node, by the verb of the command."""

from collections.abc import Callable, Mapping

from trunkline.devices.cucm.certificates import CertificateSession
from trunkline.devices.cucm.renewal import installing
from trunkline.model.plan import Command


def _upload(session: CertificateSession, command: Command) -> str:
    session.trust(command.payload["pem"])
    return ""


def _remove(session: CertificateSession, command: Command) -> str:
    session.distrust(command.payload["sha256"])
    return ""


def _install(session: CertificateSession, command: Command) -> str:
    installing.install(session, command)
    return ""


ON_A_NODE: Mapping[str, Callable[[CertificateSession, Command], str]] = {
    "upload": _upload,
    "remove-trust": _remove,
    "request": installing.request,
    "install": _install,
}
"""Each returns what must be remembered of it."""
RESTART = "restart-service"
