"""Every certificate on both ends is one row, with its role, its places, and what happens to it next."""

import json
from dataclasses import replace
from datetime import timedelta

from support.certificates import (
    CLUSTER,
    COMING,
    CUBE,
    CUCM_CA,
    IDENTITY,
    ISSUING,
    NODE,
    NOW,
    OLD_CA,
    ROOT,
    SUB_SHOWN,
    SUB_STORED,
    Estate,
    settled,
    standing,
    watched,
)
from trunkline.model.certificate import Certificate
from trunkline.model.renewal.standing import Rung
from trunkline.views import document
from trunkline.views.certificates.places import Role
from trunkline.views.certificates.rows import Row, as_data, places_in_words, rows


def of(estate: Estate | None = None) -> dict[str, Row]:
    return {row.certificate.sha256: row for row in rows([(estate or Estate()).recorded()], NOW)}


def role(found: dict[str, Row], certificate: Certificate) -> Role:
    return found[certificate.sha256].role


def test_every_role_is_told() -> None:
    found = of()
    expected = {
        IDENTITY: Role.IDENTITY,
        COMING: Role.COMING,
        NODE: Role.NODE,
        SUB_STORED: Role.STORED,
        SUB_SHOWN: Role.WIRE,
        ISSUING: Role.ISSUING,
        ROOT: Role.ROOT,
        CUCM_CA: Role.ANCHOR,
        OLD_CA: Role.OTHER,
    }
    assert {one.sha256: found[one.sha256].role for one in expected} == {one.sha256: which for one, which in expected.items()}
    assert len(found) == len(expected)


def test_one_certificate_at_many_places_is_one_row() -> None:
    words = list(places_in_words(of()[ISSUING.sha256]))
    assert words == [
        f"{CUBE} sip-trunk-cert, sip-trunk-cert-1",
        "issuer/lab",
        f"{CLUSTER} cucm-pub, cucm-sub1 (trust of a CUBE)",
    ]


def test_after_the_switch_the_one_before_is_earlier() -> None:
    found = of(Estate(standings=(settled(), watched()), shown={CUBE: COMING}))
    assert (role(found, COMING), role(found, IDENTITY)) == (Role.IDENTITY, Role.EARLIER)
    assert found[IDENTITY.sha256].action == "stays for now, then goes"
    retired = replace(settled(), kept=(), retired=("sip-trunk-cert",))
    assert of(Estate(standings=(retired,)))[IDENTITY.sha256].action == "goes, key and all"


def test_the_next_act_is_said_with_its_date() -> None:
    found = of(Estate(standings=(settled(), watched())))
    row = found[COMING.sha256]
    assert row.action.startswith("renewed by lab, switched 2027-0")
    assert row.next_at == row.renewal_at == NOW + timedelta(days=190)
    assert found[NODE.sha256].action == "renew it by hand before its end; no issuer is stated"


def test_what_is_issued_and_not_installed_is_a_row_too() -> None:
    estate = Estate(identities=Estate().identities[:1], standings=(standing(rung=Rung.ISSUED),))
    row = of(estate)[COMING.sha256]
    assert (row.role, row.action) == (Role.COMING, "issued; next: the import")


def test_what_must_happen_first_comes_first() -> None:
    made = rows([Estate().recorded()], NOW)
    assert [row.role for row in made[:3]] == [Role.COMING, Role.IDENTITY, Role.WIRE]
    assert made[-1].role is Role.OTHER, "although it ended long ago"
    ends = [row.certificate.not_after for row in made[3:-1]]
    assert ends == sorted(ends)
    later = rows([Estate().recorded()], NOW + timedelta(days=200))
    assert later[0].action == "has ended"


def test_the_wire_is_told_and_unknown_where_it_was_not_seen() -> None:
    found = of()
    assert [found[one.sha256].is_shown for one in (IDENTITY, COMING, NODE, SUB_STORED, SUB_SHOWN, ROOT)] == [
        True, False, True, False, True, None,
    ]  # fmt: skip
    assert of(Estate(shown={}))[IDENTITY.sha256].is_shown is None


def test_of_a_shared_cluster_the_newest_pass_counts() -> None:
    """An earlier pass of another CUBE saw another identity on the node."""
    earlier = Estate(nodes=(SUB_SHOWN, SUB_STORED)).finished()
    stale = {target: replace(seen, at=NOW - timedelta(hours=1)) for target, seen in earlier.observed.items()}

    old = document.of_pass(replace(earlier, cube="other", observed=stale, finished_at=NOW - timedelta(hours=1)))
    for passes in ([old, Estate().recorded()], [Estate().recorded(), old]):
        found = {row.certificate.sha256: row for row in rows(passes, NOW)}
        assert found[NODE.sha256].role is Role.NODE
        assert [place.holder for place in found[SUB_SHOWN.sha256].places] == ["cucm-sub1"]


def test_only_the_cubes_asked_for() -> None:
    assert rows([Estate().recorded()], NOW, ["another"]) == []


def test_a_pass_that_an_earlier_release_recorded_shows_nothing_and_fails_nothing() -> None:
    recorded = Estate().recorded()
    for name in ("certificates", "standings"):
        del recorded[name]
    for seen in recorded["targets"].values():
        del seen["trusted"]
    assert rows([recorded], NOW) == []


def test_json_has_all_of_a_row() -> None:
    data = as_data(of()[COMING.sha256])
    assert json.loads(json.dumps(data)) == data
    assert data["role"] == "coming identity"
    assert (data["key"], data["is_on_wire"], data["serial"]) == ("ec 256", False, COMING.serial)
    assert [wait["code"] for wait in data["waits"]] == ["window"]
    assert "PRIVATE" not in json.dumps(data)


def test_a_recorded_pass_has_each_certificate_once() -> None:
    text = json.dumps(Estate().recorded())
    assert text.count("BEGIN CERTIFICATE") == 9
