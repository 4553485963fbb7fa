"""Level shifts: the day from which a queue has lastingly more or fewer calls, as after a re-routing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges
from .history import History


@dataclass(frozen=True)
class LevelShiftParams:
    """When a change of level counts as a shift.

    Parameters
    ----------
    before_days
        Days before a shift whose median is the old level, at least 7: four weeks hold each weekday four times.
    after_days
        Days after a shift whose median is the new level, at least 14: a holiday season seldom lasts three weeks.
    least_factor
        Least ratio of the two levels, above 1: the models follow smaller changes by themselves.
    large_factor
        Ratio beyond which days on the other level are not learnt from, above 1: they would pull the forecast by more
        than a trend ever does.
    steady_share
        Share of the change that the first and the last week after a shift must show, 0 to 1: a season comes back, a
        trend comes slowly.
    sure_noise
        Least change in standard errors of the two medians, above 0: hundreds of days are looked at, so that chance
        must be rare.
    """

    before_days: int = 28
    after_days: int = 21
    least_factor: float = 1.35
    large_factor: float = 1.8
    steady_share: float = 0.7
    sure_noise: float = 5.0

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("sure_noise",),
            before_days=(7, np.inf),
            after_days=(14, np.inf),
            least_factor=(1.0, np.inf),
            large_factor=(1.0, np.inf),
            steady_share=(0.0, 1.0),
        )


PARAMS = LevelShiftParams()
WEEK = 7
"""Days of a week: a median over seven days holds each weekday once."""


@dataclass(frozen=True)
class LevelShift:
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


def is_large(factor: float, params: LevelShiftParams = PARAMS) -> bool:
    """Whether a level changed by `large_factor` or more, up or down, so that the days before teach too little."""
    return bool(abs(np.log(factor)) >= np.log(params.large_factor))


def medians(rows: np.ndarray) -> np.ndarray:
    """Return the median over rows, NaN (without a warning) where a column holds nothing."""
    out = np.full(rows.shape[1], np.nan)
    some = np.isfinite(rows).any(axis=0)
    out[some] = np.nanmedian(rows[:, some], axis=0)
    return out


def level_shifts(history: History, params: LevelShiftParams = PARAMS) -> tuple[LevelShift, ...]:
    """Find level shifts, in order of time.

    A day's level is the log of its calls against the median of its weekday; public holidays, special days and days
    half missing are left out. A shift lies where the median of the following `after_days` differs from that of the
    `before_days` ahead by `least_factor` at least and by `sure_noise` times the noise of these medians, and where the
    first and the last week after the shift show the change as well (a holiday season comes back, a trend comes
    slowly). The day of the shift splits the stretch with the least absolute error.
    """
    before, after = params.before_days, params.after_days
    days, level = _levels(history)
    if len(level) < before + after:
        return ()
    view = np.lib.stride_tricks.sliding_window_view
    at = np.arange(before, len(level) - after + 1)
    ahead, follow, week = view(level, before)[at - before], view(level, after)[at], np.median(view(level, WEEK), axis=1)
    old, new = np.median(ahead, axis=1), np.median(follow, axis=1)
    step = new - old
    noise = 1.4826 * (_deviation(ahead, old) + _deviation(follow, new)) / 2
    least = np.maximum(
        float(np.log(params.least_factor)), params.sure_noise * 1.25 * noise / np.sqrt(after)
    )  # 1.25: of a median
    first, last = week[at] - week[at - WEEK], week[at + after - WEEK] - old
    sudden = np.minimum(first * np.sign(step), last * np.sign(step)) >= params.steady_share * np.abs(step)
    score = np.where(sudden & (np.abs(step) >= least), np.abs(first), 0.0)
    found = []
    while score.max() > 0:
        best = int(score.argmax())
        split = _split(level, int(at[best]))
        found.append(LevelShift(int(days[split]), float(np.exp(step[best]))))
        score[max(0, best - after) : best + after] = 0.0
    return tuple(sorted(found, key=lambda s: s.day))


def _levels(history: History) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which the level is known, and the log of each."""
    calls = history.calls
    weekday = np.array([d.weekday() for d in history.dates])
    usual = np.zeros(calls.shape)
    for w in np.unique(weekday):
        usual[weekday == w] = np.nan_to_num(medians(calls[weekday == w]))
    usual = np.where(history.seen, usual, 0.0).sum(axis=1)
    total = np.nansum(calls, axis=1)
    plain = np.array([history.calendar.is_plain(d, history.queue) for d in history.dates])
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
