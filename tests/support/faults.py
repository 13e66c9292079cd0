"""The faults that an estate must survive: how each begins, how it is mended, and what must be seen of it."""

from datetime import UTC, datetime

from support.estate import SECRETS, Estate
from support.fire import Fault, Switch
from trunkline.twin.ca import Authority


def wrong_secret(name: str) -> Switch:
    return lambda estate, site: estate.put_secret(site, name, "not-the-secret")


def right_secret(name: str) -> Switch:
    return lambda estate, site: estate.put_secret(site, name, SECRETS[name])


def cube_fault(**switches: object) -> Switch:
    def switch(estate: Estate, site: str) -> None:
        for name, value in switches.items():
            assert hasattr(estate.router(site).faults, name), name
            setattr(estate.router(site).faults, name, value)

    return switch


def cluster_fault(**switches: object) -> Switch:
    def switch(estate: Estate, site: str) -> None:
        for name, value in switches.items():
            assert hasattr(estate.cluster(site).faults, name), name
            setattr(estate.cluster(site).faults, name, value)

    return switch


def nothing(estate: Estate, site: str) -> None:
    """It was over by itself."""


def another_host_key(estate: Estate, site: str) -> None:
    estate.lab.close_ssh(site)
    estate.lab.open_ssh(site, has_new_host_key=True)


def pin_the_shown_key(estate: Estate, site: str) -> None:
    estate.pinned_key(site).write_text(estate.lab.cubes[site].host_key_line + "\n")


def another_ca(estate: Estate, site: str) -> None:
    estate.pinned_ca(site).write_text(Authority.create("somebody else", datetime.now(UTC)).issuer.pem)


def not_a_pem(estate: Estate, site: str) -> None:
    estate.pinned_ca(site).write_text("-----BEGIN CERTIFICATE-----\nthis is not one\n-----END CERTIFICATE-----\n")


def right_ca(estate: Estate, site: str) -> None:
    estate.pinned_ca(site).write_text(estate.cluster(site).authority.issuer.pem)


def allow_lines(count: int) -> Switch:
    def switch(estate: Estate, site: str) -> None:
        estate.router(site).lines_allowed = count

    return switch


def stop_node(number: int) -> Switch:
    return lambda estate, site: estate.lab.call(estate.cluster(site).stop_node(f"{site}-{number}"))


def start_node(number: int) -> Switch:
    return lambda estate, site: estate.lab.call(estate.cluster(site).start_node(f"{site}-{number}"))


FAULTS = (
    Fault(
        "wrong-password",
        wrong_secret("cube-password"),
        right_secret("cube-password"),
        r"wrong-password: cannot log in to 127\S+:2222 as trunkline: the CUBE refuses the password; correct the",
        "access_refused",
        ("Observed", "AccessRefused"),
    ),
    Fault(
        "wrong-enable",
        wrong_secret("cube-enable"),
        right_secret("cube-enable"),
        r"wrong-enable: cannot enter privileged mode on 127\S+: the enable password is wrong or missing; correct the secret",
        "access_refused",
        ("Observed", "AccessRefused"),
    ),
    Fault(
        "missing-secret",
        lambda estate, site: estate.secret(site, "cube-password").unlink(),
        right_secret("cube-password"),
        r"missing-secret: cannot resolve file:secrets/missing-secret.cube-password: No such file",
        "desired_invalid",
        ("Observed", "DesiredInvalid"),
    ),
    Fault(
        "closed-port",
        lambda estate, site: estate.lab.close_ssh(site),
        lambda estate, site: estate.lab.open_ssh(site),
        r"closed-port: cannot connect to 127\S+:2222: Connection refused; see whether",
        "device_unreachable",
        ("Observed", "DeviceUnreachable"),
    ),
    Fault(
        "host-key-changed",
        another_host_key,
        pin_the_shown_key,
        r"host-key-changed: cannot trust 127\S+:2222: it shows the host key ssh-ed25519 SHA256:\S+, which is not",
        "access_refused",
        ("Observed", "AccessRefused"),
    ),
    Fault(
        "vty-full",
        allow_lines(0),
        allow_lines(5),
        r"vty-full: cannot open a session with 127\S+:2222: it closed the connection, as with all VTY lines in use; free",
        "device_busy",
        ("Observed", "DeviceBusy"),
    ),
    Fault(
        "dies-in-paste",
        cube_fault(drop_at=r"^[A-Za-z0-9+/]{64}$"),
        nothing,
        r"dies-in-paste: cannot go on with 127\S+:2222: the session was closed",
        "device_unreachable",
        ("TrustReady", "TrustMissing"),
    ),
    Fault(
        "dies-in-dial-peer",
        cube_fault(drop_at=r"^session target"),
        nothing,
        r"dies-in-dial-peer: cannot go on with 127\S+:2222: the session was closed",
        "device_unreachable",
        ("InSync", "Drift"),
    ),
    Fault(
        "line-refused",
        cube_fault(refuse={r"^dtmf-relay": "% Invalid input detected at '^' marker."}),
        cube_fault(refuse={}),
        r"line-refused: cannot do `dtmf-relay rtp-nte` on 127\S+: the CUBE says `% Invalid input",
        "device_refused",
        ("InSync", "Drift"),
        needs_commit=True,
    ),
    Fault(
        "not-authorized",
        cube_fault(denies_authorization=True),
        cube_fault(denies_authorization=False),
        r"not-authorized: cube/\S+ could not be read whole: the CUBE refused the command: `Command authorization failed.`",
        "",
        ("Observed", "Gaps"),
    ),
    Fault(
        "fingerprint-differs",
        cube_fault(corrupts_paste=True),
        nothing,
        r"fingerprint-differs: cannot accept the certificate for `crypto pki .*` on 127\S+: the CUBE shows another fingerprint",
        "device_refused",
        ("TrustReady", "TrustMissing"),
        needs_commit=True,
    ),
    Fault(
        "strange-question",
        cube_fault(unexpected_question="% Do you want to use FIPS mode? [yes/no]: "),
        cube_fault(unexpected_question=""),
        r"strange-question: cannot do `crypto pki authenticate \S+` on 127\S+.*FIPS mode",
        "device_refused",
        ("TrustReady", "TrustMissing"),
        needs_commit=True,
    ),
    Fault(
        "cannot-save",
        cube_fault(fails_to_save=True),
        cube_fault(fails_to_save=False),
        r"cannot-save: cannot save the configuration of 127\S+: the CUBE says",
        "device_refused",
        ("InSync", "NotSaved"),
    ),
    Fault(
        "axl-401",
        wrong_secret("axl-password"),
        right_secret("axl-password"),
        r"axl-401: cannot log in to AXL on axl-401-0.example.com \(127\S+\): wrong user or password; correct axl.username",
        "access_refused",
        ("Observed", "AccessRefused"),
    ),
    Fault(
        "axl-403",
        cluster_fault(axl_status=403),
        cluster_fault(axl_status=0),
        r"axl-403: cannot use AXL on \S+ \(127\S+\): the user lacks the role Standard AXL API Access",
        "access_refused",
        ("Observed", "AccessRefused"),
        needs_commit=True,
    ),
    Fault(
        "axl-503",
        cluster_fault(axl_status=503),
        cluster_fault(axl_status=0),
        r"axl-503: cannot use AXL on \S+ \(127\S+\) now: it is throttling \(503\)",
        "device_busy",
        ("Observed", "DeviceBusy"),
    ),
    Fault(
        "axl-599",
        cluster_fault(axl_status=599),
        cluster_fault(axl_status=0),
        r"axl-599: cannot use AXL on \S+ \(127\S+\): the cluster speaks the AXL versions 8.5, 9.0, 10.0, trunkline 15.0",
        "device_refused",
        ("Observed", "DeviceRefused"),
    ),
    Fault(
        "publisher-down",
        stop_node(0),
        start_node(0),
        r"publisher-down: cannot reach AXL on publisher-down-0\S+ \(127\S+\): the connection failed; see whether",
        "device_unreachable",
        ("Observed", "DeviceUnreachable"),
        nodes=2,
    ),
    Fault(
        "subscriber-down",
        stop_node(1),
        start_node(1),
        r"subscriber-down: .*cannot reach the certificate API of subscriber-down-1\S+ \(127\S+\): the connection failed",
        "",
        ("Observed", "DeviceUnreachable"),
        nodes=2,
    ),
    Fault(
        "rest-401",
        wrong_secret("platform-password"),
        right_secret("platform-password"),
        r"rest-401: .*cannot log in to the certificate API of \S+ \(127\S+\): wrong platform user or password; correct",
        "",
        ("Observed", "AccessRefused"),
    ),
    Fault(
        "pem-is-none",
        cluster_fault(garbles_certificates=True),
        cluster_fault(garbles_certificates=False),
        r"pem-is-none: .*the CallManager certificate cannot be read",
        "",
        ("Observed", "Gaps"),
    ),
    Fault(
        "pinned-ca-is-none",
        not_a_pem,
        right_ca,
        r"pinned-ca-is-none: cannot use axl.ca for \S+: it holds no certificate in PEM form; put the CA",
        "desired_invalid",
        ("Observed", "DesiredInvalid"),
    ),
    Fault(
        "another-ca",
        another_ca,
        right_ca,
        r"another-ca: cannot trust AXL on \S+ \(127\S+\): its certificate is not signed by the pinned CA",
        "access_refused",
        ("Observed", "AccessRefused"),
    ),
)
