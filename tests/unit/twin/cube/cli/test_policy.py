"""What releases refuse or warn of."""

import pytest

from support.console import SMALL, Console, make_router

SIP_UA = ("configure terminal", "sip-ua")


def sip_ua(console: Console) -> tuple[str, ...]:
    return console.router.running.section("sip-ua")


def test_26_refuses_weak_tls_until_it_is_told_to_be_insecure() -> None:
    console = Console(make_router("26.1"))
    console.type(*SIP_UA)
    refused = console.ask("tra tcp tls v1.1")  # abbreviated as well
    assert refused[0].startswith("%Error:Insecure configurations are not permitted in secure mode.")
    assert refused[-1] == "%ERROR: Security policy check failed, configuration can't be applied"
    assert sip_ua(console) == ()
    console.type("exit", "system mode insecure", "sip-ua")
    assert console.ask("transport tcp tls v1.1") == []
    assert sip_ua(console) == ("transport tcp tls v1.1",)


def test_17_18_warns_and_does_it() -> None:
    console = Console(make_router("17.18"))
    console.type(*SIP_UA)
    warning = "".join(console.ask("transport tcp tls v1.0"))
    assert warning.startswith("SECURITY WARNING - Module: SIPUA, Command: transport tcp tls v1.0, Reason: Weak tls version")
    assert sip_ua(console) == ("transport tcp tls v1.0",)


@pytest.mark.parametrize("train", ["15.6", "16.12", "17.6", "17.9", "17.15"])
def test_others_say_nothing(train: str) -> None:
    console = Console(make_router(train))
    console.type(*SIP_UA)
    assert console.ask("transport tcp tls v1.0") == []


@pytest.mark.parametrize(("train", "is_known"), [("17.9", False), ("17.15", True)])
def test_tls_1_3_came_with_17_14(train: str, is_known: bool) -> None:
    console = Console(make_router(train))
    console.type(*SIP_UA)
    assert ("Invalid input" not in console.type("transport tcp tls v1.2 minimum")) is is_known
    assert ("Invalid input" not in console.type("transport tcp tls v1.3")) is is_known


@pytest.mark.parametrize(("train", "is_taken"), [("15.6", True), ("16.12", True), ("17.6", False), ("26.1", False)])
def test_licence_capacity_went_with_17_2(train: str, is_taken: bool) -> None:
    console = Console(make_router(train))
    console.type("configure terminal", "voice service voip")
    said = console.ask("mode border-element license capacity 225")
    stored = console.router.running.section("voice service voip")
    assert (stored == ("mode border-element license capacity 225",)) is is_taken
    assert said[0].startswith("You need to save and reload" if is_taken else "Error: CUBE SIP trunk licensing")


@pytest.mark.parametrize(
    "line", ["bind control source-interface GigabitEthernet0/0", "no bind media", "bind all source-interface gi0/0"]
)
def test_no_binding_changes_under_calls(line: str) -> None:
    router = make_router(config=SMALL + "voice service voip\n sip\n  bind media source-interface GigabitEthernet0/0\n")
    router.live_calls = 1
    console = Console(router)
    console.type("configure terminal", "voice service voip", "sip")
    assert console.ask(line)[0].startswith("Error: You cannot change the interface binding")
    assert router.running.section("voice service voip", "sip") == ("bind media source-interface GigabitEthernet0/0",)
