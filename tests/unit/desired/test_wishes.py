"""Which certificates a CUBE's pass looks after, and where they are looked at."""

from datetime import timedelta

from support.examples import CLUSTER, CUBE, LINK, MODERN_CUBE, Edit, changed, documents
from support.lint_cases import ISSUER, renewed, windows
from trunkline.desired.wishes import owner, probe_places, wishes
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.calendar import Policy, Window

NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")


def managed(more: str = "") -> Edit:
    return (CLUSTER, "", f"certificates: {{mode: managed, issuer: lab{more}}}\n")


def test_without_an_issuer_the_cubes_identity_is_watched() -> None:
    (wish,) = wishes(documents(changed()), "vg-yohur")
    assert (wish.target, wish.holder, wish.issuer, wish.names) == ("cube/vg-yohur", "sip-trunk-cert", "", ())
    assert wish.policy == Policy()


def test_what_an_identity_says_becomes_its_wish() -> None:
    more = "  key: {type: ec, bits: 256}\n  subject: o=Example, c=KR\n  validity_days: 30\n"
    (wish,) = wishes(documents(changed(ISSUER, renewed(more))), "vg-yohur")
    assert (wish.issuer, wish.names, wish.key) == ("lab", ("vg-yohur.example.com",), KeyType("ec", 256))
    assert (wish.subject, wish.validity) == ("cn=vg-yohur.example.com,o=Example,c=KR", timedelta(days=30))
    assert wish.origin is not None
    assert wish.origin.path == CUBE


def test_a_cubes_policy_is_the_estates_but_for_what_it_says_itself() -> None:
    own = (CUBE, "", 'renewal: {remaining: "25%", keep_hours: 48}\n')
    found = documents(changed(ISSUER, renewed(), windows("0 2 * * sun"), own))
    ours = (Window("0 2 * * sun", timedelta(hours=4), "Asia/Seoul"),)
    assert wishes(found, "vg-yohur")[0].policy == Policy(remaining=0.25, windows=ours, keep=timedelta(hours=48))
    assert wishes(found, "cube-busan")[0].policy == Policy(windows=ours)
    never = (MODERN_CUBE, "", "renewal: {windows: []}\n")
    assert wishes(documents(changed(windows("0 2 * * sun"), never)), "cube-busan")[0].policy == Policy()


def test_a_managed_cluster_is_the_work_of_the_first_cube_by_name() -> None:
    found = documents(changed(ISSUER, managed()))
    assert owner(found, "seoul") == "cube-busan"
    assert [(wish.target, wish.holder) for wish in wishes(found, "cube-busan")[1:]] == [
        ("cluster/seoul", name) for name in NODES
    ]
    assert [wish.target for wish in wishes(found, "vg-yohur")] == ["cube/vg-yohur"]


def test_a_cube_that_only_observes_does_no_work_on_a_cluster() -> None:
    observes = (MODERN_CUBE, "", "enforcement: observe\n")
    assert owner(documents(changed(ISSUER, managed(), observes)), "seoul") == "vg-yohur"
    nobody = documents(changed(ISSUER, managed(), observes, (LINK, "", "enforcement: observe\n")))
    assert owner(nobody, "seoul") is None
    assert [wish.target for wish in wishes(nobody, "cube-busan")] == ["cube/cube-busan"]


def test_a_multi_server_certificate_is_the_publishers_and_names_every_node() -> None:
    found = documents(changed(ISSUER, managed(", distribution: multi-server, names: [voice.example.com]")))
    (wish,) = wishes(found, "cube-busan")[1:]
    nodes = found.clusters["seoul"].value.nodes
    assert wish.holder == next(node.name for node in nodes if node.publisher)
    assert set(wish.names) == {*(node.fqdn for node in nodes), "voice.example.com"}
    assert wish.subject == f"cn={wish.names[0]}"


def test_where_certificates_are_looked_at() -> None:
    as_stated = (CUBE, "  probe_address: 127.72.86.86\n", "")
    places = probe_places(documents(changed(as_stated)), "vg-yohur")
    assert places["cube/vg-yohur"] == ("10.72.86.86", 5061)
    assert places["cluster/seoul/cucm-sub1"] == ("127.72.86.75", 5061)
    assert set(places) == {"cube/vg-yohur", *(f"cluster/seoul/{name}" for name in NODES)}


def test_nobody_wishes_anything_for_a_cube_that_is_not_stated() -> None:
    assert wishes(documents(changed()), "nobody") == ()
    assert probe_places(documents(changed()), "nobody") == {}
