"""Saving, reloading, archiving, rolling back."""

import pytest

from support.console import NOW, SMALL, Console, authority, make_router, wish
from trunkline.twin.cube.pki.store import Key, Store

ARCHIVING = SMALL + "archive\n path bootflash:archive\n maximum 2\n"


def edit(console: Console, *lines: str) -> None:
    console.type("configure terminal", *lines, "end")


def hostname(console: Console) -> str:
    return console.type("").rsplit("\n", 1)[-1].rstrip("#>")


class TestSaving:
    @pytest.mark.parametrize("command", ["write memory", "wr mem", "write"])
    def test_write(self, command: str) -> None:
        console = Console(make_router())
        edit(console, "sip-ua", "connection-reuse")
        assert console.ask(command) == ["Building configuration...", "[OK]"]
        assert " connection-reuse" in console.ask("show startup-config")
        stamps = console.ask("show running-config | include ^! (Last|NVRAM)")
        assert [stamp.split(" at ")[0] for stamp in stamps] == ["! Last configuration change", "! NVRAM config last updated"]

    def test_copy_asks_for_a_name(self) -> None:
        console = Console(make_router())
        assert console.type("copy running-config startup-config").endswith("Destination filename [startup-config]? ")
        assert "[OK]" in console.type("")

    def test_the_byte_count_is_that_of_what_follows(self) -> None:
        lines = Console(make_router()).ask("show running-config")
        count = int(lines[2].split()[3])
        assert count == sum(len(line) + 1 for line in lines[3:])
        assert lines[-2:] == ["end", ""]


class TestReload:
    def saved(self) -> Console:
        console = Console(make_router())
        console.type("configure terminal", "crypto key generate rsa label saved modulus 1024", "end", "write memory")
        return console

    def test_unsaved_lines_and_keys_are_lost_saved_ones_are_not(self) -> None:
        console = self.saved()
        edit(console, "hostname other", "crypto key generate rsa label fresh modulus 1024")
        assert hostname(console) == "other"
        assert console.type("reload").endswith("System configuration has been modified. Save? [yes/no]: ")
        assert console.type("no").endswith("Proceed with reload? [confirm]")
        console.keys("\r")
        assert console.has_ended
        again = Console(console.router)
        assert hostname(again) == "cube1"
        assert isinstance(console.router.pki, Store)
        assert list(console.router.pki.keys) == ["saved"]
        assert again.ask("show running-config | include ^! Last")[0].endswith("2026")  # by nobody

    def test_it_offers_to_save(self) -> None:
        console = self.saved()
        edit(console, "hostname other")
        console.type("reload", "yes")
        console.keys("\r")
        assert hostname(Console(console.router)) == "other"

    def test_certificates_come_back_with_their_trustpoint(self) -> None:
        root = authority()
        held = root.issue(wish())
        console = Console(make_router())
        edit(console, "crypto pki trustpoint T", "enrollment terminal")
        assert isinstance(console.router.pki, Store)
        console.router.pki.install("T", root.issuer.certificate, held.certificate, Key("K", held.key, NOW))
        console.type("write memory")
        console.router.pki.trustpoints["T"].identity = None
        console.router.reload()
        assert console.router.pki.trustpoints["T"].identity == held.certificate
        assert console.router.pki.identity_pems("T")

    def test_no_means_no(self) -> None:
        console = self.saved()
        console.type("reload")
        assert console.type("n").endswith("cube1#")
        assert not console.has_ended


class TestRevertTimer:
    def armed(self, minutes: str = "1") -> Console:
        console = Console(make_router("17.9", ARCHIVING))
        console.type(f"configure terminal revert timer {minutes}", "hostname other", "end")
        return console

    def test_needs_an_archive(self) -> None:
        shown = Console(make_router()).type("configure terminal revert timer 1")
        assert "%Please turn config archive on" in shown
        assert shown.endswith("cube1#")

    def test_it_rolls_back(self) -> None:
        console = self.armed()
        assert hostname(console) == "other"
        shown = console.wait(61)
        assert "Rollback Confirmed Change: rolling to:bootflash:archive-" in shown
        assert "\nRollback Done\n" in shown
        assert hostname(console) == "cube1"

    def test_confirmed_it_does_not(self) -> None:
        console = self.armed()
        assert console.ask("configure confirm") == []
        console.wait(61)
        assert hostname(console) == "other"
        assert console.ask("configure confirm") == ["%No Rollback Confirmed Change pending"]

    def test_now(self) -> None:
        console = self.armed("5")
        console.type("configure revert now")
        assert hostname(console) == "cube1"

    def test_again_later(self) -> None:
        console = self.armed()
        console.type("configure revert timer 50")
        console.wait(120)
        assert hostname(console) == "other"
        assert console.ask("show archive config rollback timer")[2] == "Timer value: 50 min"

    def test_it_survives_the_session_but_no_reload(self) -> None:
        console = self.armed()
        console.keys("exit\r")
        assert console.has_ended
        console.wait(61)
        assert hostname(Console(console.router)) == "cube1"
        console = self.armed()
        console.type("write memory")
        console.router.reload()
        console.wait(120)
        assert hostname(Console(console.router)) == "other"

    def test_certificates_stay_and_a_trustpoint_that_asks_is_stuck(self) -> None:
        root = authority()
        console = self.armed("5")
        edit(console, "crypto pki trustpoint T", "enrollment terminal", "exit", "crypto pki trustpoint EMPTY")
        assert isinstance(console.router.pki, Store)
        console.router.pki.trustpoints["T"].ca = root.issuer.certificate
        shown = console.type("configure revert now")
        assert "no crypto pki trustpoint T" in shown
        assert "Rollback aborted after 5 passes" in shown
        assert console.router.pki.trustpoints["T"].ca == root.issuer.certificate
        assert console.router.running.headers("crypto pki trustpoint") == ("crypto pki trustpoint T",)
        assert hostname(console) == "cube1"  # the rest went


class TestArchive:
    def test_the_oldest_goes(self) -> None:
        console = Console(make_router("17.9", ARCHIVING))
        console.type("archive config", "archive config", "archive config")
        shown = console.ask("show archive")
        assert shown[0] == "The maximum archive configurations allowed is 2."
        assert shown[1] == "There are currently 2 archive configurations saved."
        assert [line.split("-")[-1] for line in shown[-2:]] == ["1", " Most Recent"]

    def test_differences(self) -> None:
        console = Console(make_router("17.9", ARCHIVING))
        assert console.ask("show archive config differences") == ["!No changes were found"]
        edit(console, "sip-ua", "retry invite 2", "exit", "no archive")
        assert console.ask("show archive config differences") == [
            "!Contextual Config Diffs:",
            "+sip-ua",
            " +retry invite 2",
            "-archive",
            " -path bootflash:archive",
            " -maximum 2",
        ]

    def test_replace_by_the_startup_configuration(self) -> None:
        console = Console(make_router("17.9", ARCHIVING))
        edit(console, "hostname other", "sip-ua", "retry invite 2")
        shown = console.type("configure replace nvram:startup-config list", "y")
        assert "!List of Rollback Commands:\nno sip-ua\nhostname cube1\nend\n" in shown.replace("no hostname other\n", "")
        assert hostname(console) == "cube1"

    def test_not_sure(self) -> None:
        console = Console(make_router("17.9", ARCHIVING))
        edit(console, "hostname other")
        assert console.type("configure replace nvram:startup-config").endswith("proceed. ? [no]: ")
        console.type("")
        assert hostname(console) == "other"


def test_time_zone() -> None:
    console = Console(make_router(config=SMALL + "clock timezone NST -3 30\n"))
    assert console.ask("show clock") == ["06:00:15.021 NST Tue Nov 24 2026"]
    assert console.ask("show running-config | include ^! Last") == [
        "! Last configuration change at 06:00:15 NST Tue Nov 24 2026"
    ]


@pytest.mark.parametrize(
    ("train", "first"), [("15.6", "Cisco IOS Software, C2900"), ("26.1", "Cisco IOS XE Software, Version 26.01.01")]
)
def test_version(train: str, first: str) -> None:
    shown = Console(make_router(train)).ask("show version")
    assert shown[0].startswith(first)
    assert any(line.startswith("cube1 uptime is ") for line in shown)
    assert any(line.startswith("Processor board ID ") for line in shown)
