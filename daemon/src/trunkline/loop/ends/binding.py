"""What a CUBE's configuration binds for handshakes with one address. Pure.

Sources: Cisco IOS voice command reference, `crypto signaling`, `voice class tls-profile`, `transport` (SIP UA); CUBE
configuration guide, "SIP TLS Support on CUBE".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed

CURVES = {"384": "secp384r1"}
EVERY_BINDING_OFFERS = "prime256v1"
STRICT_BEFORE_XE = ("RSA_WITH_AES_128_CBC_SHA",)
STRICT = (*STRICT_BEFORE_XE, "DHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE_RSA_AES128_GCM_SHA256", "ECDHE_RSA_AES256_GCM_SHA384")
XE_FROM, WITHOUT_TLS10_FROM, TLS13_FROM, STRONG_ONLY_FROM = (16,), (16, 9), (17, 14), (26,)


@dataclass(frozen=True)
class Binding:
    """What counts for one peer. `said` is the line of `crypto signaling`, or of the tenant, that says so."""

    said: str
    trustpoint: str = ""  # empty: the profile that it names is not there, or names none
    is_strict: bool = False
    cipher_class: str = ""
    client_trustpoint: str = ""  # of `client-vtp`: its CA alone vouches for clients
    curve: str = EVERY_BINDING_OFFERS
    validates: str = ""  # of `cn-san validate`: "server", "client" or "bidirectional"
    names: tuple[str, ...] = ()
    profile: str = ""

    def looks_at_names_of(self, role: str) -> bool:
        return self.validates in (role, "bidirectional")


def lines(seen: Observed, kind: Kind, name: str = "") -> tuple[str, ...]:
    """The lines of a section; none where it is not there."""
    found = seen.resources.get(Key(seen.target, kind, name))
    return tuple(found.settings.values()) if found else ()


def after(prefix: str, of: tuple[str, ...]) -> str:
    """What follows a command; empty where no line begins so."""
    return next((line.removeprefix(prefix) for line in of if line.startswith(prefix)), "")


def bound(seen: Observed, address: str, tenant: str = "") -> Binding | None:
    """What counts for a peer: the TLS profile of its tenant, else the narrowest `remote-addr`, else `default`."""
    profile = after("tls-profile ", lines(seen, Kind.TENANT, tenant)) if tenant else ""
    if profile:
        return _profiled(seen, f"voice class tenant {tenant}: tls-profile {profile}", profile)
    length, line = max(_candidates(seen, address), default=(-1, ""))
    return _meaning(seen, line) if length >= 0 else None


def _candidates(seen: Observed, address: str) -> Iterator[tuple[int, str]]:
    for line in lines(seen, Kind.SIP_UA):
        words = line.split()
        if words[:3] == ["crypto", "signaling", "default"]:
            yield 0, line
        elif words[:3] == ["crypto", "signaling", "remote-addr"] and len(words) > 5 and covers(words[3], words[4], address):
            yield IPv4Network(f"{words[3]}/{words[4]}", strict=False).prefixlen + 1, line


def is_for_others(seen: Observed, address: str) -> bool | None:
    """Whether TLS is bound by remote address only, and by none that this one is known to lie in: then whoever comes from there
    finds no certificate. `address` may be empty: not known. None where the configuration that decides could not be read.
    """
    if any(gap.kind in (None, Kind.SIP_UA, Kind.TENANT) for gap in seen.gaps):
        return None
    if not after("crypto signaling remote-addr ", lines(seen, Kind.SIP_UA)) or bound(seen, address):
        return False
    tenants = [lines(seen, key.kind, key.name) for key in seen.resources if key.kind is Kind.TENANT]
    return not any(after("tls-profile ", stated) for stated in tenants)


def covers(network: str, mask: str, address: str) -> bool:
    """Whether an address lies in a network as IOS writes it. What is no IPv4 address lies nowhere."""
    try:
        return IPv4Address(address) in IPv4Network(f"{network}/{mask}", strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return False


def _meaning(seen: Observed, line: str) -> Binding:
    words = line.split()
    rest = words[3:] if words[2] == "default" else words[5:]
    if rest[:1] == ["tls-profile"] and len(rest) > 1:
        return _profiled(seen, line, rest[1])
    vtp = rest[rest.index("client-vtp") + 1] if "client-vtp" in rest[:-1] else ""
    validates = "server" if "cn-san-validate server" in line else ""
    trustpoint = rest[1] if rest[:1] == ["trustpoint"] and len(rest) > 1 else ""
    return Binding(line, trustpoint, "strict-cipher" in rest, "", vtp, _curve(line), validates)


def _profiled(seen: Observed, said: str, tag: str) -> Binding:
    stated = lines(seen, Kind.TLS_PROFILE, tag)
    cipher = after("cipher ", stated)
    numbered = [line.split() for line in stated if line.startswith("cn-san ")]
    return Binding(
        said,
        after("trustpoint ", stated).partition(" ")[0],
        cipher == "strict-cipher",
        cipher if cipher.isdigit() else "",
        after("client-vtp ", stated),
        _curve(cipher),
        after("cn-san validate ", stated),
        tuple(words[2] for words in numbered if words[1].isdigit() and len(words) > 2),
        tag,
    )


def _curve(text: str) -> str:
    """P-256, unless the binding states another one."""
    return next((curve for bits, curve in CURVES.items() if f"curve-size {bits}" in text), EVERY_BINDING_OFFERS)


def ciphers(seen: Observed, binding: Binding, release: tuple[int, ...]) -> tuple[str, ...]:
    """The cipher suites that a binding leaves, as IOS names them; empty: whatever the release offers."""
    if binding.cipher_class:
        return tuple(line.split()[2] for line in lines(seen, Kind.TLS_CIPHER, binding.cipher_class) if len(line.split()) > 2)
    if not binding.is_strict:
        return ()
    return STRICT if release >= XE_FROM else STRICT_BEFORE_XE


def versions(seen: Observed, release: tuple[int, ...]) -> tuple[str, str]:
    """The least and the greatest TLS version that a CUBE speaks."""
    newest = "v1.3" if release >= TLS13_FROM else "v1.2"
    words = after("transport tcp tls ", lines(seen, Kind.SIP_UA)).split()
    if words and words[0] in ("v1.0", "v1.1", "v1.2", "v1.3"):
        return (words[0], newest) if "minimum" in words else (words[0], words[0])
    least = "v1.2" if release >= STRONG_ONLY_FROM else "v1.1" if release >= WITHOUT_TLS10_FROM else "v1.0"
    return least, newest
