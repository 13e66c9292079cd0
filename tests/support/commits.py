"""Changes of documents that decide about handshakes, and what then really becomes of every way of a link."""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.handshake import Outlook
from trunkline.twin.cube.siptls import settings
from trunkline.twin.lab.lab import Lab
from trunkline.twin.wire import HandshakeResult


@dataclass(frozen=True)
class Edit:
    """One text of a document that becomes another; it may be taken back."""

    path: str
    before: str
    after: str


BUSAN, YOHUR, SEOUL = "cubes/cube-busan.yaml", "cubes/vg-yohur.yaml", "clusters/seoul.yaml"
LINKS = {"cube-busan": "links/busan-seoul.yaml", "vg-yohur": "links/yohur-seoul.yaml"}
PROFILE = "security_profile:\n  name: {cube} TLS\n"


def _of_both(cube: str, document: str, interface: str, inbound: str) -> dict[str, Edit]:
    link = LINKS[cube]
    profile = PROFILE.format(cube=cube)

    return {
        "port of the link": Edit(link, "  port: 5061\n", "  port: 5062\n"),
        "port of the CUBE": Edit(document, interface, f"{interface}  tls_port: 5063\n"),
        "another name": Edit(link, profile, f"{profile}  fields: {{x509SubjectName: nobody.example.com}}\n"),
        "port of the profile": Edit(link, profile, f"{profile}  fields: {{incomingPort: 5064}}\n"),
        "dial-peers that are shut": Edit(
            link, f"  inbound:\n    tag: {inbound}\n", f"    lines: [shutdown]\n  inbound:\n    tag: {inbound}\n"
        ),
        "a node less": Edit(
            SEOUL,
            "  - {name: cucm-sub2, fqdn: cucm-sub2.example.com, address: 10.72.86.76, management_address:",
            "  # {name: cucm-sub2, fqdn: cucm-sub2.example.com, address: 10.72.86.76, management_address:",
        ),
    }


EDITS: Mapping[str, Mapping[str, Edit]] = {
    "cube-busan": {
        **_of_both("cube-busan", BUSAN, "  interface: GigabitEthernet0/0/0\n", "7200"),
        "ECDSA alone": Edit(
            BUSAN, "[ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256]", "[ECDHE_ECDSA_AES256_GCM_SHA384]"
        ),
        "TLS 1.1": Edit(BUSAN, "  tls_version: v1.2\n", "  tls_version: v1.1\n"),
        "names of servers": Edit(LINKS["cube-busan"], "    cipher_class: 10\n", "    cipher_class: 10\n    cn_san: server\n"),
        "names of clients": Edit(
            LINKS["cube-busan"],
            "    tag: 10\n",
            '    tag: 10\n    cn_san: client\n    lines: ["cn-san 1 cucm-pub.example.com"]\n',
        ),
        "fewer addresses bound": Edit(LINKS["cube-busan"], "[10.72.86.0/24]", "[10.72.86.74/32, 10.72.86.76/32]"),
    },
    "vg-yohur": {
        **_of_both("vg-yohur", YOHUR, "  interface: GigabitEthernet0/0\n", "200"),
        "strict-cipher": Edit(LINKS["vg-yohur"], "  signalling: default\n", "  signalling: default\n  strict_cipher: true\n"),
        "bound by address": Edit(LINKS["vg-yohur"], "  signalling: default\n", "  signalling: remote-address\n"),
    },
}
CONTRADICT = (
    {"another name", "port of the profile"},
    {"names of servers", "names of clients"},
    {"strict-cipher", "bound by address"},
)
"""Edits of one place: only one of each at a time."""


def way(of_one: Outlook) -> tuple[str, str]:
    """("cube-busan", "cucm-pub")."""
    client, server = (name.rpartition("/")[2] for name in (of_one.client, of_one.server))
    return client, server


def tried(lab: Lab, cube_name: str, cluster_name: str, trunk: str) -> dict[tuple[str, str], HandshakeResult]:
    """Every way as the two ends are configured: what no dial-peer calls and no trunk has as destination is not tried."""
    cube, cluster = lab.cubes[cube_name], lab.clusters[cluster_name]
    found: dict[tuple[str, str], HandshakeResult] = {}
    for spec in cluster.spec.nodes:
        node = cluster.nodes[spec.name].sip
        ports = sorted({port for _, address, port in settings.targets(cube.router.running) if address == spec.address})
        there = [lab.call(cube.agent.try_handshake(spec.address, port)) for port in ports]
        running = node.trunks.get(trunk)
        called = [port for address, port in running.destinations if address == cube.spec.address] if running else []
        back = [lab.call(cluster.try_handshake(spec.name, cube.spec.address, port)) for port in called]
        found[cube_name, spec.name] = _best(there, "nothing calls it")
        found[spec.name, cube_name] = _best(back, "no trunk calls it")
    return found


def _best(results: list[HandshakeResult], otherwise: str) -> HandshakeResult:
    """One that came up, else the last."""
    return next((one for one in results if one.is_ok), results[-1] if results else HandshakeResult(False, "client", otherwise))
