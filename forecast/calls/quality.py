"""Cells of a history that no model learns from: runs of zeros, outliers, a running interval, another level."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..calendar.stretches import stretches
from .history import History
from .level_shifts import LevelShift, is_large, level_shifts, medians

OUTLIER_SD = 6.0
"""Robust standard deviations beyond which an interval is an outlier, above 0: six leaves busy days alone."""
RUNNING_SD = 3.0
"""Robust standard deviations below usual at which a day's last interval was counted in part, above 0: seldom chance."""
ZERO_RUN_CALLS = 12.0
"""Calls usual in a run of zeros, above 0: chance brings so long a run with probability e⁻¹²."""


@dataclass(frozen=True)
class Inspection:
    """Cells not to be learnt from, shape (D, P), by reason, and the level shifts.

    Attributes
    ----------
    zeros, outliers
        Runs without calls where many are usual; cells far from usual.
    unfinished
        The last interval of a running day, counted in part.
    shifts
        Changes of level that stayed.
    """

    zeros: np.ndarray
    outliers: np.ndarray
    unfinished: np.ndarray
    shifts: tuple[LevelShift, ...] = ()

    @property
    def bad(self) -> np.ndarray:
        """Cells whose figures are no ordinary calls."""
        return np.asarray(self.zeros | self.outliers | self.unfinished)

    @property
    def unlike(self) -> np.ndarray:
        """Days whose level was so different from the present one that they teach too little, shape (D,)."""
        out = np.zeros(len(self.zeros), dtype=bool)
        change, begins = 1.0, [0, *(s.day for s in self.shifts)]
        for shift, begin in zip(reversed(self.shifts), reversed(begins[:-1]), strict=True):
            change *= shift.factor
            out[begin : shift.day] = is_large(change)
        return out


def inspect(history: History) -> Inspection:
    """Find zero runs, outliers, an interval still running and level shifts.

    The usual √calls of an interval are the median over its weekday between two large level shifts, scaled by how busy
    the day was (the median ratio over its intervals). A run of zeros is no chance when at least `ZERO_RUN_CALLS` calls
    were usual in it (probability e^−12); a cell is an outlier when it lies more than `OUTLIER_SD` robust standard
    deviations from usual. The last interval of a day that runs on is taken as counted in part when it lies `RUNNING_SD`
    below usual. Public holidays and special days are not judged as outliers.
    """
    z = np.sqrt(history.calls + 0.25)
    shifts = level_shifts(history)
    usual = _usual(z, np.array([d.weekday() for d in history.dates]), [s.day for s in shifts if is_large(s.factor)])
    zeros = _zero_runs(history.calls, np.nan_to_num(usual**2 - 0.25))
    error = np.where(zeros, np.nan, z)
    error = error - medians((error / usual).T)[:, None] * usual
    sd = np.maximum(1.4826 * medians(np.abs(error)), 0.5)
    plain = [history.calendar.is_plain(d, history.queue) for d in history.dates]
    with np.errstate(invalid="ignore"):
        outliers = (np.abs(error) > OUTLIER_SD * sd) & np.array(plain)[:, None]
    return Inspection(zeros, outliers, _unfinished(history.open[-1], error / sd), shifts)


def mended(history: History, inspection: Inspection) -> History:
    """Return `history` with bad cells, and the days on a level far from the present one, taken as missing."""
    return history.without(inspection.bad | inspection.unlike[:, None])


def cleaned(history: History) -> History:
    """Return `history` with zero runs, outliers, a running interval and days on another level taken as missing."""
    return mended(history, inspect(history))


def _usual(z: np.ndarray, weekday: np.ndarray, cuts: list[int]) -> np.ndarray:
    """Return the usual roots of the calls, shape (D, P): medians by weekday of each stretch between `cuts`."""
    usual = np.full(z.shape, np.nan)
    edges = [0, *cuts, len(z)]
    for low, high in itertools.pairwise(edges):
        part = z[low:high]
        for w in range(7):
            rows = part[weekday[low:high] == w]
            enough = np.isfinite(rows).any(axis=1).sum() >= 3
            usual[low:high][weekday[low:high] == w] = medians(rows if enough else part)
    return np.where(np.isfinite(usual), usual, z)


def _zero_runs(calls: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the cells of runs of zeros in which at least `ZERO_RUN_CALLS` calls were usual."""
    out = np.zeros(calls.size, dtype=bool)
    seen = np.flatnonzero(np.isfinite(calls.ravel()))
    zero = calls.ravel()[seen] == 0
    for low, high in stretches(zero):
        run = seen[low:high]
        if usual.ravel()[run].sum() >= ZERO_RUN_CALLS:
            out[run] = True
    return out.reshape(calls.shape)


def _unfinished(open_: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Return the last judged cell where the last day runs on beyond it and `off` (errors in sd) is far below usual."""
    out = np.zeros(off.shape, dtype=bool)
    judged = np.flatnonzero(np.isfinite(off[-1]))
    if len(judged) and open_[judged[-1] + 1 :].any() and off[-1, judged[-1]] < -RUNNING_SD:
        out[-1, judged[-1]] = True
    return out
