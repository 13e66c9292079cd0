"""Commits that would break a trunk that works: the plan is held and says why, and the trunk goes on working."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from support.daemon import assert_no_traceback
from support.scene import Scene, converge
from trunkline.model.handshake import Reason
from trunkline.service.world import PassOptions, World
from trunkline.twin.ca import Authority, Wish, new_key
from trunkline.twin.cube.pki.store import Key
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.trier import Trier, ways_between
from trunkline.views import document, text

CUBE, OTHER, CLUSTER = "vg-yohur", "cube-busan", "seoul"
LINK, OTHER_LINK = "links/yohur-seoul.yaml", "links/busan-seoul.yaml"
STRANGER = "somebody-elses"


@dataclass(frozen=True)
class Mistake:
    """One commit, and what must be said of it."""

    cube: str
    document: str
    before: str
    after: str
    refused_by: str
    reason: Reason
    said: str


MISTAKES = {
    "the name on one end alone": Mistake(
        OTHER,
        OTHER_LINK,
        "    cipher_class: 10\n",
        "    cipher_class: 10\n    cn_san: server\n    lines: [cn-san 1 cucm-old.example.com]\n",
        "cube/cube-busan",
        Reason.WRONG_NAME,
        "the CUBE cube-busan would refuse the certificate of cucm-pub (CN cucm-pub.example.com",
    ),
    "the port on the cluster alone": Mistake(
        CUBE,
        LINK,
        "  name: vg-yohur TLS\n",
        "  name: vg-yohur TLS\n  fields: {incomingPort: 5071}\n",
        "cluster/seoul/cucm-pub",
        Reason.REFUSED,
        "the CUBE vg-yohur calls cucm-pub at port 5061, and it listens on 5071",
    ),
    "a certificate of a CA that nobody trusts": Mistake(
        CUBE,
        "cubes/vg-yohur.yaml",
        "identity:\n",
        f"sip_ua:\n  lines:\n    - crypto signaling remote-addr 10.72.86.75 255.255.255.255 trustpoint {STRANGER}\nidentity:\n",
        "cluster/seoul/cucm-sub1",
        Reason.UNKNOWN_CA,
        "cucm-sub1 would refuse the certificate of the CUBE vg-yohur (CN stranger.example.com",
    ),
    "the CUBE trusts one CA only": Mistake(
        OTHER,
        OTHER_LINK,
        "    cipher_class: 10\n",
        "    cipher_class: 10\n    lines: [client-vtp lab-root]\n",
        "cube/cube-busan",
        Reason.UNKNOWN_CA,
        "the CUBE cube-busan would refuse the certificate of cucm-pub (CN cucm-pub.example.com",
    ),
    "no cipher suite for the key": Mistake(
        OTHER,
        "cubes/cube-busan.yaml",
        "[ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256]",
        "[ECDHE_ECDSA_AES256_GCM_SHA384]",
        "cluster/seoul/cucm-pub",
        Reason.CIPHER,
        "cucm-pub would refuse the CUBE cube-busan: no cipher suite in common",
    ),
}


def _stranger(lab: Lab) -> None:
    """A trustpoint with a certificate of a CA that no node has heard of."""
    type_by_ssh(lab, CUBE, (f"crypto pki trustpoint {STRANGER}", "enrollment terminal", "revocation-check none"))
    now, private = datetime.now(UTC), new_key()
    authority = Authority.create("a CA that nobody trusts", now)
    held = authority.issue(Wish("stranger.example.com", now, 30, names=("stranger.example.com",)), private)
    store = lab.cubes[CUBE].store
    store.install(STRANGER, authority.issuer.certificate, held.certificate, Key("stranger-key", private, now))


def _run(scene: Scene, *words: str, exits: int) -> str:
    done = scene.trunkline(*words, "--settings", "trunkline.toml")
    assert done.returncode == exits, done.stdout + done.stderr
    assert_no_traceback(done.stderr)
    return done.stdout


@contextmanager
def _committed(scene: Scene, path: str, before: str, after: str) -> Iterator[None]:
    """The change, and then the commit that takes it back."""
    scene.rewrite(path, before, after)
    scene.commit("a mistake")
    yield
    scene.rewrite(path, after, before)
    scene.commit("taken back")


@pytest.fixture
def working(scene: Scene) -> Iterator[tuple[Scene, World]]:
    """Both trunks up, and a daemon's world."""
    scene.write_settings()
    _stranger(scene.lab)
    world = scene.world()
    for cube in (CUBE, OTHER):
        assert converge(world, scene.documents(), cube).is_converged
    yield scene, world
    world.close()


def test_a_commit_that_would_break_a_working_link_is_held_and_the_trunk_goes_on_working(
    working: tuple[Scene, World],
) -> None:
    scene, world = working
    ways = [way for cube in (CUBE, OTHER) for way in ways_between(scene.lab, cube, CLUSTER)]
    with Trier(scene.lab, ways, every_seconds=0.5) as trier:
        for name, mistake in MISTAKES.items():
            with _committed(scene, mistake.document, mistake.before, mistake.after):
                _see(scene, world, name, mistake)
        with _committed(scene, mistake.document, mistake.before, mistake.after):
            printed = _run(scene, "plan", "--cube", mistake.cube, exits=3)
            _run(scene, "apply", "--cube", mistake.cube, exits=3)
        for cube in (CUBE, OTHER):
            assert world.run_pass(scene.documents(), "last", cube, PassOptions(is_full=True, is_dry=True)).is_converged
    assert "hold  [breaks-link]" in printed and mistake.said in printed
    assert trier.tally.attempts > 0
    assert not trier.tally.refusals, trier.tally.refusals[0]


def _see(scene: Scene, world: World, name: str, mistake: Mistake) -> None:
    planned = world.run_pass(scene.documents(), name, mistake.cube, PassOptions(is_full=True, is_dry=True))
    printed = "\n".join(text.plan(planned))
    assert "hold  [breaks-link]" in printed, (name, printed)
    assert mistake.said in printed, (name, printed)
    assert "if this were not held: would NOT come up" in printed
    applied = document.of_pass(world.run_pass(scene.documents(), name, mistake.cube, PassOptions(is_full=True)))
    assert applied["result"] == "held" and not applied["outcomes"], name
    assert [reason["code"] for reason in applied["reasons"]] == ["breaks-link"]
    assert "guard.allow_break" in applied["reasons"][0]["text"]
    (link,) = applied["links"]
    lost = [way for way in link["forecast"] if way["before"]["is_ok"] and way["after"]["is_ok"] is False]
    assert (lost[0]["after"]["refused_by"], lost[0]["after"]["reason"]) == (mistake.refused_by, mistake.reason), name


def test_who_allows_it_breaks_the_link(working: tuple[Scene, World]) -> None:
    scene, world = working
    mistake = MISTAKES["no cipher suite for the key"]
    scene.rewrite("estate.yaml", "  allow_replace: false\n", "  allow_replace: false\n  allow_break: true\n")
    scene.rewrite(mistake.document, mistake.before, mistake.after)

    def planned() -> str:
        return "\n".join(text.plan(world.run_pass(scene.documents(), "r2", OTHER, PassOptions(is_full=True, is_dry=True))))

    assert "after this: will NOT come up: 6 of 6 handshakes" in planned()
    assert world.run_pass(scene.documents(), "r2", OTHER, PassOptions(is_full=True)).is_converged
    assert not any(result.is_ok for _, result in scene.lab.handshakes(OTHER, CLUSTER))
    assert "now: does NOT come up: 6 of 6 handshakes" in planned()


def test_a_plan_from_nothing_says_whether_its_links_will_come_up(scene: Scene) -> None:
    """What never worked is not held: there is nothing to lose."""
    scene.write_settings()
    mistake = MISTAKES["no cipher suite for the key"]
    with _committed(scene, mistake.document, mistake.before, mistake.after):
        printed = _run(scene, "plan", exits=1)
        assert "link yohur-seoul  after this: will come up: 6 handshakes rehearsed (TLSv1.2 " in printed
        assert "link busan-seoul  after this: will NOT come up: 6 of 6 handshakes would be refused\n" in printed
        assert mistake.said in printed and "hold" not in printed
    assert printed.count("will NOT come up") == 1
    assert "link busan-seoul  after this: will come up" in _run(scene, "plan", "--cube", OTHER, exits=1)
