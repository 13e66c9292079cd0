"""Whose lines are whose, while CUBEs are met and DNS comes and goes."""

from datetime import UTC, datetime, timedelta

from support.examples import changed, documents, examples
from trunkline.desired.documents import Documents
from trunkline.service.hearing.resolving import RESOLVED_FOR, Resolving

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RELAYS = frozenset({"10.9.9.9"})


class Scene:
    def __init__(self) -> None:
        self.now, self.dns, self.hostnames = NOW, {"busan.example.com": ("192.0.2.7",)}, list[tuple[str, str]]()
        self.asked: list[str] = []
        self.resolving = Resolving(lambda: self.hostnames, lambda: self.now, self._ask)

    def _ask(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        return self.dns.get(name, ())

    def look_up(self, stated: Documents) -> None:
        for name in self.resolving.due(stated):
            self.resolving.look_up(name)

    def target(self, stated: Documents, address: str) -> str:
        found = self.resolving.senders(stated, RELAYS)
        assert found
        return found.target(address, "")


def named(address: str = "busan.example.com") -> Documents:
    return documents(changed(("cubes/cube-busan.yaml", "management:\n", f"management:\n  syslog_address: {address}\n")))


def test_what_a_cube_calls_itself_counts_as_soon_as_it_was_met() -> None:
    scene, stated = Scene(), documents(examples())
    first = scene.resolving.senders(stated, RELAYS)
    assert first and not first.target("10.9.9.9", "router-7")
    assert scene.resolving.senders(stated, RELAYS) is None, "nothing changed"
    scene.hostnames.append(("router-7", "cube/vg-yohur"))
    met = scene.resolving.senders(stated, RELAYS)
    assert met and met.target("10.9.9.9", "router-7") == "cube/vg-yohur"


def test_dns_is_asked_at_once_and_every_ten_minutes_and_for_new_documents() -> None:
    scene, stated = Scene(), named()
    assert not scene.target(stated, "192.0.2.7"), "nobody was asked yet"
    scene.look_up(stated)
    assert scene.target(stated, "192.0.2.7") == "cube/cube-busan"
    scene.now += RESOLVED_FOR - timedelta(seconds=1)
    scene.look_up(stated)
    assert scene.asked == ["busan.example.com"] and scene.resolving.senders(stated, RELAYS) is None
    scene.now += timedelta(seconds=1)
    scene.dns["busan.example.com"] = ("192.0.2.8",)
    scene.look_up(stated)
    assert scene.target(stated, "192.0.2.8") == "cube/cube-busan"
    other = named("other.example.com")
    scene.look_up(other)
    assert scene.asked[-1] == "other.example.com"
    assert not scene.target(other, "192.0.2.8"), "nothing is left of a name that no document states"


def test_where_dns_is_down_a_name_leads_where_it_led() -> None:
    scene, stated = Scene(), named()
    scene.look_up(stated)
    scene.dns.clear()
    scene.now += RESOLVED_FOR
    scene.look_up(stated)
    assert scene.asked == ["busan.example.com"] * 2
    assert scene.target(stated, "192.0.2.7") == "cube/cube-busan"
