"""The session against a simulated router on which everything goes wrong that does so on real ones."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.cubes import Bench, running_cube
from trunkline.devices.cube.session import CubeSession
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable
from trunkline.twin.lab.spec import busan_cube

LOG = "%SYS-5-CONFIG_I: Configured from console by kim on vty1 (10.9.9.9)"


@pytest.fixture
def session(bench: Bench) -> Iterator[CubeSession]:
    opened = CubeSession(bench.access)
    yield opened
    opened.close()


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


def test_a_refused_header_leaves_nothing(session: CubeSession) -> None:
    with pytest.raises(DeviceRefused) as caught:
        session.configure(["dail-peer voice 9 voip", "preference 3"])
    assert caught.value.is_untouched


def test_a_refused_line_ends_it_and_configuration_mode_is_left(bench: Bench, session: CubeSession) -> None:
    with pytest.raises(DeviceRefused, match="Invalid input detected") as caught:
        session.configure(["dial-peer voice 9 voip", "sesion target x", "preference 3"])
    assert caught.value.lines[0] == "sesion target x"
    assert not caught.value.is_untouched, "the dial-peer is there"
    assert "preference 3" not in bench.section("dial-peer voice 9 voip")
    assert "uptime" in session.ask(["show version"])[0]


@pytest.mark.parametrize(
    "refusal",
    [
        "% Incomplete command.",
        '% Ambiguous command:  "pre"',
        "%Error:Insecure configurations are not permitted in secure mode.",
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


def test_what_is_refused_under_a_call_is_refused_for_now(bench: Bench, session: CubeSession) -> None:
    bench.router.live_calls = 1
    with pytest.raises(DeviceBusy, match="processing live traffic"):
        session.configure(["voice service voip", "sip", "bind control source-interface GigabitEthernet1"])
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
