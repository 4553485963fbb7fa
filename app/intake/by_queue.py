"""Tables with columns for each queue, and tables with a row for each figure, as one row per queue and interval."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .names import find_column, nearest
from .words import figure_of

QueueColumns = Mapping[str, str | Mapping[str, str]]
"""Per queue its column of calls, or its columns by our columns."""
FIRST = "queue"
"""Column that tells the queue."""


def rows_by_queue(cells: pd.DataFrame, queues: QueueColumns, file: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return a table with columns for each queue as a row per queue, and the number in the file of each of these rows.

    Columns that no queue has are kept as they stand; those of a queue get our names. Of a queue whose cells are all
    blank a row has nothing to tell, and is left out.

    Raises
    ------
    InputError
        If a column is not in the file.
    """
    own = {name: {"offered": c} if isinstance(c, str) else dict(c) for name, c in queues.items()}
    header = list(cells.columns)
    found = {
        name: {ours: _column(theirs, header, f"intake.queue_columns.{name}", file) for ours, theirs in columns.items()}
        for name, columns in own.items()
    }
    taken = {theirs for columns in found.values() for theirs in columns.values()}
    kept = cells[[name for name in header if name not in taken]]
    parts = []
    for name, columns in found.items():
        part = kept.assign(**{ours: cells[theirs] for ours, theirs in columns.items()}).assign(**{FIRST: name})
        parts.append(part[(cells[list(columns.values())] != "").any(axis=1)])
    out = pd.concat(parts).fillna("").reset_index(names="row").sort_values("row", kind="stable", ignore_index=True)
    rows = out.pop("row")
    out.index.name = "row"
    return out.astype("str"), rows


def rows_of_figures(cells: pd.DataFrame, metric: str, value: str, file: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return a table with a row per figure as a row per interval with a column per kind of figure, and row numbers.

    Raises
    ------
    InputError
        If a column is not in the file, or a figure of an interval stands twice.
    """
    header = list(cells.columns)
    metric, value = (_column(name, header, "intake.figure_column", file) for name in (metric, value))
    key = [name for name in header if name not in (metric, value)]
    if (twice := cells.duplicated([*key, metric])).any():
        row = int(cells.index[int(twice.to_numpy().argmax())])
        raise InputError(
            "the same figure of the same interval a second time",
            file=file,
            row=row,
            column=metric,
            value=str(cells.loc[row, metric]),
            mend="Keep one of them",
        )
    group = cells.groupby(key, sort=False, dropna=False).ngroup() if key else pd.Series(0, index=cells.index)
    rows = pd.Series(cells.index, index=cells.index).groupby(group).first()
    wide = cells.assign(group=group).set_index(["group", metric])[value].unstack(fill_value="")  # noqa: PD010
    out = cells.loc[rows, key].reset_index(drop=True).join(wide.reset_index(drop=True))
    out.columns.name = None
    out.index.name = "row"
    return out.astype("str"), rows.reset_index(drop=True)


def are_figures(names: pd.Series) -> bool:
    """Whether the cells of a column name kinds of figures, calls among them."""
    kinds = {figure_of(name) for name in names.unique()}
    return "offered" in kinds or {"answered", "abandoned"} <= kinds


def _column(name: str, header: list[str], key: str, file: Path) -> str:
    column = find_column(name, header)
    if column is None:
        raise InputError(f"column {name!r} is not in the file", file=file, column=key, mend=nearest(name, header))
    return column
