"""Draws what the demo printed: `COLUMNS=112 trunkline demo | python docs/picture.py docs/demo.svg`."""

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH_COLUMNS = 112
STYLES = (
    (re.compile(r"✓"), "bold green"),
    (re.compile(r"✗"), "bold red"),
    (re.compile(r"^\d\. .*$", re.MULTILINE), "bold"),
    (re.compile(r"^\s+\+ .*?(?=   \(|$)", re.MULTILINE), "green"),
    (re.compile(r"^\s+[~!] .*?(?=   \(|$)", re.MULTILINE), "yellow"),
    (re.compile(r"\((?:links|cubes|clusters)/[\w.:-]+\)"), "bright_black"),
    (re.compile(r"^Everything was seen.*$", re.MULTILINE), "bold green"),
)
WEB_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def drawn(printed: str) -> str:
    """An SVG picture of a terminal; it fetches nothing from the web."""
    text = Text(printed.rstrip())
    for pattern, style in STYLES:
        text.highlight_regex(pattern, style)
    console = Console(record=True, width=WIDTH_COLUMNS, file=StringIO())
    console.print(text)
    picture = WEB_FONT.sub("", console.export_svg(title="make demo"))
    return picture.replace("<text ", '<text xml:space="preserve" ')  # some viewers drop leading blanks else


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(drawn(sys.stdin.read()))
