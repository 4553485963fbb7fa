"""The calls of any day of one queue, near or far: today's level, weekday, holidays, and where known the year's shape.

log calls[d] = level[week of d] + weekday[d] + effects[d] + season[d] + noise. Levels and effects are found from each
other in a few passes; effects are drawn towards 0 (ridge), for each rests on a few days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..calls.history import History
from ..calls.quality import inspect
from ..errors import InputError
from ..models.profile import Profile

LEVEL_HALF_LIFE_WEEKS = 6.0
"""Weeks after which a week weighs half in today's level, above 0: with 0.7 % of change a week and 3 to 4 % of noise the
best filter of a random walk weighs about so."""
EFFECT_SD = 0.15
"""Prior standard deviation of an effect in logs, above 0: a holiday's neighbours differ by so much as a rule."""
DAY_SD = 0.08
"""Noise of a day in logs against which it is weighed, above 0."""
SEASON_DAYS = 731
"""Days of history from which on the year's shape is estimated: two whole years; one year cannot tell it from growth."""
SEASON_TERMS = 3
"""Sine and cosine pairs of the year's shape: each month needs about two."""
LEAST_WEEKS = 4
"""Weeks of history, at least: below that there is no level to carry on."""
PASSES = 4
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class DayModel:
    """The calls of any day of one queue.

    Attributes
    ----------
    history
        Its past, faults taken as missing.
    level
        Log of today's level.
    weekday
        Log of each weekday beside the level, shape (7,).
    effects
        Name of a feature → its effect in logs.
    season
        Coefficients of the year's sine and cosine pairs, shape (2 × SEASON_TERMS,); None = not known.
    weeks
        Log level of each past week, the season taken out, NaN where nothing is known, oldest first.
    trend_year
        Growth per year that the past weeks show (median slope): told, never carried on by itself.
    """

    history: History
    level: float
    weekday: np.ndarray
    effects: dict[str, float]
    season: np.ndarray | None
    weeks: np.ndarray
    trend_year: float

    @property
    def queue(self) -> str:
        """The queue."""
        return self.history.queue

    def calls(self, dates: Sequence[dt.date]) -> np.ndarray:
        """Return the mean calls of each day before any growth, 0 while closed, shape (len(dates),)."""
        features = self.history.features(dates)
        log = self.level + self.weekday[features["weekday"].to_numpy()] + self._season(dates)
        for name, effect in self.effects.items():
            if name in features:
                log = log + effect * features[name].to_numpy()
        calendar = self.history.known
        part = self._open_part(dates, features["weekday"].to_numpy())
        return np.asarray(np.exp(log) * part * calendar.effect(dates, self.queue))

    def plain(self) -> np.ndarray:
        """Return the calls of a day of each weekday without any effect or season, shape (7,)."""
        return np.asarray(np.exp(self.level + self.weekday))

    def _open_part(self, dates: Sequence[dt.date], weekday: np.ndarray) -> np.ndarray:
        """Return the share of a usual day's calls that falls into each day's opening hours."""
        share = Profile(self.history.calls, self.history.features(self.history.dates)["weekday"].to_numpy()).share
        is_open = self.history.known.open_wall(dates, self.history.minutes, self.queue)
        return np.asarray(np.minimum((share[weekday] * is_open).sum(axis=1), 1.0))

    def _season(self, dates: Sequence[dt.date]) -> np.ndarray:
        return np.zeros(len(dates)) if self.season is None else year_terms(dates) @ self.season


def year_terms(dates: Sequence[dt.date]) -> np.ndarray:
    """Return the sine and cosine pairs of the year, shape (len(dates), 2 × SEASON_TERMS)."""
    angle = 2.0 * np.pi * np.array([d.timetuple().tm_yday for d in dates]) / YEAR_DAYS
    k = np.arange(1, SEASON_TERMS + 1)
    return np.concatenate([np.sin(angle[:, None] * k), np.cos(angle[:, None] * k)], axis=1)


def fit_days(history: History) -> DayModel:
    """Fit the model to a history.

    Raises
    ------
    InputError
        If the history is shorter than four weeks, or holds no calls.
    """
    inspection = inspect(history)
    past = history.without(inspection.bad)
    features = past.features(past.dates)
    kind = features["weekday"].to_numpy()
    total = Profile(past.calls, kind).level
    known = np.isfinite(total) & past.open.any(axis=1)
    week = (len(total) - 1) // 7 - np.arange(len(total))[::-1] // 7  # the last seven days are the last week
    if len(set(week[known])) < LEAST_WEEKS or not np.nansum(total):
        raise InputError(
            f"queue {past.queue!r} has calls of {len(set(week[known]))} weeks: too few for the months ahead",
            column="start",
            mend=f"Bring at least {LEAST_WEEKS} weeks of calls",
        )
    named = features.drop(columns="weekday")
    basis = named[[c for c in named if named[c].any()]]
    y = np.log(np.where(known, np.nan_to_num(total), 0.0) / past.known.effect(past.dates, past.queue) + 0.5)
    level, weekday, effects = _fitted(y, known, week, kind, basis.to_numpy())
    effects_of_days = weekday[kind] + basis.to_numpy() @ effects
    season, slope = _season(level, past.dates, week)
    weeks = level - (0.0 if season is None else _week_mean(year_terms(past.dates) @ season, week))
    today = _today(weeks, np.bincount(week, inspection.unlike) > 0)
    fitted = np.exp(level[week] + effects_of_days)[known]
    smear = float(np.log(max(np.nansum(total[known]), 1.0) / max(fitted.sum(), 1e-9)))  # a mean, no median, is wanted
    return DayModel(past, today + smear, weekday, dict(zip(basis.columns, effects, strict=True)), season, weeks, slope)


def _today(weeks: np.ndarray, unlike: np.ndarray) -> float:
    """Return the log of today's level; weeks with days on a level far from the present one are left out."""
    known = np.isfinite(weeks)
    used = known & ~unlike if (known & ~unlike).any() else known
    weight = 0.5 ** (np.arange(len(weeks))[::-1] / LEVEL_HALF_LIFE_WEEKS) * used
    return float((weight * np.nan_to_num(weeks)).sum() / weight.sum())


def _fitted(
    y: np.ndarray, known: np.ndarray, week: np.ndarray, kind: np.ndarray, basis: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return levels of weeks, logs of weekdays and effects."""
    penalty = np.eye(basis.shape[1]) * (DAY_SD / EFFECT_SD) ** 2
    effects, weekday, level = np.zeros(basis.shape[1]), np.zeros(7), np.full(week.max() + 1, np.nan)
    for _ in range(PASSES):
        rest = y - weekday[kind] - basis @ effects
        level = np.array([np.median(rest[known & (week == w)]) if (known & (week == w)).any() else np.nan
                          for w in range(week.max() + 1)])  # fmt: skip
        rest = y - level[week] - basis @ effects
        weekday = np.array([np.median(rest[known & (kind == w)]) if (known & (kind == w)).any() else np.nan
                            for w in range(7)])  # fmt: skip
        shift = float(np.log(np.nanmean(np.exp(weekday))))
        weekday = np.nan_to_num(weekday - shift, nan=0.0)
        level = level + shift
        rest = np.clip(y - level[week] - weekday[kind], -3.0, 3.0)[known]
        x = basis[known]
        effects = np.linalg.solve(x.T @ x + penalty, x.T @ rest) if basis.shape[1] else effects
    return level, weekday, effects


def _week_mean(values: np.ndarray, week: np.ndarray) -> np.ndarray:
    return np.asarray(np.bincount(week, values) / np.bincount(week))


def _season(level: np.ndarray, dates: Sequence[dt.date], week: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Return the coefficients of the year's shape, None where it cannot be told, and the growth per year seen."""
    at = np.flatnonzero(np.isfinite(level))
    years = at / (YEAR_DAYS / 7.0)
    if len(dates) < SEASON_DAYS:
        pairs = np.triu_indices(len(at), 4)
        slopes = (level[at][pairs[1]] - level[at][pairs[0]]) / (years[pairs[1]] - years[pairs[0]])
        return None, float(np.expm1(np.median(slopes))) if len(slopes) else 0.0
    terms = np.stack([_week_mean(column, week) for column in year_terms(dates).T], axis=1)[at]
    bends = [np.maximum(years - y, 0.0) for y in range(1, int(years.max()))]  # growth may differ from year to year
    x = np.column_stack([np.ones(len(at)), years, *bends, terms])
    ridge = np.diag([0.0] * 2 + [0.01] * len(bends) + [0.05] * terms.shape[1])
    found = np.linalg.solve(x.T @ x + ridge, x.T @ level[at])
    return found[-terms.shape[1] :], float(np.expm1(found[1 : 2 + len(bends)].sum()))
