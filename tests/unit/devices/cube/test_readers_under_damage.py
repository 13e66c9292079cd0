"""Whatever happens to an output on the way: what a reader returns is right, or it says that it did not understand."""

from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from trunkline.devices.cube.read.calls import busy_addresses
from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.read.connections import Connections, connections
from trunkline.devices.cube.read.keys import key_pairs
from trunkline.devices.cube.read.output import typed_out
from trunkline.devices.cube.read.trustpoints import trustpoint_status
from trunkline.model.observed import Connection
from trunkline.twin.ca import new_key

LOG = "*Jan  5 09:00:00.001: %SYS-5-CONFIG_I: Configured from console by kim on vty1 (10.9.9.9)"
WIPE = " --More-- " + "\b" * 9 + " " * 8 + "\b" * 9
HEAD = (
    "Total active connections      : {total}\n"
    "No. of send failures          : 0\n"
    "TLS server handshake failures : 5\n\n"
    "---------Printing Detailed Connection Report---------\n\n"
)
COLUMNS = (
    "  Remote-Port Conn-Id Conn-State  WriteQ-Size Local-Address       TLS-Version Cipher                         "
    "Curve Tenant\n"
    "  =========== ======= =========== =========== =================== =========== ============================== "
    "===== ======\n"
)
LISTEN = (
    "-------------- SIP Transport Layer Listen Sockets ---------------\n"
    "  Conn-Id             Local-Address                      Tenant \n"
    " ==========    ===========================              ========\n"
    "  2             [10.1.1.1]:5061:                              0\n"
)
ROWS = st.lists(
    st.builds(
        Connection,
        st.sampled_from(["10.2.2.2", "10.2.2.3", "2001:db8::2"]),
        st.integers(1, 65535),
        st.integers(0, 99999),
        st.sampled_from(["Established", "Closed", "Connect-Wait"]),
        st.sampled_from([None, "10.1.1.1:5061", "[2001:db8::1]:41000"]),
        st.sampled_from(["TLSv1.2", "TLSv1.3"]),
        st.sampled_from(["ECDHE-RSA-AES256-GCM-SHA384", "AES256-SHA", "TLS_AES_256_GCM_SHA384:RSA"]),
        st.sampled_from([None, "P-256", "X25519"]),
        st.sampled_from(["0", "200"]),
    ),
    max_size=6,
)


def printed_connections(rows: list[Connection]) -> str:
    """As 17.8 prints them, one table for each remote address."""
    text = HEAD.format(total=len(rows))
    for address in dict.fromkeys(row.remote_address for row in rows):
        own = [row for row in rows if row.remote_address == address]
        text += f"Remote-Agent:{address}, Connections-Count:{len(own)}\n{COLUMNS}"
        for row in own:
            text += (
                f"  {row.remote_port:>11} {row.connection_id:>7} {row.state:<11} {0:>11} {row.local_address or '-':<19} "
                f"{row.tls_version:>11} {row.cipher:>30} {row.curve or '     '} {row.tenant:>6}\n"
            )
        text += "\n"
    return text + LISTEN


def understood(rows: list[Connection]) -> Connections:
    ordered = [
        row for address in dict.fromkeys(r.remote_address for r in rows) for row in rows if row.remote_address == address
    ]
    counters = {"send_failures": 0, "tls_server_handshake_failures": 5}
    return Connections(counters, tuple(ordered), ("[10.1.1.1]:5061",))


@given(ROWS)
def test_connections_are_read_as_printed(rows: list[Connection]) -> None:
    assert connections(printed_connections(rows)).value == understood(rows)


@given(ROWS, st.data())
def test_noise_between_lines_changes_nothing(rows: list[Connection], data: st.DataObject) -> None:
    lines = printed_connections(rows).split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 2))
        if data.draw(st.booleans()):
            lines.insert(at, LOG)
        else:
            lines[at] = WIPE + lines[at]
    assert connections("\r\n".join(lines)).value == understood(rows)


def _damaged(text: str, data: st.DataObject) -> str:
    """One line lost, doubled, cut, wrapped, or shifted; never the last, whose loss nobody could see."""
    lines = text.split("\n")
    at = data.draw(st.integers(0, len(lines) - 3))
    line = lines[at]
    column = data.draw(st.integers(0, len(line)))
    damage: Callable[[], list[str]] = data.draw(
        st.sampled_from(
            [
                lambda: [],
                lambda: [line, line],
                lambda: [line[:column], line[column:]],
                lambda: [line[:column] + "   " + line[column:]],
            ]
        )
    )
    lines[at : at + 1] = damage()
    return "\n".join(lines)


def _same_but_for_words(one: Connections, other: Connections) -> bool:
    """A blank typed into a word of a heading or an address block is not seen by anybody; rows and sockets must be right."""
    return one.rows == other.rows and one.listening == other.listening


@given(ROWS, st.data())
def test_damaged_connections_are_right_or_a_problem(rows: list[Connection], data: st.DataObject) -> None:
    reading = connections(_damaged(printed_connections(rows), data))
    wanted = understood(rows)
    if reading.value is not None:
        assert _same_but_for_words(reading.value, wanted)
        assert reading.value.counters.items() <= wanted.counters.items()
    else:
        assert reading.problem


@given(ROWS, st.data())
def test_truncated_connections_are_a_problem(rows: list[Connection], data: st.DataObject) -> None:
    text = printed_connections(rows)
    cut = data.draw(st.integers(0, text.rindex("\n", 0, -1)))
    reading = connections(text[:cut])
    assert reading.problem or reading.value == Connections(understood(rows).counters, understood(rows).rows, ())


CONFIG = (
    "Building configuration...\n\nCurrent configuration : 999 bytes\n!\n"
    "! Last configuration change at 09:00:00 UTC Mon Jan 5 2026 by kim\n!\nversion 17.9\n!\n"
    "banner motd ^C\nend\nsip-ua\n^C\n!\n"
    "crypto pki trustpoint sip-2026\n enrollment terminal pem\n revocation-check none\n hash sha256\n!\n"
    "voice service voip\n ip address trusted list\n  ipv4 10.1.1.0 255.255.255.0\n  ipv4 10.1.2.3\n"
    " allow-connections sip to sip\n sip\n  bind control source-interface GigabitEthernet0/0/0\n  url sips\n!\n"
    "dial-peer voice 100 voip\n session target ipv4:10.2.2.2:5061\n session transport tcp tls\n no vad\n!\n"
    "sip-ua \n connection-reuse\n  crypto signaling remote-addr 10.1.1.1 255.255.255.255  trustpoint sip-2026 strict-cipher  \n"
    "!\nend\n"
)


@given(st.integers(0, len(CONFIG) - len("end\n")))
def test_a_truncated_configuration_is_a_problem(cut: int) -> None:
    reading = running_config(CONFIG[:cut])
    assert reading.problem
    assert reading.value.sections == {}


@given(st.integers(1, len(CONFIG) - 1))
def test_a_configuration_without_its_head_is_a_problem_or_whole(cut: int) -> None:
    reading = running_config(CONFIG[cut:])
    if not reading.problem:
        assert reading.value.sections == running_config(CONFIG).value.sections


@given(st.data())
def test_noise_changes_no_configuration(data: st.DataObject) -> None:
    lines = CONFIG.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 2))
        if data.draw(st.booleans()):
            lines.insert(at, LOG)
        else:
            lines[at] = WIPE + lines[at]
    reading = running_config("\r\n".join(lines))
    assert not reading.problem
    assert reading.value == running_config(CONFIG).value


@given(st.integers(1, 12))
def test_a_configuration_that_lost_its_indentation_is_a_problem(first: int) -> None:
    """From some line on, as when somebody pastes it through a page."""
    lines = CONFIG.split("\n")
    reading = running_config("\n".join([*lines[:first], *(line.strip() for line in lines[first:])]))
    assert reading.problem == "the running configuration has lost its indentation"


STATUS = "".join(
    f"Trustpoint {name}:\n  Issuing CA certificate configured:\n    Subject Name:\n     cn={name}\n"
    f"    Fingerprint MD5: {'0' * 8} {'1' * 8} {'2' * 8} {'3' * 8} \n"
    f"    Fingerprint SHA1: {digit * 8} {'1' * 8} {'2' * 8} {'3' * 8} {'4' * 8} \n"
    "  State:\n    Keys generated ............. No\n    Issuing CA authenticated ....... Yes\n"
    "    Certificate request(s) ..... None\n\n\n"
    for name, digit in (("root", "A"), ("issuing", "B"))
)
HELD = trustpoint_status(STATUS).value


@given(st.data())
def test_a_damaged_trustpoint_status_is_right_or_a_problem(data: st.DataObject) -> None:
    reading = trustpoint_status(_damaged(STATUS, data))
    if not reading.problem:
        assert {name: HELD.get(name) for name in reading.value} == reading.value or _is_renamed(reading.value)


def _is_renamed(read: dict[str, tuple[str, ...]]) -> bool:
    """A blank inside of a name: the device compares with the configuration, where that name is not."""
    return not set(read) <= set(HELD)


def printed_key(label: str, kind: str, der: bytes, extra: str = " Storage Device: private-config\n") -> str:
    digits = der.hex().upper()
    rows = [digits[at : at + 64] for at in range(0, len(digits), 64)]
    data = "".join(f"  {' '.join(row[at : at + 8] for at in range(0, len(row), 8))} \n" for row in rows)
    return (
        "% Key pair was generated at: 09:00:00 UTC Jan 5 2026\n"
        f"Key name: {label}\nKey type: {kind} KEYS\n{extra}"
        f" Usage: General Purpose Key\n Key is not exportable.\n Key Data:\n{data}"
    )


KEYS = "".join(
    printed_key(
        label, kind, new_key(kind.lower(), bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    for label, kind, bits in (("sip-2026", "EC", 256), ("sip-2027", "RSA", 2048))
)
PAIRS = key_pairs(KEYS).value


def test_key_pairs_are_read_as_printed() -> None:
    assert {label: pair.type for label, pair in PAIRS.items()} == {"sip-2026": "ec 256", "sip-2027": "rsa 2048"}


@given(st.data())
def test_damaged_key_pairs_are_right_or_a_problem(data: st.DataObject) -> None:
    reading = key_pairs(_damaged(KEYS, data))
    assert reading.problem or reading.value == PAIRS


@given(st.integers(0, len(KEYS) - 3))
def test_truncated_key_pairs_are_a_problem(cut: int) -> None:
    """Only behind a whole key pair nobody can tell."""
    reading = key_pairs(KEYS[:cut])
    assert reading.problem or reading.value.items() <= PAIRS.items()


def printed_call(address: str) -> str:
    return f"Destn SIP Req Addr:Port : [{address}]:5061\nDestn SIP Resp Addr:Port: [{address}]:5061\n"


CALLS = (
    f"Total SIP call legs:2, User Agent Client:1, User Agent Server:1\n{printed_call('10.2.2.2')}"
    f"Number of SIP User Agent Client(UAC) calls: 1\n{printed_call('10.2.2.3')}"
    "Number of SIP User Agent Server(UAS) calls: 1\n"
)


@given(st.data())
def test_damaged_calls_are_right_or_a_problem(data: st.DataObject) -> None:
    reading = busy_addresses(_damaged(CALLS, data))
    assert reading.problem or reading.value == {"10.2.2.2", "10.2.2.3"}


@given(st.text(alphabet="ab \b\r", max_size=40))
def test_backspaces_never_make_text_longer(text: str) -> None:
    shown = typed_out(text)
    assert "\b" not in shown
    assert len(shown) <= len(text)
