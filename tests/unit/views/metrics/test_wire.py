"""What metrics tell of the probe: each end once, what it presented at that look, nothing of what is gone."""

from datetime import timedelta

from support.fake import NOW
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look, Reason
from trunkline.model.observed import Shown, WireFacts
from trunkline.twin.ca import Wish, new_key, self_signed
from trunkline.views.metrics.contract import FAMILIES
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.wire import newest_looks, of_end

NODE, CUBE = "cluster/seoul/cucm-pub", "cube/vg-yohur"
HELD = Certificate.from_pem(self_signed(Wish("cucm-pub", NOW), new_key("ec", 256)).pem)
GOOD = Look(NOW, is_success=True, version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", seconds={"connect": 0.1, "answer": 0.3})


def told(*wires: WireFacts) -> dict[tuple[str, tuple[str, ...]], float]:
    samples = [one for end, (look, shown) in newest_looks(wires).items() for one in of_end(end, look, shown)]
    assert all(len(one.labels) == len(FAMILIES[one.family].labels) for one in samples)
    found = {(short(one), one.labels): one.value for one in samples}
    assert len(found) == len(samples), "a series twice"
    return found


def short(sample: Sample) -> str:
    return sample.family.removeprefix("trunkline_probe_")


def test_an_end_that_answers_tells_what_it_agreed_to_and_how_long_each_phase_took() -> None:
    labels = ("cluster/seoul", NODE)
    assert told(WireFacts(looks={NODE: GOOD})) == {
        ("timestamp_seconds", labels): NOW.timestamp(),
        ("success", labels): 1,
        ("info", (*labels, "TLSv1.3", "TLS_AES_256_GCM_SHA384")): 1,
        ("duration_seconds", (*labels, "connect")): 0.1,
        ("duration_seconds", (*labels, "answer")): 0.3,
    }


def test_an_end_that_is_not_reached_fails_with_its_reason_and_the_time_of_the_look() -> None:
    look = Look(NOW, is_success=False, reason=Reason.REFUSED, problem="nothing listens there")
    labels = (CUBE, CUBE)
    assert told(WireFacts({CUBE: Shown(None, NOW, "nothing listens there")}, looks={CUBE: look})) == {
        ("timestamp_seconds", labels): NOW.timestamp(),
        ("success", labels): 0,
        ("failure", (*labels, "refused")): 1,
    }


def test_an_end_that_cannot_be_asked_neither_succeeds_nor_fails() -> None:
    found = told(WireFacts(looks={CUBE: Look(NOW)}))
    assert set(found) == {("timestamp_seconds", (CUBE, CUBE))}


def test_of_a_node_that_several_cubes_see_the_newest_look_counts() -> None:
    older = Look(NOW - timedelta(minutes=3), is_success=False, reason=Reason.CLOSED)
    for wires in ((older, GOOD), (GOOD, older)):
        found = told(*(WireFacts(looks={NODE: look}) for look in wires))
        assert found["success", ("cluster/seoul", NODE)] == 1
        assert not any(name == "failure" for name, _ in found)


def test_what_was_presented_is_told_of_the_look_that_saw_it_with_what_is_thought_of_it() -> None:
    labels = ("cluster/seoul", NODE)
    look = Look(NOW, is_success=True, doubts=(Reason.EXPIRED, Reason.UNKNOWN_CA))
    found = told(WireFacts({NODE: Shown(HELD, NOW)}, looks={NODE: look}))
    assert found["presented_not_after_timestamp_seconds", labels] == HELD.not_after.timestamp()
    assert found["presented_info", (*labels, HELD.serial, HELD.sha256, "cucm-pub")] == 1
    assert found["presented_doubt", (*labels, "expired")] == found["presented_doubt", (*labels, "unknown_ca")] == 1
    earlier = told(WireFacts({NODE: Shown(HELD, NOW - timedelta(hours=1))}, looks={NODE: look}))
    assert not any(name.startswith("presented") for name, _ in earlier)
