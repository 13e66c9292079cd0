"""docs/reference/ladder.md, from the tables of the ladder."""

from collections.abc import Iterator

from trunkline.loop.ladder.rungs import RUNGS, WAITS
from trunkline.model.renewal.standing import Rung

HEAD = """# The ladder of a certificate

Made from `trunkline.loop.ladder.rungs` by `make pages`; `make check` sees when it lags. How a certificate is renewed, from the
lowest rung to the top. Each pass looks at what the devices show and what the journal remembers, says on which rung the coming
certificate stands, and plans what leads to the next one. Nothing is scripted: whoever begins, breaks off or repeats finds the
rung that was reached. The earlier certificate stays in use, and trusted, until the switch is proven."""
FOOT = """A clock that is wrong stops every rung. An answer of an issuer that cannot be used is no wait: the step failed,
`status` and `why` tell the reason ([issuers.md](issuers.md)), and the same request is not sent again before the commit changes
or a renewal is ordered.

A node of a managed cluster climbs the same rungs by other means: it makes key and request by itself (`ready`, `requested`), is
given the certificate (`installed`), and presents it after a person approved the restart of its service. It needs no trustpoint
and no binding."""


def page() -> str:
    return "\n".join([HEAD, "", "```text", *_picture(), "```", "", *_rungs(), "", *_waits(), "", FOOT, ""])


def word(rung: Rung) -> str:
    return rung.name.lower()


def _picture() -> Iterator[str]:
    """From the top down, as a ladder stands."""
    width = max(len(climb.act) for climb in RUNGS.values())
    yield f"{word(Rung.ALONE):>10} ╦══ nothing else is there; the next climb begins when renewal is due"
    for rung in sorted(RUNGS, reverse=True):
        climb = RUNGS[rung]
        waits = ", ".join(code for code in climb.may_wait if code != "clock")
        yield f"{'':10} ║   ▲ {climb.act:<{width}}" + (f"   waits: {waits}" if waits else "")
        yield f"{word(rung):>10} {'╩' if rung is Rung.NOTHING else '╬'}══"


def _rungs() -> Iterator[str]:
    yield "## Rungs"
    yield ""
    yield "| rung | what is done there | what must be seen to stand on the next | may wait for |"
    yield "|---|---|---|---|"
    for rung, climb in sorted(RUNGS.items()):
        yield f"| `{word(rung)}` | {climb.act} | {climb.proof} | {', '.join(f'`{code}`' for code in climb.may_wait)} |"
    yield f"| `{word(Rung.ALONE)}` | nothing | renewal is due, ordered, or documents state something else | |"


def _waits() -> Iterator[str]:
    yield "## Why one waits"
    yield ""
    yield "`status`, `why`, `plan`, `certificates` and `trunkline_certificate_wait` say these codes."
    yield ""
    yield "| code | means | cure |"
    yield "|---|---|---|"
    for code, one in WAITS.items():
        yield f"| `{code}` | {one.means} | {one.cure} |"
