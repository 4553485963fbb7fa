"""Schemas made and brought up to date, whole or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from .address import address_of
from .connection import Store, prepared, user
from .entries import tell
from .faults import StoreFault
from .locks import KEY, holders
from .schema import metadata
from .versions import EMPTY, HEAD, REVISIONS, TABLE, refuse_other, revision_of

SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Upgraded:
    """What `upgrade` did.

    Parameters
    ----------
    before, after
        Revisions of the schema; `before` is "" where there was no store.
    copy
        The copy that was made of a file of SQLite before.
    """

    before: str
    after: str
    copy: Path | None


def upgrade(url: str, *, base: Path | None = None, by: str | None = None, scripts: Path = SCRIPTS) -> Upgraded:
    """Bring the store at `url` to the newest schema; a file of SQLite is copied first.

    Raises
    ------
    InputError
        If the database holds other tables, or a newer schema.
    Held
        If a run works with the store.
    StoreFault
        If the store cannot be reached, or the migration failed; the store is as before then.
    """
    with Store(address_of(url, base), by or user()) as store:
        prepared(store)
        with store.read() as c:
            before = revision_of(c, store.name)
        if before == HEAD and scripts == SCRIPTS:
            return Upgraded(before, before, None)
        if before not in (EMPTY, *REVISIONS):
            refuse_other(before, store.name)
        if before != EMPTY and (other := holders(store)):
            raise other[0]
        copy = _copied(store) if before != EMPTY and store.path is not None else None
        with store.session() as session:
            if (
                store.path is not None
            ):  # a table that is made again is missing for a moment: rows are checked at the end
                driver: Any = session.connection.driver_connection  # inside a transaction SQLite would ignore this
                driver.execute("PRAGMA foreign_keys = OFF")
            with store.write() as c:
                migrate(c, scripts)
                _refuse_orphans(c, store)
                after = revision_of(c, store.name)
                tell(c, "upgraded", before=before, after=after)
        return Upgraded(before, after, copy)


def migrate(c: Connection, scripts: Path = SCRIPTS) -> None:
    """Bring the schema up to date inside the transaction of `c`."""
    if c.dialect.name == "postgresql":  # two at once would both make the tables
        c.execute(text(f"SELECT pg_advisory_xact_lock({KEY})"), {"name": "schema"})
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes.update(connection=c, metadata=metadata, table=TABLE)
    command.upgrade(config, "head")


def _copied(store: Store) -> Path:
    from .backup import backup

    assert store.path is not None
    now = dt.datetime.now(dt.UTC)
    return backup(store, store.path.with_name(f"{store.path.stem}-before-upgrade-{now:%Y%m%d-%H%M%S}.db")).file


def _refuse_orphans(c: Connection, store: Store) -> None:
    """Raise `StoreFault` where a migration left rows whose parents are missing; the transaction is rolled back."""
    if store.path is None:
        return
    if (row := c.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        raise StoreFault(
            f"the store {store.name} stays as it was: the upgrade would lose what rows of {row[0]} refer to"
        )
