"""Which schema a store has, told from one table, without the library that changes schemas."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from ...forecast.errors import InputError

TABLE = "busyhour_schema"
"""Table that holds the revision of the store's schema."""

REVISIONS = ("0001",)
"""All schemas there were, oldest first: one file each in `migrations/versions`."""
HEAD = REVISIONS[-1]

EMPTY = ""
"""Revision of a database without any table."""


def revision_of(c: Connection, name: str) -> str:
    """Return the revision of the schema; `EMPTY` in a database without any table.

    Raises
    ------
    InputError
        If the database holds tables that are not a store's; `name` is what the error calls the store.
    """
    tables = inspect(c).get_table_names()
    if not tables:
        return EMPTY
    found = c.execute(text(f"SELECT version_num FROM {TABLE}")).scalars().all() if TABLE in tables else []
    if len(found) != 1:
        mend = "Name a database or a file of its own in [store] url"
        raise InputError(f"the database {name} holds tables of another program", mend=mend)
    return str(found[0])


def refuse_other(revision: str, name: str) -> None:
    """Raise `InputError` where a store's schema is not that of this version of busyhour."""
    if revision == HEAD:
        return
    if revision == EMPTY:
        raise InputError(f"there is no store yet in {name}", mend="Make one with: busyhour store upgrade")
    if revision in REVISIONS:
        mend = "Bring it up with: busyhour store upgrade"
        raise InputError(f"the store {name} has the older schema {revision}, this version needs {HEAD}", mend=mend)
    raise InputError(
        f"the store {name} was made by a newer version of busyhour (schema {revision}, this version knows {HEAD})",
        mend="Install that version here too",
    )
