"""Tables held against what they should be: the rows that are there, then the values in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .run import ROUNDING, Fault, Found, Published, keys

WAIT_S = 1e4
"""Waits above it (about three hours) hang on the last digits of the load: they are as good as without bound."""


def compare_keys(have: Iterable[Any], want: Iterable[Any], told: Callable[[Any], str], where: str) -> Found:
    """Yield rows of `have` that are there too often, are not wanted, and rows that are missing."""
    counts, wanted = Counter(list(have)), Counter(list(want))
    for key, count in counts.items():
        if count > max(wanted[key], 1):
            yield Fault(None, f"{told(key)} stands {count} times in {where}")
        elif not wanted[key]:
            yield Fault(None, f"{told(key)} stands in {where} and should not")
        elif count > wanted[key]:
            yield Fault(None, f"{told(key)} stands {count} times in {where}, expected {wanted[key]}")
    for key, count in wanted.items():
        if counts[key] < count:
            yield Fault(None, f"{told(key)} is missing in {where}")


def differ(have: np.ndarray, want: np.ndarray, size: np.ndarray | float = 1.0) -> np.ndarray:
    """Return where numbers differ by more than rounding; `size` is the size of what they were counted from."""
    near = np.abs(have - want) <= ROUNDING * (1.0 + np.maximum(np.abs(want), size))
    return np.asarray(~(near | (np.isnan(have) & np.isnan(want))))


def waits_differ(have: np.ndarray, want: np.ndarray) -> np.ndarray:
    """Return where waits differ.

    A wait grows without bound as the load nears the agents, so digits are lost there. Where nobody is answered,
    rounding decides between blank and 0.
    """
    endless = [np.isnan(x) | (x > WAIT_S) for x in (have, want)]
    nobody = [np.isnan(x) | (x == 0.0) for x in (have, want)]
    near = np.abs(have - want) <= 10 * ROUNDING * (1.0 + np.abs(want)) ** 1.5
    return np.asarray(~(near | (endless[0] & endless[1]) | (nobody[0] & nobody[1])))


def compare_values(
    run: Published,
    name: str,
    want: pd.DataFrame,
    columns: Sequence[str],
    index: Sequence[str],
    sizes: Mapping[str, str] | None = None,
) -> Found:
    """Yield rows of table `name` that are not those of `want` by `index`, then values in `columns` that differ.

    Parameters
    ----------
    sizes
        Column → the column of `want` that tells from how much the number was counted.
    """
    have, file = run.tables[name], f"{name}.csv"

    def told(key: tuple[Any, ...]) -> str:
        parts = (run.told(v) if n == "start" else f"{v:g} agents" if n == "agents" else str(v) for n, v in zip(
            index, key, strict=True))  # fmt: skip
        return " ".join(parts)

    have_keys, want_keys = keys(have, index), keys(want, index)
    rows = list(compare_keys(have_keys, want_keys, told, file))
    yield from rows
    if rows:
        return
    place = {key: i for i, key in enumerate(want_keys)}
    order = [place[key] for key in have_keys]
    at = index.index("start")
    for column in columns:
        if column not in want:
            continue
        if column not in have:
            yield Fault(None, f"{file} has no column {column}")
            continue
        a, b = have[column].to_numpy(dtype=float), want[column].to_numpy(dtype=float)[order]
        if column.startswith("asa"):
            wrong = waits_differ(a, b)
        else:
            size = want[sizes[column]].to_numpy(dtype=float)[order] if sizes and column in sizes else 1.0
            wrong = differ(a, b, size)
        for i in np.flatnonzero(wrong):
            key = have_keys[i]
            rest = " ".join(str(v) for n, v in zip(index, key, strict=True) if n not in ("start", "agents"))
            heads = "".join(f" with {v:g} agents" for n, v in zip(index, key, strict=True) if n == "agents")
            yield Fault(key[at], f"{column} of {rest}{heads} is {a[i]:.6g}, recomputed {b[i]:.6g}")
