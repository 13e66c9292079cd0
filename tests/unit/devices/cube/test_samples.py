"""Every reader over every captured output of its command, with what a person reads there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trunkline.devices.cube.read.calls import busy_addresses
from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.read.connections import connections
from trunkline.devices.cube.read.dial_peers import dial_peers
from trunkline.devices.cube.read.keys import key_pairs
from trunkline.devices.cube.read.output import has_logs, without_logs
from trunkline.devices.cube.read.refusals import error_in, warnings_in
from trunkline.devices.cube.read.system import call_legs, clock, stamp_moment, version, zone_offsets
from trunkline.devices.cube.read.trustpoints import exported, trustpoint_status
from trunkline.devices.cube.resources import sections, trustpoint_names
from trunkline.devices.cube.session import dialogs
from trunkline.model.key import Kind
from trunkline.model.observed import Connection, DialPeerState

pytestmark = pytest.mark.samples


@pytest.mark.parametrize(
    ("name", "text", "numbers", "hostname"),
    [
        ("ios15__c1900", "15.1(4)M8", (15, 1, 4), "C1900"),
        ("ios15__iosv", "15.6(3)M2", (15, 6, 3), "N95_1"),
        ("iosxe__isr4k", "16.06.05", (16, 6, 5), "isr4k"),
        ("iosxe_17__c8000v", "17.15.20240326:010319", (17, 15, 20240326), "ott-mdt-vm7"),
    ],
)
def test_show_version(samples: Path, name: str, text: str, numbers: tuple[int, ...], hostname: str) -> None:
    read = version((samples / f"show_version__{name}.txt").read_text())
    assert read.value, read.problem
    assert (read.value.text, read.value.numbers, read.value.hostname) == (text, numbers, hostname)


@pytest.mark.parametrize(
    ("name", "local", "zone", "is_authoritative"),
    [
        ("show_clock__ios__ntc1", datetime(2015, 10, 19, 18, 57, 38), "UTC", False),
        ("show_clock__ios__ntc2", datetime(2015, 10, 19, 18, 57, 38), "UTC", True),
        ("show_clock__iosxe__1", datetime(2025, 8, 7, 4, 45), "UTC", False),
        ("show_clock_detail__iosxe__1", datetime(2016, 10, 17, 18, 56, 4), "EST", True),
    ],
)
def test_show_clock(samples: Path, name: str, local: datetime, zone: str, is_authoritative: bool) -> None:
    read = clock((samples / f"{name}.txt").read_text())
    assert read.value, read.problem
    assert (read.value.local, read.value.zone, read.value.is_authoritative) == (local, zone, is_authoritative)
    known = {"UTC": timedelta(0)}
    assert read.value.at(known) == (local.replace(tzinfo=UTC) if zone == "UTC" else None)


def test_show_call_active_voice_compact(samples: Path) -> None:
    assert call_legs((samples / "show_call_active_voice_compact__iosxe__1.txt").read_text()).value == 2


def _connections(samples: Path, name: str) -> tuple[tuple[Connection, ...], tuple[str, ...], dict[str, int]]:
    read = connections((samples / f"show_sip-ua_connections_tcp_{name}.txt").read_text())
    assert read.value, read.problem
    return read.value.rows, read.value.listening, dict(read.value.counters)


NO_FAILURES = {
    "send_failures": 0,
    "remote_closures": 0,
    "connection_failures": 0,
    "inactive_ageouts": 0,
    "tls_client_handshake_failures": 0,
    "tls_server_handshake_failures": 0,
}


def test_connections_of_15(samples: Path) -> None:
    rows, listening, counters = _connections(samples, "tls_detail__ios15__old_format")
    assert rows == (Connection("10.72.86.74", 48800, 3, "Established", "10.72.86.86"),)
    assert listening == ("[10.72.86.86]:5061",)
    assert counters == NO_FAILURES | {"remote_closures": 2, "tls_server_handshake_failures": 16}


def test_connections_of_16_10(samples: Path) -> None:
    rows, listening, counters = _connections(samples, "tls_detail__iosxe_16_10__oauth")
    cipher = "ECDHE-RSA-AES256-GCM-SHA384"
    assert rows == (
        Connection("10.5.10.212", 52248, 27, "Established", None, "TLSv1.2", cipher, "P-256"),
        Connection("10.5.10.213", 50901, 28, "Established", None, "TLSv1.2", cipher, "P-256"),
        Connection("10.5.10.209", 51402, 29, "Established", None, "TLSv1.2", cipher, "P-256"),
        Connection("10.5.10.204", 50757, 30, "Established", None, "TLSv1.2", cipher, "P-256"),
    )
    assert listening == ("[0.0.0.0]:5061", "[0.0.0.0]:5090")
    assert counters == NO_FAILURES | {"remote_closures": 8}


def test_connections_of_17_14(samples: Path) -> None:
    rows, listening, counters = _connections(samples, "tls_detail__iosxe_17_14__rsa_tls13")
    cipher = "TLS_AES_256_GCM_SHA384:RSA"
    assert rows == (
        Connection("10.64.100.150", 22943, 7, "Established", "10.64.100.151:5061", "TLSv1.3", cipher, "P-521", "0"),
        Connection("10.64.100.152", 5061, 8, "Established", "10.64.100.151:47687", "TLSv1.3", cipher, "P-521", "0"),
    )
    assert listening == ("[0.0.0.0]:5061", "[10.64.100.151]:5061")
    assert counters == NO_FAILURES


def test_a_table_that_its_author_split_is_not_understood(samples: Path) -> None:
    read = connections((samples / "show_sip-ua_connections_tcp_tls_detail__iosxe_17_8__doc_split.txt").read_text())
    assert read.value is None
    assert read.problem == "the columns of a connection are not known"
    assert read.evidence.startswith("Remote-Port Conn-Id Conn-State")


def test_brief_tables_have_no_rows(samples: Path) -> None:
    rows, listening, counters = _connections(samples, "tls_brief__iosxe_17_8")
    assert (rows, counters) == ((), NO_FAILURES)
    assert listening == ("[0.0.0.0]:5061", "[8.43.21.8]:8888", "[8.43.21.8]:6061", "[10.64.100.145]:5091")
    rows, listening, counters = _connections(samples, "brief__iosxe_17_8")
    assert (rows, counters["remote_closures"], "tls_server_handshake_failures" in counters) == ((), 2, False)
    assert listening == (
        "[8.43.21.8]:5060",
        "[10.64.100.145]:5430",
        "[10.64.100.145]:5160",
        "[10.64.100.145]:5267",
    )


def test_show_crypto_pki_trustpoints_status(samples: Path) -> None:
    read = trustpoint_status((samples / "show_crypto_pki_trustpoints_status__iosxe_16__isr4451.txt").read_text())
    assert not read.problem
    assert read.value == {
        "SLA-TrustPoint": ("5CA95FB6E2980EC15AFB681BBB7E62B5AD3FA8B8",),
        "CISCO_IDEVID_SUDI": ("F6969BBD48E5F6125B934D01E71FE9C27C6F547E", "3AA661E0BAEE254D53863902" + "0321BE1243989526"),
        "CISCO_IDEVID_SUDI0": ("DE990CED99E0431F60EDC3937E7CD5BF0ED9E5FA",),
        "TP-self-signed-1215158049": ("8BF1439DC53F25C1B7FB1BF2AA44BDAA92FA4862",) * 2,
        "PROXY-SIGNING-CA": ("54161DDA2D5AD554A4DEC0EBA332996E0271151D", "7772B1966C35A7F648DD0D1FB3FF0744C1F507C4"),
        "PROXY-SIGNING-ROOT-CA": ("DB06D0F8799353EABBC47BB201321D54F5086289",),
    }


def test_an_export_that_its_author_shortened_is_not_understood(samples: Path) -> None:
    read = exported((samples / "dialog_crypto_pki_export_pem_terminal__ios15.txt").read_text())
    assert read.problem.startswith("an exported certificate")


def test_running_config_of_17_9_byte_by_byte(samples: Path) -> None:
    raw = (samples / "running-config__iosxe_17_9__voice_gateway_byte_exact.txt").read_bytes().decode()
    read = running_config(raw)
    assert not read.problem
    config = read.value
    assert config.stamps.last_change == "01:01:09 PST Sat Jan 1 2000"
    assert stamp_moment(config.stamps.last_change) == datetime(2000, 1, 1, 1, 1, 9)
    assert trustpoint_names(config) == ("TP-self-signed-1357684700", "SLA-TrustPoint")
    assert "hash sha256" in config.sections["crypto pki trustpoint SLA-TrustPoint"].lines
    assert config.sections["hostname analog-perf-uut1"].lines == ()
    assert zone_offsets(config)["PST"] == timedelta(hours=-8)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("__iosxe_16_7__isr4321_sip_trunk_tls", "the running configuration has lost its indentation"),
        ("__iosxe_16_7__secure_sip_srst_tls", "the running configuration has lost its indentation"),
        ("__ios_15_1__cube_asr_ha_b2bred2", "a line of the running configuration is not in a known form: it may be wrapped"),
        ("__ios15__batfish_cisco_voice", "the head of the running configuration is missing"),
        ("_section_pki__ios_15_6__c2901", "the running configuration was cut off: its `end` is missing"),
        ("_sections__ios15__seed_cube_tls_srtp", "the head of the running configuration is missing"),
        ("_sections__iosxe_16_17__csr_voice_voip_stun_sip-ua", "the head of the running configuration is missing"),
        ("_section_sip-ua__iosxe_17_18_2__transport_tls10", "this is the answer to another command"),
    ],
)
def test_what_the_publisher_damaged_is_not_understood(samples: Path, name: str, problem: str) -> None:
    read = running_config((samples / f"running-config{name}.txt").read_text())
    assert read.problem == problem
    assert read.evidence
    assert read.value.sections == {}


def _framed(samples: Path, name: str) -> str:
    """A captured part of a configuration with the head and the `end` that it has on the device."""
    return f"Current configuration : 1 bytes\n!\n{(samples / f'running-config_{name}.txt').read_text()}\n!\nend\n"


def test_the_trunk_of_the_article(samples: Path) -> None:
    read = running_config(_framed(samples, "sections__ios15__seed_cube_tls_srtp"))
    assert not read.problem
    found = {(resource.key.kind, resource.key.name): resource.settings for resource in sections("cube/x", read.value)}
    assert found[Kind.TRUSTED_LIST, "voip"] == {"ipv4 10.72.86.0 255.255.255.0": "ipv4 10.72.86.0 255.255.255.0"}
    assert found[Kind.VOICE_SERVICE_SIP, "voip"] == {
        "bind control": "bind control source-interface GigabitEthernet0/0",
        "bind media": "bind media source-interface GigabitEthernet0/0",
        "url": "url sips",
        "early-offer": "early-offer forced",
    }
    assert found[Kind.VOICE_SERVICE, "voip"]["srtp"] == "srtp fallback"
    assert found[Kind.DIAL_PEER, "100"]["session target"] == "session target ipv4:10.72.86.74:5061"
    assert found[Kind.SIP_UA, ""] == {"crypto signaling default": "crypto signaling default trustpoint sip-trunk-cert"}


def test_over_indented_signalling_of_17_18(samples: Path) -> None:
    text = (samples / "running-config_section_sip-ua__iosxe_17_18_2__security_warning.txt").read_text()
    shown = text[text.index("sip-ua \n") :]
    read = running_config(f"version 17.18\n{shown}\nend\n")
    assert not read.problem
    settings = next(r.settings for r in sections("cube/x", read.value) if r.key.kind is Kind.SIP_UA)
    assert settings["crypto signaling remote-addr 10.10.10.70 255.255.255.255"] == (
        "crypto signaling remote-addr 10.10.10.70 255.255.255.255 trustpoint CUBE-TLS strict-cipher"
    )
    assert settings["transport tcp tls"] == "transport tcp tls v1.1"


def test_stun_lies_beside_sip(samples: Path) -> None:
    read = running_config(_framed(samples, "sections__iosxe_16_17__csr_voice_voip_stun_sip-ua"))
    below = read.value.sections["voice service voip"].below
    assert below["sip"] == ("early-offer forced", "g729 annexb-all")
    assert below["stun"][0] == "stun flowdata agent-id 1 boot-count 56"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("error_bind_active_calls__iosxe", "Error: You cannot change the interface binding for a dial-peer"),
        ("dialog_crypto_pki_authenticate__iosxe_26__fingerprint_required", "Trustpoint CA certificate is rejected. Abort."),
    ],
)
def test_refusals(samples: Path, name: str, line: str) -> None:
    assert error_in((samples / f"{name}.txt").read_text()).startswith(line)


def test_a_refusal_behind_the_echo(samples: Path) -> None:
    text = (samples / "error_transport_tls11_secure_mode__iosxe_26_1_1.txt").read_text()
    behind = text.partition("transport tcp tls v1.1")[2]
    assert error_in(behind).startswith("%Error:Insecure configurations are not permitted in secure mode.")


def test_a_security_warning_is_no_refusal(samples: Path) -> None:
    text = (samples / "running-config_section_sip-ua__iosxe_17_18_2__security_warning.txt").read_text()
    warned = text[: text.index("Router(config-sip-ua)#end")]
    assert error_in(warned) == ""
    assert warnings_in(warned)[0].startswith("SECURITY WARNING - Module: SIPUA")


@pytest.mark.parametrize("name", ["authenticate_terminal__ios15__srst", "authenticate__ios15__non_ca_cert"])
def test_fingerprints_in_the_dialog(samples: Path, name: str) -> None:
    prints = dialogs.printed_fingerprints((samples / f"dialog_crypto_pki_{name}.txt").read_text())
    assert {len(prints["MD5"]), len(prints["SHA1"])} == {32, 40}


def test_every_syslog_line_is_told_from_output(samples: Path) -> None:
    wrapped_by_the_page = {"syslog_SIP_TLS_CONNECTION_insecure__iosxe_17_18.txt"}
    for path in samples.glob("syslog_*.txt"):
        if path.name in wrapped_by_the_page:
            continue
        lines = [line for line in path.read_text().splitlines() if line.strip()]
        assert list(without_logs(lines)) == [], path.name
        assert has_logs("\n".join(lines)), path.name


def test_no_other_command_is_taken_for_one_that_is_read(samples: Path) -> None:
    """Whatever somebody feeds a reader: output of another command is a problem, never a value."""
    readers = {
        "show_version": version,
        "show_clock": clock,
        "show_call_active_voice_compact": call_legs,
        "show_sip-ua_connections": connections,
        "show_crypto_pki_trustpoints_status": trustpoint_status,
        "running-config": running_config,
    }
    for path in samples.glob("*.txt"):
        for command, reader in readers.items():
            is_nothing_but_log = path.name.startswith("syslog_") and reader is trustpoint_status  # none at all is an answer
            if not path.name.startswith(command) and not is_nothing_but_log:
                assert reader(path.read_text()).problem, (path.name, command)


def test_key_pairs(samples: Path) -> None:
    """Of all kinds, without the temporary one of the HTTPS server; the label alone, and of one algorithm."""
    read = key_pairs((samples / "show_crypto_key_mypubkey_all__iosxe_17__1.txt").read_text())
    assert {label: pair.type for label, pair in read.value.items()} == {
        "TP-self-signed-1331515841": "rsa 2048",
        "responder": "rsa 2048",
        "test": "rsa 4096",
        "test1": "ec 256",
    }
    for name, label in (("ec__iosxe_17__1", "test1"), ("rsa_NAME__iosxe_17__1", "test")):
        one = key_pairs((samples / f"show_crypto_key_mypubkey_{name}.txt").read_text())
        assert one.value == {label: read.value[label]}
    exportable = key_pairs((samples / "show_crypto_key_mypubkey_rsa_NAME__iosxe_17__exportable4096.txt").read_text())
    assert exportable.value["4k_keypair"].type == "rsa 4096"


def test_with_whom_calls_are_up(samples: Path) -> None:
    whole = (samples / "show_sip-ua_calls__iosxe_websocket.txt").read_text()
    assert busy_addresses(whole).value == {"10.64.86.70"}
    cut = (samples / "show_sip-ua_calls__iosxe_forked.txt").read_text()
    assert busy_addresses(cut).value is None  # the capture ends inside of the incoming calls


UP, DOWN = DialPeerState(is_up=True), DialPeerState(is_up=False)
BUSY_ON_15, BUSY, ACTIVE = DialPeerState(False, "busyout"), DialPeerState(True, "busyout"), DialPeerState(True, "active")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ios15__busyout", [{1: UP, 2: BUSY_ON_15, 1000: DOWN, 101: DOWN, 102: DOWN, 300: DOWN, 400: DOWN}]),
        ("ios15__tls_keepalive", [{9999: ACTIVE}]),
        ("iosxe_16_17__server_group_vrf", [{3001: UP, 1000: BUSY}, {3001: UP, 1000: ACTIVE}]),
        ("iosxe__mixed", [{1: UP, 777: UP, 555: DOWN, 123: BUSY}]),
    ],
)
def test_show_dial_peer_voice_summary(samples: Path, name: str, expected: list[dict[int, DialPeerState]]) -> None:
    """One file holds two answers, one after the other."""
    text = (samples / f"show_dial-peer_voice_summary__{name}.txt").read_text()
    command = "show dial-peer voice summary"
    head, *answers = text.split(command)
    assert [dial_peers(f"{head}{command}{answer}").value for answer in answers] == expected


@pytest.mark.parametrize(
    ("name", "serial", "uptime"),
    [
        ("ios15__c1900", "YYY6666Y6R6", timedelta(days=16, hours=18, minutes=23)),
        ("ios15__iosv", "9K66Z7TOKAACDEQA24N7S", timedelta(days=1, hours=16, minutes=42)),
        ("iosxe__isr4k", "FGL273610NK", timedelta(days=2, hours=3, minutes=19)),
        ("iosxe_17__c8000v", "9E42BIFKVLR", timedelta(minutes=1)),
    ],
)
def test_show_version_says_who_counts_since_when(samples: Path, name: str, serial: str, uptime: timedelta) -> None:
    """With two route processors, the one that answers."""
    read = version((samples / f"show_version__{name}.txt").read_text()).value
    assert read and (read.serial, read.uptime) == (serial, uptime)
