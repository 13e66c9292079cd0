"""The session against a simulated router on which everything goes wrong that does so on real ones."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from support.cubes import Bench, running_cube
from trunkline.devices.cube.session import CubeAccess, CubeSession
from trunkline.devices.cube.session.connecting import IDLE_CHECK_SECONDS
from trunkline.model.errors import AccessRefused, DesiredInvalid, DeviceBusy, DeviceRefused, DeviceUnreachable
from trunkline.twin.lab.spec import busan_cube

LOG = "%SYS-5-CONFIG_I: Configured from console by kim on vty1 (10.9.9.9)"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with running_cube(tmp_path) as running:
        yield running


@pytest.fixture
def session(bench: Bench) -> Iterator[CubeSession]:
    opened = CubeSession(bench.access)
    yield opened
    opened.close()


def refused_at_the_door(access: CubeAccess) -> str:
    with pytest.raises(AccessRefused) as caught:
        CubeSession(access)
    assert access.password not in str(caught.value)
    return str(caught.value)


def test_a_wrong_password(bench: Bench) -> None:
    assert "the CUBE refuses the password" in refused_at_the_door(replace(bench.access, password="wrong-word"))


def test_a_host_key_that_is_not_the_pinned_one(bench: Bench) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    said = refused_at_the_door(replace(bench.access, host_key=other))
    assert "which is not the one pinned" in said
    assert "SHA256:" in said


def test_a_pinned_host_key_that_is_no_key(bench: Bench) -> None:
    with pytest.raises(DesiredInvalid, match=r"correct management\.host_key"):
        CubeSession(replace(bench.access, host_key="AAAA"))


def test_a_wrong_enable_password(bench: Bench) -> None:
    assert "the enable password is wrong" in refused_at_the_door(replace(bench.access, enable_password="wrong"))


def test_all_lines_in_use(bench: Bench) -> None:
    bench.router.lines_allowed = 0
    with pytest.raises(DeviceBusy, match="free a line"):
        CubeSession(bench.access)


def test_nobody_listens(bench: Bench) -> None:
    with pytest.raises(DeviceUnreachable, match="see whether the CUBE is up"):
        CubeSession(replace(bench.access, port=1))


def test_several_commands_in_one_write(session: CubeSession) -> None:
    version, clock, wrong, calls = session.ask(
        ["show version", "show clock", "show nonsense", "show call active voice compact"]
    )
    assert "uptime is" in version
    assert clock.count("\n") == 1
    assert "% Invalid input detected" in wrong
    assert "Total call-legs: 0" in calls


@pytest.mark.parametrize("name", ["r", "a-name-of-thirty-characters-xyz"])
def test_short_and_long_names(tmp_path: Path, name: str) -> None:
    spec = busan_cube()
    with running_cube(tmp_path, replace(spec, config=spec.config.replace("hostname CUBE-BUSAN", f"hostname {name}"))) as bench:
        session = CubeSession(bench.access)
        assert session.hostname == name
        session.configure(["dial-peer voice 9 voip", "preference 3", "sip-ua", "timers connect 200"])
        assert "preference 3" in bench.section("dial-peer voice 9 voip")
        assert len(session.ask(["show clock", "show clock"])) == 2
        session.close()


def test_output_that_looks_like_a_prompt(session: CubeSession, bench: Bench) -> None:
    session.configure([f"alias exec x {session.hostname}#"])
    text, clock = session.ask(["show running-config", "show clock"])
    assert text.rstrip().endswith("end")
    assert clock.count("\n") == 1


def test_a_banner_with_prompts_in_it(bench: Bench) -> None:
    bench.faults.banner = "Welcome to CUBE-BUSAN#\nCUBE-BUSAN> is watched # always\n"
    session = CubeSession(bench.access)
    assert session.hostname == "CUBE-BUSAN"
    assert len(session.ask(["show clock"])) == 1
    session.close()


def test_prompts_that_come_twice(bench: Bench) -> None:
    bench.faults.repeats_prompt = True
    session = CubeSession(bench.access)
    session.configure(["dial-peer voice 9 voip", "preference 3"])
    assert "preference 3" in bench.section("dial-peer voice 9 voip")
    session.close()


def test_a_pager_that_may_not_be_switched_off(bench: Bench) -> None:
    bench.faults.refuse["^terminal length"] = "Command authorization failed."
    session = CubeSession(bench.access)
    paged, clock = session.ask(["show running-config", "show clock"])
    assert "--More--" not in paged
    bench.faults.refuse.clear()
    other = CubeSession(bench.access)
    (straight,) = other.ask(["show running-config"])
    assert [line.rstrip() for line in paged.split("\n")] == [line.rstrip() for line in straight.split("\n")]
    assert clock.count("\n") == 1
    (exported,) = session.export(["busan-sip"])
    assert exported.count("-----END CERTIFICATE-----") == 2
    session.close()
    other.close()


def test_syslog_in_front_of_answers(bench: Bench, session: CubeSession) -> None:
    bench.faults.syslog_before_answer = [f"*Jan  5 09:00:00.001: {LOG}"] * 3
    session.configure(["dial-peer voice 9 voip", "preference 3"])
    assert "preference 3" in bench.section("dial-peer voice 9 voip")


def test_syslog_amid_a_dialog(bench: Bench, session: CubeSession) -> None:
    """Also inside of the echo and of the prompt."""
    for position in range(0, 260, 7):
        bench.faults.syslog_inside = (position, LOG)
        session.configure(["dial-peer voice 9 voip", "preference 3", "no preference"])
        assert "preference 3" not in bench.section("dial-peer voice 9 voip")
        (clock,) = session.ask(["show clock"])
        assert "UTC" in clock or "KST" in clock


def test_syslog_behind_the_prompt_while_idle(bench: Bench, session: CubeSession) -> None:
    session.ask(["terminal monitor"])
    for _ in range(3):
        bench.lab.call(_log(bench))
        first, second = session.ask(["show clock", "show version"])
        assert first.count(":") >= 2
        assert "uptime is" in second
    session.configure(["dial-peer voice 9 voip", "preference 3"])  # leaving prints a log line behind the prompt
    assert len(session.ask(["show clock"])) == 1


async def _log(bench: Bench) -> None:
    bench.router.syslog(LOG)


def test_a_refused_line_ends_it_and_configuration_mode_is_left(bench: Bench, session: CubeSession) -> None:
    with pytest.raises(DeviceRefused, match="Invalid input detected") as caught:
        session.configure(["dial-peer voice 9 voip", "sesion target x", "preference 3"])
    assert caught.value.lines[0] == "sesion target x"
    assert "preference 3" not in bench.section("dial-peer voice 9 voip")
    assert "uptime" in session.ask(["show version"])[0]


@pytest.mark.parametrize(
    "refusal",
    [
        "% Incomplete command.",
        '% Ambiguous command:  "pre"',
        "%Error:Insecure configurations are not permitted in secure mode.",
        "Error: You cannot change the interface binding for a dial-peer that is processing live traffic.",
        "ERROR: out of memory",
        "% Unknown command or computer name, or unable to find computer address",
        "Command rejected: not now",
        "Command authorization failed.",
        "% Something that nobody has seen so far",
    ],
)
def test_every_form_of_a_refusal(bench: Bench, session: CubeSession, refusal: str) -> None:
    bench.faults.refuse["^preference"] = refusal
    with pytest.raises(DeviceRefused) as caught:
        session.configure(["dial-peer voice 9 voip", "preference 3"])
    assert caught.value.lines == ("preference 3", refusal)
    assert "uptime" in session.ask(["show version"])[0]


def test_a_question_that_nobody_expected_is_interrupted(bench: Bench, session: CubeSession) -> None:
    bench.faults.unexpected_question = "% Shall the moon be painted green? [yes/no]: "
    session.configure(["crypto pki trustpoint peer", "enrollment terminal"])
    with pytest.raises(DeviceRefused, match="moon be painted green"):
        session.authenticate("crypto pki authenticate peer", "-----BEGIN CERTIFICATE-----\n", {})
    assert "uptime" in session.ask(["show version"])[0]


def test_a_question_to_a_line_that_asks_none(bench: Bench, session: CubeSession) -> None:
    with pytest.raises(DeviceRefused, match="which trunkline has no answer for"):
        session.configure(["crypto key zeroize rsa busan-sip-2026"])
    assert "busan-sip-2026" in bench.lab.cubes[bench.name].store.keys
    assert "uptime" in session.ask(["show version"])[0]


def test_configuration_is_locked_by_somebody(bench: Bench, session: CubeSession) -> None:
    bench.faults.locked_by = "kim"
    with pytest.raises(DeviceBusy, match="cannot enter configuration mode"):
        session.configure(["sip-ua"])
    assert "uptime" in session.ask(["show version"])[0]


def test_configuration_is_not_allowed(bench: Bench, session: CubeSession) -> None:
    bench.faults.denies_authorization = True
    with pytest.raises(AccessRefused, match="may not do this"):
        session.configure(["sip-ua"])


def test_a_garbled_echo_ends_the_session(bench: Bench, session: CubeSession) -> None:
    bench.faults.garbles_echo_after = 4
    with pytest.raises(DeviceUnreachable, match="the echo of"):
        session.configure(["dial-peer voice 9 voip", "preference 3"])
    assert not session.is_alive


def test_a_session_that_is_killed_amid_a_change(bench: Bench, session: CubeSession) -> None:
    bench.faults.drop_after_lines = 2
    with pytest.raises(DeviceUnreachable, match="the session was closed"):
        session.configure(["dial-peer voice 9 voip", "preference 3", "shutdown"])
    assert not session.is_alive


def test_a_security_warning_is_remarked_not_refused(tmp_path: Path) -> None:
    with running_cube(tmp_path, busan_cube("17.18")) as bench:
        session = CubeSession(bench.access)
        session.configure(["sip-ua", "transport tcp tls v1.1"])
        assert [remark.startswith("SECURITY WARNING - Module: SIPUA") for remark in session.remarks] == [True]
        assert "transport tcp tls v1.1" in bench.section("sip-ua")
        session.close()


def test_weak_tls_is_refused_by_26(tmp_path: Path) -> None:
    with running_cube(tmp_path, busan_cube("26.1")) as bench:
        session = CubeSession(bench.access)
        with pytest.raises(DeviceRefused, match="Insecure configurations are not permitted"):
            session.configure(["sip-ua", "transport tcp tls v1.1"])
        session.close()


def test_a_save_that_fails(bench: Bench, session: CubeSession) -> None:
    bench.faults.fails_to_save = True
    with pytest.raises(DeviceRefused, match="startup-config file open failed"):
        session.save()
    bench.faults.fails_to_save = False
    session.save()
    assert bench.router.is_saved


def test_an_idle_session_sleeps(session: CubeSession) -> None:
    transport = session._connection._ssh.get_transport()
    assert transport is not None
    assert transport.sock.gettimeout() == IDLE_CHECK_SECONDS


class OldRouter:
    """An SSH server that offers no more than IOS 15 does, and a prompt."""

    def __init__(self, address: str) -> None:
        self.address, self.port = address, 0
        self.key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "OldRouter":
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.acceptor.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()

    async def _listen(self) -> None:
        class Door(asyncssh.SSHServer):
            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("admin", "old")

        self.acceptor = await asyncssh.create_server(
            Door,
            self.address,
            0,
            server_host_keys=[self.key],
            process_factory=self._shell,
            line_editor=False,
            kex_algs=["diffie-hellman-group14-sha1"],
            encryption_algs=["aes128-cbc"],
            mac_algs=["hmac-sha1"],
            signature_algs=["ssh-rsa"],
        )
        self.port = self.acceptor.get_port()

    async def _shell(self, process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("\r\nold#")
        typed = ""
        while not process.stdin.at_eof():
            typed += await process.stdin.read(4096)
            while "\n" in typed:
                line, _, typed = typed.partition("\n")
                process.stdout.write(f"{line}\r\nold#")


def test_a_router_that_offers_only_sha1() -> None:
    with OldRouter("127.0.0.1") as router:
        key = router.key.export_public_key("openssh").decode().strip()
        session = CubeSession(CubeAccess("127.0.0.1", router.port, "admin", "old", key))
        assert session.ask(["show clock", "show version"]) == ["", ""]
        session.close()
