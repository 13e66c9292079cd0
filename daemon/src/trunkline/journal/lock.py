"""Only one process acts with one journal: two would send the same lines, each without knowing of the other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from trunkline.journal.engine import file_of, why
from trunkline.model.errors import Stalled

POSTGRESQL_KEY = 0x7472756E6B6C6E  # "trunkln": the number that all trunklines ask PostgreSQL to lock


@contextmanager
def exclusive(engine: Engine) -> Iterator[None]:
    """Hold the journal for this process, to its end. Raises Stalled where another one holds it.

    The lock ends with the process, however that ends: an advisory lock of the file's, or of the database session's.
    """
    path = file_of(engine.url.render_as_string(hide_password=False))
    if path:
        with _file_locked(path.with_name(f"{path.name}.lock")):
            yield
    elif engine.dialect.name == "postgresql":
        with _session_locked(engine):
            yield
    else:
        yield


@contextmanager
def _file_locked(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Stalled(f"cannot lock the journal with {path}: {error.strerror}; correct state_directory") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise Stalled(_refusal(f"process {holder} does")) from error
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _session_locked(engine: Engine) -> Iterator[None]:
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": POSTGRESQL_KEY}).scalar():
                raise Stalled(_refusal("another trunkline does"))
            yield
    except SQLAlchemyError as error:
        raise Stalled(f"cannot lock the journal: {why(error)}; see whether the database is up") from error


def _refusal(who: str) -> str:
    return f"cannot change devices with this journal: {who}; stop it, or let it do the work (`trunkline status` shows it)"
