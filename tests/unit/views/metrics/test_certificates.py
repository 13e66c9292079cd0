"""Certificates as samples: renewal beside the end, waits by code, the wire, steps; nothing left of what is gone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.certificates import (
    CLUSTER,
    COMING,
    CUBE,
    IDENTITY,
    NOW,
    SUB_SHOWN,
    Estate,
    asking,
    made,
    settled,
    standing,
    watched,
)
from support.odd import ODD
from trunkline.model.certificate import Certificate
from trunkline.model.desired import DesiredLink, Enforcement
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Observed
from trunkline.model.passes import Pass
from trunkline.model.renewal import when
from trunkline.model.renewal.calendar import Policy, Window
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Origin
from trunkline.views.metrics.background import Background, Totals
from trunkline.views.metrics.certificates import EXCHANGE_RESULTS, EXCHANGE_STEPS, of_observed
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.samples import of

RENEWAL = "trunkline_certificate_renewal_timestamp_seconds"
DEADLINE = "trunkline_certificate_switch_deadline_timestamp_seconds"
CLIENT_AUTH_ENDS = "trunkline_certificate_client_auth_ends_timestamp_seconds"
BOTH_USAGES = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")
LINK = DesiredLink(
    "yohur-seoul", "vg-yohur", "seoul", Enforcement.ENFORCE, (), "sip-trunk-cert",
    Key(CLUSTER, Kind.SIP_SECURITY_PROFILE, "p"), Key(CLUSTER, Kind.SIP_TRUNK, "t"), Origin("links/yohur-seoul.yaml", 1),
)  # fmt: skip


def samples(estate: Estate, totals: Totals | None = None) -> list[Sample]:
    finished = replace(estate.finished(), links=(LINK,))
    return list(of([finished], Background(totals or Totals()), NOW))


def values(found: list[Sample], family: str) -> dict[tuple[str, ...], float]:
    return {sample.labels: sample.value for sample in found if sample.family == family}


def test_renewal_bears_the_labels_of_the_end_so_that_a_rule_can_join_them() -> None:
    found = samples(Estate())
    labels = (CUBE, "identity", "sip-trunk-cert", "identity")
    assert values(found, RENEWAL) == {labels: (NOW - timedelta(days=1)).timestamp()}
    assert values(found, "trunkline_certificate_not_after_timestamp_seconds")[labels] == IDENTITY.not_after.timestamp()


def test_the_last_moment_of_the_switch_is_that_of_the_last_window_before_the_end() -> None:
    labels = (CUBE, "identity", "sip-trunk-cert", "identity")
    last = when.deadline(IDENTITY.not_before, IDENTITY.not_after, standing().wish.policy)
    assert last
    assert last < IDENTITY.not_after
    assert values(samples(Estate()), DEADLINE) == {labels: last.timestamp()}
    at_any_time = _with_windows()
    assert values(samples(Estate(standings=(at_any_time,))), DEADLINE) == {labels: IDENTITY.not_after.timestamp()}


def test_without_a_window_before_the_end_there_is_no_last_moment() -> None:
    never = _with_windows(Window("0 2 29 2 *", timedelta(hours=2)))
    assert values(samples(Estate(standings=(never,))), RENEWAL) != {}
    assert values(samples(Estate(standings=(never,))), DEADLINE) == {}


def _with_windows(*windows: Window) -> Standing:
    one = standing()
    return replace(one, identity=Identity(CUBE, one.serving, IDENTITY), wish=replace(one.wish, policy=Policy(windows=windows)))


def test_a_public_ca_gives_no_client_auth_from_a_date_on_and_a_private_one_always_does() -> None:
    def ends(issuer: str, *usages: str) -> dict[tuple[str, ...], float]:
        identities = (Identity(CUBE, "sip", made("vg-yohur.example.com", issuer, usages=usages)),)
        return values(samples(Estate(identities=identities, standings=())), CLIENT_AUTH_ENDS)

    labels = (CUBE, "identity", "sip", "identity")
    assert ends("DigiCert Global G2", *BOTH_USAGES) == {labels: datetime(2026, 5, 1, tzinfo=UTC).timestamp()}
    assert ends("GlobalSign R3", *BOTH_USAGES) == {labels: datetime(2027, 3, 15, tzinfo=UTC).timestamp()}
    assert ends("Voice Issuing CA", *BOTH_USAGES) == {}
    assert ends("GlobalSign R3", BOTH_USAGES[0]) == {}, "it has none already, and that is another alert's"


def test_waits_by_code_and_no_series_once_they_are_over() -> None:
    assert values(samples(Estate()), "trunkline_certificate_wait") == {(CUBE, "sip-trunk-cert", "window"): 1.0}
    waiting = samples(Estate(standings=(asking(), watched())))
    assert set(values(waiting, "trunkline_certificate_wait")) == {(CUBE, "sip-trunk-cert", "restart")}
    assert values(samples(Estate(standings=(settled(),))), "trunkline_certificate_wait") == {}


def test_a_holder_that_is_gone_leaves_no_renewal() -> None:
    assert values(samples(Estate(identities=())), RENEWAL) == {}


def test_each_side_of_the_wire_is_compared_with_what_is_installed() -> None:
    """One node of the cluster presents another certificate than it stores."""
    family = "trunkline_wire_serial_mismatch"
    assert values(samples(Estate()), family) == {("yohur-seoul", "cube"): 0.0, ("yohur-seoul", "cluster"): 1.0}
    switched = Estate(standings=(settled(),), shown={CUBE: IDENTITY})
    assert values(samples(switched), family) == {("yohur-seoul", "cube"): 1.0}
    assert values(samples(Estate(standings=(settled(),), shown={CUBE: COMING})), family) == {("yohur-seoul", "cube"): 0.0}
    assert values(samples(Estate(shown={})), family) == {}, "what was not seen is not said to be right"
    renewed = Estate(nodes=(Estate().nodes[0], SUB_SHOWN))
    assert values(samples(renewed), family)["yohur-seoul", "cluster"] == 0.0


def test_steps_begin_at_zero_and_are_as_many_as_there_are_words() -> None:
    found = values(samples(Estate(), Totals(exchange={"identity/applied": 3})), "trunkline_exchange_steps_total")
    assert found["identity", "applied"] == 3
    assert len(found) == len(EXCHANGE_STEPS) * len(EXCHANGE_RESULTS)
    assert sum(found.values()) == 3


def test_no_series_comes_twice_also_where_two_passes_know_of_one_node() -> None:
    finished: Pass = Estate().finished()
    both = [finished, replace(finished, cube="other")]
    counted = Counter((sample.family, sample.labels) for sample in of(both, Background(), NOW))
    assert [key for key, count in counted.items() if count > 1] == []


def test_info_says_the_key() -> None:
    assert {labels[-1] for labels in values(samples(Estate()), "trunkline_certificate_info")} == {"ec 256"}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_certificate_in_a_trust_store_is_told_as_any_other(odd: Certificate) -> None:
    seen = Observed(CLUSTER, NOW, {}, trusted={"cucm-pub": (odd, IDENTITY)})
    told = values(list(of_observed(seen)), "trunkline_certificate_info")
    assert {labels[2] for labels in told} == {f"cucm-pub/{odd.common_name}", f"cucm-pub/{IDENTITY.common_name}"}
