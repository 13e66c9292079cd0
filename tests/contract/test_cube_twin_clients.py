"""Ordinary clients against the simulated CUBE: OpenSSH, stock netmiko, openssl s_client."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoTimeoutException

from support.octets import claimed_octet
from support.scene import on_octet
from trunkline.twin.ca import Wish
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import CUBE_USER, ENABLE_PASSWORD, article_lab

CUBES = ("vg-yohur", "cube-busan")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One for all tests here: they only look, or put back what they change."""
    with claimed_octet() as octet, Lab(on_octet(article_lab(), octet), tmp_path_factory.mktemp("lab")) as running:
        yield running


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed here")
    return path


def ssh(lab: Lab, cube: str, tmp_path: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """OpenSSH with the lab's known_hosts; it asks a helper program for the password."""
    helper = tmp_path / "askpass"
    helper.write_text(f"#!/bin/sh\necho {CUBE_USER[1]}\n")
    helper.chmod(0o700)
    spec = lab.cubes[cube].spec
    options = [f"UserKnownHostsFile={lab.directory / 'known_hosts'}", "StrictHostKeyChecking=yes", "LogLevel=ERROR"]
    command = [program("ssh"), "-F", "none", *(word for option in options for word in ("-o", option)), "-p", str(spec.ssh_port)]
    environment = {**os.environ, "SSH_ASKPASS": str(helper), "SSH_ASKPASS_REQUIRE": "force"}
    return subprocess.run(
        [*command, *words[:-1], f"{CUBE_USER[0]}@{lab.loopback(spec.address)}", *words[-1:]],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("cube", CUBES)
def test_openssh_runs_one_command(lab: Lab, cube: str, tmp_path: Path) -> None:
    ran = ssh(lab, cube, tmp_path, "show running-config | include ^hostname")
    assert ran.stdout.strip() == f"hostname {lab.cubes[cube].router.hostname}", ran.stderr


def test_openssh_has_a_terminal(lab: Lab, tmp_path: Path) -> None:
    lines = ["enable", ENABLE_PASSWORD, "terminal length 0", "conf t", "sip-ua", "do show clock", "end", "exit", ""]
    ran = ssh(lab, "vg-yohur", tmp_path, "-tt", "", typed="\r".join(lines))
    screen = ran.stdout.replace("\r\n", "\n")
    assert "VG_yohur(config-sip-ua)#do show clock\n" in screen, ran.stderr
    assert ENABLE_PASSWORD not in screen


def netmiko(lab: Lab, cube: str) -> ConnectHandler:
    spec = lab.cubes[cube].spec
    return ConnectHandler(
        device_type="cisco_ios",
        host=lab.loopback(spec.address),
        port=spec.ssh_port,
        username=CUBE_USER[0],
        password=CUBE_USER[1],
        secret=ENABLE_PASSWORD,
        ssh_strict=True,
        alt_host_keys=True,
        alt_key_file=str(lab.directory / "known_hosts"),
    )


@pytest.mark.parametrize("cube", CUBES)
def test_stock_netmiko(lab: Lab, cube: str) -> None:
    """Log in, enable, show, configure with error checking, save."""
    with netmiko(lab, cube) as connection:
        connection.enable()
        assert connection.check_enable_mode()
        name = lab.cubes[cube].router.hostname
        assert connection.find_prompt() == f"{name}#"
        assert connection.send_command("show running-config").splitlines()[0] == "Building configuration..."
        assert connection.send_command("show running-config | include ^hostname") == f"hostname {name}"
        connection.send_config_set(["dial-peer voice 77 voip", "description " + "x" * 120], error_pattern="%")
        shown = connection.send_command("show running-config | section ^dial-peer voice 77")
        assert shown == f"dial-peer voice 77 voip\n description {'x' * 120}"
        with pytest.raises(Exception, match="Invalid input detected"):
            connection.send_config_set(
                ["dial-peer voice 77 voip", "sesion target x"], error_pattern=r"% Invalid input detected"
            )
    with netmiko(lab, cube) as connection:
        connection.enable()
        connection.send_config_set(["no dial-peer voice 77"])
        assert "[OK]" in connection.save_config()
        assert connection.send_command("show running-config | section ^dial-peer voice 77") == ""


def test_a_reload_ends_every_session_and_loses_what_was_not_saved(lab: Lab) -> None:
    router = lab.cubes["cube-busan"].router
    with netmiko(lab, "cube-busan") as connection:
        connection.enable()
        connection.save_config()
        connection.send_config_set(["dial-peer voice 78 voip", "destination-pattern 78"])
        connection.send_multiline([["reload", r"\[yes/no\]"], ["no", r"\[confirm\]"]])
        connection.write_channel("\n")
        until = time.monotonic() + 60
        while router.running.headers("dial-peer voice 78") and time.monotonic() < until:
            time.sleep(0.05)
    deadline = time.monotonic() + 60
    while True:
        try:
            again = netmiko(lab, "cube-busan")
            break
        except NetmikoTimeoutException:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    with again:
        again.enable()
        assert again.send_command("show running-config | include ^dial-peer voice 78") == ""
        assert "uptime is 0 minutes" in again.send_command("show version | include uptime is")


def test_the_lines_for_sessions_are_few(lab: Lab) -> None:
    """The sixth session is turned away, and the others do not notice."""
    cube = lab.cubes["cube-busan"]
    open_sessions = [netmiko(lab, "cube-busan") for _ in range(cube.router.lines_allowed)]
    try:
        with pytest.raises(Exception, match=r"(?i)error reading SSH protocol banner|connection|negotiation"):
            netmiko(lab, "cube-busan")
        assert all(session.is_alive() for session in open_sessions)
    finally:
        for session in open_sessions:
            session.disconnect()


def s_client(lab: Lab, *more: str, typed: str = "") -> str:
    where = f"{lab.loopback('10.72.86.86')}:5061"
    command = [program("openssl"), "s_client", "-connect", where, "-CAfile", str(lab.directory / "ca.pem"), *more]
    ran = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, check=False)
    return ran.stdout + ran.stderr


def test_openssl_s_client_with_a_certificate(lab: Lab) -> None:
    printed = s_client(lab, "-cert", str(lab.directory / "client.pem"))
    assert "Verify return code: 0 (ok)" in printed
    assert re.search(r"subject=CN ?= ?vg-yohur.example.com", printed)
    assert "Acceptable client certificate CA names" in printed or "Client Certificate Types" in printed


def test_openssl_s_client_without_a_certificate_is_turned_away_and_counted(lab: Lab) -> None:
    agent = lab.cubes["vg-yohur"].agent
    before = agent.counters.server_handshake_failures
    printed = s_client(lab)
    assert "alert" in printed
    assert agent.counters.server_handshake_failures == before + 1


def options(lab: Lab, local: str) -> str:
    """OPTIONS over TLS from an address of the lab, as any SIP client would send it; returns the answer."""
    made = ssl.create_default_context(cafile=str(lab.directory / "ca.pem"))
    made.check_hostname = False
    made.load_cert_chain(lab.directory / "client.pem")
    request = (
        "OPTIONS sip:10.72.86.86:5061;transport=tls SIP/2.0",
        "Via: SIP/2.0/TLS 10.72.86.74:5061;branch=z9hG4bKabc",
        "Max-Forwards: 70",
        "From: <sip:10.72.86.74>;tag=1",
        "To: <sip:10.72.86.86>",
        "Call-ID: a84b4c76e66710",
        "CSeq: 63104 OPTIONS",
        "Content-Length: 0",
    )
    remote = (lab.loopback("10.72.86.86"), 5061)
    with (
        socket.create_connection(remote, 60, source_address=(local, 0)) as plain,
        made.wrap_socket(plain, server_hostname="vg-yohur.example.com") as secured,
    ):
        secured.sendall("\r\n".join([*request, "", ""]).encode())
        return secured.recv(8192).decode()


def test_options_is_answered_as_sip_requires(lab: Lab) -> None:
    answer = options(lab, lab.loopback("10.72.86.74"))
    first, *headers = answer.split("\r\n")
    assert first == "SIP/2.0 200 OK"
    for copied in (
        "Via: SIP/2.0/TLS 10.72.86.74:5061;branch=z9hG4bKabc",
        "From: <sip:10.72.86.74>;tag=1",
        "CSeq: 63104 OPTIONS",
    ):
        assert copied in headers
    assert "Call-ID: a84b4c76e66710" in headers
    assert any(re.fullmatch(r"To: <sip:10\.72\.86\.86>;tag=\w+", header) for header in headers)
    assert any(header.startswith("Allow: ") and "OPTIONS" in header for header in headers)
    assert "Content-Length: 0" in headers
    assert answer.endswith("\r\n\r\n")


def test_options_of_a_stranger_is_forbidden(lab: Lab) -> None:
    """The toll-fraud check looks at the address, whatever the certificate."""
    assert options(lab, lab.loopback("10.72.86.74").rsplit(".", 2)[0] + ".1.1").startswith("SIP/2.0 403 ")


def test_the_table_shows_what_is_connected(lab: Lab) -> None:
    made = ssl.create_default_context(cafile=str(lab.directory / "ca.pem"))
    made.check_hostname = False
    made.load_cert_chain(lab.directory / "client.pem")
    remote, local = (lab.loopback("10.72.86.86"), 5061), lab.loopback("10.72.86.75")
    with netmiko(lab, "vg-yohur") as session:
        session.enable()
        with (
            socket.create_connection(remote, 60, source_address=(local, 0)) as plain,
            made.wrap_socket(plain, server_hostname="x") as secured,
        ):
            port = secured.getsockname()[1]
            shown = session.send_command("show sip-ua connections tcp tls detail")
            assert "Remote-Agent:10.72.86.75, Connections-Count:1" in shown
            assert re.search(rf"^ +{port} +\d+ Established +0 10\.72\.86\.86$", shown, re.MULTILINE)


def test_a_client_of_another_ca_is_refused(lab: Lab, tmp_path: Path) -> None:
    from trunkline.twin.ca import Authority

    router = lab.cubes["vg-yohur"].router
    stranger = Authority.create("another root", router.clock()).issue(Wish("x", router.clock()))
    path = tmp_path / "stranger.pem"
    path.write_text(stranger.key_pem + stranger.pem)
    assert "alert" in s_client(lab, "-cert", str(path))
