"""Names: what the security profile says, what the CUBE's certificate says, what the CUBE wants to hear of a node."""

from support.holdout.case import MODERN, OLDER_XE, WIDE, Case
from support.holdout.hands import names, reissue, ssh
from support.patient import Patient

MISMATCH = ("name-mismatch",)


def _new_name(patient: Patient) -> None:
    reissue(patient, common_name="sbc1.example.com", names=("sbc1.example.com",))


def _wildcard_certificate(patient: Patient) -> None:
    reissue(patient, common_name="*.example.com", names=("*.example.com",))


def _renamed_not_reset(patient: Patient) -> None:
    patient.edit_profile("<x509SubjectName>sbc1.example.com</x509SubjectName>")
    _new_name(patient)


CASES = (
    Case("short-name", "the profile names the CUBE by its short name", MISMATCH, lambda p: names(p, "vg-yohur")),
    Case("short-name-modern", "the same on a CUBE that pings the nodes", MISMATCH, lambda p: names(p, "cube-busan"), MODERN),
    Case("wildcard-in-profile", "somebody hoped that CUCM knows wildcards", MISMATCH, lambda p: names(p, "*.example.com")),
    Case("cn-prefix", "the subject was pasted as the CUBE prints it", MISMATCH, lambda p: names(p, "CN=vg-yohur.example.com")),
    Case(
        "typo-in-list",
        "two names in the list, and a letter wrong in ours",
        MISMATCH,
        lambda p: names(p, "old-sbc.example.com;vg-yohur.exmaple.com"),
    ),
    Case("address-in-profile", "the profile names the CUBE's address", MISMATCH, lambda p: names(p, "10.72.86.86")),
    Case("new-certificate-new-name", "the CUBE was renewed under a new name", MISMATCH, _new_name),
    Case("wildcard-certificate", "the CUBE was given the company's wildcard certificate", MISMATCH, _wildcard_certificate),
    Case("renamed-not-reset", "new name on both ends, and nobody reset the trunk", ("trunk-not-reset",), _renamed_not_reset),
    Case(
        "cn-san-other-domain",
        "the TLS profile wants names of the old domain",
        ("name-refused",),
        lambda p: ssh(p, "voice class tls-profile 10", "cn-san validate bidirectional", "cn-san 1 *.example.net"),
        WIDE,
    ),
    Case(
        "cn-san-no-names",
        "names are validated, targets are addresses, and no name is listed",
        ("name-refused",),
        lambda p: ssh(p, "sip-ua", "crypto signaling default trustpoint sip-trunk-cert cn-san-validate server"),
        OLDER_XE,
    ),
)
