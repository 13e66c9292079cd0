"""Where the probe looks, as the examples' documents say."""

from datetime import UTC, datetime

from support.examples import CUBE, changed, documents, examples
from trunkline.health.probe import Place
from trunkline.model.certificate import Certificate
from trunkline.model.observed import Observed
from trunkline.service.wire import held_by, places_of, wire_device
from trunkline.twin.ca import Wish, new_key, self_signed

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_the_cube_and_every_node_at_the_far_ends_are_looked_at() -> None:
    renewed = documents(changed((CUBE, "identity:\n", "identity:\n  issuer: lab\n  names: [vg-yohur.example.com]\n")))
    places = places_of(renewed, "vg-yohur")
    assert [holder for holder, _ in places] == [
        "cluster/seoul/cucm-pub",
        "cluster/seoul/cucm-sub1",
        "cluster/seoul/cucm-sub2",
        "cube/vg-yohur",
    ]
    assert all(isinstance(place, Place) and place.port == 5061 for _, place in places)
    device = wire_device("vg-yohur", places, dict, frozenset, lambda: NOW)
    assert device.target == "wire/vg-yohur"
    assert device.ends.cube_place == dict(places)["cube/vg-yohur"] and len(device.ends.nodes) == 3
    assert not places_of(renewed, "nobody")


def test_a_cube_whose_certificate_is_only_watched_is_not_probed() -> None:
    """It would count as a failed handshake there: the probe has no certificate that it accepts."""
    assert "cube/vg-yohur" not in dict(places_of(documents(examples()), "vg-yohur"))


def test_what_a_cube_holds_is_what_its_trustpoints_hold() -> None:
    ca = Certificate.from_pem(self_signed(Wish("ca", NOW, is_ca=True), new_key("ec", 256)).pem)
    seen = Observed("cube/edge", NOW, {}, trusted={"a": (ca,), "b": (ca,), "c": ()})
    assert held_by("edge", {"cube/edge": seen}) == {ca.sha256}
    assert held_by("other", {"cube/edge": seen}) == frozenset()
