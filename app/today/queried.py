"""Calls so far from a database: the rows of a query, laid down as a file like calls.csv."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes, text_of
from ..files import write_csv
from ..store.address import Address, address_of
from ..store.connection import engine_of

QUERY = ".sql"
"""Ending of a file that holds a query."""
KEY = "--database"
TICK_S = 0.2
"""Seconds between two glances at whether the database has answered, below 1."""


def is_query(path: Path) -> bool:
    """Whether a file of actuals is a query of a database."""
    return path.suffix.lower() == QUERY


@contextlib.contextmanager
def laid_down(paths: Sequence[Path], database: str | None) -> Iterator[tuple[Path, ...]]:
    """Give the files of actuals; in the place of a query stands a file with what it returns just now.

    Parameters
    ----------
    database
        Address that the queries ask, like that of a store; None = there is no query among `paths`.

    Raises
    ------
    InputError
        On a query without a database, a database without a query, an address that holds a password or names no file
        that is there, or a query that fails, changes something, or returns no table.
    """
    queries = [path for path in paths if is_query(path)]
    if not queries:
        if database is not None:
            raise InputError("no query asks this database", column=KEY, mend=f"Give one with --actuals FILE{QUERY}")
        yield tuple(paths)
        return
    if database is None:
        mend = f"Name it: {KEY} sqlite:///calls.db, or {KEY} postgresql://host/name"
        raise InputError("a query without a database", file=queries[0], mend=mend)
    address = address_of(database, key=KEY)
    if address.path is not None and not address.path.is_file():
        raise InputError("file not found", column=KEY, value=database, mend="Correct the path")
    with tempfile.TemporaryDirectory(prefix="busyhour-") as place:
        yield tuple(_rows(path, address, Path(place) / f"{i}") if is_query(path) else path
                    for i, path in enumerate(paths))  # fmt: skip


def _rows(path: Path, address: Address, place: Path) -> Path:
    """Ask the query, and return a file with its rows.

    A thread of its own asks: a database that is locked, or does not answer, keeps nobody from stopping.
    """
    query = text_of(path, file_bytes(path))
    found: list[pd.DataFrame | InputError] = []

    def ask() -> None:
        try:
            found.append(_table(path, query, address))
        except InputError as error:
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    while asking.is_alive():
        asking.join(TICK_S)
    (table,) = found
    if isinstance(table, InputError):
        raise table
    place.mkdir()
    return write_csv(place / f"{path.name}.csv", table)


def _table(path: Path, query: str, address: Address) -> pd.DataFrame:
    """Return the rows of a query, which may change nothing."""
    engine = engine_of(address)
    try:
        with engine.connect() as c:
            if address.path is not None:
                c.exec_driver_sql("PRAGMA query_only = ON")
            else:
                c = c.execution_options(postgresql_readonly=True)
            found = c.execute(sa.text(query))
            if not found.returns_rows:
                raise InputError("the query returns no table", file=path, mend="Write one SELECT")
            return pd.DataFrame(found.fetchall(), columns=list(found.keys()))
    except SQLAlchemyError as error:
        told = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise InputError("the query fails", file=path, value=told[0] if told else type(error).__name__,
                         mend="Try it in the database itself") from error  # fmt: skip
    finally:
        engine.dispose()
