"""`show sip-ua connections` in its four layouts, character by character against captures of real devices."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.console import NOW, Console, make_router
from trunkline.twin.cube.siptls import verdicts
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.siptls.shows import AGENTS
from trunkline.twin.cube.siptls.table import Row
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.wire import HandshakeResult

pytestmark = pytest.mark.samples
BOUND = """hostname cube1
interface GigabitEthernet0/0
 ip address 10.72.86.86 255.255.255.0
voice service voip
 sip
  bind control source-interface GigabitEthernet0/0
"""


@dataclass
class Quiet:
    """As much of an open connection as the table shows."""

    result: HandshakeResult

    def close(self) -> None:
        """There is nothing to close."""


def row(connection_id: int, remote: tuple[str, int], secured: tuple[str, str, str], local: tuple[str, int]) -> Row:
    version, cipher, curve = secured
    result = HandshakeResult(True, "server", version=version, cipher=cipher)
    return Row(connection_id, remote, local, Quiet(result), curve)  # type: ignore[arg-type]


def agent_of(console: Console, address: str) -> SipAgent:
    """The agent, listening without a socket, at the address of the capture."""
    agent = AGENTS["127.250.86.86"]
    agent._server = object()  # type: ignore[assignment]
    console.router.network.attach(address, "127.250.86.87")
    AGENTS["127.250.86.87"] = agent
    console.router.address = address
    return agent


def captured(samples: Path, name: str, last: str) -> list[str]:
    """The answer, from its first counter to the line that begins with `last`; lines of blanks are wiped `--More--`s."""
    lines = [line if line.strip() else "" for line in (samples / f"{name}.txt").read_text().splitlines()]
    start = next(at for at, line in enumerate(lines) if line.startswith("Total active"))
    end = max(at for at, line in enumerate(lines) if line.startswith(last))
    return lines[start : end + 1]


def test_15(samples: Path) -> None:
    """The article's own transcript."""
    console = Console(make_router("15.6", BOUND))
    agent = AGENTS["127.250.86.86"]
    agent._server = object()  # type: ignore[assignment]
    agent.rows[3] = row(3, ("10.72.86.74", 48800), ("TLSv1", "AES128-SHA", ""), ("10.72.86.86", 5061))
    agent.counters.remote_closures, agent.counters.server_handshake_failures = 2, 16
    shown = console.ask("show sip-ua connections tcp tls detail")
    assert shown == captured(samples, "show_sip-ua_connections_tcp_tls_detail__ios15__old_format", "   2 ")


def test_16_10(samples: Path) -> None:
    """Its peers without connections and its OAuth port are phones, which a trunk has none of."""
    console = Console(make_router("16.12"))
    agent = agent_of(console, "10.5.10.1")
    secured = ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "P-256")
    agent.rows[27] = row(27, ("10.5.10.212", 52248), secured, ("10.5.10.1", 5061))
    agent.counters.remote_closures = 8
    shown = console.ask("show sip-ua connections tcp tls detail")
    wanted = captured(samples, "show_sip-ua_connections_tcp_tls_detail__iosxe_16_10__oauth", "   0 ")
    first = wanted.index("Remote-Agent:10.5.10.200, Connections-Count:0")
    peer = wanted.index("Remote-Agent:10.5.10.212, Connections-Count:1")
    listening = next(at for at, line in enumerate(wanted) if "Listen Sockets" in line)
    wanted = [wanted[0].replace("4", "1"), *wanted[1:first], *wanted[peer : peer + 5], *wanted[listening:]]
    assert shown == wanted


def test_17_8(samples: Path) -> None:
    """The documentation broke the rows into two halves; here they are joined again."""
    console = Console(make_router("17.9", BOUND))
    agent = agent_of(console, "10.64.100.145")
    local = ("10.64.100.145", 5061)
    agent.rows[9] = row(9, ("10.105.34.88", 38928), ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "P-256"), local)
    agent.rows[10] = row(10, ("10.105.34.88", 8090), ("TLSv1.2", "AES256-SHA", ""), local)
    agent.counters.remote_closures = 3
    shown = console.ask("show sip-ua connections tcp tls detail")
    lines = captured(samples, "show_sip-ua_connections_tcp_tls_detail__iosxe_17_8__doc_split", "  2 ")
    left = lines.index("Remote-Agent:10.105.34.88, Connections-Count:2") + 1
    right = next(at for at, line in enumerate(lines) if line.startswith("  Cipher"))
    joined = [f"{lines[left + at].replace(' (contd.)', '').rstrip()} {lines[right + at][2:]}" for at in range(4)]
    joined[2:] = [re.sub(r"10$", " 0", line) for line in joined[2:]]  # the tenant
    wanted = [*lines[:left], *joined, "", *lines[right + 5 :]]
    wanted = [re.sub(r"recorded for .*", "recorded for 10.105.34.88:38928", line).rstrip() for line in wanted]
    wanted[-1] = wanted[-1].replace("[8.43.21.8]:5061:    ", "[10.64.100.145]:5061:")
    assert [line.rstrip() for line in shown] == wanted


def test_17_14(samples: Path) -> None:
    console = Console(make_router("17.15", BOUND))
    agent = agent_of(console, "10.64.100.151")
    secured = ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "P-521")
    agent.rows[7] = row(7, ("10.64.100.150", 22943), secured, ("10.64.100.151", 5061))
    agent.rows[8] = row(8, ("10.64.100.152", 5061), secured, ("10.64.100.151", 47687))
    shown = console.ask("show sip-ua connections tcp tls detail")
    wanted = captured(samples, "show_sip-ua_connections_tcp_tls_detail__iosxe_17_14__rsa_tls13", "  6 ")
    wanted = [line for line in wanted if not line.startswith("  0 ")]  # it listens on every address as well
    wanted = [re.sub(r"recorded for .*", "recorded for 10.64.100.150:22943", line) for line in wanted]
    assert shown == [line.replace("  6    ", "  2    ") for line in wanted]


def test_brief_17_8(samples: Path) -> None:
    console = Console(make_router("17.9"))
    AGENTS["127.250.86.86"]._server = object()  # type: ignore[assignment]
    shown = console.ask("show sip-ua connections tcp tls brief")
    assert shown == captured(samples, "show_sip-ua_connections_tcp_tls_brief__iosxe_17_8", "  0 ")


@pytest.mark.parametrize(
    ("capture", "command"),
    [
        ("show_sip-ua_connections_tcp_brief__iosxe_17_8", "tcp brief"),
        ("show_sip-ua_connections_udp_detail__iosxe_17_8", "udp detail"),
    ],
)
def test_without_tls(samples: Path, capture: str, command: str) -> None:
    """Nothing is ever sent without TLS here, so only what stands around the rows is compared."""
    console = Console(make_router("17.9", BOUND))
    agent_of(console, "8.43.21.8")
    shown = console.ask(f"show sip-ua connections {command}")
    lines = captured(samples, capture, "  2 ")
    wanted = [re.sub(r"^(Total.*|No\. of .*): \d+$", r"\1: 0", line) for line in lines if not line.startswith("Max.")]
    if "Remote-Agent:10.105.34.88, Connections-Count:2" in wanted:
        start = wanted.index("Remote-Agent:10.105.34.88, Connections-Count:2")
        del wanted[start : start + 6]
    assert shown == wanted


def test_status(samples: Path) -> None:
    shown = Console(make_router("15.6")).ask("show sip-ua status")
    assert shown == (samples / "show_sip-ua_status__ios_12_4.txt").read_text().splitlines()[1:]


def test_timers(samples: Path) -> None:
    """The page ran the prompt and the first line together."""
    text = (samples / "show_sip-ua_timers__ios.txt").read_text().replace("Router# show sip-ua timers ", "")
    assert Console(make_router("15.6")).ask("show sip-ua timers") == text.splitlines()


def test_register_status(samples: Path) -> None:
    wanted = (samples / "show_sip-ua_register_status__ios.txt").read_text().splitlines()[1]
    assert Console(make_router("15.6")).ask("show sip-ua register status") == [wanted]


LOG = re.compile(r"(?<=ID: )\d+|(?<=[=:\s])\[?[\da-f.:]+\]?:\d+|(?<==)[\d.]+|(?<=Reason: )[^,]+")


@pytest.mark.parametrize(
    ("capture", "train", "reason"),
    [
        ("syslog_SIP_TLS_HANDSHAKE_FAILED__iosxe_17_14__protocol_version", "17.15", "tlsv1 alert protocol version"),
        ("syslog_SIP_TLS_HANDSHAKE_FAILED__iosxe_17_8__cn_san", "17.9", verdicts.WRONG_NAME),
    ],
)
def test_log_lines(samples: Path, capture: str, train: str, reason: str) -> None:
    """Behind the time."""
    ends = (("10.4.200.101", 5331), ("10.4.200.102", 5061))
    line = verdicts.failure_line(TRAINS[train], HandshakeResult(False, "client", reason), 8, ends)
    wanted = (samples / f"{capture}.txt").read_text().strip()
    assert LOG.sub("VALUE", line) == LOG.sub("VALUE", wanted[wanted.index("%SIP") :])


def test_weak_connections_are_logged(samples: Path) -> None:
    result = HandshakeResult(True, "server", version="TLSv1.2", cipher="AES256-SHA")
    line = verdicts.weakness_line(TRAINS["17.18"], result, None, NOW).replace("\r\n", "\n")
    assert line in (samples / "syslog_SIP_TLS_CONNECTION_insecure__iosxe_17_18.txt").read_text()


@pytest.mark.parametrize("train", ["15.6", "16.12", "17.6"])
def test_before_17_8_nothing_is_logged(train: str) -> None:
    ends = (("10.4.200.101", 5331), ("10.4.200.102", 5061))
    assert verdicts.failure_line(TRAINS[train], HandshakeResult(False, "client", "unknown ca"), 8, ends) == ""


def test_calls_by_their_remote_ends(samples: Path) -> None:
    """The upper part of each leg, in the order and the words of the capture."""
    router = make_router("17.9")
    router.faults.live_calls = {"10.64.86.70": 2}
    shown = Console(router).ask("show sip-ua calls")
    wanted = (samples / "show_sip-ua_calls__iosxe_websocket.txt").read_text().split("\n")

    def words(line: str) -> str:
        return line if line.startswith(("Total", "Number of SIP", "SIP UA")) else line.partition(":")[0].rstrip()

    left = iter([words(line) for line in wanted])
    assert [line for line in map(words, shown) if line and line not in left] == []
    assert "Destn SIP Req Addr:Port : [10.64.86.70]:5061" in shown


def test_a_connection_is_ended_by_identifier_and_target() -> None:
    console = Console(make_router("17.9"))
    assert console.ask("clear sip-ua tcp tls connection id 7 target ipv4:10.1.1.1:5061") == ["SIP: No such connection"]
    assert "Invalid input" in console.type("clear sip-ua tcp tls connection id seven")
