"""Everything that can be made to go wrong in a session."""

import pytest

from support.console import SMALL, Console, make_router


def test_a_session_is_dropped_after_so_many_lines() -> None:
    console = Console(make_router())
    console.router.faults.drop_after_lines = 2
    console.type("", "")
    console.keys("show clock\r")
    assert console.has_ended


def test_dropped_amid_a_paste_nothing_is_stored() -> None:
    console = Console(make_router())
    console.type("configure terminal", "crypto pki trustpoint T", "enrollment terminal", "exit", "crypto pki authenticate T")
    console.router.faults.drop_after_lines = 1
    console.type("-----BEGIN CERTIFICATE-----")
    console.keys("MIIB\r")
    assert console.has_ended
    assert console.router.running.headers("MIIB") == ()


def test_a_log_line_lands_amid_the_output() -> None:
    console = Console(make_router())
    console.router.faults.syslog_inside = (30, "%SYS-5-TEST: a line")
    shown = console.type("show clock")
    before, after = shown.split("\n%SYS-5-TEST: a line\n")
    assert len(before.replace("\n", "\r\n")) == 30
    assert console.router.faults.syslog_inside is None
    assert (before + after).endswith("cube1#")


def test_an_echo_is_garbled() -> None:
    console = Console(make_router())
    console.router.faults.garbles_echo_after = 4
    assert console.type("show clock").startswith("show??????\n")


def test_a_banner_may_look_like_a_prompt() -> None:
    router = make_router()
    router.faults.banner = "#####\nauthorized only#"
    assert Console(router).type("").endswith("cube1#")


def test_the_prompt_comes_twice() -> None:
    console = Console(make_router())
    console.router.faults.repeats_prompt = True
    assert console.type("").endswith("\ncube1#\ncube1#")


def test_authorization_is_denied() -> None:
    console = Console(make_router())
    console.router.faults.denies_authorization = True
    assert console.ask("show clock") == ["Command authorization failed.", ""]


def test_a_line_is_refused_and_another_ignored() -> None:
    console = Console(make_router())
    console.router.faults.refuse[r"^retry"] = "% Not today"
    console.router.faults.ignore = r"^connection-reuse"
    console.type("configure terminal", "sip-ua")
    assert console.ask("retry invite 2") == ["% Not today"]
    assert console.ask("connection-reuse") == []
    assert console.router.running.section("sip-ua") == ()


def test_saving_fails() -> None:
    console = Console(make_router())
    console.router.faults.fails_to_save = True
    assert "[OK]" not in console.type("write memory")
    assert console.router.nvram_written is None


def test_somebody_else_holds_the_lock() -> None:
    console = Console(make_router())
    console.router.faults.locked_by = "jovalver"
    shown = console.type("configure terminal")
    assert "% Configuration mode locked exclusively by user 'jovalver'" in shown
    assert shown.endswith("\ncube1#")
    console.router.faults.locked_by = ""
    assert console.type("configure terminal").endswith("(config)#")


@pytest.mark.parametrize("train", ["15.6", "17.9"])
def test_exclusive_configuration_belongs_to_one_session(train: str) -> None:
    router = make_router(train, SMALL + "configuration mode exclusive auto\n")
    first = Console(router)
    first.type("configure terminal")
    second = Console(router)
    assert "locked exclusively by user 'netops'" in second.type("configure terminal")
    first.type("end")
    assert second.type("configure terminal").endswith("(config)#")
