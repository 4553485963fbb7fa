"""The rows of ``curve.csv``, one per interval and number of agents, as arrays."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...errors import InputError
from ...tables import refuse_duplicates


def grids_of_rows(
    frame: pd.DataFrame, queue: str, columns: Iterable[str]
) -> tuple[pd.DatetimeIndex, dict[str, np.ndarray]]:
    """Return the starts of a queue's intervals, shape (T,), and each column by interval and agents, shape (T, N + 1).

    All rows of `frame` count where there is no column ``queue``; a column that `frame` does not have is nan.

    Raises
    ------
    InputError
        If the queue has no rows, or an interval does not list 0…N agents once each.
    """
    rows = frame[frame["queue"] == queue] if "queue" in frame else frame
    if rows.empty:
        raise InputError("queue has no service curve", column="queue", value=queue)
    refuse_duplicates(rows, ["start", "agents"])
    rows = rows.sort_values(["start", "agents"])
    width = int(rows["agents"].max()) + 1
    listed = np.tile(np.arange(width), -(-len(rows) // width))
    if len(listed) != len(rows) or (rows["agents"].to_numpy() != listed).any():
        raise InputError(f"every interval must list 0 to {width - 1} agents", column="agents")

    def grid(name: str) -> np.ndarray:
        column = rows[name] if name in rows else pd.Series(np.nan, index=rows.index)
        return column.to_numpy(dtype=float).reshape(-1, width)

    return pd.DatetimeIndex(rows["start"].iloc[::width]), {name: grid(name) for name in columns}
