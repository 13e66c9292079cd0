"""Certificates as operators see and order them: certificates, renew, approve."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from trunkline.cli.app import CONSOLE, CubeOption, FormatOption, SettingsOption, app, is_json, say, say_json
from trunkline.cli.reconcile import newest_documents
from trunkline.desired.documents import Documents
from trunkline.desired.wishes import of_cluster, of_cube, owner
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import DesiredInvalid, Stalled
from trunkline.model.key import Key
from trunkline.model.renewal import when
from trunkline.model.renewal.memory import Approval, Holder, Order
from trunkline.model.renewal.wish import IdentityWish
from trunkline.settings import load
from trunkline.views import document
from trunkline.views.certificates import consents, findings, picture, rows, table, timeline
from trunkline.views.certificates.places import Role

certificates = typer.Typer(help="Every certificate on both ends, and what happens to it next.")
app.add_typer(certificates, name="certificates", invoke_without_command=True)
RESET = "a trunk that must trust another CA or name is reset: it refuses new calls for some seconds"
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; the journal keeps it")]


def _journal(path: Path | None, *, makes_file: bool = True) -> SqlJournal:
    return SqlJournal(open_engine(load(path).journal, makes_file=makes_file), document.of_pass)


@certificates.callback()
def show(  # noqa: PLR0913, PLR0917 - Typer takes each option as a parameter
    context: typer.Context,
    settings: SettingsOption = None,
    cube: CubeOption = None,
    at: Annotated[str, typer.Option("--at", help="What would be broken then: 2027-03-15, or with a time, in UTC")] = "",
    chosen: FormatOption = "text",
    is_timeline: Annotated[bool, typer.Option("--timeline", help="The next twelve months as text")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write the next twelve months as a picture")] = None,
) -> None:
    """Every certificate on both ends as the last passes saw it. Exit 0: good; 1: something is broken then; 2: error."""
    if context.invoked_subcommand:
        return
    as_json, now = is_json(chosen), _moment(at)
    passes = _of_cubes(_journal(settings, makes_file=False).summaries(), cube)
    if not passes and not as_json:
        where = load(settings).state_directory
        say(f"no pass was recorded yet in {where}: start `trunkline run`, use `trunkline apply`, or name other settings")
    made = rows.rows(passes, now)
    found = findings.findings(made, now)
    if svg:
        _write(svg, picture.as_svg(timeline.timeline(made, now)))
    if as_json:
        listed = [rows.as_data(row) for row in made]
        say_json({"at": now.isoformat(), "certificates": listed, "findings": [findings.as_data(one) for one in found]})
    elif passes:
        _print(made, found, now, is_timeline=is_timeline)
    raise typer.Exit(int(any(one.is_broken for one in found)))


def _of_cubes(passes: list[dict[str, Any]], cubes: list[str] | None) -> list[dict[str, Any]]:
    unknown = set(cubes or ()) - {one["cube"] for one in passes}
    if unknown:
        raise Stalled(
            f"cannot show certificates of {', '.join(sorted(unknown))}: no pass has seen it; "
            "`trunkline status` lists the CUBEs that were seen"
        )
    return [one for one in passes if not cubes or one["cube"] in cubes]


def _moment(text: str) -> datetime:
    """Raises the usage error for what is no date."""
    if not text:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a date such as 2027-03-15, or 2027-03-15T02:00", param_hint="--at") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Stalled(f"cannot write {path}: {error.strerror}; give another file with --svg") from error


def _print(made: list[rows.Row], found: list[findings.Finding], now: datetime, *, is_timeline: bool) -> None:
    if is_timeline:
        for line in timeline.as_text(timeline.timeline(made, now)):
            say(line)
    else:
        width = min(CONSOLE.width, table.WIDTH) if CONSOLE.is_terminal else table.WIDTH
        Console(highlight=False, width=width).print(table.as_table(made, now))
        hidden = sum(row.role is Role.OTHER for row in made)
        if hidden:
            say(f"{hidden} more in trust stores have nothing to do with these trunks; `--format json` lists them")
    for title, is_broken in ((f"broken at {now:%Y-%m-%d %H:%M}Z", True), ("remarks", False)):
        chosen = [one for one in found if one.is_broken is is_broken]
        say(f"{title}:" if chosen else f"{title}: none")
        for one in chosen:
            say(f"  [{one.code}] {one.text}  ({one.where})" + (f"  {one.source}" if one.source else ""))


@app.command()
def renew(
    target: Annotated[str, typer.Argument(help="A CUBE's name, or CLUSTER/NODE")],
    reason: ReasonOption,
    is_compromised: Annotated[
        bool, typer.Option("--compromised", help="The key may be known to others: no maintenance window is waited for")
    ] = False,
    settings: SettingsOption = None,
) -> None:
    """Order a renewal now; the daemon takes it at its next look. Exit 0: ordered, or was ordered already; 2: error."""
    documents, _ = newest_documents(load(settings))
    wish, worker = _wished(documents, target)
    holder, journal, now = Holder(wish.target, wish.holder), _journal(settings), datetime.now(UTC)
    earlier = journal.memory([wish.target]).orders.get(holder)
    if earlier and (earlier.is_compromised or not is_compromised) and not _is_stuck(journal, worker):
        say(f"{target}: a renewal was ordered {earlier.at:%Y-%m-%d %H:%M}Z already ({earlier.reason}); nothing changed")
    else:
        is_urgent_still = is_compromised or bool(earlier and earlier.is_compromised)
        journal.order(Order(holder, _reason(reason, "renew", target), now, is_urgent_still))
        say(f"{target}: renewal of {wish.holder} ordered from the issuer {wish.issuer}")
    is_urgent = is_compromised or bool(earlier and earlier.is_compromised)
    for line in _what_follows(wish, worker, now, is_urgent=is_urgent):
        say(f"  {line}")


def _is_stuck(journal: SqlJournal, worker: str) -> bool:
    """Whether the newest pass refuses to send something once more: an order of before then leads to nothing by itself."""
    return any(one["cube"] == worker and one["refused"] and one["failure"] for one in journal.summaries())


def _what_follows(wish: IdentityWish, worker: str, now: datetime, *, is_urgent: bool) -> Iterable[str]:
    yield f"taken by the next pass of {worker}: `trunkline run` makes it by itself, else `trunkline apply --cube {worker}`"
    yield "key, request and certificate are made at once; calls do not notice"
    opens = when.next_opening(wish.policy, now)
    if is_urgent or not wish.policy.windows:
        yield "trust at the far ends and the switch follow at once, outside of maintenance windows too; " + RESET
    elif opens is None:
        yield "trust at the far ends and the switch follow at once, for no maintenance window ever opens; " + RESET
    else:
        yield f"trust at the far ends and the switch wait for the window that opens {opens:%Y-%m-%d %H:%M}Z; " + RESET
    if is_urgent:
        yield "revoke the earlier certificate at its issuer yourself: trunkline takes it out of use, it revokes nothing"


def _reason(text: str, verb: str, target: str) -> str:
    if not text.strip():
        raise Stalled(f"cannot {verb} {target}: the reason is empty; say why with --reason")
    return text.strip()


def _wished(documents: Documents, target: str) -> tuple[IdentityWish, str]:
    """What documents state of the certificate, and the CUBE whose passes renew it."""
    name, slash, node = target.partition("/")
    wish, worker = _of_node(documents, name, node) if slash else (_of_cube(documents, name), name)
    if not wish.issuer:
        raise DesiredInvalid(f"cannot renew {target}: no issuer is stated for it; state `issuer:` in its document")
    return wish, worker


def _of_cube(documents: Documents, name: str) -> IdentityWish:
    placed = documents.cubes.get(name)
    if placed is None:
        known = ", ".join(sorted(documents.cubes))
        raise DesiredInvalid(
            f"cannot renew {name}: there is no such document in cubes/; there are {known}, or name CLUSTER/NODE"
        )
    return of_cube(documents, placed)


def _of_node(documents: Documents, name: str, node: str) -> tuple[IdentityWish, str]:
    target, placed = f"{name}/{node}", documents.clusters.get(name)
    if placed is None:
        known = ", ".join(sorted(documents.clusters))
        raise DesiredInvalid(f"cannot renew {target}: there is no such document in clusters/; there are {known or 'none'}")
    if placed.value.certificates.mode != "managed":
        raise DesiredInvalid(f"cannot renew {target}: its certificates are only watched; state `certificates.mode: managed`")
    wishes = {wish.holder: wish for wish in of_cluster(documents, placed)}
    if node not in wishes:
        raise DesiredInvalid(
            f"cannot renew {target}: that cluster's certificates are held by {', '.join(wishes)}; name one of them"
        )
    worker = owner(documents, name)
    if worker is None:
        raise DesiredInvalid(f"cannot renew {target}: no enforced TLS link leads there; set `enforcement: enforce` for one")
    return wishes[node], worker


@app.command()
def approve(
    targets: Annotated[list[str] | None, typer.Argument(help="CLUSTER/NODE, as listed", show_default=False)] = None,
    reason: ReasonOption = "",
    settings: SettingsOption = None,
) -> None:
    """Consent to changes that wait for it; without a target, list them. Exit 0: done, or nothing waits; 1: listed; 2: error."""
    journal = _journal(settings)
    waiting = {one.target: one for one in consents.waiting(journal.summaries())}
    approved = journal.memory({one.key.target for one in waiting.values()}).approvals
    if not targets:
        _list(waiting.values(), approved)
        raise typer.Exit(int(any(one.key not in approved for one in waiting.values())))
    unknown = [target for target in targets if target not in waiting]
    if unknown:
        known = f"only {', '.join(waiting)} does" if waiting else "nothing does"
        raise Stalled(f"cannot approve {', '.join(unknown)}: it waits for no approval as of the last pass; {known}")
    for target in targets:
        _approve(journal, waiting[target], _reason(reason, "approve", target), approved.get(waiting[target].key))


def _approve(journal: SqlJournal, one: consents.Consent, reason: str, earlier: Approval | None) -> None:
    if earlier:
        say(f"{one.target}: was approved {earlier.at:%Y-%m-%d %H:%M}Z already ({earlier.reason}); nothing changed")
        return
    journal.approve(Approval(one.key, reason, datetime.now(UTC)))
    say(f"{one.target}: {one.key.kind} approved once; done by the next pass, in a maintenance window where any are stated")


def _list(waiting: Iterable[consents.Consent], approved: Iterable[Key]) -> None:
    found = list(waiting)
    if not found:
        say("nothing waits for approval")
    for one in found:
        state = "approved, not done yet" if one.key in approved else "waits for approval"
        say(f"{one.target}  {one.key.kind}  {state}")
        say(f"  {one.reason}")
        say(f"  for {', '.join(one.holders)}")
