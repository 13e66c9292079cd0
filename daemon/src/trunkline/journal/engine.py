"""The database: opened with care, and its errors told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from trunkline.journal import tables
from trunkline.model.errors import JournalFailed, Stalled

CURE = "see whether its disk is full, it is read-only, or another program holds it"


def open_engine(url: str, *, makes_file: bool = True) -> Engine:
    """An engine with the tables made. Raises Stalled for a URL that cannot be used.

    Whoever only reads makes no file (`makes_file` false): where there is none, an empty journal in memory takes its place.
    """
    try:
        path = file_of(url)
        if path and not makes_file and not path.exists():
            url, path = "sqlite://", None
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _careful_sqlite)
        with engine.begin() as connection:
            tables.METADATA.create_all(connection)
            _check_version(connection)
    except (SQLAlchemyError, ImportError) as error:
        raise Stalled(f"cannot open the journal {shown(url)}: {why(error)}; correct journal_url, or {CURE}") from error
    except OSError as error:
        raise Stalled(
            f"cannot open the journal {shown(url)}: {error.strerror}; correct journal_url or state_directory"
        ) from error
    return engine


def file_of(url: str) -> Path | None:
    """The file of an SQLite database."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if is_file else None


def shown(url: str) -> str:
    """A URL without its password. One that is no URL is not shown: nobody knows what is in it."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "URL"


def why(error: Exception) -> str:
    """The database's own words, without the statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _careful_sqlite(connection: Any, _record: Any) -> None:
    """Survive a kill at any moment; let a second process read."""
    for pragma in ("busy_timeout=20000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _check_version(connection: Connection) -> None:
    found = connection.execute(select(tables.versions.c.version)).scalar()
    if found is None:
        connection.execute(insert(tables.versions).values(version=tables.SCHEMA_VERSION))
    elif found in tables.ONLY_WITHOUT_TABLES:
        connection.execute(update(tables.versions).values(version=tables.SCHEMA_VERSION))
    elif found != tables.SCHEMA_VERSION:
        raise Stalled(
            f"cannot use this journal: its tables are of version {found}, this trunkline knows {tables.SCHEMA_VERSION}; "
            "use the trunkline that made it, or a new journal"
        )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """All or nothing. Raises JournalFailed, after which nothing was written."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        url = engine.url.render_as_string(hide_password=True)
        raise JournalFailed(f"cannot use the journal {url}: {why(error)}; {CURE}") from error
