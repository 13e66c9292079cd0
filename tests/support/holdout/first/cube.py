"""What somebody types into the CUBE, or what its documents say wrongly: listener, versions, ciphers, dial-peers, groups."""

from support.holdout.case import MODERN, WIDE, Case
from support.holdout.hands import rewritten, ssh, until_booted
from support.patient import Patient

GROUP = "voice class server-group 710"
ECDSA_ONLY = "10: [ECDHE_ECDSA_AES256_GCM_SHA384, ECDHE_ECDSA_AES128_GCM_SHA256]"
DEFAULT_CLASS = "10: [ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256]"


def _reload_without_saving(patient: Patient) -> None:
    """The startup configuration is what it was before trunkline came; the power fails."""
    router, store = patient.cube.router, patient.cube.store
    known = set(patient.cube.spec.config.split())

    def reload() -> None:
        router.saved_lines = patient.cube.spec.config.splitlines()
        store._saved = (store._saved[0], {name: held for name, held in store._saved[1].items() if name in known})
        router.reload()

    patient.do(reload)
    until_booted(patient)


def _dial_peers(patient: Patient, *lines: str) -> None:
    for tag in (100, 101, 102):
        ssh(patient, f"dial-peer voice {tag} voip", *lines)


CASES = (
    Case(
        "port-5060-one-peer",
        "one dial-peer still calls 5060",
        ("port-cube",),
        lambda p: ssh(p, "dial-peer voice 101 voip", "session target ipv4:10.72.86.75:5060"),
    ),
    Case(
        "port-5060-group",
        "the server-group's members have port 5060",
        ("port-cube",),
        lambda p: ssh(p, GROUP, *(f"ipv4 10.72.86.{n} port 5060 preference {n - 74}" for n in (74, 75, 76))),
        MODERN,
    ),
    Case(
        "system-transport",
        "no transport in the dial-peers: plain UDP by default",
        ("transport-cube",),
        lambda p: _dial_peers(p, "no session transport"),
    ),
    Case(
        "tcp-in-one-peer",
        "one dial-peer speaks TCP without TLS",
        ("transport-cube",),
        lambda p: ssh(p, "dial-peer voice 102 voip", "session transport tcp"),
    ),
    Case(
        "udp-for-a-test",
        "UDP and 5060 since a test last week",
        ("transport-cube", "port-cube"),
        lambda p: [
            ssh(p, f"dial-peer voice {100 + n} voip", "session transport udp", f"session target ipv4:10.72.86.{74 + n}:5060")
            for n in range(3)
        ],
    ),
    Case(
        "group-peer-shut",
        "the only outbound dial-peer is shut",
        ("dial-peer-down",),
        lambda p: ssh(p, "dial-peer voice 7100 voip", "shutdown"),
        MODERN,
    ),
    Case(
        "member-removed",
        "a node is missing in the server-group",
        ("node-missing",),
        lambda p: ssh(p, GROUP, "no ipv4 10.72.86.76"),
        MODERN,
    ),
    Case(
        "member-with-typo",
        "a member's address has a wrong last digit",
        ("node-missing",),
        lambda p: ssh(p, GROUP, "no ipv4 10.72.86.76", "ipv4 10.72.86.77 port 5061 preference 2"),
        MODERN,
    ),
    Case(
        "another-group",
        "the dial-peer names a group that does not exist",
        ("node-missing", "dial-peer-down"),
        lambda p: ssh(p, "dial-peer voice 7100 voip", "session server-group 711"),
        MODERN,
    ),
    Case(
        "dns-target-with-typo",
        "one target is a DNS name with a typo",
        ("node-missing",),
        lambda p: ssh(p, "dial-peer voice 100 voip", "session target dns:cucm-pub.exmaple.com:5061"),
    ),
    Case(
        "listener-off",
        "TLS was switched off for a test",
        ("listener-off",),
        lambda p: ssh(p, "sip-ua", "no transport tcp tls"),
        MODERN,
    ),
    Case(
        "listens-on-5062",
        "the CUBE's TLS port was moved",
        ("trunk-destination",),
        lambda p: ssh(p, "voice service voip", "sip", "listen-port secure 5062"),
        WIDE,
    ),
    Case("tls-1.0-only", "TLS 1.0 alone is spoken", ("version",), lambda p: ssh(p, "sip-ua", "transport tcp tls v1.0")),
    Case(
        "tls-1.3-only",
        "the documents ask for TLS 1.3 of a cluster that has none",
        ("version",),
        body=WIDE,
        prepare=rewritten("cubes/cube-busan.yaml", "tls_version: v1.2", "tls_version: v1.3"),
    ),
    Case(
        "tls-1.1-only-modern",
        "TLS 1.1 alone, on IOS XE",
        ("version",),
        lambda p: ssh(p, "sip-ua", "transport tcp tls v1.1"),
        MODERN,
    ),
    Case(
        "ecdsa-suites-rsa-key",
        "only ECDSA suites, and RSA certificates on both ends",
        ("cipher",),
        body=MODERN,
        prepare=rewritten("cubes/cube-busan.yaml", DEFAULT_CLASS, ECDSA_ONLY),
    ),
    Case(
        "reload-without-saving",
        "nothing was saved before the power failed",
        ("dial-peer-down", "node-missing", "never-applied"),
        _reload_without_saving,
    ),
    Case("cube-gone", "SSH to the CUBE does not answer", ("cube-unreachable",), lambda p: p.lab.close_ssh(p.body.cube)),
    Case(
        "no-authorization",
        "TACACS denies every command",
        ("cube-unreachable",),
        lambda p: p.do(lambda: setattr(p.cube.router.faults, "denies_authorization", True)),
    ),
)
