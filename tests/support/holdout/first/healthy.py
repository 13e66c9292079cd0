"""Trunks that are well and look odd: what must not be called a fault."""

from dataclasses import dataclass, replace
from datetime import timedelta

from support.holdout.case import CA_SIGNED, MODERN, OLDER_XE, Case
from support.holdout.hands import ca, enroll_beside, names, present, reissue, rewritten, ssh, trust, until_booted
from support.patient import Body, Patient
from trunkline.twin.ca import self_signed
from trunkline.twin.lab.spec import CubeSpec


@dataclass(frozen=True)
class SelfSigned(Body):
    """The CUBE's identity is its own issuer."""

    @property
    def spec(self) -> CubeSpec:
        return replace(super().spec, is_self_signed=True)


def _san_only(patient: Patient) -> None:
    names(patient, "sip.example.com")
    reissue(patient, common_name="router-17", names=("router-17.example.com", "sip.example.com"))


def _self_signed(patient: Patient) -> None:
    held = self_signed(patient.wish())
    trust(patient, held.certificate)
    enroll_beside(patient, "self-signed", held)
    ssh(patient, "sip-ua", "crypto signaling default trustpoint self-signed")


def _root_only(patient: Patient) -> None:
    root = ca("Company Root")
    trust(patient, root.certificate)
    present(patient, root, ca("Company Issuing CA", issuer=root))


def _scanned(patient: Patient) -> None:
    """Somebody scans the port all night: handshakes fail, none of them with a node."""
    patient.do(lambda: setattr(patient.cube.agent.counters, "server_handshake_failures", 16))


def _seconds_off(patient: Patient) -> None:
    patient.do(lambda: setattr(patient.cube.router, "clock_skew", timedelta(seconds=90)))


def _reloaded(patient: Patient) -> None:
    def act() -> None:
        patient.cube.router.save("jovalver")
        patient.cube.router.reload()

    patient.do(act)
    until_booted(patient)


CASES = (
    Case(
        "list-of-names",
        "capitals, semicolons, commas and an older name in the profile",
        (),
        lambda p: names(p, "OLD-SBC.example.com;VG-Yohur.EXAMPLE.com, vg-yohur"),
    ),
    Case(
        "strict-cipher",
        "strict-cipher on IOS 15: one old suite, which the cluster has",
        (),
        lambda p: ssh(p, "sip-ua", "crypto signaling default trustpoint sip-trunk-cert strict-cipher"),
    ),
    Case("san-fits", "the common name says nothing, an alternative name fits", (), _san_only),
    Case("self-signed-cube", "the CUBE's certificate is self-signed, and every node holds it", (), body=SelfSigned()),
    Case(
        "another-trustpoint-that-works",
        "bound is a self-signed certificate that no document names; every node holds it",
        (),
        _self_signed,
    ),
    Case("root-only-trusted", "the nodes hold the root, the CUBE sends the issuing CA", (), _root_only, MODERN),
    Case("ca-signed-nodes", "the nodes' certificates are of a CA", (), body=Body(cluster=CA_SIGNED)),
    Case("scanned", "the 16 failed handshakes of the article: a scanner's", (), _scanned),
    Case("ninety-seconds", "the clock is a minute and a half off", (), _seconds_off),
    Case(
        "no-pings",
        "neither end pings, and nobody calls",
        (),
        prepare=rewritten("links/yohur-seoul.yaml", "options_ping: {up_seconds: 60, down_seconds: 120}", "options_ping: null"),
    ),
    Case(
        "targets-without-port",
        "targets without a port: 5061 goes without saying with TLS",
        (),
        lambda p: [ssh(p, f"dial-peer voice {100 + n} voip", f"session target ipv4:10.72.86.{74 + n}") for n in range(3)],
    ),
    Case("another-zone", "the CUBE shows the time of Seoul", (), lambda p: ssh(p, "clock timezone KST 9 0")),
    Case(
        "anybody-trusted",
        "the toll-fraud check is off and the list empty",
        (),
        lambda p: ssh(p, "voice service voip", "no ip address trusted authenticate"),
        MODERN,
    ),
    Case("just-reloaded", "the CUBE was reloaded a minute ago, saved before", (), _reloaded),
    Case(
        "ecdsa-curve-384",
        "a larger curve on IOS XE",
        (),
        lambda p: ssh(p, "sip-ua", "crypto signaling default trustpoint sip-trunk-cert ecdsa-cipher curve-size 384"),
        OLDER_XE,
    ),
    Case(
        "another-port",
        "both ends on 5071, as the documents say",
        (),
        prepare=rewritten("links/yohur-seoul.yaml", "port: 5061", "port: 5071"),
    ),
    Case(
        "foreign-peer-shut", "the fax server's dial-peer is shut", (), lambda p: ssh(p, "dial-peer voice 900 voip", "shutdown")
    ),
)
