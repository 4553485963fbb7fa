"""Calls of an hour that comes twice: which passage a call belongs to, by the order of the rows."""

from __future__ import annotations

import pandas as pd


def call_passages(wall: pd.Series, twice: pd.Series, key: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the passage (0 or 1) of each call in an hour that comes twice, and whether the order of rows tells it.

    The second passage begins at the row where the wall clock jumps back: by more than between any other two rows that
    follow each other, and once alone. All rows together are tried first, then those of each key. Calls whose order
    does not tell are shared out in turn, so that neither passage gets all of them.

    Parameters
    ----------
    wall
        Wall clock of every row, in the order of the file.
    twice
        Where the wall clock comes twice.
    key
        What tells the queues of the rows apart.

    Examples
    --------
    >>> wall = pd.Series(pd.to_datetime(["2026-10-25 02:10", "2026-10-25 02:50", "2026-10-25 02:20"]))
    >>> call_passages(wall, wall.notna(), pd.Series("a", index=wall.index))[0].tolist()
    [0, 0, 1]
    """
    at = wall[twice]
    days = at.dt.normalize()
    passage = at.groupby([days, key[at.index]]).cumcount() % 2
    told = pd.Series(False, index=at.index)
    for own in [wall, *(rows for _, rows in wall.groupby(key, sort=False))]:
        forward = own[::-1] if own.iloc[0] > own.iloc[-1] else own
        inside = forward[twice[forward.index]]
        outside = forward[~twice[forward.index]]
        usual = max(-outside.diff().min(), pd.Timedelta(0)) if len(outside) > 1 else pd.Timedelta(0)
        for _, night in inside.groupby(inside.dt.normalize()):
            back = -night.diff() > usual
            if not told[night.index].any() and back.sum() == 1:
                passage[night.index] = back.to_numpy(dtype=int).cumsum()
                told[night.index] = True
    return passage, told
