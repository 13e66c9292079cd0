"""The files of a bundle: what each holds, in one order, without a secret, also of ends that could not be read."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.canaries import PLACES
from support.certificates import NOW
from support.sick import CLUSTER, CUBE, PROFILE, TRUNK, Sick
from trunkline.model.event import Event, EventKind
from trunkline.model.observed import Gap
from trunkline.model.resource import Resource
from trunkline.views import document
from trunkline.views.bundle.files import KNOWN, bundle
from trunkline.views.bundle.material import Material

CONFIGURATION = """Building configuration...

version 17.9
hostname vg
username bob secret 9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7
snmp-server community canaryCommunity9 RO
end
"""


def material(sick: Sick | None = None, **more: Any) -> Material:
    evidence = (sick or Sick()).evidence()
    return Material(
        (sick or Sick()).diagnosed(),
        evidence.finished,
        **{
            "documents": {"links/vg-seoul.yaml": "cube: vg\ncluster: seoul\n", "estate.yaml": "enforcement: enforce\n"},
            "answers": {"show running-config brief": CONFIGURATION, "show clock": "12:00:00.000 UTC Mon Jun 1 2026\r\n"},
            "versions": {"trunkline": "0.1.0"},
            **more,
        },
    )


def texts(of: Material, secrets: frozenset[str] = frozenset()) -> dict[str, str]:
    return {name: content.decode() for name, content in bundle(of, secrets).files.items()}


def test_every_file_is_there_is_named_in_the_readme_and_has_its_sum() -> None:
    files = texts(material())
    top = {name for name in files if not name.startswith(("certificates/", "documents/"))}
    assert top == {
        "README.txt", "SHA256SUMS", "diagnosis.txt", "diagnosis.json", "plan.txt", "pass.json", "cube/running-config.txt",
        "cube/show.txt", "cube/summary.txt", "cluster/summary.txt", "probe.txt", "events.txt", "history.txt", "versions.txt",
    }  # fmt: skip
    assert not {name for name in top - {"README.txt"} if name not in files["README.txt"]}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].splitlines())
    assert sums == {name: hashlib.sha256(files[name].encode()).hexdigest() for name in files if name != "SHA256SUMS"}


def test_the_same_material_makes_the_same_bytes() -> None:
    assert bundle(material(), frozenset()) == bundle(material(), frozenset())
    assert list(bundle(material(), frozenset()).files)[:-1] == sorted(texts(material()).keys() - {"SHA256SUMS"})


def test_a_configuration_without_secrets_is_kept_byte_for_byte() -> None:
    harmless = "\n".join(line for line in CONFIGURATION.split("\n") if "bob" not in line and "community" not in line)
    made = bundle(material(answers={"show running-config": harmless.replace("\n", "\r\n")}), frozenset())
    assert made.files["cube/running-config.txt"].decode() == harmless
    assert made.taken == {}


def test_a_release_that_knows_no_brief_form_shows_its_long_one() -> None:
    refused = "show running-config brief\n                      ^\n% Invalid input detected at '^' marker.\n"
    files = texts(material(answers={"show running-config brief": refused, "show running-config": "hostname vg\n"}))
    assert files["cube/running-config.txt"] == "hostname vg\n"


def test_what_was_taken_out_is_told_by_kind() -> None:
    made = bundle(material(), frozenset())
    assert made.taken == {"password": 1, "SNMP community": 1}
    assert "Taken out: SNMP community 1, password 1." in made.files["README.txt"].decode()


def test_a_secret_that_a_configuration_gave_away_is_in_no_other_file() -> None:
    said = Event(CUBE, NOW, EventKind.OTHER, "%SNMP-3-X: from 10.0.0.1 with canaryCommunity9, refused")
    files = texts(material(events=(said,)))
    assert "%SNMP-3-X: from 10.0.0.1 with <removed>, refused" in files["events.txt"]


def test_a_known_secret_is_taken_out_wherever_no_rule_knows_it() -> None:
    made = bundle(material(documents={"estate.yaml": "# ask Eve for Tr0mbone-Player\n"}), frozenset({"Tr0mbone-Player"}))
    assert made.files["documents/estate.yaml"].decode() == "# ask Eve for <removed>\n"
    assert made.taken[KNOWN] == 1


@pytest.mark.parametrize("place", PLACES[::7])
def test_no_secret_of_a_command_is_in_any_file(place: str) -> None:
    """Wherever commands may stand: configuration, documents, plans, evidence, syslog."""
    canary = "canary-Zq7-3f91"
    line = place.format(canary).strip()
    sick = Sick()
    sick.objects[PROFILE]["digestPassword"] = canary
    found = material(
        sick,
        answers={"show running-config brief": f"hostname vg\n{line}\n"},
        documents={"cubes/vg.yaml": f"lines:\n  - {line}\n"},
        events=(Event(CUBE, NOW, EventKind.TYPED, f"logged command: {canary}", command=line),),
    )
    assert not {name for name, text in texts(found).items() if canary in text}


def test_ends_that_could_not_be_read_are_said_to_be_unread() -> None:
    sick = Sick()
    sick.gaps = {CUBE: (Gap(CUBE, "no route"),), CLUSTER: (Gap(CLUSTER, "timed out"),)}
    evidence = sick.evidence()
    bare = {
        name: replace(seen, facts=None, resources={}, identities=(), trusted={})
        for name, seen in evidence.finished.observed.items()
    }
    files = texts(Material(sick.diagnosed(), replace(evidence.finished, observed=bare)))
    assert "NOT READ: everything: no route" in files["cube/summary.txt"]
    assert "NOT READ: everything: timed out" in files["cluster/summary.txt"]
    assert "cube/running-config.txt" not in files
    assert "no configuration of the CUBE: it could not be read" in files["README.txt"]
    assert "The wire was not looked at." in files["probe.txt"]


def test_what_each_end_shows_is_told() -> None:
    sick = Sick()
    sick.facts = replace(sick.facts, counters={"tls_server_handshake_failures": 16})
    files = texts(material(sick, counters_before={"tls_server_handshake_failures": 4}, counted_at=NOW - timedelta(minutes=1)))
    counted = next(line for line in files["cube/summary.txt"].splitlines() if "tls_server_handshake_failures" in line)
    assert counted.split() == ["tls_server_handshake_failures", "16", "4"]
    assert "  x509SubjectName = vg.example.com" in files["cluster/summary.txt"].splitlines()
    assert f"sip-trunk {TRUNK.name}, as stored" in files["cluster/summary.txt"]
    pems = {name for name in files if name.endswith(".pem")}
    assert pems and all(name.removeprefix("certificates/")[:16] in files["certificates/certificates.txt"] for name in pems)
    assert "12:00:00.000 UTC" in files["cube/show.txt"]
    assert json.loads(files["diagnosis.json"])["link"] == "vg-seoul"


def test_the_last_passes_are_told_with_conditions_outcomes_and_holds() -> None:
    recorded = document.of_pass(Sick().evidence().finished) | {
        "failure": {"reason": "stalled", "message": "cannot reach vg"},
        "reasons": [{"code": "max-deletions", "text": "too many", "origin": None}],
    }
    files = texts(material(history=(recorded,)))
    assert "Software: CUBE 17.09.04a, CUCM 14.0.1.13900(155)" in files["README.txt"]
    assert "failed: cannot reach vg" in files["history.txt"] and "hold [max-deletions] too many" in files["history.txt"]
    assert "no pass of this CUBE" in texts(material())["history.txt"]


def test_a_resource_with_a_secret_field_loses_it() -> None:
    sick = Sick()
    sick.objects[PROFILE]["digestCredentials"] = "x1"
    assert Resource(PROFILE, sick.objects[PROFILE]).settings["digestCredentials"] == "x1"
    assert "  digestCredentials = <removed>" in texts(material(sick))["cluster/summary.txt"].splitlines()
