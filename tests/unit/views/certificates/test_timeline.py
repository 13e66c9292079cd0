"""The next twelve months, as text and as a picture that is well-formed and says its title."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as Xml

from support.certificates import COMING, NOW, Estate, made, settled
from trunkline.views.certificates.picture import NAMESPACE, as_svg
from trunkline.views.certificates.places import Role
from trunkline.views.certificates.rows import rows
from trunkline.views.certificates.timeline import END, Timeline, as_text, timeline


def of(estate: Estate | None = None, later: timedelta = timedelta()) -> Timeline:
    return timeline(rows([(estate or Estate()).recorded()], NOW + later), NOW + later)


def test_twelve_months_from_this_one() -> None:
    months = of().months
    assert [(month.year, month.month) for month in (months[0], months[2], months[-1])] == [(2026, 11), (2027, 1), (2027, 11)]
    assert len(months) == 13


def test_every_certificate_of_the_trunks_has_a_bar_and_what_is_only_stored_none() -> None:
    bars = of().bars
    assert len(bars) == 8
    assert Role.OTHER not in {bar.role for bar in bars}


def test_windows_are_those_of_the_months() -> None:
    opened = of().windows
    assert len(opened) in (52, 53)
    assert all(opening.end - opening.start == timedelta(hours=2) for opening in opened)


def test_text_fits_a_terminal_and_marks_lie_where_they_belong() -> None:
    lines = list(as_text(of()))
    assert max(map(len, lines)) <= 100
    identity = lines[next(n for n, line in enumerate(lines) if "  identity, cube/vg-yohur" in line) - 1]
    ruler = lines[0]
    assert ruler.index("Mar") <= identity.index(END) < ruler.index("Apr"), "it ends on the 5th of March"
    assert "◆" in identity
    assert lines[1].index("▼", 38) in range(ruler.index("Nov"), ruler.index("Dec"))


def test_what_is_over_says_so() -> None:
    text = "\n".join(as_text(of(later=timedelta(days=12))))
    assert "✗ over since 2026-12-05" in text


def test_text_of_a_certificate_that_begins_later_or_ends_at_once() -> None:
    future = made("later.example.com", "Voice Issuing CA", NOW + timedelta(days=500), 20)
    estate = Estate(nodes=(future, Estate().nodes[1]))
    assert any("begins 2028-" in line for line in as_text(of(estate)))


def test_the_picture_is_well_formed_and_told_to_who_cannot_see_it() -> None:
    root = Xml.fromstring(as_svg(of()))
    assert root.tag == f"{{{NAMESPACE}}}svg"
    assert root.get("role") == "img"
    named = {one.get("id"): one.text for one in root}
    title, description = (named[name] for name in str(root.get("aria-labelledby")).split())
    assert title == "Certificates from November 2026 to October 2027, as of 2026-11-25"
    assert (
        description
        and "vg-yohur.example.com, identity, cube/vg-yohur sip-trunk-cert: from 2026-05-09 to 2027-03-05" in description
    )
    assert len(root.findall(f"{{{NAMESPACE}}}g")) == 8


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    for later in (timedelta(), timedelta(days=30), timedelta(days=400)):
        root = Xml.fromstring(as_svg(of(later=later)))
        width, height = (float(str(root.get(name))) for name in ("width", "height"))
        for one in root.iter():
            x, y = float(one.get("x", 0)), float(one.get("y", 0))
            assert 0 <= x <= width and 0 <= y <= height
            assert x + float(one.get("width", 0)) <= width or one is root
            assert float(one.get("width", 1)) > 0


def test_names_are_escaped() -> None:
    odd = made("<script>&\"'", "Voice Issuing CA")
    estate = Estate(nodes=(odd, Estate().nodes[1]))
    picture = as_svg(of(estate))
    assert "<script>" not in picture
    Xml.fromstring(picture)


def test_an_empty_estate_has_a_picture_too() -> None:
    picture = as_svg(timeline([], NOW))
    assert "No certificate was seen yet." in picture
    assert list(as_text(timeline([], NOW)))


def test_a_renewal_that_is_planned_is_shown() -> None:
    bars = {bar.where: bar for bar in of(Estate(standings=(settled(),), shown={})).bars}
    bar = bars["cube/vg-yohur sip-trunk-cert-1"]
    assert (bar.end, bar.renewed) == (COMING.not_after, "auto-renewed")
    assert bar.renewal_at and bar.switch_at
    assert bar.renewal_at < bar.end
    assert replace(bar, renewed="renew by hand", end=NOW + timedelta(days=3)).is_alarming(NOW)
