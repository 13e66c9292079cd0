"""Two at once: a cause with what follows of it, or two people in one night. The first answer must be what to mend first."""

from datetime import timedelta

from support.holdout.case import MODERN, Case
from support.holdout.hands import ca, names, present, reissue, ssh, trust
from support.patient import NODES, Patient


def _clock_and_trust(patient: Patient) -> None:
    root = ca("Company Root")
    trust(patient, root.certificate, on=NODES[:2])
    present(patient, root)
    patient.do(lambda: setattr(patient.cube.router, "clock_skew", timedelta(days=-1000)))
    patient.clear()


def _expired_and_misnamed(patient: Patient) -> None:
    names(patient, "vg-yohur")
    reissue(patient, days=-3)


def _shut_and_not_listed(patient: Patient) -> None:
    """Without its dial-peer a node is not trusted by itself any more."""
    ssh(patient, "voice service voip", "ip address trusted list", "no ipv4 10.72.86.0 255.255.255.0", "no ipv4 10.72.86.76")
    ssh(patient, "dial-peer voice 102 voip", "shutdown")


def _group_and_list(patient: Patient) -> None:
    ssh(patient, "voice service voip", "ip address trusted list", "no ipv4 10.72.86.76", "no ipv4 10.72.86.0 255.255.255.0")
    ssh(patient, "voice class server-group 710", "no ipv4 10.72.86.76")


def _off_and_misnamed(patient: Patient) -> None:
    patient.lab.call(patient.cluster.stop_node("cucm-sub1"))
    names(patient, "vg-yohur")
    patient.clear()


def _misnamed_behind_ca(patient: Patient) -> None:
    """A new CA and a new name: TLS fails before anybody looks at names."""
    present(patient, ca("Company Root"), common_name="sbc1.example.com", names=("sbc1.example.com",))


CASES = (
    Case("clock-and-trust", "the CUBE lost its clock, and a node lacks the root", ("clock-cube",), _clock_and_trust),
    Case(
        "expired-and-misnamed",
        "an expired certificate, and a name that would not fit",
        ("expired-cube",),
        _expired_and_misnamed,
    ),
    Case(
        "shut-and-not-listed",
        "a dial-peer is shut, so that its node is not trusted either",
        ("dial-peer-down", "trusted-list"),
        _shut_and_not_listed,
    ),
    Case(
        "group-and-list",
        "a node is in neither the server-group nor the trusted list",
        ("node-missing", "trusted-list"),
        _group_and_list,
        MODERN,
    ),
    Case(
        "off-and-misnamed",
        "a node is off for maintenance, and the name breaks all of them",
        ("name-mismatch",),
        _off_and_misnamed,
    ),
    Case(
        "new-ca-new-name",
        "a new CA and a new name; TLS fails before names are looked at",
        ("cube-untrusted",),
        _misnamed_behind_ca,
    ),
)
