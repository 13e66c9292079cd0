"""`trunkline explain`: what happened in the TLS handshakes of a transcript."""

import codecs
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import FormatOption, app, is_json, say, say_json
from trunkline.desired.documents import Documents
from trunkline.desired.parse import parse
from trunkline.health.transcript.explaining import as_data, as_text, explained
from trunkline.model.errors import Stalled
from trunkline.source.git import read_folder

MOST_BYTES = 64 * 1024 * 1024


@app.command()
def explain(
    transcript: Annotated[str, typer.Argument(metavar="FILE", help="The transcript; - reads it from standard input")],
    documents: Annotated[
        Path | None, typer.Option("--documents", help="The folder that holds estate.yaml: names the links concerned")
    ] = None,
    chosen: FormatOption = "text",
) -> None:
    """Explain TLS handshakes: `debug ssl openssl`, openssl -msg or -trace, syslog. Exit 1: one failed; 2: wrong usage."""
    as_json = is_json(chosen)
    known = _documents(documents)
    found = explained(_text(transcript), datetime.now(UTC), known)
    if as_json:
        say_json(as_data(found))
    elif not found:
        say("there is no TLS handshake in this text: record it with `debug ssl openssl errors`, `msg` and `states`")
    for line in () if as_json else as_text(found):
        say(line)
    raise typer.Exit(int(any(one.verdict.outcome == "refused" for one in found)))


def _text(transcript: str) -> str:
    """The transcript, whatever bytes it holds. Raises Stalled where it cannot be read."""
    try:
        if transcript == "-":
            if sys.stdin is None:
                raise ValueError("standard input is closed")
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(transcript).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Stalled(f"cannot read {transcript}: {why}; name a file with a transcript, or - for standard input") from error
    if len(content) > MOST_BYTES:
        raise Stalled(f"cannot explain {transcript}: it is larger than {MOST_BYTES >> 20} MiB; cut out the time that matters")
    return re.sub(r"\r+\n|\r", "\n", content.decode(_coding(content), "replace"))


def _coding(content: bytes) -> str:
    """Windows writes UTF-16 where PowerShell redirects a transcript into a file, and marks it."""
    return "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _documents(folder: Path | None) -> Documents | None:
    if folder is None:
        return None
    found = parse(read_folder(folder)).readable
    if not found.links:
        raise Stalled(f"cannot name links from {folder}: no link there can be read; `trunkline check {folder}` says why")
    return found
