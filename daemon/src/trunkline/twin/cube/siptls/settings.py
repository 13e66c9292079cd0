"""What a router's configuration says about SIP over TLS: pure reading of the running configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from trunkline.twin.cube.config.running import RunningConfig

TLS_PORT = 5061
OPENSSL_NAMES = {
    "ECDHE_RSA_AES256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE_RSA_AES128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE_ECDSA_AES256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE_ECDSA_AES128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
    "DHE_RSA_WITH_AES_128_CBC_SHA": "DHE-RSA-AES128-SHA",
}
CURVE_NAMES = {"prime256v1": "P-256", "secp384r1": "P-384"}


@dataclass(frozen=True)
class Signalling:
    """What `crypto signaling` says for one peer."""

    trustpoint: str
    is_strict: bool = False
    ciphers: tuple[str, ...] = ()  # IOS names, from a tls-cipher class
    client_trustpoint: str = ""  # client-vtp: only its CA counts
    curve: str = "prime256v1"
    validates: str = ""  # cn-san: whose name is checked, "server", "client" or "bidirectional"
    names: tuple[str, ...] = ()  # that the peer's certificate may bear; `*` stands for one label


def is_listening(running: RunningConfig) -> bool:
    """The TLS listener is on unless it was switched off (Cisco IOS voice command reference, `transport`)."""
    return "no transport tcp tls" not in running.section("sip-ua")


def listen_port(running: RunningConfig) -> int:
    """Where TLS is listened for: 5061 unless `listen-port secure` says otherwise."""
    return int(running.value("listen-port secure ", "voice service voip", "sip") or TLS_PORT)


def is_bound(running: RunningConfig) -> bool:
    """Whether signalling is bound to an interface; otherwise every address is listened on."""
    return any(line.startswith("bind control ") for line in running.section("voice service voip", "sip"))


def versions(running: RunningConfig, least: str, *, has_tls13: bool) -> tuple[str, str]:
    """Least and greatest version offered; `least` is the release's own where the configuration states none."""
    newest = "v1.3" if has_tls13 else "v1.2"
    words = running.value("transport tcp tls ", "sip-ua").split()
    if not words:
        return (least, newest)
    return (words[0], newest) if "minimum" in words else (words[0], words[0])


def signalling(running: RunningConfig, peer: str) -> Signalling | None:
    """What counts for a peer: the narrowest `remote-addr`, else `default`."""
    best: tuple[int, str] = (-1, "")
    for line in running.section("sip-ua"):
        words = line.split()
        if words[:2] != ["crypto", "signaling"]:
            continue
        if words[2] == "default":
            best = max(best, (0, " ".join(words[3:])))
        elif words[2] == "remote-addr" and (length := _covers(words[3], words[4], peer)):
            best = max(best, (length, " ".join(words[5:])))
    return _meaning(running, best[1].split()) if best[0] >= 0 else None


def _covers(address: str, mask: str, peer: str) -> int:
    try:
        network = IPv4Network(f"{address}/{mask}", strict=False)
        return network.prefixlen + 1 if IPv4Address(peer) in network else 0
    except (AddressValueError, NetmaskValueError, ValueError):
        return 0


def _meaning(running: RunningConfig, words: list[str]) -> Signalling:
    if words[0] == "tls-profile":
        return _profile(running, f"voice class tls-profile {words[1]}")
    vtp = words[words.index("client-vtp") + 1] if "client-vtp" in words else ""
    text = " ".join(words)
    validates = "server" if "cn-san-validate server" in text else ""
    return Signalling(words[1], "strict-cipher" in words, (), vtp, _curve(text), validates)


def _profile(running: RunningConfig, profile: str) -> Signalling:
    cipher = running.value("cipher ", profile)
    named = running.section(f"voice class tls-cipher {cipher}") if cipher.isdigit() else ()
    numbered = [line.split() for line in running.section(profile) if line.startswith("cn-san ")]
    return Signalling(
        running.value("trustpoint ", profile).split(" ")[0],
        cipher == "strict-cipher",
        tuple(line.split()[2] for line in named),
        running.value("client-vtp ", profile),
        _curve(cipher),
        running.value("cn-san validate ", profile),
        tuple(words[2] for words in numbered if words[1].isdigit()),
    )


def _curve(text: str) -> str:
    return "secp384r1" if "curve-size 384" in text else "prime256v1"


def trusted_networks(running: RunningConfig) -> Iterator[IPv4Network]:
    """The trusted list, and what dial-peers call, whatever they speak: that is trusted while the dial-peer is not shut."""
    for line in running.section("voice service voip", "ip address trusted list"):
        words = line.split()
        if words[0] == "ipv4":
            yield IPv4Network(f"{words[1]}/{words[2]}" if len(words) > 2 else words[1], strict=False)
    for header in running.headers("dial-peer voice "):
        stated = running.section(header)
        for line in stated if "shutdown" not in stated else ():
            yield from (IPv4Network(address) for address, _ in _called(running, line))


def is_trusted(running: RunningConfig, peer: str, *, trusts_named: bool) -> bool:
    """Whether the check for toll fraud lets a peer pass; `trusts_named` where whoever was validated by name is trusted."""
    made = signalling(running, peer)
    if trusts_named and made and made.validates in ("client", "bidirectional"):
        return True
    if "no ip address trusted authenticate" in running.section("voice service voip"):
        return True
    return any(IPv4Address(peer) in network for network in trusted_networks(running))


def targets(running: RunningConfig, *, only_kept_alive: bool = False) -> Iterator[tuple[str, str, int]]:
    """Dial-peers that speak TLS, with each address and port that they may call."""
    for header in running.headers("dial-peer voice "):
        lines = running.section(header)
        if "session transport tcp tls" not in lines or "shutdown" in lines:
            continue
        if only_kept_alive and not any(line.startswith("voice-class sip options-keepalive") for line in lines):
            continue
        for line in lines:
            yield from ((header, address, port) for address, port in _called(running, line))


def _called(running: RunningConfig, line: str) -> Iterator[tuple[str, int]]:
    """The addresses that one line of a dial-peer names, with their ports."""
    if line.startswith("session target ipv4:"):
        address, _, port = line.removeprefix("session target ipv4:").partition(":")
        yield address, int(port or TLS_PORT)
    elif line.startswith("session server-group "):
        for member in running.section(f"voice class server-group {line.removeprefix('session server-group ')}"):
            words = member.split()
            if words[0] == "ipv4":
                yield words[1], int(words[words.index("port") + 1]) if "port" in words else TLS_PORT
