"""The rows of a store as they can be compared with those of another: no numbers of rows, no moments, no machines."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from busyhour.app.store.schema import metadata

CLOCK = {"at_s", "began_s", "ended_s", "seconds", "peak_mb", "attempt", "worker", "host", "by"}
"""Columns that tell when, where and how often something was done, not what came of it."""
ALIKE = {"unchanged": "done"}
"""States of units that a driver may reach either way: what one that was killed has entered, the next finds done."""
MARK = ("forecast", "input_hash")
"""Step and column of a unit that tell all that a driver saw of a site at one look: one that goes on has seen less."""
KEYS = {
    "site": ("name",),
    "queue": ("site", "name"),
    "ingest": ("site", "sha256"),
    "run": ("site", "week", "scenario", "input_hash"),
    "snapshot": ("site", "origin_s", "kind", "run"),
    "batch": ("name", "as_of"),
}
"""What names a row of a table that others point to."""


def rows_of(database: Path) -> Counter[tuple[str, ...]]:
    """Return how often each row is there: table, then ``column=value`` in order; pointers are the names of rows."""
    with closing(sqlite3.connect(database)) as store:
        store.row_factory = sqlite3.Row
        tables = {t.name: [dict(r) for r in store.execute(f'SELECT * FROM "{t.name}"')] for t in metadata.sorted_tables}
    points = {
        t.name: {key.parent.name: key.column.table.name for key in t.foreign_keys} for t in metadata.sorted_tables
    }
    by_id = {name: {row["id"]: row for row in tables[name]} for name in KEYS}

    def named(table: str, number: Any) -> str:
        if number is None or number not in by_id[table]:
            return str(number)
        row = by_id[table][number]
        return "/".join(
            named(points[table][column], row[column]) if column in points[table] else str(row[column])
            for column in KEYS[table]
        )

    def told(table: str, column: str, value: Any) -> str:
        if column in points[table]:
            return named(points[table][column], value)
        if column == "detail":
            detail = json.loads(value)
            if "run" in detail:
                detail["run"] = named("run", detail["run"])
            return json.dumps(detail, sort_keys=True)
        return ALIKE.get(value, value) if column == "state" else repr(value)

    def cells(table: str, row: dict[str, Any]) -> tuple[str, ...]:
        skipped = {"id", *CLOCK, *(MARK[1:] if row.get("step") == MARK[0] else ())}
        return (table, *(f"{name}={told(table, name, value)}" for name, value in row.items() if name not in skipped))

    return Counter(cells(name, row) for name, rows in tables.items() for row in rows)


def differences(wanted: Counter[tuple[str, ...]], have: Counter[tuple[str, ...]]) -> list[str]:
    """Return the rows that are missing and those that are too many, in words."""
    missing, more = wanted - have, have - wanted
    return [f"missing in the store: {' '.join(row)}" for row in sorted(missing.elements())] + [
        f"too many in the store: {' '.join(row)}" for row in sorted(more.elements())
    ]
