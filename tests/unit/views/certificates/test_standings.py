"""One line for each identity: where it stands and what it waits for."""

from support.certificates import NOW, asking, settled, standing, watched
from trunkline.model.renewal.standing import Rung, Standing, Wait
from trunkline.views.certificates.recorded import of_standing
from trunkline.views.certificates.standings import LEADS_TO, SAYS, lines


def said(*standings: Standing) -> list[str]:
    return list(lines([of_standing(one, NOW) for one in standings]))


def test_the_line_that_an_operator_reads() -> None:
    assert said(standing()) == [
        "sip-trunk-cert of cube/vg-yohur: in use, being renewed: it is due",
        "sip-trunk-cert-1 of cube/vg-yohur: installed; waits for the window that opens Sun 2026-11-29 02:00 KST",
    ]


def test_other_waits_say_code_and_reason() -> None:
    line = said(asking())[1]
    assert line.startswith("sip-trunk-cert-1 of cube/vg-yohur: installed; waits [restart] cucm-pub of cluster/seoul does not")


def test_what_is_settled_says_when_it_is_renewed_and_not_due_is_no_wait() -> None:
    (line,) = said(settled())
    assert line.startswith("sip-trunk-cert-1 of cube/vg-yohur: in use, renewed Sun 2027-0")
    assert said(watched()) == ["cucm-pub of cluster/seoul: in use, only watched"]


def test_what_waits_for_its_issuer() -> None:
    assert said(standing(Wait("issuer", "nobody signed yet"), rung=Rung.REQUESTED))[1].endswith(
        "requested; waits [issuer] nobody signed yet"
    )


def test_every_rung_has_words() -> None:
    assert SAYS.keys() == LEADS_TO.keys() == {rung.name.lower() for rung in Rung}
