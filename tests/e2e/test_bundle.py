"""`trunkline diagnose --bundle` as a process: a zip that a stranger can read, in which no secret stands."""

import base64
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.causes import YOHUR
from support.daemon import assert_no_traceback
from support.patient import NODES, Patient, patient
from trunkline.model.event import Event, EventKind
from trunkline.twin.cucm.web.access import AxlUser, PlatformUser
from trunkline.twin.lab.spec import AXL_USER, CUBE_USER, PLATFORM_USER
from trunkline.views.redaction.known import type_7

CUBE, CLUSTER = "cube/vg-yohur", "cluster/seoul"
OURS = {
    "TRUNKLINE_LAB_CUBE_PASSWORD": "canary-Cube-7f3a91",
    "TRUNKLINE_LAB_CUBE_ENABLE": "canary-Enable-c0fe42",
    "TRUNKLINE_LAB_AXL_PASSWORD": "canary-Axl-91bc07",
    "TRUNKLINE_LAB_PLATFORM_PASSWORD": "canary-Platform-55de13",
}
TYPED = {
    "username eve privilege 15 secret 9 {}": "canary-User-30a1f2",
    "snmp-server community {} RO": "canary-Snmp-3c3c08",
    "ip ftp password {}": "canary-Ftp-77ba01",
    "crypto isakmp key {} address 10.72.80.9": "canary-Isakmp-90fe31",
    "archive\n path scp://eve:{}@10.72.80.5/vg": "canary-Url-11f0a7",
    "sip-ua\n authentication username bob password 0 {} realm example.com": "canary-Sip-5e5e19",
    "dial-peer voice 900 voip\n description fax, password is {}": "canary-Said-66aa02",
}
HEX = re.compile(r"  (?:[0-9A-F]{2,8} ?)+$|\s+quit$")
"""Certificates, which `show running-config brief` leaves out."""
WRITTEN, HEARD = "canary-Yaml-8d8d21", "canary-Syslog-4f4f55"


def set_canaries(trunk: Patient) -> None:
    """On both devices, in the environment, in a document, in the syslog that is remembered."""
    trunk.axl(
        "updateSipTrunk", f"<name>{trunk.trunk}</name><description>password is {TYPED['ip ftp password {}']}</description>"
    )
    router = trunk.cube.router
    trunk.do(lambda: setattr(router, "identity", replace(
        router.identity,
        users={CUBE_USER[0]: OURS["TRUNKLINE_LAB_CUBE_PASSWORD"]},
        enable_password=OURS["TRUNKLINE_LAB_CUBE_ENABLE"],
    )))  # fmt: skip
    trunk.cluster.axl_users.users[AXL_USER[0]] = AxlUser(OURS["TRUNKLINE_LAB_AXL_PASSWORD"])
    for known in trunk.cluster.platform_users.values():
        known[PLATFORM_USER[0]] = PlatformUser(OURS["TRUNKLINE_LAB_PLATFORM_PASSWORD"])
    trunk.scene.environment = {**trunk.scene.environment, **OURS}
    for lines, canary in TYPED.items():
        trunk.type(*lines.format(canary).split("\n"))
    path = trunk.scene.folder / "cubes" / "vg-yohur.yaml"
    path.write_text(f"# the password was {WRITTEN}\n# - snmp-server community {WRITTEN} RO\n{path.read_text()}")
    trunk.scene.commit("a careless commit")
    line = f"%PARSER-5-CFGLOG_LOGGEDCMD: User:eve  logged command:snmp-server community {HEARD} RO"
    trunk.world.journal.heard(
        [Event(CUBE, datetime.now(UTC), EventKind.TYPED, line, user="eve", command="snmp-server community")]
    )


def spellings(secret: str) -> Iterator[bytes]:
    yield from (secret.encode(), secret.encode().hex().encode(), secret.encode().hex().upper().encode())
    yield base64.b64encode(secret.encode()).rstrip(b"=")[:-1]
    yield from (
        base64.b64encode(f"{user}:{secret}".encode()).rstrip(b"=")[:-1] for user, _ in (CUBE_USER, AXL_USER, PLATFORM_USER)
    )
    yield from (type_7(secret, salt).encode() for salt in range(16))


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


@dataclass(frozen=True)
class Made:
    """The files of a bundle of a broken trunk with canaries everywhere, what was printed, and the configuration as it is."""

    files: Mapping[str, bytes]
    said: str
    configuration: str
    anonymous: Mapping[str, bytes]
    meanings: Mapping[str, str]
    certificates: tuple[str, ...]  # SHA-256


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    directory = tmp_path_factory.mktemp("bundle")
    with patient(YOHUR, directory) as trunk:
        trunk.until_connected()
        trunk.scene.write_settings()
        trunk.edit_profile("<x509SubjectName>somebody.example.com</x509SubjectName>")
        set_canaries(trunk)
        done = trunk.scene.trunkline("diagnose", "yohur-seoul", "--bundle", "case.zip")
        hidden = trunk.scene.trunkline("diagnose", "yohur-seoul", "--bundle", "hidden.zip", "--anonymous", "--key", "key.json")
        for run in (done, hidden):
            assert_no_traceback(run.stderr)
            assert run.returncode == 1, run.stderr
        for name in ("case.zip", "hidden.zip", "key.json"):
            assert (directory / name).stat().st_mode & 0o777 == 0o600
        yield Made(
            unzipped(directory / "case.zip"),
            "\n".join((done.stdout, done.stderr, hidden.stdout, hidden.stderr)),
            "\n".join(trunk.cube.router.text_lines()),
            unzipped(directory / "hidden.zip"),
            json.loads((directory / "key.json").read_text()),
            tuple(trunk.certificate(node).sha256 for node in NODES),
        )


@pytest.mark.parametrize("secret", [*OURS.values(), *TYPED.values(), WRITTEN, HEARD])
def test_no_canary_is_in_any_file(made: Made, secret: str) -> None:
    files = {**made.files, **{f"anonymous/{name}": content for name, content in made.anonymous.items()}}
    assert [name for name, content in files.items() if any(spelt in content for spelt in spellings(secret))] == []
    assert secret not in made.said and secret not in json.dumps(made.meanings)


def test_what_is_searched_is_what_it_claims_to_be(made: Made) -> None:
    files = made.files
    assert all(canary in made.configuration for canary in TYPED.values())
    config = files["cube/running-config.txt"].decode()
    assert "username eve privilege 15 secret 9 <removed>" in config
    assert " authentication username bob password 0 <removed> realm example.com" in config
    assert " description fax, password is <removed>" in config
    assert "scp://eve:<removed>@10.72.80.5/vg" in config
    kept = [line for line in made.configuration.split("\n") if "canary" not in line and not HEX.match(line)]
    assert len(kept) > 100 and not {line for line in kept if line not in config}
    assert b"# - snmp-server community <removed> RO" in files["documents/cubes/vg-yohur.yaml"]
    assert b"<removed>" in files["events.txt"]
    assert b"somebody.example.com" in files["diagnosis.txt"] and b"somebody.example.com" in files["cluster/summary.txt"]
    assert json.loads(files["diagnosis.json"])["findings"][0]["code"] == "name-mismatch"
    assert b"vg-yohur.example.com" in files["plan.txt"]
    assert "The bundle is case.zip: " in made.said and "SNMP community" in made.said


def test_an_anonymous_bundle_names_nobody_and_is_of_use(made: Made) -> None:
    words = (
        "yohur",
        "sip-trunk-cert",
        "sip-trunk-key",
        "trunkline lab",
        "seoul",
        "jovalver",
        "eve",
        "bob",
        "example.com",
        "FTX0000A0AA",
        *made.certificates,
    )
    pattern = re.compile(rf"(?<![a-z])(?:(?:{'|'.join(map(re.escape, words))})(?![a-z])|10\.72\.|cucm-)".lower())
    texts = {name: f"{name} {content.decode()}".lower() for name, content in made.anonymous.items()}
    assert {name: found[0] for name, text in texts.items() if (found := pattern.search(text))} == {}
    findings = [json.loads(one["diagnosis.json"])["findings"][0]["code"] for one in (made.files, made.anonymous)]
    assert findings[0] == findings[1]
    ends = [re.findall(r"  (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)$", one, re.MULTILINE) for one in (
        files["cluster/summary.txt"].decode() for files in (made.files, made.anonymous))]  # fmt: skip
    assert ends[0] and sorted(ends[0]) == sorted(ends[1]), "dates stay"
    real = [name.lower() for called, name in made.meanings.items() if called.startswith(("organization-", "unit-"))]
    assert len(real) == len(set(real)) and not [name for name in real if "  " in name or "(" in name]
    assert made.meanings["link-1"] == "yohur-seoul" and "10.72.86.74" in made.meanings.values()
    assert "key.json: keep that" in made.said
    assert not any(name.endswith(".pem") for name in made.anonymous)
    lines = [one["cube/running-config.txt"].decode().count("\n") for one in (made.files, made.anonymous)]
    assert lines[0] == lines[1], "nothing but names is gone"
    shared = [
        line for line in made.anonymous["cube/running-config.txt"].decode().split("\n") if "session target ipv4:10." in line
    ]
    assert len({line.rpartition(".")[0] for line in shared if ":5061" in line}) == 1, "one subnet is one subnet"


def test_the_command_says_where_there_could_be_one_and_refuses_what_cannot_be(tmp_path: Path) -> None:
    with patient(YOHUR, tmp_path) as trunk:
        trunk.until_connected()
        trunk.scene.write_settings()
        run = trunk.scene.trunkline
        assert "--bundle" not in run("diagnose", "yohur-seoul").stdout
        for name, why in (
            ("no/case.zip", "there is no directory no; make it"),
            (".", "it is a directory"),
            ("mine", "it is there already"),
        ):
            (tmp_path / "mine").write_text("mine")
            refused = run("diagnose", "yohur-seoul", "--bundle", name)
            assert (refused.returncode, refused.stdout) == (2, "")
            assert refused.stderr.startswith(f"trunkline: cannot write {name}: {why}") and refused.stderr.count("\n") == 1
        assert (tmp_path / "mine").read_text() == "mine"

        for words in (
            ("--anonymous",),
            ("--key", "k"),
            ("--bundle", "b.zip", "--key", "k"),
            ("--bundle", "b", "--anonymous", "--key", "b"),
        ):
            assert run("diagnose", "yohur-seoul", *words).returncode == 2
        refused = run("diagnose", "yohur-seoul", "--bundle", "new.zip", "--anonymous", "--key", "mine")
        assert (
            refused.stderr.startswith("trunkline: cannot write mine: it is there already")
            and not (tmp_path / "new.zip").exists()
        )

        trunk.lab.close_ssh("vg-yohur")
        hint = run("diagnose", "yohur-seoul")
        assert "trunkline diagnose yohur-seoul --bundle yohur-seoul.zip" in hint.stdout
        told = run("diagnose", "yohur-seoul", "--format", "json", "--bundle", "dead.zip")
        assert json.loads(told.stdout)["findings"][0]["code"] == "cube-unreachable"
        assert "The bundle is dead.zip" in told.stderr
        files = unzipped(tmp_path / "dead.zip")
        assert b"NOT READ: everything" in files["cube/summary.txt"] and "cube/running-config.txt" not in files
        assert b"SIP-TRUNK-YOHUR" in files["cluster/summary.txt"]


def test_a_bundle_of_a_trunk_with_a_dead_node(tmp_path: Path) -> None:
    with patient(YOHUR, tmp_path) as trunk:
        trunk.until_connected()
        trunk.scene.write_settings()
        trunk.lab.call(trunk.cluster.stop_node("cucm-sub2"))
        assert trunk.scene.trunkline("diagnose", "yohur-seoul", "--bundle", "case.zip").returncode == 1
        files = unzipped(tmp_path / "case.zip")
        assert b"NOT READ: callmanager-trust cucm-sub2/" in files["cluster/summary.txt"]
        assert b"cube/running-config.txt" in files["README.txt"]
