"""Going back to a stored configuration, with what cannot be brought back: keys, certificates, answers to questions."""

from collections.abc import Iterator

from trunkline.twin.cube.config import loading
from trunkline.twin.cube.config.running import Entry, RunningConfig
from trunkline.twin.cube.pki.store import Store
from trunkline.twin.cube.rollback import commands_between
from trunkline.twin.cube.router import Router


def roll_back(router: Router) -> None:
    """The pending rollback, now; it is told into every session."""
    pending = router.archive.pending
    router.archive.disarm()
    if pending is None:
        return
    router.tell(f"Rollback Confirmed Change: rolling to:{pending.file}\r\n")
    router.syslog(f"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_ROLLBACK_START: Start rolling to: {pending.file}")
    router.tell("\r\n".join(restore(router, router.archive.files[pending.file], is_listed=True)))
    router.left_configuration(pending.user)


def restore(router: Router, lines: list[str], *, is_listed: bool) -> Iterator[str]:
    """Replace the running configuration by `lines`; yields what IOS prints."""
    target = RunningConfig(router.train.numbers)
    loading.load("\n".join(lines), target)
    stuck = _keep_trustpoints_that_ask(router, target)
    commands = list(commands_between(router.running.root, target.root))
    router.running.root.children[:] = target.root.children
    _follow_trustpoints(router)
    router.announce()
    if is_listed:
        yield from ("!Pass 1", "!List of Rollback Commands:", *commands, "end", "")
    if stuck:
        yield from ("The rollback configlet from the last pass is listed below:", "********", "!List of Rollback Commands:")
        yield from (*(f"no {entry.line}" for entry in stuck), "end", "********", "", "")
        yield "Rollback aborted after 5 passes"
        return
    yield f"Total number of passes: {1 if commands else 0}"
    yield "Rollback Done"


def _keep_trustpoints_that_ask(router: Router, target: RunningConfig) -> list[Entry]:
    """Deleting an enrolled trustpoint asks a question, and nobody answers one here: the line stays."""
    store = router.pki
    assert isinstance(store, Store)  # noqa: S101 - the lab gives every router one
    stuck = []
    for entry in router.running.root.children:
        if entry.section != "trustpoint" or target.find((entry.line,)):
            continue
        held = store.trustpoints.get(entry.line.split()[-1])
        if held is not None and not held.is_empty:
            target.place(entry)
            stuck.append(entry)
    return stuck


def _follow_trustpoints(router: Router) -> None:
    """Trustpoints come and go with their lines; certificates and keys do not come back."""
    store = router.pki
    assert isinstance(store, Store)  # noqa: S101 - the lab gives every router one
    named = [entry.line.split()[-1] for entry in router.running.root.children if entry.section == "trustpoint"]
    for name in named:
        store.on_trustpoint(name)
    for name in set(store.trustpoints) - set(named):
        del store.trustpoints[name]
