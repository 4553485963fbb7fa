"""Clock shifts: weeks whose day shape lies an hour earlier or later, as from an export in the wrong time zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import History

DAYS = 14
"""Days before and after a shift that are compared, at least 7: two weeks hold each weekday twice."""
HOUR = 60
"""Minutes by which a clock change or a wrong zone moves the calls."""
MISFIT_LEFT = 0.35
"""Share of the misfit that may remain when the shift is undone, 0 to 1: another change of shape leaves more."""
SURE_NOISE = 4.0
"""Least misfit explained, in multiples of the noise of counts, above 0: hundreds of days are looked at."""


@dataclass(frozen=True)
class ClockShift:
    """A day from which on the calls come `hours` later by the clock than before (negative = earlier).

    `day` is a row of the history.
    """

    day: int
    hours: int


def clock_shifts(history: History) -> tuple[ClockShift, ...]:
    """Find the days on which the shape of the day moved by one hour, and stayed for two weeks.

    The mean roots of the calls in the `DAYS` days before each day are compared with those of the `DAYS` days after, at
    the same hour and one hour apart. Undoing a shift leaves less than `MISFIT_LEFT` of the misfit, and the misfit that
    a shift explains exceeds the noise of counts `SURE_NOISE` times.
    """
    step = HOUR // history.minutes
    days = len(history.calls)
    if HOUR % history.minutes or days < 2 * DAYS:
        return ()
    shapes = _running_means(np.sqrt(history.calls + 0.25))
    before, after = shapes[: days - 2 * DAYS + 1], shapes[DAYS:]
    ends = np.zeros(after.shape, dtype=bool)
    ends[:, :step] = ends[:, -step:] = True
    moved = {k: np.roll(after, -k * step, axis=1) for k in (-1, 0, 1)}
    seen = np.isfinite(before) & np.all([np.isfinite(m) for m in moved.values()], axis=0) & ~ends
    cells = seen.sum(axis=1)
    misfit = {k: _misfit(np.where(seen, before, 0.0), np.where(seen, m, 0.0)) for k, m in moved.items()}
    best = np.minimum(misfit[-1], misfit[1])
    noise = cells * 2 * 0.25 / DAYS  # of means of roots of counts
    good = (cells >= 4 * step) & (best < MISFIT_LEFT * misfit[0]) & (misfit[0] - best > SURE_NOISE * noise)
    score = np.where(good, misfit[0] - best, 0.0)
    found = []
    while len(score) and score.max() > 0:
        at = int(score.argmax())
        found.append(ClockShift(at + DAYS, 1 if misfit[1][at] < misfit[-1][at] else -1))
        score[max(0, at - DAYS) : at + DAYS] = 0.0
    return tuple(sorted(found, key=lambda s: s.day))


def _running_means(z: np.ndarray) -> np.ndarray:
    """Return the means over `DAYS` days from each day on, NaN where fewer than half are known."""
    seen = np.isfinite(z)
    none = np.zeros((1, z.shape[1]))
    total, count = (np.vstack([none, np.cumsum(x, axis=0)]) for x in (np.where(seen, z, 0.0), seen.astype(float)))
    total, count = total[DAYS:] - total[:-DAYS], count[DAYS:] - count[:-DAYS]
    return np.where(2 * count >= DAYS, total / np.maximum(count, 1.0), np.nan)


def _misfit(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return per row the squared difference of two shapes, the second scaled to the first."""
    scale = (one * other).sum(axis=1) / np.maximum((other**2).sum(axis=1), 1e-12)
    return np.asarray(((one - scale[:, None] * other) ** 2).sum(axis=1))
