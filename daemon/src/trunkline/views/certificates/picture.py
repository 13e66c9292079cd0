"""The timeline as an SVG picture that stands for itself: light and dark, legible in grey, told to screen readers. Pure."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as Xml

from trunkline.model.renewal.windows import Opening
from trunkline.views.certificates.timeline import NAMES, Bar, Timeline

WIDTH, LABEL, RIGHT = 1280, 400, 180
LINE, BAR, TOP = 46, 16, 112
NAMESPACE = "http://www.w3.org/2000/svg"
STYLE = """
svg { color-scheme: light dark; font-family: 'DejaVu Sans', Verdana, 'Segoe UI', sans-serif; }
.paper { fill: #ffffff; } .band { fill: #f3f5f7; } text { fill: #1c2733; } .soft { fill: #52606d; }
.grid { stroke: #cfd6dd; stroke-width: 1; } .valid { fill: #0072b2; } .due { fill: #e69f00; } .hatch { stroke: #5c3f00; }
.end { stroke: #1c2733; stroke-width: 3; } .over { fill: none; stroke: #c43c00; stroke-width: 2; stroke-dasharray: 5 4; }
.alarm { fill: #b53700; font-weight: bold; } .now { stroke: #c43c00; stroke-width: 2; } .window { fill: #6b4c9a; }
.switch { fill: #ffffff; stroke: #1c2733; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #14191f; } .band { fill: #1b222a; } text { fill: #e8edf2; } .soft { fill: #a9b5c1; }
  .grid { stroke: #36414c; } .valid { fill: #56b4e9; } .due { fill: #f0b429; } .end { stroke: #e8edf2; }
  .over { stroke: #ff8a5c; } .alarm { fill: #ff9b73; } .now { stroke: #ff8a5c; } .window { fill: #c9a6f5; }
  .switch { fill: #14191f; stroke: #e8edf2; }
}
"""


def as_svg(of: Timeline) -> str:
    """A whole document, in UTF-8 without declaration, to be written to a file or put into a page."""
    height = TOP + LINE * max(len(of.bars), 1) + 74
    root = Xml.Element("svg", _words(xmlns=NAMESPACE, viewBox=f"0 0 {WIDTH} {height}", width=WIDTH, height=height, role="img"))
    root.set("aria-labelledby", "timeline-title timeline-description")
    Xml.SubElement(root, "title", {"id": "timeline-title"}).text = _title(of)
    Xml.SubElement(root, "desc", {"id": "timeline-description"}).text = " ".join(_told(bar) for bar in of.bars)
    Xml.SubElement(root, "style").text = STYLE
    _hatch(root)
    _shape(root, "rect", "paper", x=0, y=0, width=WIDTH, height=height)
    _text(root, 24, 36, _title(of), size=20, weight="bold")
    bottom = TOP + LINE * len(of.bars)
    for number in range(0, len(of.bars), 2):
        _shape(root, "rect", "band", x=0, y=TOP + LINE * number, width=WIDTH, height=LINE)
    _ruler(root, of, bottom)
    for number, bar in enumerate(of.bars):
        _draw(root, bar, number, of)
    _today(root, of, bottom)
    if not of.bars:
        _text(root, 24, TOP + 28, "No certificate was seen yet.", style="soft")
    _legend(root, bottom + 52, has_windows=bool(of.windows))
    return Xml.tostring(root, encoding="unicode") + "\n"


def _title(of: Timeline) -> str:
    return f"Certificates from {of.months[0]:%B %Y} to {of.months[-2]:%B %Y}, as of {of.now:%Y-%m-%d}"


def _told(bar: Bar) -> str:
    renewed = f", renewal due {bar.renewal_at:%Y-%m-%d}" if bar.renewal_at else ""
    switched = f", switch planned {bar.switch_at:%Y-%m-%d %H:%M} UTC" if bar.switch_at else ""
    return f"{bar.label}, {bar.role.value}, {bar.where}: from {bar.begin:%Y-%m-%d} to {bar.end:%Y-%m-%d}{renewed}{switched}."


def _words(**attributes: object) -> dict[str, str]:
    return {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()}


def _shape(parent: Xml.Element, tag: str, style: str, **attributes: object) -> Xml.Element:
    return Xml.SubElement(parent, tag, {"class": style, **_words(**attributes)})


def _text(parent: Xml.Element, x: float, y: float, text: str, **look: object) -> None:
    """`look`: size, weight, anchor, style (a class)."""
    given = {"font-size": str(look.get("size", 14)), "font-weight": str(look.get("weight", "normal"))}
    made = {**_words(x=round(x, 1), y=y, text_anchor=look.get("anchor", "start")), **given}
    Xml.SubElement(parent, "text", {**made, "class": str(look.get("style", "ink"))}).text = text


def _hatch(root: Xml.Element) -> None:
    """Renewal is told by hatching too, not by colour alone."""
    size = _words(width=8, height=8, patternUnits="userSpaceOnUse", patternTransform="rotate(45)")
    pattern = Xml.SubElement(Xml.SubElement(root, "defs"), "pattern", {"id": "hatched", **size})
    _shape(pattern, "rect", "due", x=0, y=0, width=8, height=8)
    _shape(pattern, "line", "hatch", x1=0, y1=0, x2=0, y2=8, stroke_width=3)


def _x(of: Timeline, at: datetime) -> float:
    """Never outside of the months."""
    share = min(max(of.share(at), 0.0), 1.0)
    return round(LABEL + share * (WIDTH - LABEL - RIGHT), 1)


def _ruler(root: Xml.Element, of: Timeline, bottom: int) -> None:
    for number, month in enumerate(of.months):
        x = _x(of, month)
        _shape(root, "line", "grid", x1=x, y1=TOP - 24, x2=x, y2=bottom)
        if number < len(of.months) - 1:
            _text(root, x + 4, TOP - 28, NAMES[month.month - 1], size=12)
            if number == 0 or month.month == 1:
                _text(root, x + 4, TOP - 43, str(month.year), size=12, weight="bold")
    for opening in of.windows:
        _window(root, of, opening)
    if of.windows:
        _text(root, LABEL - 12, TOP - 9, "maintenance windows", size=12, style="soft", anchor="end")


def _today(root: Xml.Element, of: Timeline, bottom: int) -> None:
    now = _x(of, of.now)
    _shape(root, "line", "now", x1=now, y1=TOP - 24, x2=now, y2=bottom + 4)
    _text(root, now, bottom + 18, f"{of.now:%Y-%m-%d}", size=12, style="alarm", anchor="middle")


def _window(root: Xml.Element, of: Timeline, opening: Opening) -> None:
    x = _x(of, opening.start)
    made = _shape(root, "rect", "window", x=x, y=TOP - 20, width=max(_x(of, opening.end) - x, 2.5), height=13)
    Xml.SubElement(
        made, "title"
    ).text = f"maintenance window, {opening.start:%Y-%m-%d %H:%M} to {opening.end:%Y-%m-%d %H:%M} UTC"


def _draw(root: Xml.Element, bar: Bar, number: int, of: Timeline) -> None:
    y = TOP + LINE * number
    group = Xml.SubElement(root, "g")
    Xml.SubElement(group, "title").text = _told(bar)
    _text(group, 24, y + 19, _cut(bar.label, 40), weight="bold")
    _text(group, 24, y + 37, _cut(f"{bar.role.value} · {bar.where}", 54), size=12, style="soft")
    for shape in _spans(bar, of):
        style, begin, end = shape
        fill = {"fill": "url(#hatched)"} if style == "renewal" else {}
        _shape(group, "rect", style, x=begin, y=y + 15, width=round(max(end - begin, 2), 1), height=BAR, rx=3, **fill)
    _marks(group, bar, y, of)
    days = (bar.end - of.now).days
    is_over = bar.end <= of.now
    _text(group, WIDTH - RIGHT + 14, y + 19, f"{bar.end:%Y-%m-%d}", size=13, weight="bold")
    left = f"over for {-days} days" if is_over else f"{days} days, {bar.renewed}"
    _text(group, WIDTH - RIGHT + 14, y + 37, left, size=12, style="alarm" if bar.is_alarming(of.now) else "soft")


def _spans(bar: Bar, of: Timeline) -> Iterator[tuple[str, float, float]]:
    if bar.begin >= of.months[-1]:
        return
    if bar.end <= of.now:
        yield "over", max(_x(of, bar.end), LABEL), _x(of, of.months[-1])
        return
    due = min(bar.renewal_at, bar.end) if bar.renewal_at else bar.end
    if due > of.months[0] and due > bar.begin:
        yield "valid", _x(of, bar.begin), _x(of, due)
    if due < bar.end and due < of.months[-1]:
        yield "renewal", _x(of, due), _x(of, bar.end)


def _marks(group: Xml.Element, bar: Bar, y: int, of: Timeline) -> None:
    if of.now < bar.end < of.months[-1]:
        x = _x(of, bar.end)
        _shape(group, "line", "end", x1=x, y1=y + 9, x2=x, y2=y + 37)
    elif bar.end >= of.months[-1]:
        style = "due" if bar.renewal_at and bar.renewal_at < of.months[-1] else "valid"
        _arrow(group, style, _x(of, of.months[-1]), y + 23)
    if bar.switch_at and of.months[0] <= bar.switch_at < of.months[-1]:
        _diamond(group, _x(of, bar.switch_at), y + 23)


def _arrow(parent: Xml.Element, style: str, x: float, y: float) -> None:
    """It goes on after what is shown."""
    _shape(parent, "path", style, d=f"M {x} {y - 11} l 11 11 l -11 11 z")


def _diamond(parent: Xml.Element, x: float, y: float) -> None:
    _shape(parent, "path", "switch", d=f"M {x} {y - 9} l 9 9 l -9 9 l -9 -9 z")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _legend(root: Xml.Element, y: int, *, has_windows: bool) -> None:
    _shape(root, "rect", "valid", x=24, y=y - 11, width=30, height=13, rx=3)
    _text(root, 62, y, "valid", size=13)
    _shape(root, "rect", "renewal", x=124, y=y - 11, width=30, height=13, rx=3, fill="url(#hatched)")
    _text(root, 162, y, "renewal due, until the end", size=13)
    _diamond(root, 382, y - 5)
    _text(root, 398, y, "switch planned", size=13)
    _shape(root, "line", "end", x1=530, y1=y - 15, x2=530, y2=y + 5)
    _text(root, 540, y, "end", size=13)
    _shape(root, "rect", "over", x=596, y=y - 11, width=30, height=13, rx=3)
    _text(root, 634, y, "over", size=13)
    _arrow(root, "valid", 692, y - 5)
    _text(root, 710, y, "goes on", size=13)
    if has_windows:
        _shape(root, "rect", "window", x=796, y=y - 11, width=3, height=13)
        _text(root, 808, y, "maintenance window", size=13)
