"""Exec commands, line by line against captures of real devices."""

import re
from pathlib import Path

import pytest

from support.console import Console, make_router

pytestmark = pytest.mark.samples
ARCHIVING = """hostname Router
archive
 path flash:archive
 maximum 10
interface GigabitEthernet0/0
 ip address 1.1.1.1 255.255.255.0
"""


def lines_of(samples: Path, name: str) -> list[str]:
    lines = [line.rstrip("\n") for line in (samples / f"{name}.txt").read_text().split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def numbers_out(lines: list[str]) -> list[str]:
    """Every number, date and name that differs from machine to machine, blotted out."""
    blotted = []
    for line in lines:
        text = re.sub(r"\d\d:\d\d:\d\d(\.\d+)? [A-Z]{3} [A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d{4}", "TIME", line)
        text = re.sub(r"\d+(\.\d+)?", "9", text)
        blotted.append(text)
    return blotted


@pytest.mark.parametrize(("capture", "mark"), [("show_clock__ios__ntc1", "*"), ("show_clock__ios__ntc2", ".")])
def test_show_clock(samples: Path, capture: str, mark: str) -> None:
    router = make_router("15.6")
    router.clock_mark = mark
    assert numbers_out(Console(router).ask("show clock")) == numbers_out(lines_of(samples, capture))


def test_show_clock_with_prompt_timestamps(samples: Path) -> None:
    console = Console(make_router("17.9", "hostname Router\nclock timezone EST -5 0\n"))
    console.type("terminal exec prompt timestamp")
    assert numbers_out(console.ask("show clock")) == numbers_out(lines_of(samples, "show_clock_detail__iosxe__1")[1:])


def version_layout(lines: list[str]) -> list[str]:
    """Versions, names and machines blotted out; what is left is the order of the lines and the fixed words."""
    blotted = []
    for line in lines:
        text = re.sub(r"(?<=Version ).*", "V", line)
        text = re.sub(r"^Cisco IOS Software.*Version", "Cisco IOS Software, Version", text)
        text = re.sub(r"^(Compiled|System image file is|Processor board ID|ROM:|cisco|Cisco C).*", r"\1", text)
        text = re.sub(r"^.* uptime is .*", "uptime", text)
        text = re.sub(
            r"^(System returned to ROM by|System restarted at|Last reload reason:|Uptime for this control processor is).*",
            r"\1",
            text,
        )
        text = re.sub(r"CISCO\d+/K9 +\w+|c\d900", "MACHINE", text)
        blotted.append(re.sub(r"\d+", "9", text))
    return blotted


def test_show_version_of_15(samples: Path) -> None:
    """The twin's ISR has the voice package as well."""
    shown = version_layout(Console(make_router("15.6")).ask("show version"))
    shown = [line for line in shown if not line.startswith("uc ")]
    assert shown[:-1] == version_layout(lines_of(samples, "show_version__ios15__c1900"))


def test_show_version_of_17(samples: Path) -> None:
    """The capture is of an experimental image that has never been reloaded: two lines are missing there."""
    shown = version_layout(Console(make_router("17.15")).ask("show version"))
    wanted = version_layout(lines_of(samples, "show_version__iosxe_17__c8000v"))
    shown = [line for line in shown if not line.startswith(("System restarted", "Technical Support"))]
    assert shown[:-1] == wanted


def test_show_version_of_16(samples: Path) -> None:
    """The upper half, which does not depend on the machine."""
    shown = version_layout(Console(make_router("16.12")).ask("show version"))
    wanted = version_layout(lines_of(samples, "show_version__iosxe__isr4k"))
    end = "export@cisco.com."
    assert shown[: shown.index(end) + 1] == wanted[: wanted.index(end) + 1]


def test_show_calls(samples: Path) -> None:
    router = make_router("17.9")
    router.live_calls = 2
    shown = Console(router).ask("show call active voice compact")
    wanted = lines_of(samples, "show_call_active_voice_compact__iosxe__1")[1:]

    def ends_out(lines: list[str]) -> list[str]:
        return [re.sub(r"P\d{7}|\d+\.\d+\.\d+\.\d+:\d+", "VALUE", line) for line in lines]

    assert ends_out(shown) == ends_out(wanted)


def test_show_trusted_list(samples: Path) -> None:
    config = """hostname Router
voice service voip
 ip address trusted list
  ipv4 192.168.20.1
  ipv4 192.168.20.2 255.255.0.0
  ipv4 192.168.20.3 255.255.0.0
  ipv4 192.168.20.4 255.255.255.0
dial-peer voice 4 voip
 session protocol sipv2
 session target ipv4:10.65.125.155
"""
    shown = Console(make_router("17.9", config)).ask("show ip address trusted list")
    wanted = lines_of(samples, "show_ip_address_trusted_list__iosxe__1")[2:]
    registered = [line for line in wanted if not line.endswith("Phone Registered")]  # a CUBE has no phones
    assert shown == registered


def test_show_ntp_status(samples: Path) -> None:
    shown = Console(make_router("17.9")).ask("show ntp status")
    wanted = [line.strip() for line in lines_of(samples, "show_ntp_status__iosxe__1")[1:]]

    def blotted(lines: list[str]) -> list[str]:
        text = [re.sub(r"reference is \S+|[0-9A-F]{8}\.[0-9A-F]{8}|-?\d+\.\d+ (msec|s/s)", "VALUE", line) for line in lines]
        return numbers_out(text)

    assert blotted(shown) == blotted(wanted)


def test_show_configuration_lock(samples: Path) -> None:
    classic = lines_of(samples, "show_configuration_lock__ios__1")
    router = make_router("15.6")
    free = Console(router).ask("show configuration lock")
    assert free == classic[12:23]
    router.faults.locked_by = "unknown"
    assert numbers_out(Console(router).ask("show configuration lock")) == numbers_out(classic[:11])
    router = make_router("17.9")
    router.faults.locked_by = "testuser"
    assert numbers_out(Console(router).ask("show configuration lock")) == numbers_out(
        lines_of(samples, "show_configuration_lock__iosxe__1")[:7]
    )


def test_show_archive(samples: Path) -> None:
    console = Console(make_router("17.9", ARCHIVING))
    console.type("archive config")
    shown = [re.sub(r"\S*archive-\S+", "FILE", line) for line in console.ask("show archive")]
    wanted = [re.sub(r"\S*uncfg\S+", "FILE", line) for line in lines_of(samples, "show_archive__iosxe__1")]
    assert [" ".join(line.split()) for line in shown] == [" ".join(line.split()) for line in wanted]  # blanks got lost there


def test_show_archive_without_one(samples: Path) -> None:
    assert Console(make_router("17.9")).ask("show archive") == [
        line.strip() for line in lines_of(samples, "show_archive__ios__ntc")
    ]


def test_rollback_timer(samples: Path) -> None:
    pending, nothing = (samples / "show_archive_config_rollback_timer__ios.txt").read_text().split("--- nothing pending\n")
    console = Console(make_router("15.6", ARCHIVING))
    assert console.ask("show archive config rollback timer") == nothing.splitlines()
    console.type("configure terminal revert timer 2", "end")
    shown = [line.replace("netops", "console") for line in console.ask("show archive config rollback timer")]
    assert numbers_out(shown) == numbers_out(pending.splitlines())


def test_revert_timer(samples: Path) -> None:
    armed, expired = (
        (samples / "dialog_configure_terminal_revert_timer__ios15_iosxe.txt").read_text().split("--- timer expires\n")
    )
    router = make_router("15.6", ARCHIVING)
    console = Console(router)

    def blotted(text: str) -> list[str]:
        lines = [line for line in text.splitlines() if line and not line.startswith("*")]
        return [re.sub(r"flash:archive-\S+", "FILE", line) for line in lines]

    shown = console.type("conf t revert timer 1")
    shown += console.wait(1)
    wanted = blotted(armed)
    prompt = "Router(config)#"
    assert blotted("Router#" + shown) == [*wanted[:3], prompt, *(line.replace(prompt, "") for line in wanted[3:])]
    console.type("interface GigabitEthernet0/0", "ip address 2.2.2.2 255.255.255.0")
    shown = console.wait(60)
    wanted = blotted(expired)
    assert blotted(shown)[:3] == wanted[:3]
    assert blotted(shown)[-2:] == wanted[-2:]
    assert router.running.section("interface GigabitEthernet0/0") == ("ip address 1.1.1.1 255.255.255.0",)


def test_configure_replace(samples: Path) -> None:
    text = (samples / "dialog_configure_replace__ios_iosxe.txt").read_text()
    listed, forced, _, missing, stuck = re.split(r"--- .*\n", text)
    router = make_router("17.9", ARCHIVING)
    console = Console(router)
    console.type("copy running-config flash:before", "")
    console.type("configure terminal", "interface GigabitEthernet0/0", "description x", "end")
    shown = console.type("configure replace flash:before list", "y").splitlines()
    question = listed.splitlines()[1:6]
    assert [line.rstrip() for line in shown[1:6]] == question
    assert shown[6] == "!Pass 1"
    assert shown[-3:-1] == listed.splitlines()[-2:]
    console.type("configure terminal", "interface GigabitEthernet0/0", "description x", "end")
    assert console.ask("configure replace flash:before force") == forced.splitlines()
    assert numbers_out(console.ask("configure replace bootflash:base_conf.conf")) == numbers_out(missing.splitlines())
    assert "Rollback aborted after 5 passes" in stuck


def test_differences(samples: Path) -> None:
    console = Console(make_router("17.9", "hostname Test4\narchive\n path bootflash:config\n maximum 14\n time-period 2\n"))
    console.type("copy running-config flash:before", "")
    console.type("configure terminal", "hostname Router", "no archive", "end")
    shown = console.ask("show archive config differences flash:before")
    wanted = lines_of(samples, "show_archive_config_differences__iosxe__1")[2:]
    assert sorted(line.strip() for line in shown) == sorted(wanted)
    assert shown[0] == wanted[0]


def test_cube_status(samples: Path) -> None:
    shown = Console(make_router("17.18")).ask("show cube status")
    wanted = lines_of(samples, "show_cube_status__iosxe_17_18")[1:]
    assert [re.sub(r"17\.18\.[\d.]+", "V", line) for line in shown] == [re.sub(r"17\.18\.[\d.]+", "V", line) for line in wanted]


def test_weak_tls_on_26(samples: Path) -> None:
    text = (samples / "error_transport_tls11_secure_mode__iosxe_26_1_1.txt").read_text()
    console = Console(make_router("26.1"))
    console.type("configure terminal", "sip-ua")
    shown = console.ask("transport tcp tls v1.1")
    assert "\n".join(shown) == text[text.index("%Error") :].rstrip()
    assert console.router.running.section("sip-ua") == ()


@pytest.mark.parametrize(
    ("capture", "line"),
    [
        ("running-config_section_sip-ua__iosxe_17_18_2__transport_tls10", "transport tcp tls v1.0"),
        (
            "running-config_section_sip-ua__iosxe_17_18_2__security_warning",
            "crypto signaling remote-addr 10.10.10.70 255.255.255.255 trustpoint CUBE-TLS strict-cipher",
        ),
    ],
)
def test_warnings_of_17_18(samples: Path, capture: str, line: str) -> None:
    """The line is stored all the same. Pages break the text differently, so words are compared."""
    text = (samples / f"{capture}.txt").read_text()
    console = Console(make_router("17.18"))
    console.type("configure terminal", "sip-ua")
    shown = " ".join(" ".join(console.ask(line)).split())
    warning = " ".join(text[text.index("SECURITY WARNING") :].split())
    if "Module: SIPUA, Co" in warning and "Command" not in warning[:60]:
        warning = warning[warning.index("Reason") :]  # cut off there by the width of the page
        shown = shown[shown.index("Reason") :]
    assert warning.startswith(shown)
    assert console.router.running.section("sip-ua") == (line,)


def test_binding_with_calls(samples: Path) -> None:
    router = make_router("17.9", "hostname cube1\nvoice service voip\n sip\n")
    router.live_calls = 2
    console = Console(router)
    console.type("configure terminal", "voice service voip", "sip")
    shown = console.ask("bind control source-interface GigabitEthernet0/0")
    assert shown == lines_of(samples, "error_bind_active_calls__iosxe")
