"""Level shifts: the day from which a queue has lastingly more or fewer calls, as after a re-routing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import History

BEFORE, AFTER, WEEK = 28, 21, 7
LEAST = float(np.log(1.35))
ACT = 1.8
STEADY = 0.7
SURE = 5.0


@dataclass(frozen=True)
class Shift:
    """A level that changed within days and stayed.

    Attributes
    ----------
    day
        First day on the new level, as a row of the history.
    factor
        New level / old level.
    """

    day: int
    factor: float


def is_large(factor: float) -> bool:
    """Whether a level changed so much, `ACT`-fold up or down, that days before it teach too little."""
    return bool(abs(np.log(factor)) >= np.log(ACT))


def medians(rows: np.ndarray) -> np.ndarray:
    """Return the median over rows, NaN (without a warning) where a column holds nothing."""
    out = np.full(rows.shape[1], np.nan)
    some = np.isfinite(rows).any(axis=0)
    out[some] = np.nanmedian(rows[:, some], axis=0)
    return out


def level_shifts(history: History) -> tuple[Shift, ...]:
    """Find level shifts, in order of time.

    A day's level is the log of its calls against the median of its weekday; public holidays, special days and days
    half missing are left out. A shift lies where the median of the `AFTER` days that follow differs from that of the
    `BEFORE` days ahead by a factor of 1.35 at least and by `SURE` times the noise of these medians, and where the
    first and the last week after it show the change as well (a holiday season comes back, a trend comes slowly). Its
    day is the one that splits the stretch with the least absolute error.
    """
    days, level = _levels(history)
    if len(level) < BEFORE + AFTER:
        return ()
    view = np.lib.stride_tricks.sliding_window_view
    at = np.arange(BEFORE, len(level) - AFTER + 1)
    ahead, follow, week = view(level, BEFORE)[at - BEFORE], view(level, AFTER)[at], np.median(view(level, WEEK), axis=1)
    old, new = np.median(ahead, axis=1), np.median(follow, axis=1)
    step = new - old
    noise = 1.4826 * (_deviation(ahead, old) + _deviation(follow, new)) / 2
    least = np.maximum(LEAST, SURE * 1.25 * noise / np.sqrt(AFTER))  # 1.25: of a median
    first, last = week[at] - week[at - WEEK], week[at + AFTER - WEEK] - old
    sudden = np.minimum(first * np.sign(step), last * np.sign(step)) >= STEADY * np.abs(step)
    score = np.where(sudden & (np.abs(step) >= least), np.abs(first), 0.0)
    found = []
    while score.max() > 0:
        best = int(score.argmax())
        split = _split(level, int(at[best]))
        found.append(Shift(int(days[split]), float(np.exp(step[best]))))
        score[max(0, best - AFTER) : best + AFTER] = 0.0
    return tuple(sorted(found, key=lambda s: s.day))


def _levels(history: History) -> tuple[np.ndarray, np.ndarray]:
    """Return the days that tell a level, and the log of it."""
    calls = history.calls
    weekday = np.array([d.weekday() for d in history.dates])
    usual = np.zeros(calls.shape)
    for w in np.unique(weekday):
        usual[weekday == w] = np.nan_to_num(medians(calls[weekday == w]))
    usual = np.where(history.seen, usual, 0.0).sum(axis=1)
    total = np.nansum(calls, axis=1)
    plain = np.array(
        [not history.calendar.holiday(d) and not history.calendar.specials(d, history.queue) for d in history.dates]
    )
    days = np.flatnonzero(plain & (usual > 0) & (history.seen.sum(axis=1) >= 0.5 * history.open.sum(axis=1)))
    return days, np.log((total[days] + 0.5) / (usual[days] + 0.5))


def _deviation(rows: np.ndarray, middle: np.ndarray) -> np.ndarray:
    return np.asarray(np.median(np.abs(rows - middle[:, None]), axis=1))


def _split(level: np.ndarray, near: int) -> int:
    """Return where, within two weeks of `near`, two medians fit the levels best."""
    low = max(near - 2 * WEEK, 0)
    part = level[low : near + 2 * WEEK]
    cuts = range(4, len(part) - 3)
    misfit = [sum(float(np.abs(p - np.median(p)).sum()) for p in (part[:c], part[c:])) for c in cuts]
    return low + cuts[int(np.argmin(misfit))]
