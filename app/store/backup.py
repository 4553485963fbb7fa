"""A copy of a store while others work with the store."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path

from ...forecast.errors import InputError
from ..files import TEMPORARY
from .connection import Store
from .faults import BUSY_S, StoreFault

PAGES = 5_000
"""Pages of SQLite copied at once, 20 MB: between two pieces the copy can be stopped."""


@dataclass(frozen=True)
class Backup:
    """A copy that was made and read through.

    Parameters
    ----------
    file
        The copy.
    size
        Its bytes.
    """

    file: Path
    size: int


def backup(store: Store, file: Path | None = None) -> Backup:
    """Copy a store of SQLite as it is at one moment; the copy is whole or not there, and may be opened as a store.

    Parameters
    ----------
    file
        Where to; None = beside the store, named by the moment.

    Raises
    ------
    InputError
        If the store is one of PostgreSQL (the error tells the command that copies it), or `file` is there already.
    StoreFault
        If the copy is damaged, or cannot be written.
    """
    if store.path is None:
        raise InputError(f"the store {store.name} is copied by PostgreSQL itself", mend=f"Run: {pg_dump_line(store)}")
    if file is None:
        file = store.path.with_name(f"{store.path.stem}-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.db")
    if file.exists():
        raise InputError("this file is there already", file=file, mend="Name another one, or move it away")
    if not file.parent.is_dir():
        raise InputError("the folder of the copy is not there", file=file, mend=f"Make the folder {file.parent}")
    temporary = file.with_name(f".{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with store.told():
            _copy(store.path, temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return Backup(file, file.stat().st_size)


def pg_dump_line(store: Store) -> str:
    """Return the command that copies a store of PostgreSQL; it asks for a password as the store does."""
    url = store.address.url.set(drivername="postgresql").render_as_string(hide_password=True)
    return f"pg_dump --format=custom --file=busyhour.dump --dbname='{url}'"


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=BUSY_S, isolation_level=None)) as old,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on, the state that is copied
        old.backup(new, pages=PAGES, progress=lambda *_: None)
        old.execute("ROLLBACK")
        new.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside
        said = new.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise StoreFault(f"the copy of {source.name} is damaged: {said}")
