"""Many rows at once: plain tuples on SQLite, COPY on PostgreSQL; Core's dictionaries take four times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

COPY_FROM = 1_000
"""Rows from which a temporary table and COPY beat single statements on PostgreSQL."""


def add_rows(c: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Enter rows whose keys the table does not hold.

    Parameters
    ----------
    columns
        Names of the cells of a row, in order; columns left out are NULL.
    rows
        None = NULL; numbers must be plain ones of Python.
    """
    if c.dialect.name == "postgresql":
        _copy(c, _quoted(c, table.name), columns, rows)
    else:
        _each(c, table, columns, rows, "")


def put_rows(c: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Enter rows by key: one that the table holds already takes the cells of `columns`; parameters as in `add_rows`.

    No two of `rows` may have one key.
    """
    keys = [column.name for column in table.primary_key]
    update = ", ".join(f"{_quoted(c, n)} = excluded.{_quoted(c, n)}" for n in columns if n not in keys)
    conflict = f" ON CONFLICT ({', '.join(_quoted(c, key) for key in keys)}) DO UPDATE SET {update}"
    if c.dialect.name != "postgresql" or len(rows) < COPY_FROM:
        _each(c, table, columns, rows, conflict)
        return
    names, there, held = _listed(c, columns), _quoted(c, table.name), _quoted(c, f"new_{table.name}")
    c.exec_driver_sql(f"CREATE TEMPORARY TABLE {held} ON COMMIT DROP AS SELECT {names} FROM {there} WITH NO DATA")
    _copy(c, held, columns, rows)
    c.exec_driver_sql(f"INSERT INTO {there} ({names}) SELECT {names} FROM {held}{conflict}")
    c.exec_driver_sql(f"DROP TABLE {held}")  # a transaction may put rows twice


def _each(c: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str) -> None:
    if not rows:
        return
    marks = ", ".join(["%s" if c.dialect.name == "postgresql" else "?"] * len(columns))
    c.exec_driver_sql(
        f"INSERT INTO {_quoted(c, table.name)} ({_listed(c, columns)}) VALUES ({marks}){conflict}",
        [tuple(row) for row in rows],
    )


def _copy(c: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    driver: Any = c.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({_listed(c, columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _listed(c: Connection, columns: Sequence[str]) -> str:
    return ", ".join(_quoted(c, name) for name in columns)


def _quoted(c: Connection, name: str) -> str:
    return c.dialect.identifier_preparer.quote(name)
