"""A real kamailio on loopback: a SIP server that others wrote, which asks for a certificate over TLS and answers OPTIONS."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.issuing_servers import DEADLINE_SECONDS, free_port
from trunkline.health.probe import Place
from trunkline.twin.ca import Held

COMMANDS = ("kamailio", "kamcmd")
MODULES = (Path("/usr/lib/x86_64-linux-gnu/kamailio/modules"), Path("/usr/lib/kamailio/modules"))
CONFIG = """#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
disable_core_dump=yes
listen=tls:{address}:{port}
mpath="{modules}/"
loadmodule "tls.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "ctl.so"
modparam("tls", "config", "{folder}/tls.cfg")
modparam("ctl", "binrpc", "unix:{folder}/ctl")
request_route {{
  if (is_method("OPTIONS")) {{
    sl_send_reply("200", "OK");
    exit;
  }}
  sl_send_reply("405", "Method Not Allowed");
}}
"""
TLS = """[server:default]
method = {method}
private_key = {folder}/server.key
certificate = {folder}/server.pem
ca_list = {folder}/ca.pem
verify_certificate = yes
require_certificate = yes
{more}
"""


def modules() -> Path | None:
    """Where its modules lie; None where that of TLS is not there."""
    found = [folder for folder in (*MODULES, *Path("/usr/lib").glob("*/kamailio/modules")) if (folder / "tls.so").is_file()]
    return found[0] if found else None


def missing_parts() -> str:
    """Why it cannot be started; empty where it can."""
    missing = [command for command in COMMANDS if shutil.which(command) is None]
    if missing:
        return f"{', '.join(missing)} not here; on Debian it is the package kamailio"
    return "" if modules() else "kamailio is here without TLS; on Debian it is the package kamailio-tls-modules"


@dataclass(frozen=True)
class Kamailio:
    """What runs. `folder` holds its files; replaced ones count after `reload`."""

    place: Place
    folder: Path

    def present(self, held: Held, above: str = "") -> None:
        """Put another certificate there."""
        _write_identity(self.folder, held, above)

    def trust(self, pem: str) -> None:
        (self.folder / "ca.pem").write_text(pem)

    def reload(self) -> None:
        """Certificates and trust as they lie there now, for connections from now on."""
        done = subprocess.run(
            ["kamcmd", "-s", f"unix:{self.folder}/ctl", "tls.reload"], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0 and "error" not in done.stdout + done.stderr, done.stdout + done.stderr


@contextmanager
def kamailio(held: Held, trusted: str, method: str = "TLSv1.2+", above: str = "", more: str = "") -> Iterator[Kamailio]:
    """A server that presents `held` and trusts what `trusted` holds, in PEM. `more` are lines of its TLS configuration.

    Its folder is short-lived and has a short name: the path of a socket must not be long.
    """
    with tempfile.TemporaryDirectory(prefix="kam") as name:
        folder, place = Path(name), Place("127.0.0.1", free_port())
        _write_identity(folder, held, above)
        (folder / "ca.pem").write_text(trusted)
        (folder / "tls.cfg").write_text(TLS.format(method=method, folder=folder, more=more))
        text = CONFIG.format(address=place.address, port=place.port, modules=modules(), folder=folder)
        (folder / "kamailio.cfg").write_text(text)
        words = ["kamailio", "-DD", "-E", "-f", "kamailio.cfg", "-m", "64", "-M", "8", "-Y", name]
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log, start_new_session=True)
            try:
                _until_listening(place, running, folder)
                yield Kamailio(place, folder)
            finally:
                _end(running)


def _write_identity(folder: Path, held: Held, above: str) -> None:
    (folder / "server.pem").write_text(held.pem + above)
    (folder / "server.key").write_text(held.key_pem)


def _until_listening(place: Place, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        assert running.poll() is None, f"kamailio ended:\n{(folder / 'log').read_text(errors='replace')[-3000:]}"
        with socket.socket() as look:
            if look.connect_ex((place.address, place.port)) == 0 and (folder / "ctl").exists():
                return
        time.sleep(0.05)
    raise AssertionError(f"kamailio does not listen:\n{(folder / 'log').read_text(errors='replace')[-3000:]}")


def _end(running: "subprocess.Popen[bytes]") -> None:
    """It is a family of processes in a session of its own; all of it ends."""
    running.terminate()
    try:
        running.wait(DEADLINE_SECONDS)
    except subprocess.TimeoutExpired:  # on a machine that is busy: what was to be seen of it was seen
        os.killpg(running.pid, 9)
        running.wait()
