"""Samples: no series twice, nothing stale, and what the contract promises."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.examples import examples
from support.fake import NOW, FakeWorld, certificate
from support.scene import ROOT
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.model.passes import Pass
from trunkline.twin.ca import Wish, self_signed
from trunkline.views.metrics.background import Background, Totals
from trunkline.views.metrics.contract import FAMILIES, page
from trunkline.views.metrics.daemon import ERRORS, RESULTS
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.samples import of

LATER = NOW + timedelta(seconds=90)


@pytest.fixture
def world() -> FakeWorld:
    made = FakeWorld()
    device = made.cubes["vg-yohur"]
    device.numbers = {"tls_client_handshake_failures": 2, "tls_server_handshake_failures": 16, "remote_closures": 1}
    device.connections = ("10.72.86.74", "10.72.86.75")
    return made


def both(world: FakeWorld) -> list[Pass]:
    return [world.converge("cube-busan"), world.converge("vg-yohur")]


def values(samples: list[Sample], family: str) -> dict[tuple[str, ...], float]:
    return {sample.labels: sample.value for sample in samples if sample.family == family}


def of_all(world: FakeWorld, totals: Totals | None = None) -> list[Sample]:
    return list(of(both(world), Background(totals or Totals()), LATER))


def test_two_cubes_that_share_a_cluster_make_no_series_twice(world: FakeWorld) -> None:
    counted = Counter((sample.family, sample.labels) for sample in of_all(world))
    assert [key for key, count in counted.items() if count > 1] == []


def test_of_a_shared_cluster_the_newest_observation_counts(world: FakeWorld) -> None:
    older, newer = both(world)
    seen = older.observed["cluster/seoul"]
    older = replace(
        older, observed={**older.observed, "cluster/seoul": replace(seen, at=NOW - timedelta(hours=1), identities=())}
    )
    for passes in ([older, newer], [newer, older]):
        names = {labels[2] for labels in values(list(of(passes, Background(), LATER)), "trunkline_certificate_info")}
        assert "cucm-pub" in names


def test_two_certificates_of_one_name_in_one_store_are_told_apart(world: FakeWorld) -> None:
    store = world.clusters["seoul"].stores["cucm-pub"]
    for issuer in ("Voice CA", "Other CA"):
        one = certificate("twin.example.com", issuer)
        store[one.sha256[:16]] = one
    samples = of_all(world)
    assert max(Counter((sample.family, sample.labels) for sample in samples).values()) == 1
    ends = values(samples, "trunkline_certificate_not_after_timestamp_seconds")
    names = sorted(labels[2] for labels in ends if "twin" in labels[2])
    assert names == sorted(
        f"cucm-pub/twin.example.com {certificate('twin.example.com', issuer).serial}" for issuer in ("Voice CA", "Other CA")
    )


def test_certificates_say_when_they_end_and_what_they_are(world: FakeWorld) -> None:
    samples = of_all(world)
    identity = certificate("vg-yohur.example.com", "Voice CA")
    labels = ("cube/vg-yohur", "identity", "sip-trunk-cert", "identity")
    ends = values(samples, "trunkline_certificate_not_after_timestamp_seconds")
    assert ends[labels] == identity.not_after.timestamp()
    info = values(samples, "trunkline_certificate_info")
    assert info[(*labels, identity.serial, identity.sha256, "Voice CA", "", "ed25519")] == 1
    assert ("cube/vg-yohur", "trust", "sip-trunk-cert/Voice CA", "ca") in ends


def test_a_certificate_says_what_it_may_be_used_for(world: FakeWorld) -> None:
    made = Certificate.from_pem(self_signed(Wish("both.example.com", NOW, 30)).pem)
    world.clusters["seoul"].stores["cucm-pub"][made.sha256[:16]] = made
    usages = {labels[2]: labels[-2] for labels in values(of_all(world), "trunkline_certificate_info")}
    assert usages["cucm-pub/both.example.com"] == "clientAuth,serverAuth"
    assert usages["sip-trunk-cert"] == "", "where the extension is absent, every use is allowed"


def test_conditions_have_one_series_for_each_status(world: FakeWorld) -> None:
    found = values(of_all(world), "trunkline_link_condition")
    assert found["yohur-seoul", "InSync", "True"] == 1
    assert found["yohur-seoul", "InSync", "False"] == found["yohur-seoul", "InSync", "Unknown"] == 0
    assert sum(found.values()) == 2 * 8, "one status of each condition of each link"


def test_drift_is_counted_by_link_side_and_kind(world: FakeWorld) -> None:
    both(world)
    device, cluster = world.cubes["vg-yohur"], world.clusters["seoul"]
    del device.sections[Key(device.target, Kind.DIAL_PEER, "100")]
    cluster.objects[Key(cluster.target, Kind.SIP_TRUNK, "SIP-TRUNK-YOHUR")]["description"] = "changed by hand"
    passes = [world.plan("cube-busan"), world.plan("vg-yohur")]
    found = values(list(of(passes, Background(), LATER)), "trunkline_link_drift")
    assert {labels for labels, count in found.items() if count} == {
        ("yohur-seoul", "cube", "dial-peer"),
        ("yohur-seoul", "cluster", "sip-trunk"),
    }
    assert len(found) == 2 * len(Kind), "what has not drifted is 0, not absent"


def test_a_side_that_cannot_be_read_is_not_said_to_be_without_drift(world: FakeWorld) -> None:
    both(world)
    world.cubes["vg-yohur"].gaps = (Gap("cube/vg-yohur", "cannot connect"),)
    found = values(list(of([world.plan("vg-yohur")], Background(), LATER)), "trunkline_link_drift")
    assert {side for _, side, _ in found} == {"cluster"}


def test_what_could_not_be_read_of_a_side_is_not_said_to_be_without_drift(world: FakeWorld) -> None:
    both(world)
    silent = Gap("cluster/seoul", "it is down", Kind.CALLMANAGER_TRUST, "cucm-sub1/")
    world.clusters["seoul"].gaps = (silent,)
    found = values(list(of([world.plan("vg-yohur")], Background(), LATER)), "trunkline_link_drift")
    assert ("yohur-seoul", "cluster", "callmanager-trust") not in found
    assert found["yohur-seoul", "cluster", "sip-trunk"] == found["yohur-seoul", "cube", "dial-peer"] == 0


def test_a_plan_that_is_held_as_a_whole_counts_with_all_its_changes(world: FakeWorld) -> None:
    both(world)
    world.says({path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}, "r2")
    held = world.run("vg-yohur")
    assert held.result == "held"
    assert held.plan and not held.plan.held
    found = values(list(of([held], Background(), LATER)), "trunkline_held_changes")
    assert found == {("vg-yohur",): len(held.plan.steps)}


def test_counters_of_devices_come_from_the_totals_not_from_the_reading(world: FakeWorld) -> None:
    totals = Totals(devices={"cube/vg-yohur": {"tls_server_handshake_failures": 116, "connection_failures": 3}})
    samples = of_all(world, totals)
    assert values(samples, "trunkline_tls_handshake_failures_total") == {("cube/vg-yohur", "server"): 116}
    assert values(samples, "trunkline_connection_failures_total") == {("cube/vg-yohur",): 3}
    assert values(samples, "trunkline_remote_closures_total") == {}, "what was never kept is not claimed to be zero"


def test_connections_by_state(world: FakeWorld) -> None:
    found = values(of_all(world), "trunkline_connections")
    assert found == {("cube/vg-yohur", "Established"): 2, ("cube/cube-busan", "Established"): 0}


def test_results_and_errors_begin_at_zero(world: FakeWorld) -> None:
    samples = of_all(world, Totals(results={("vg-yohur", "held"): 4}))
    results = values(samples, "trunkline_reconcile_total")
    assert {labels[1] for labels in results if labels[0] == "vg-yohur"} == set(RESULTS)
    assert results["vg-yohur", "held"] == 4
    assert results["cube-busan", "held"] == 0
    assert len(values(samples, "trunkline_reconcile_errors_total")) == 2 * len(ERRORS)


def test_age_says_how_old_and_never_read_is_infinite(world: FakeWorld) -> None:
    samples = of_all(world, Totals(last_observed={"cube/vg-yohur": NOW}))
    ages = values(samples, "trunkline_observation_age_seconds")
    assert ages == {("cube/vg-yohur",): 90.0, ("cube/cube-busan",): float("inf"), ("cluster/seoul",): float("inf")}


def test_no_sample_without_a_family_and_none_with_other_labels(world: FakeWorld) -> None:
    for sample in of_all(world):
        assert len(sample.labels) == len(FAMILIES[sample.family].labels), sample


def test_names_follow_the_conventions_of_prometheus() -> None:
    for name, family in FAMILIES.items():
        assert name.startswith("trunkline_")
        assert name.endswith("_total") == (family.kind == "counter"), name
        assert not set(family.labels) & {"job", "instance", "region", "env", "cluster", "type", "le"}, name
        assert "milli" not in name and "days" not in name


def test_the_published_page_does_not_lag() -> None:
    assert Path(ROOT / "docs" / "reference" / "metrics.md").read_text() == page()
