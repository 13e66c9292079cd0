"""What devices tell by syslog: a look at once, who changed what, counts, floods. One daemon looks after several sites."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.spec import PERSON

SITES = ("told", "streamed", "quiet", "fought", "noisy")
POLICY = "guard: {allow_empty: true, max_deletions: 20}\n"
RARELY = "intervals: {source_seconds: 5, observe_seconds: 3600, full_read_seconds: 86400}"
OFTEN = "intervals: {source_seconds: 5, observe_seconds: 5, full_read_seconds: 3600}"
LISTENS = re.compile(r"syslog on 127\.0\.0\.1 port (\d+), UDP and TCP")
ARCHIVE = ("archive", "log config", "logging enable", "notify syslog", "exit", "exit")
JOVALVER = PERSON[0]
SECRET = "hunter2-of-a-person"
AGAIN_SECONDS = 10.0


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Every link is Ready, every CUBE but `quiet` tells its log, and from then on a pass has a reason."""
    directory = tmp_path_factory.mktemp("syslog")
    members = sites(SITES, {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members, POLICY)
        estate.daemon.environment = {
            **estate.daemon.environment,
            "TRUNKLINE_SYSLOG_PORT": "0",
            "TRUNKLINE_SYSLOG_RELAYS": f"127.{octet}.9.9",
        }
        with estate.daemon as daemon:
            daemon.wait_ready(*SITES)
            for name, transport in (("told", "udp"), ("streamed", "tcp"), ("fought", "udp"), ("noisy", "udp")):
                _sends(estate, name, transport)
            estate.scene.rewrite("estate.yaml", OFTEN, RARELY)
            daemon.wait_ready(*SITES, revision=estate.scene.commit("look rarely"))
            _settle(estate)
            yield estate
            assert_no_traceback(daemon.log())
            assert SECRET not in daemon.log()
            assert daemon.stop() == 0
        for path in (directory / "state").rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def _port(estate: Estate) -> int:
    found = LISTENS.search(estate.daemon.log())
    assert found, estate.daemon.log()
    return int(found[1])


def _sends(estate: Estate, site: str, transport: str) -> None:
    lines = [f"logging host 127.0.0.1 transport {transport} port {_port(estate)}", *ARCHIVE]
    _type(estate, site, *lines)


def _type(estate: Estate, site: str, *lines: str) -> None:
    """As jovalver, over SSH."""
    type_by_ssh(estate.lab, site, lines, user=JOVALVER)


def _passes(estate: Estate, site: str) -> float:
    samples = estate.daemon.samples()
    return sum(
        value for (name, labels), value in samples.items() if name == "trunkline_reconcile_total" and ("cube", site) in labels
    )


def _settle(estate: Estate, seconds: float = 8.0) -> None:
    """Until no pass was run for a while: what trunkline does itself makes it look at most once more."""

    def is_quiet() -> bool:
        before = [_passes(estate, site) for site in SITES]
        time.sleep(seconds)
        return before == [_passes(estate, site) for site in SITES]

    wait_for("no further passes", is_quiet)


def _logged(estate: Estate, pattern: str) -> list[str] | None:
    return [line for line in estate.daemon.log().splitlines() if re.search(pattern, line)] or None


def _mended(estate: Estate, site: str, line: str) -> None:
    wait_for(f"{site} without {line!r}", lambda: line not in estate.router(site).text_lines())


@moves("trunkline_syslog_messages_total", "trunkline_syslog_last_timestamp_seconds", "trunkline_link_info")
@pytest.mark.parametrize("site", ["told", "streamed"])
def test_what_a_person_changes_is_mended_at_once_and_the_person_is_named(estate: Estate, site: str) -> None:
    labels = {"device": f"cube/{site}", "kind": "configured"}
    before = estate.daemon.sample("trunkline_syslog_messages_total", **labels) or 0.0
    heard_at = time.time()
    _type(estate, site, "dial-peer voice 100 voip", "session target ipv4:10.72.99.99:5061", f"username bob secret 0 {SECRET}")
    _mended(estate, site, " session target ipv4:10.72.99.99:5061")
    lines = wait_for("the mending in the log", lambda: _logged(estate, rf" {site}: applied, .*; changed by "))
    assert all(re.search(rf"changed by {JOVALVER} on vty\d \(127\.0\.0\.1\) at \d\d:\d\dZ$", line) for line in lines), lines
    assert (estate.daemon.sample("trunkline_syslog_messages_total", **labels) or 0.0) > before
    last = estate.daemon.sample("trunkline_syslog_last_timestamp_seconds", device=f"cube/{site}")
    assert last and last >= heard_at - 1
    assert estate.daemon.sample(
        "trunkline_link_info", link=site, cube_device=f"cube/{site}", cluster_device=f"cluster/{site}", trunk=f"TRUNK-{site}"
    )
    _settle(estate)


@moves("trunkline_link_condition", "trunkline_link_drift", "trunkline_last_success_timestamp_seconds")
def test_the_command_that_made_a_difference_stands_beside_it(estate: Estate) -> None:
    document = "cubes/noisy.yaml"
    estate.scene.rewrite(document, "release:", "enforcement: observe\nrelease:")
    estate.daemon.wait_ready("noisy", revision=estate.scene.commit("only watch the noisy one"))
    settings = ("--settings", str(estate.daemon.settings))
    success = estate.daemon.sample("trunkline_last_success_timestamp_seconds", link="noisy")
    drift = {"link": "noisy", "side": "cube", "kind": "dial-peer"}
    assert estate.daemon.sample("trunkline_link_drift", **drift) == 0.0
    _type(estate, "noisy", "dial-peer voice 100 voip", "destination-pattern 7...")
    wait_for("the drift", lambda: estate.daemon.sample("trunkline_link_drift", **drift) == 1.0)
    in_sync = {"link": "noisy", "condition": "InSync"}
    assert estate.daemon.sample("trunkline_link_condition", status="False", **in_sync) == 1.0
    assert estate.daemon.sample("trunkline_link_condition", status="True", **in_sync) == 0.0
    who = rf"changed by {JOVALVER} on vty\d \(127\.0\.0\.1\) at \d\d:\d\dZ"
    assert re.search(who, estate.daemon.conditions("noisy")["InSync"]["message"])
    why = estate.scene.trunkline("why", "noisy", *settings).stdout
    assert re.search(rf"destination-pattern 1\.\.\.'\s+\(`destination-pattern 7\.\.\.` by {JOVALVER} at \d\d:\d\dZ\)", why), why
    for command in (("status",), ("plan", "--cube", "noisy")):
        said = estate.scene.trunkline(*command, *settings).stdout
        assert re.search(who, said), said
    assert f"`destination-pattern 7...` by {JOVALVER}" in said
    told = estate.daemon.passes()["noisy"]
    assert re.search(who, told["changed_by"])
    assert {entry["user"] for entry in told["typed"]} == {JOVALVER}
    _type(estate, "noisy", "dial-peer voice 100 voip", "destination-pattern 1...")
    wait_for("no drift", lambda: estate.daemon.sample("trunkline_link_drift", **drift) == 0.0)
    assert (estate.daemon.sample("trunkline_last_success_timestamp_seconds", link="noisy") or 0) > (success or 0)
    estate.scene.rewrite(document, "enforcement: observe\nrelease:", "release:")
    estate.daemon.wait_ready("noisy", revision=estate.scene.commit("look after the noisy one"))


def test_without_syslog_the_device_s_own_stamp_names_who_changed_it(estate: Estate) -> None:
    _type(estate, "quiet", "dial-peer voice 100 voip", "destination-pattern 7...")
    said = estate.scene.trunkline("plan", "--cube", "quiet", "--settings", str(estate.daemon.settings)).stdout
    assert re.search(rf"changed by {JOVALVER} at \d\d:\d\d:\d\d UTC .* \d{{4}}, as the device itself says", said), said
    _type(estate, "quiet", "dial-peer voice 100 voip", "destination-pattern 1...")


@moves("trunkline_fights_total")
def test_what_is_changed_back_again_and_again_is_a_fight(estate: Estate) -> None:
    assert estate.daemon.sample("trunkline_fights_total", link="fought") == 0.0
    wrong = "session target ipv4:10.72.99.99:5061"
    for number in range(4):
        _type(estate, "fought", "dial-peer voice 100 voip", wrong)
        wait_for("the mending", lambda times=number + 1: len(_logged(estate, " fought: applied, 1 steps") or ()) == times)
        assert f" {wrong}" not in estate.router("fought").text_lines()
        fights = max(0.0, number - 1.0)
        wait_for("the count", lambda fights=fights: estate.daemon.sample("trunkline_fights_total", link="fought") == fights)
    lines = (
        _logged(estate, r"fought: a fight: cube/fought dial-peer 100 was mended \d times within six hours; changed by") or []
    )
    assert len(lines) == 2, estate.daemon.log()
    assert all(JOVALVER in line for line in lines)


@moves("trunkline_handshake_events_total")
def test_a_failed_handshake_is_counted_by_its_reason(estate: Estate) -> None:
    """A node without a certificate calls a CUBE of a release that tells so."""
    labels = {"device": "cube/told", "reason": "no_certificate"}
    assert estate.daemon.sample("trunkline_handshake_events_total", **labels) == 0.0
    before = _passes(estate, "told")
    router = estate.router("told")
    router.train = replace(router.train, logs_failed_handshakes="17.14")
    _call_without_certificate(estate, router.address)
    wait_for("the count", lambda: estate.daemon.sample("trunkline_handshake_events_total", **labels) == 1.0)

    def look() -> bool:
        """Within a minute of an earlier look, which another test may have caused, a failed handshake is worth none."""
        is_looked_at = _passes(estate, "told") > before
        if not is_looked_at:
            time.sleep(AGAIN_SECONDS)
            _call_without_certificate(estate, router.address)
        return is_looked_at

    wait_for("a look", look)
    _settle(estate, 3)


def _call_without_certificate(estate: Estate, address: str) -> None:
    """As a node that has none."""
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.check_hostname, nobody.verify_mode = False, ssl.CERT_NONE
    nobody.maximum_version = ssl.TLSVersion.TLSv1_2
    nobody.set_ciphers("ALL:@SECLEVEL=0")
    node = estate.lab.loopback("10.72.100.74")
    channel = socket.create_connection((estate.lab.loopback(address), 5061), source_address=(node, 0))
    with channel, pytest.raises(ssl.SSLError):
        nobody.wrap_socket(channel)


@moves("trunkline_syslog_dropped_total")
def test_a_flood_of_lines_is_bounded_and_counted_and_the_daemon_answers(estate: Estate) -> None:
    def dropped(reason: str) -> float:
        return estate.daemon.sample("trunkline_syslog_dropped_total", reason=reason) or 0.0

    def heard() -> float:
        return estate.daemon.sample("trunkline_syslog_messages_total", device="cube/noisy", kind="other") or 0.0

    octet, port = estate.lab.spec.octet, _port(estate)
    memory = _resident_kib(estate)
    strangers, known = dropped("unknown_sender"), heard() + dropped("flood")
    _pour(f"127.{octet}.200.1", port, 25_000)
    _pour(estate.lab.loopback("10.72.104.86"), port, 25_000)
    with socket.create_connection(("127.0.0.1", port), source_address=(estate.lab.loopback("10.72.104.86"), 0)) as stream:
        lines = b"".join(b"<189>%d: %%LINK-3-UPDOWN: Interface up\n" % number for number in range(50_000))
        stream.sendall(lines + b"x" * 20_000 + b"\n" + b"<999>nonsense\n")
        assert estate.daemon.get("/healthz").ok
        wait_for("every line of the stream", lambda: dropped("unreadable") >= 1 or dropped("flood") >= 45_000)
        wait_for("what is too long", lambda: dropped("too_long") >= 1)
    assert 1_000 <= dropped("unknown_sender") - strangers <= 25_000
    assert 50_000 <= heard() + dropped("flood") - known <= 75_001
    assert heard() < 20_000
    assert _resident_kib(estate) - memory < 60_000
    relay = f"127.{octet}.9.9"
    _say(relay, port, b"<189>Nov 25 03:52:36 nobody-knows 43: %SYS-5-CONFIG_I: Configured from console by console")
    _say(relay, port, b"<189>Nov 25 03:52:36 quiet 43: %SYS-5-CONFIG_I: Configured from console by console")
    quiet = {"device": "cube/quiet", "kind": "configured"}
    wait_for("the line by a relay", lambda: estate.daemon.sample("trunkline_syslog_messages_total", **quiet) == 1.0)


def _pour(address: str, port: int, count: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind((address, 0))
        for number in range(count):
            channel.sendto(
                b"<189>%d: %%LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up" % number, ("127.0.0.1", port)
            )


def _say(address: str, port: int, message: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.bind((address, 0))
        channel.sendto(message, ("127.0.0.1", port))


def _resident_kib(estate: Estate) -> int:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{estate.daemon.process_id}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_a_port_that_is_taken_is_one_clear_error(estate: Estate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = estate.scene.directory / "other.toml"
        settings.write_text(f'state_directory = "other"\n[http]\nport = 0\n[syslog]\nport = {port}\n')
        ended = estate.scene.trunkline("run", "--settings", str(settings))
    assert ended.returncode == 2
    said = f"cannot listen for syslog on 127.0.0.1 port {port}: Address already in use; correct syslog.host and syslog.port"
    assert said in " ".join((ended.stdout + ended.stderr).split())
    assert "Traceback" not in ended.stderr
