"""What people and devices do to the sites of an estate, and undo."""

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.daemon import wait_for
from support.estate import Estate
from support.waiting import eventually
from support.watched import people, save, syslog_port, types
from trunkline.twin.ca import Authority, Wish
from trunkline.twin.cube.pki.store import Key
from trunkline.twin.cube.siptls.table import Row
from trunkline.twin.cucm.realtime.counting import Calls
from trunkline.twin.cucm.service import STOPPED

Act = Callable[[Estate, str], None]
CUT_SECONDS = 5  # longer than the simulated CUBE waits between two OPTIONS


def acts(*several: Act) -> Act:
    """One after the other."""

    def act(estate: Estate, site: str) -> None:
        for one in several:
            one(estate, site)

    return act


def typed(*lines: str) -> Act:
    """A person configures the CUBE."""
    return lambda estate, site: types(estate, site, *lines)


def clear(estate: Estate, site: str) -> None:
    """The connections that were made before end: whatever comes next is a new handshake."""
    agent = estate.lab.cubes[site].agent

    async def close() -> None:
        for row in list(agent.rows.values()):
            row.secured.close()
        agent.rows.clear()

    estate.lab.call(close())


def bind_another(estate: Estate, site: str) -> None:
    """A person names another trustpoint, whose certificate is of the same CA and bears another name."""
    types(estate, site, "crypto pki trustpoint other-cert", "enrollment terminal pem", "revocation-check none")
    wish = Wish("other.example.com", datetime.now(UTC), names=("other.example.com",))
    _install(estate, site, "other-cert", wish, estate.lab.authority)
    types(estate, site, "sip-ua", "crypto signaling default trustpoint other-cert")
    clear(estate, site)


def _install(estate: Estate, site: str, trustpoint: str, wish: Wish, authority: Authority) -> None:
    """A certificate with a key of its own, as by `crypto pki import`."""
    cube = estate.lab.cubes[site]
    held = authority.issue(wish)
    label = cube.spec.key_label if trustpoint == cube.spec.identity_trustpoint else trustpoint

    async def install() -> None:
        key = Key(label, held.key, wish.now)
        cube.store.install(trustpoint, authority.issuer.certificate, held.certificate, key)
        cube.router.announce()

    estate.lab.call(install())
    types(estate, site, f"crypto pki trustpoint {trustpoint}")  # the import itself leaves no stamp on the twin
    clear(estate, site)


def nearly_end(estate: Estate, site: str) -> None:
    """The CUBE's certificate is one that began a day ago and has an hour left, and the document names people who renew it."""
    name = f"{site}.example.com"
    _install(estate, site, "sip-trunk-cert", Wish(name, datetime.now(UTC), 0.04, names=(name,)), people())
    save(estate, site)
    issue("people")(estate, site)


def distrust(estate: Estate, site: str) -> None:
    """A person deletes the CUBE's CA from CallManager-trust, and restarts the service."""
    cluster, gone = estate.cluster(site), estate.lab.authority.issuer.certificate

    async def act() -> None:
        for name, node in cluster.nodes.items():
            node.callmanager.trust.remove(gone)
            await cluster.restart_callmanager(name)

    estate.lab.call(act())
    clear(estate, site)


def axl(operation: str, inner: str) -> Act:
    """What a person does in Unified CM Administration. SITE stands for the site's name."""

    def act(estate: Estate, site: str) -> None:
        service = next(iter(estate.cluster(site).services.values()))
        space = "http://www.cisco.com/AXL/API/12.5"
        body = f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="{space}"><e:Body>'
        body += f"<n:{operation}>{inner.replace('SITE', site)}</n:{operation}></e:Body></e:Envelope>"

        async def ask() -> tuple[int, bytes]:
            return service.answer(body.encode(), f"CUCM:DB ver=12.5 {operation}")

        status, text = estate.lab.call(ask())
        assert status == 200, text

    return act


def profile(inner: str) -> Act:
    return axl("updateSipTrunkSecurityProfile", f"<name>SITE TLS</name>{inner}")


RESET = axl("resetSipTrunk", "<name>TRUNK-SITE</name>")
WRONG_NAME = profile("<x509SubjectName>somebody.example.com</x509SubjectName>")
RIGHT_NAME = profile("<x509SubjectName>SITE.example.com</x509SubjectName>")


def stop_service(estate: Estate, site: str) -> None:
    node = estate.cluster(site).nodes[f"{site}-1"]

    async def stop() -> None:
        await node.stop()
        node.service.end(STOPPED)

    estate.lab.call(stop())


def start_service(estate: Estate, site: str) -> None:
    cluster = estate.cluster(site)
    estate.lab.call(cluster.nodes[f"{site}-1"].start(cluster._trunks()))


def stop_node(estate: Estate, site: str) -> None:
    estate.lab.call(estate.cluster(site).stop_node(f"{site}-1"))


def start_node(estate: Estate, site: str) -> None:
    estate.lab.call(estate.cluster(site).start_node(f"{site}-1"))


def lose_power(estate: Estate, site: str) -> None:
    """A CUBE: its sessions and its connections end."""
    estate.lab.close_ssh(site)
    for session in list(estate.router(site).sessions):
        session.cut()
    estate.lab.call(estate.lab.cubes[site].agent.stop())


def have_power(estate: Estate, site: str) -> None:
    estate.lab.open_ssh(site)
    estate.lab.call(estate.lab.cubes[site].agent.start())


def skew(**by: float) -> Act:
    return lambda estate, site: setattr(estate.router(site), "clock_skew", timedelta(**by))


def mark_clock(mark: str) -> Act:
    return lambda estate, site: setattr(estate.router(site), "clock_mark", mark)


def fault(**switches: object) -> Act:
    def act(estate: Estate, site: str) -> None:
        for name, value in switches.items():
            assert hasattr(estate.router(site).faults, name), name
            setattr(estate.router(site).faults, name, value)

    return act


def fight(estate: Estate, site: str) -> None:
    """A person, or another tool, says it again each time that trunkline has mended it."""
    wrong = "session target ipv4:10.72.99.99:5061"
    for _ in range(5):
        time.sleep(1)  # IOS stamps a change with its second: within one nobody can tell who was last
        types(estate, site, "dial-peer voice 100 voip", wrong)
        wait_for("the mending", lambda: f" {wrong}" not in estate.router(site).text_lines())


def be_busy(estate: Estate, site: str) -> None:
    """Nothing is wrong: people call, the CUBE runs a newer release, somebody who is in no document sends syslog, and CUCM has
    too much to do for a moment.
    """
    node, rates = estate.cluster(site).nodes[f"{site}-0"], estate.cluster(site).rates
    node.sip.counting.calls[f"TRUNK-{site}"] = Calls(active=2, attempted=5, completed=3)
    router = estate.router(site)
    router.live_calls, router.train = 4, replace(router.train, version="15.6(3)M9")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((f"127.{estate.lab.spec.octet}.200.1", 0))
        stranger.sendto(b"<189>43: %SYS-5-CONFIG_I: Configured", ("127.0.0.1", syslog_port(estate)))
    throttled = {"device": f"cluster/{site}", "interface": "realtime"}
    rates.perfmon_per_minute = 1
    wait_for("too many", lambda: (estate.daemon.sample("trunkline_device_throttled_total", **throttled) or 0) > 0)
    rates.perfmon_per_minute = 0


def lose_connections(estate: Estate, site: str) -> None:
    """Those that nobody used for long are closed, others come to nothing; all are made anew."""
    agent = estate.lab.cubes[site].agent
    usual, agent.aging_seconds = agent.aging_seconds, 0.01
    eventually(lambda: agent.counters.inactive_ageouts > 0, "none is closed")
    agent.aging_seconds = usual

    def is_sent_in_vain() -> bool:
        """A path that is cut while an answer is awaited on it shows as a closing: then the next connection is tried."""
        eventually(lambda: dialled(agent.rows), "they come anew")
        estate.lab.call(cut_paths(dialled(agent.rows)))
        time.sleep(CUT_SECONDS)
        return agent.counters.send_failures > 0

    eventually(is_sent_in_vain, "nothing is sent")


def dialled(rows: Mapping[int, Row]) -> list[Row]:
    """The connections that the CUBE opened."""
    return [row for row in list(rows.values()) if row.remote[1] == 5061]


async def cut_paths(rows: Sequence[Row]) -> None:
    """Packets get nowhere any more; that is seen when something is to be sent."""
    for row in rows:
        row.secured.writer._sink.transport.abort()  # the tunnel has no door for that
    await asyncio.sleep(0)


def be_idle(estate: Estate, site: str) -> None:
    estate.cluster(site).nodes[f"{site}-0"].sip.counting.calls[f"TRUNK-{site}"] = Calls(0, 5, 3)
    estate.router(site).live_calls = 0


def nothing(estate: Estate, site: str) -> None:
    """It is over by itself."""


def break_source(estate: Estate) -> None:
    """A commit that cannot be used."""
    (estate.scene.folder / "links" / "broken.yaml").write_text("cube: nobody\n")


def mend_source(estate: Estate) -> None:
    (estate.scene.folder / "links" / "broken.yaml").unlink()


def lose(*kinds: str) -> Act:
    """Somebody deletes documents of the site: "links", "cubes", "clusters"."""

    def act(estate: Estate, site: str) -> None:
        for kind in kinds:
            (estate.scene.folder / kind / f"{site}.yaml").rename(_kept(estate, kind, site))

    return act


def find(*kinds: str) -> Act:
    """And puts them back."""

    def act(estate: Estate, site: str) -> None:
        for kind in kinds:
            _kept(estate, kind, site).rename(estate.scene.folder / kind / f"{site}.yaml")

    return act


def _kept(estate: Estate, kind: str, site: str) -> Path:
    return estate.scene.directory / f"{kind}-{site}.yaml"


def issue(issuer: str) -> Act:
    """The document says who renews the CUBE's certificate."""

    def act(estate: Estate, site: str) -> None:
        path = estate.scene.folder / "cubes" / f"{site}.yaml"
        kept = [line for line in path.read_text().splitlines() if not line.startswith(("  issuer:", "  names:"))]
        at = kept.index("  trustpoint: sip-trunk-cert") + 1
        kept[at:at] = [f"  issuer: {issuer}", f"  names: [{site}.example.com]"]
        path.write_text("\n".join(kept) + "\n")

    return act
