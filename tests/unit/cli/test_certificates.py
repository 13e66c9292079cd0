"""certificates, renew and approve as a person calls them: what is printed, exit codes, one clear line for a mistake."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from typer.testing import CliRunner, Result

from support.certificates import NOW, Estate, asking, watched
from support.examples import changed
from support.repository import Repository
from trunkline.cli.program import app
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import TrunklineError
from trunkline.model.key import Key, Kind
from trunkline.model.passes import Failure
from trunkline.model.renewal.memory import Holder
from trunkline.views import document

RESTART = Key("cluster/seoul", Kind.SERVICE_RESTART, "cucm-pub")
HOLDER = Holder("cube/vg-yohur", "sip-trunk-cert")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    written = tmp_path / "trunkline.toml"
    written.write_text(f'state_directory = "{tmp_path}"\n[source]\nurl = "{tmp_path / "git"}"\n')
    return written


@pytest.fixture
def journal(settings: Path) -> SqlJournal:
    return SqlJournal(open_engine(f"sqlite:///{settings.parent / 'journal.db'}"), document.of_pass)


def call(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--settings", str(settings)])


def refused(done: Result) -> str:
    """`main` prints such an error as one line, and exits 2."""
    assert isinstance(done.exception, TrunklineError)
    return str(done.exception)


def test_the_table_fits_and_says_what_blocks(settings: Path, journal: SqlJournal) -> None:
    journal.record(Estate().finished())
    done = call(settings, "certificates", "--at", "2026-11-25T12:00")
    assert done.exit_code == 0, done.output
    rows = done.output.split("broken at")[0].splitlines()
    assert max(map(len, rows)) <= 100
    assert any("vg-yohur.example.com" in line for line in rows[:4])
    assert "waits [window]" in done.output
    assert "1 more in trust stores" in done.output


def test_what_would_be_broken_at_a_date_is_exit_1(settings: Path, journal: SqlJournal) -> None:
    journal.record(Estate().finished())
    done = call(settings, "certificates", "--at", "2027-05-01")
    assert done.exit_code == 1
    assert "broken at 2027-05-01 00:00Z:\n" in done.output
    assert "[expired] anchor of a node Seoul CA: ended 2027-04-24" in done.output
    assert "SC-081v3" in done.output


def test_json_has_rows_and_findings(settings: Path, journal: SqlJournal) -> None:
    journal.record(Estate().finished())
    content = json.loads(call(settings, "certificates", "--format", "json").output)
    assert set(content) == {"at", "certificates", "findings"}
    assert len(content["certificates"]) == 9


def test_timeline_and_picture(settings: Path, journal: SqlJournal, tmp_path: Path) -> None:
    journal.record(Estate().finished())
    done = call(settings, "certificates", "--timeline", "--svg", str(tmp_path / "a.svg"), "--at", "2026-11-25")
    assert "maintenance windows" in done.output
    assert Xml.fromstring((tmp_path / "a.svg").read_text()).get("role") == "img"
    assert "give another file with --svg" in refused(call(settings, "certificates", "--svg", str(tmp_path / "no" / "a.svg")))


def test_mistakes_say_the_cure(settings: Path, journal: SqlJournal) -> None:
    assert "no pass was recorded yet" in call(settings, "certificates").output
    assert "no pass has seen it" in refused(call(settings, "certificates", "--cube", "nobody"))
    assert call(settings, "certificates", "--at", "soon").exit_code == 2
    assert call(settings, "certificates", "--format", "xml").exit_code == 2


def test_approve_lists_what_waits_and_consents_once(settings: Path, journal: SqlJournal) -> None:
    assert call(settings, "approve").output == "nothing waits for approval\n"
    journal.record(Estate(standings=(asking(), watched())).finished())
    listed = call(settings, "approve")
    assert listed.exit_code == 1
    assert "seoul/cucm-pub  service-restart  waits for approval" in listed.output
    assert "for cube/vg-yohur sip-trunk-cert" in listed.output
    assert "waits for no approval" in refused(call(settings, "approve", "seoul/cucm-sub1", "--reason", "x"))
    assert "say why with --reason" in refused(call(settings, "approve", "seoul/cucm-pub"))
    assert journal.memory(["cluster/seoul"]).approvals == {}
    assert "approved once" in call(settings, "approve", "seoul/cucm-pub", "--reason", "night shift agrees").output
    assert journal.memory(["cluster/seoul"]).approvals[RESTART].reason == "night shift agrees"
    assert "nothing changed" in call(settings, "approve", "seoul/cucm-pub", "--reason", "again").output
    assert journal.memory(["cluster/seoul"]).approvals[RESTART].reason == "night shift agrees"
    assert call(settings, "approve").exit_code == 0, "approved, not done yet"


def test_a_wait_that_names_its_node_in_words_only_can_be_approved_too(settings: Path, journal: SqlJournal) -> None:
    asked = asking()
    wait = replace(asked.waits[0], reason="restart it; approve with `trunkline approve seoul/cucm-pub`", asks=None)
    journal.record(Estate(standings=(replace(asked, waits=(wait,)),)).finished())
    assert call(settings, "approve", "seoul/cucm-pub", "--reason", "yes").exit_code == 0
    assert RESTART in journal.memory(["cluster/seoul"]).approvals


@pytest.fixture
def repository(settings: Path) -> Repository:
    made = Repository(settings.parent / "git")
    made.commit(stated())
    return made


POLICY = """
issuers:
  lab: {kind: local, passphrase: "env:CA_PASSPHRASE"}
renewal:
  windows:
    - {rule: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", minutes: 120, zone: Asia/Seoul}
"""


def stated(*more: tuple[str, str, str]) -> dict[str, bytes]:
    """The example estate with an issuer for one CUBE."""
    path = "cubes/vg-yohur.yaml"
    identity = "  trustpoint: sip-trunk-cert\n"
    names = f"{identity}  names: [vg-yohur.example.com]\n  issuer: lab\n"
    return changed((path, identity, names), ("estate.yaml", "", POLICY), *more)


def test_renew_orders_once_and_says_what_follows(settings: Path, journal: SqlJournal, repository: Repository) -> None:
    done = call(settings, "renew", "vg-yohur", "--reason", "new CA")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "vg-yohur: renewal of sip-trunk-cert ordered from the issuer lab" in done.output
    assert "wait for the window that opens" in done.output
    first = journal.memory(["cube/vg-yohur"]).orders[HOLDER]
    assert (first.reason, first.is_compromised) == ("new CA", False)
    assert "nothing changed" in call(settings, "renew", "vg-yohur", "--reason", "again").output
    assert journal.memory(["cube/vg-yohur"]).orders[HOLDER] == first
    urgent = call(settings, "renew", "vg-yohur", "--reason", "key was seen", "--compromised")
    assert "outside of maintenance windows too" in urgent.output
    assert "revoke the earlier certificate" in urgent.output
    assert journal.memory(["cube/vg-yohur"]).orders[HOLDER].is_compromised
    call(settings, "renew", "vg-yohur", "--reason", "calm again")
    assert journal.memory(["cube/vg-yohur"]).orders[HOLDER].is_compromised, "an urgent order stays urgent"


def test_what_was_refused_amid_a_renewal_can_be_ordered_anew(
    settings: Path, journal: SqlJournal, repository: Repository
) -> None:
    call(settings, "renew", "vg-yohur", "--reason", "key was seen", "--compromised")
    first = journal.memory(["cube/vg-yohur"]).orders[HOLDER]
    failure = Failure("device_refused", "cannot do `crypto pki import …`")
    journal.record(replace(Estate().finished(), failure=failure, refused={"import": failure}))
    assert "ordered from the issuer lab" in call(settings, "renew", "vg-yohur", "--reason", "clock mended").output
    second = journal.memory(["cube/vg-yohur"]).orders[HOLDER]
    assert second.at > first.at and second.is_compromised, "an urgent one stays urgent"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("nobody", "there is no such document in cubes/; there are cube-busan, vg-yohur"),
        ("cube-busan", "no issuer is stated for it"),
        ("nowhere/cucm-pub", "there is no such document in clusters/; there are seoul"),
        ("seoul/cucm-pub", "only watched; state `certificates.mode: managed`"),
    ],
)
def test_only_what_documents_renew_can_be_ordered(
    settings: Path, journal: SqlJournal, repository: Repository, target: str, why: str
) -> None:
    assert why in refused(call(settings, "renew", target, "--reason", "x"))
    assert journal.memory([f"cube/{target}", "cluster/seoul"]).orders == {}


def test_an_order_needs_a_reason(settings: Path, journal: SqlJournal, repository: Repository) -> None:
    assert call(settings, "renew", "vg-yohur").exit_code == 2
    assert "the reason is empty" in refused(call(settings, "renew", "vg-yohur", "--reason", " "))
    assert journal.memory(["cube/vg-yohur"]).orders == {}


def test_status_and_why_say_where_a_certificate_stands(settings: Path, journal: SqlJournal) -> None:
    journal.record(Estate().finished())
    waits = "installed; waits for the window that opens Sun 2026-11-29 02:00 KST"
    assert f"  certificate  sip-trunk-cert-1 of cube/vg-yohur: {waits}\n" in call(settings, "status").output
    assert NOW.isoformat() in json.dumps(journal.summaries())
