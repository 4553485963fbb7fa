"""Concave sequences, which an optimiser can follow by their slopes."""

from __future__ import annotations

import numpy as np


def concave_majorant(values: np.ndarray) -> np.ndarray:
    """Return the least concave sequence on 0, 1, 2, … that nowhere lies below `values` (upper hull)."""
    changes = np.flatnonzero(values[1:] != values[:-1])
    level = int(changes[-1]) + 1 if len(changes) else 0  # from here on `values` is level: its inside is no corner
    hull: list[int] = []
    for i in (*range(min(level + 1, len(values))), *range(max(level + 1, len(values) - 1), len(values))):
        while len(hull) >= 2 and (values[hull[-1]] - values[hull[-2]]) * (i - hull[-2]) <= (
            values[i] - values[hull[-2]]
        ) * (hull[-1] - hull[-2]):
            hull.pop()
        hull.append(i)
    return np.asarray(np.interp(np.arange(len(values)), hull, values[hull]))


def concave_from(values: np.ndarray, exact: float) -> int:
    """Return the least place from which on the steps of `values` do not grow by more than `exact`."""
    growing = np.flatnonzero(np.diff(values, 2) > exact)
    return int(growing[-1]) + 1 if len(growing) else 0
