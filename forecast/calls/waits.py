"""Waits in interval tables: answered, abandoned, and the seconds that the answered waited."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Waits:
    """Counts and seconds over the calls whose waits are known, arrays of one shape: 0 where nothing is known.

    Attributes
    ----------
    answered, waited_s
        Calls answered, and the seconds that they waited.
    abandoned
        Calls whose caller hung up while waiting; those who hung up at once (short abandons) showed no patience
        and are not among them.
    abandoned_in
        Those of `abandoned` who hung up within `within_s`; 0 where that is None.
    within_s
        The threshold, where it is one and the same throughout and `abandoned_in` is known wherever `abandoned` is.
    missing
        Columns that are absent or blank throughout; empty = patience can be looked for.
    """

    answered: np.ndarray
    waited_s: np.ndarray
    abandoned: np.ndarray
    abandoned_in: np.ndarray
    within_s: float | None = None
    missing: tuple[str, ...] = ()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the sums by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)[:4]}

    def over(self, **arrays: np.ndarray) -> Self:
        """Return the same with other sums."""
        return replace(self, **arrays)  # type: ignore[arg-type]


def waits_of_rows(part: pd.DataFrame, offered: np.ndarray) -> Waits:
    """Return the waits of rows of the table ``calls``, arrays of shape (rows,); 0 for a row that lacks a part.

    Parameters
    ----------
    part
        Rows with, where known, ``answered, abandoned, short_abandoned, abandoned_in, within_s, wait_s``. Of answered
        and abandoned one may be absent: it is the rest of the calls offered.
    offered
        Calls offered, shape (rows,); NaN = unknown.
    """

    def column(name: str) -> np.ndarray:
        return part[name].to_numpy(dtype=float, na_value=np.nan) if name in part else np.full(len(part), np.nan)

    answered, abandoned, wait = column("answered"), column("abandoned"), column("wait_s")
    missing = []
    if not (np.isfinite(answered).any() or np.isfinite(abandoned).any()):
        missing.append("abandoned")
    if not np.isfinite(wait).any():
        missing.append("wait_s")
    answered = np.where(np.isfinite(answered), answered, np.maximum(offered - abandoned, 0.0))
    abandoned = np.where(np.isfinite(abandoned), abandoned, np.maximum(offered - answered, 0.0))
    wait = np.where(answered == 0, 0.0, wait)
    known = np.isfinite(offered + answered + abandoned + wait)
    short = np.nan_to_num(column("short_abandoned"))
    early, within = column("abandoned_in"), column("within_s")
    thresholds = np.unique(within[known & (abandoned > 0)])
    agreed = len(thresholds) == 1 and np.isfinite(early[known & (abandoned > 0)]).all() and thresholds[0] > 0
    return Waits(
        np.where(known, answered, 0.0),
        np.where(known, answered * wait, 0.0),
        np.where(known, np.maximum(abandoned - short, 0.0), 0.0),
        np.where(known & agreed, np.clip(np.nan_to_num(early) - short, 0.0, np.maximum(abandoned - short, 0.0)), 0.0),
        float(thresholds[0]) if agreed else None,
        tuple(missing),
    )
