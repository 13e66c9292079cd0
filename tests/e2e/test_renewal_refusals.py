"""What devices may refuse while a certificate is renewed: one reason each, the earlier one works on, and the cure works."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from support.octets import claimed_octet
from support.renewal import BASE, CUBE, PASSPHRASE, Renewing, Story, renewing
from trunkline.issuer.local.authority import Authority as LocalAuthority
from trunkline.issuer.local.authority import AuthorityWish
from trunkline.model.key import Kind
from trunkline.model.outcome import Result
from trunkline.model.passes import Pass
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.memory import Holder, Order
from trunkline.service.world import PassOptions
from trunkline.twin.ca import Authority
from trunkline.twin.cucm.certificates.store import TrustEntry

NOT_TAKEN = "% Failed to parse or verify imported certificate"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renewing]:
    """One trunk for all of them, in their order: each of them ends with the trunk renewed."""
    story = Story(key=("ec", 256), nodes=2, is_lab_ca=False, cube_days=700)
    with claimed_octet() as octet, renewing(story, tmp_path_factory.mktemp("refusals"), octet) as made:
        other = LocalAuthority("other", made.authority.state_directory, PASSPHRASE)
        other.create(AuthorityWish("another test CA", timedelta(days=3650), KeyType("ec", 256)), datetime.now(UTC))
        made.settle()
        yield made


def order(scene: Renewing) -> None:
    """As `trunkline renew` does."""
    scene.world.journal.order(Order(Holder(f"cube/{CUBE}", BASE), "a test", datetime.now(UTC)))


def finished(scene: Renewing, before: str) -> None:
    scene.run(lambda one: one.is_alone() and one.serial() != before)
    assert not scene.orphans()


def planned(scene: Renewing) -> Pass:
    return scene.world.run_pass(scene.scene.documents(), scene.revision, CUBE, PassOptions(is_dry=True, is_full=True))


def keys(scene: Renewing) -> set[str]:
    return set(scene.lab.cubes[CUBE].store.keys)


def test_a_second_certificate_of_the_same_common_name_is_told_before_anything_is_touched(scene: Renewing) -> None:
    """A trust store of CUCM keeps one certificate for each common name."""
    name = scene.authority.certificates()[0].common_name
    rival = x509.load_pem_x509_certificate(Authority.create(name, datetime.now(UTC)).issuer.pem.encode())
    store = scene.lab.clusters["seoul"].nodes["cucm-sub1"].callmanager.trust
    before, labels = scene.serial(), keys(scene)
    with scene.tried():
        scene.lab.call(_put(scene, rival))
        scene.state()
        (wait,) = [wait for standing in planned(scene).standings for wait in standing.waits]
        assert wait.code == "cn-collision" and "cucm-sub1 holds another certificate named" in wait.reason, wait
        for _ in range(3):
            assert not scene.step().outcomes
        assert [wait.code for wait in scene.waits()] == ["cn-collision"]
        assert (scene.serial(), keys(scene)) == (before, labels)
        assert rival in store.certificates
        store.remove(rival)  # a person takes it out
        finished(scene, before)


async def _put(scene: Renewing, certificate: x509.Certificate) -> None:
    scene.lab.clusters["seoul"].nodes["cucm-sub1"].callmanager.trust.put(TrustEntry(certificate))


def test_an_import_that_is_refused_is_not_tried_again_and_another_order_begins_anew(scene: Renewing) -> None:
    faults, before = scene.lab.cubes[CUBE].router.faults, scene.serial()
    with scene.tried():
        order(scene)
        faults.refuses_import = NOT_TAKEN
        scene.run(lambda one: any(kept.key.kind is Kind.IDENTITY for kept in one.passes[-1].outcomes))
        failure = scene.passes[-1].failure
        assert failure and failure.reason == "device_refused" and NOT_TAKEN in failure.message, failure
        assert "`trunkline renew" in failure.message, "it says what to do"
        labels = keys(scene)
        for _ in range(2):
            again = scene.step()
            assert again.failure == failure, "it is told as long as it is so"
            assert not [one for one in again.outcomes if one.result is Result.APPLIED]
        assert (scene.serial(), keys(scene)) == (before, labels)
        order(scene)
        finished(scene, before)


def test_a_curve_that_the_cube_does_not_offer_is_not_bound(scene: Renewing) -> None:
    """A check refuses such documents; whoever waives that is waited for before the switch."""
    before = scene.serial()
    with scene.tried():
        scene.state(key=("ec", 384))
        scene.run(lambda one: any(wait.code == "curve" for wait in one.waits()))
        for _ in range(2):
            scene.step()
        assert "curve-size 384" in scene.waits()[0].reason
        assert scene.serial() == before
        scene.state(key=("ec", 256))
        order(scene)
        finished(scene, before)


def test_trust_that_never_arrives_at_a_node_is_waited_for(scene: Renewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The node takes what is uploaded, and never shows it."""
    before = scene.serial()
    with scene.tried():
        with monkeypatch.context() as broken:
            broken.setattr(scene.lab.clusters["seoul"].nodes["cucm-sub1"].callmanager.trust, "put", lambda _entry: True)
            scene.state(issuer="other")
            for _ in range(6):
                scene.step()
            (wait,) = scene.waits()
            assert wait.code == "replication", scene.told()
            assert "cucm-sub1 of cluster/seoul does not hold the CA another test CA yet" in wait.reason
            assert scene.serial() == before
        finished(scene, before)
