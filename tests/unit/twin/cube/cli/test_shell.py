"""The command line: modes, abbreviations, errors with their caret, paging, filters, long lines."""

import pytest

from support.console import SMALL, Console, make_router

CARET = "% Invalid input detected at '^' marker."


def test_user_mode_knows_little_until_the_password_is_given() -> None:
    console = Console(make_router(), is_privileged=False)
    assert CARET in console.type("show running-config")
    console.type("enable")
    shown = console.type("lab-enable")
    assert shown.endswith("cube1#")
    assert "lab-enable" not in shown
    assert console.type("disable").endswith("cube1>")


def test_three_wrong_passwords_are_enough() -> None:
    console = Console(make_router(), is_privileged=False)
    console.type("enable")
    assert console.type("a", "b", "c").endswith("% Bad secrets\n\ncube1>")


def test_the_caret_stands_under_the_first_wrong_character() -> None:
    console = Console(make_router())
    console.type("configure terminal", "dial-peer voice 1 voip")
    assert console.type("sesion target x") == (
        "sesion target x\n" + " " * len("cube1(config-dial-peer)#ses") + f"^\n{CARET}\n\ncube1(config-dial-peer)#"
    )


@pytest.mark.parametrize(
    ("mode", "typed", "column"),
    [
        ((), "show runing-config", len("show run")),
        ((), "  show vresion", len("  show v")),
        (("configure terminal",), "do show vresion", len("do show v")),
        (("configure terminal", "sip-ua"), "no transport tpc", len("no transport t")),
        (("configure terminal", "sip-ua"), "connection-rouse", len("connection-r")),
        (("configure terminal",), "crypto pki autenticate T", len("crypto pki aut")),
        ((), "show clock | frobnicate x", len("show clock | ")),
    ],
)
def test_columns_count_from_the_prompt(mode: tuple[str, ...], typed: str, column: int) -> None:
    console = Console(make_router())
    console.type(*mode)
    prompt = console.type("").split("\n")[-1]
    caret = console.type(typed).split("\n")[1]
    assert caret.index("^") == len(prompt) + column


def test_other_errors() -> None:
    console = Console(make_router())
    assert console.ask("show") == ["% Incomplete command.", ""]
    assert console.ask("c t") == ['% Ambiguous command:  "c t"']
    assert console.ask("frobnicate")[-1] == "% Unknown command or computer name, or unable to find computer address"
    console.type("configure terminal", "crypto pki trustpoint T", "exit")
    assert console.ask("crypto pki enroll") == ["% Incomplete command.", ""]
    assert console.ask("no") == ["% Incomplete command.", ""]


@pytest.mark.parametrize(
    ("lines", "prompt"),
    [
        (("conf t",), "(config)"),
        (("conf t", "voice service voip"), "(conf-voi-serv)"),
        (("conf t", "voice service voip", "sip"), "(conf-serv-sip)"),
        (("conf t", "voice service voip", "ip address trusted list"), "(cfg-iptrust-list)"),
        (("conf t", "dial-peer voice 1 voip"), "(config-dial-peer)"),
        (("conf t", "sip-ua"), "(config-sip-ua)"),
        (("conf t", "voice class codec 1"), "(config-class)"),
        (("conf t", "crypto pki trustpoint T"), "(ca-trustpoint)"),
        (("conf t", "int gi0/0"), "(config-if)"),
        (("conf t", "sip-ua", "dial-peer voice 1 voip"), "(config-dial-peer)"),  # from section to section
        (
            ("conf t", "interface gi0/0", "dial-peer voice 1 voip"),
            "(config-dial-peer)",
        ),  # also from one that the twin knows little of
        (("conf t", "interface gi0/0", "ex"), "(config)"),
        (("conf t", "voice service voip", "sip", "exit"), "(conf-voi-serv)"),
        (("conf t", "sip-ua", "exit"), "(config)"),
        (("conf t", "sip-ua", "exit", "exit"), ""),
        (("conf t", "sip-ua", "end"), ""),
    ],
)
def test_prompts(lines: tuple[str, ...], prompt: str) -> None:
    assert Console(make_router()).type(*lines).endswith(f"\ncube1{prompt}#")


def test_a_long_name_is_cut_in_configuration_mode_only() -> None:
    console = Console(make_router(config="hostname a-router-with-a-very-long-name\n"))
    assert console.type("").endswith("a-router-with-a-very-long-name#")
    assert console.type("configure terminal").endswith("\na-router-with-a-very(config)#")


def test_a_section_that_takes_every_line_does_not_take_those_of_the_top_level() -> None:
    console = Console(make_router())
    console.type(
        "configure terminal", "dial-peer voice 1 voip", "interface gi0/0", "description x", "no dial-peer voice 1 voip"
    )
    assert console.router.running.section("interface GigabitEthernet0/0")[1:] == ("description x",)
    assert console.router.running.headers("dial-peer voice") == ()
    console.type("redundancy", "application redundancy")
    assert console.router.running.section("redundancy") == ("application redundancy",)


def test_control_z_does_the_line_and_leaves() -> None:
    console = Console(make_router())
    console.type("configure terminal", "sip-ua")
    assert console.keys("connection-reuse\x1a").endswith("^Z\ncube1#")
    assert console.router.running.section("sip-ua") == ("connection-reuse",)


def test_control_c_drops_the_line() -> None:
    console = Console(make_router())
    assert console.keys("reload\x03").endswith("\ncube1#")
    assert not console.has_ended


def test_control_c_leaves_a_question() -> None:
    console = Console(make_router())
    console.type("configure terminal", "crypto key generate rsa label k modulus 1024")
    console.type("crypto key zeroize rsa k")
    assert console.keys("\x03").endswith("\ncube1(config)#")
    assert console.ask("do show crypto key mypubkey rsa k")


def test_paging() -> None:
    console = Console(make_router())
    console.type("terminal length 10")
    first = console.type("show version")
    assert first.count("\n") == 10  # the echo's and nine lines
    assert first.endswith(" --More-- ")
    one_more = console.keys("\r")
    assert one_more.count("\n") == 1
    assert console.keys(" ").count("\n") == 9
    assert console.keys("q").endswith("cube1#")
    console.type("terminal length 0")
    assert "--More--" not in console.type("show version")


def test_filters() -> None:
    console = Console(make_router(config=SMALL + "sip-ua\n connection-reuse\n retry invite 2\n"))
    assert console.ask("show running-config | include ^hostname") == ["hostname cube1"]
    assert console.ask("show run | inc retry|reuse") == [" connection-reuse", " retry invite 2"]
    assert console.ask("show running-config | section ^sip-ua") == ["sip-ua ", " connection-reuse", " retry invite 2"]
    assert console.ask("show running-config | begin ^sip-ua")[0] == "sip-ua "
    assert not any("sip" in line for line in console.ask("show running-config | exclude sip"))
    assert console.ask("show running-config | count ^interface") == ["Number of lines which match regexp = 1"]
    console.type("configure terminal")
    assert console.ask("do show running-config | include ^hostname") == ["hostname cube1"]


def test_a_line_longer_than_the_screen_scrolls_unless_it_is_wide() -> None:
    console = Console(make_router())
    console.terminal.width_columns = 80
    long = "show running-config | include " + "x" * 60
    assert "$" in console.type(long)
    console.type("terminal width 511")
    assert "$" not in console.type(long)


def test_comments_and_blank_lines_do_nothing() -> None:
    assert Console(make_router()).type("! a remark", "", "   ") == "! a remark\ncube1#\ncube1#   \ncube1#"


def test_the_stamp_moves_when_configuration_mode_is_left() -> None:
    console = Console(make_router())
    assert console.ask("show running-config | include ^! Last") == [
        "! Last configuration change at 09:30:15 UTC Tue Nov 24 2026"
    ]
    console.type("configure terminal", "end")
    assert console.ask("show running-config | include ^! Last") == [
        "! Last configuration change at 09:30:15 UTC Tue Nov 24 2026 by netops"
    ]


def test_leaving_is_told_to_monitors() -> None:
    router = make_router(config=SMALL + "service timestamps log datetime msec\n")
    console = Console(router)
    console.type("terminal monitor", "configure terminal")
    assert "Nov 24 09:30:15.021: %SYS-5-CONFIG_I: Configured from console by netops on vty0" in console.type("end")
    console.type("terminal no monitor", "configure terminal")
    assert "%SYS" not in console.type("end")


@pytest.mark.parametrize("line", ["terminal length many", "configure terminal revert timer soon"])
def test_a_word_instead_of_a_number(line: str) -> None:
    router = make_router(config=SMALL + "archive\n path flash:a\n")
    assert Console(router).type(line).endswith(f"{CARET}\n\ncube1#")


def test_a_mistyped_command_amid_others_harms_nothing() -> None:
    """A section that was not entered: what follows is refused at the top, not stored."""
    console = Console(make_router())
    console.type("configure terminal", "dial-per voice 1 voip", "session target ipv4:10.0.0.1", "end")
    assert console.router.running.headers("dial-peer") == ()
    assert console.router.running.headers("session") == ()
