"""The main model: a day is a few factors, each factor's score a Gaussian process over the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from ..calls.history import History
from ..ranges import check_ranges
from .contract import Model
from .effects import Days, Effect, EffectPrior
from .lowrank import PARAMS as LOW_RANK
from .lowrank import low_rank
from .process import Multiplied, Process
from .running_day import RunningDay

POISSON = 0.25
"""Variance of the root of a Poisson count, whatever its mean (Brown, Zhang and Zhao 2001)."""


@dataclass(frozen=True)
class FactorParams:
    """What the factors learn from, and the priors of the effects on their scores.

    Parameters
    ----------
    window_days
        Days learnt from, at most, at least 7: a year and a month, since the time to fit grows with the cube of the
        days.
    noise
        Prior median of the noise variance of a score, as a share of its mean square, above 0.
    noise_log
        The same of the log of the first score, above 0: days stray by a tenth.
    level
        A level for ever: explains the whole mean square.
    years
        A trend that forgets itself over two years: growth.
    months
        A trend over two months: campaigns, seasons of a year not yet seen twice.
    days
        A trend over days: an incident and its echo.
    weekday
        The weekday that the day behaves like, for ever.
    weekday_drift
        A weekday that drifts over a quarter: habits change slowly.
    year
        The season, two waves a year.
    month_turn
        First and last working days of a month.
    special
        Holidays, closures and special days, which move a day more than turns of the month do.
    """

    window_days: int = 400
    noise: float = 0.1
    noise_log: float = 0.01
    level: EffectPrior = field(default=EffectPrior(1.0, 1.0))
    years: EffectPrior = field(default=EffectPrior(0.005, 0.002, days=700.0))
    months: EffectPrior = field(default=EffectPrior(0.01, 0.0005, days=60.0))
    days: EffectPrior = field(default=EffectPrior(0.01, 0.002, days=5.0))
    weekday: EffectPrior = field(default=EffectPrior(0.02, 0.05))
    weekday_drift: EffectPrior = field(default=EffectPrior(0.002, 0.002, days=90.0))
    year: EffectPrior = field(default=EffectPrior(0.005, 0.002))
    month_turn: EffectPrior = field(default=EffectPrior(0.02, 0.01))
    special: EffectPrior = field(default=EffectPrior(0.02, 0.04))

    def __post_init__(self) -> None:
        check_ranges(self, positive=("noise", "noise_log"), window_days=(7, np.inf))


PARAMS = FactorParams()


@dataclass(frozen=True)
class DayRoots:
    """The law of the roots of one day's calls, as foreseen: a mean, what intervals stray together, and noise of each.

    Attributes
    ----------
    cells
        Wall-clock intervals in which calls ever came, shape (n,).
    mean
        Expected roots, shape (n,).
    factors, spread
        What intervals stray together: the factors, shape (K, n), and the variance of the score of each, shape (K,).
    noise
        Variance of each interval's own noise, shape (n,).
    """

    cells: np.ndarray
    mean: np.ndarray
    factors: np.ndarray
    spread: np.ndarray
    noise: np.ndarray

    @property
    def common(self) -> np.ndarray:
        """Covariance that the intervals have in common, shape (n, n)."""
        return np.asarray(self.factors.T @ (self.spread[:, None] * self.factors))


class Factor(Model):
    r"""Days × intervals: roots of the counts as a few factors, each of whose daily scores is forecast by itself.

    With :math:`z = \sqrt{calls + 1/4}`, whose noise is nearly 1/4 whatever the level, the last `window_days` days are

    .. math:: z_{d,p} = \sum_k s_{k,d}\, v_{k,p} + e_{d,p},

    and each score is a sum of effects: a level, trends over years, months and days, the weekday that the day behaves
    like, a weekday that drifts, the season, turns of the month, special days. The marginal likelihood decides how large
    each of them is at each desk, and whether the effects of the first score, the size of the day, add or multiply;
    nothing is set by hand (`process.Process`). A forecast is :math:`E z^2 - 1/4 = (E z)^2 + Var\,z - 1/4`, with the
    exact variance of the scores and that of e.
    """

    name: ClassVar[str] = "factor"

    def __init__(self, params: FactorParams = PARAMS) -> None:
        self.params = params

    def _learn(self) -> None:
        past = self.history
        first = max(0, len(past.calls) - self.params.window_days)
        z = np.sqrt(past.calls[first:] + POISSON)
        full = _mostly_seen(np.isfinite(z), np.array([d.weekday() for d in past.dates[first:]]))
        self._used = np.isfinite(z[full]).any(axis=0)
        found = low_rank(z[full][:, self._used])
        self._factors, self._noise = found.factors, found.noise
        dates = [d for d, keep in zip(past.dates[first:], full, strict=True) if keep]
        features = past.features(dates)
        self._columns = [c for c in features.columns.drop("weekday") if features[c].to_numpy().any()]
        day, effects = self._numbers(dates), self._effects(features)
        self._dates, self._past_scores = dates, found.scores
        days = Days(day, effects, self.params.noise)
        scores: list[Process | Multiplied] = [Process(days, score, floor=POISSON) for score in found.scores.T]
        size = Multiplied(Days(day, effects, self.params.noise_log, log=True), found.scores[:, 0], floor=POISSON)
        if size.evidence > scores[0].evidence:
            scores[0] = size
        self._scores = scores
        left_out = [score.left_out for score in scores]
        expected = np.stack([mean for mean, _ in left_out], axis=1) @ self._factors
        spread = np.median([variance for _, variance in left_out], axis=1)
        self._running_day = RunningDay(z[full][:, self._used], expected, self._common(spread), self._noise)

    def _common(self, spread: np.ndarray) -> np.ndarray:
        """Return the covariance that scores of the variances `spread`, shape (K,), give the intervals of a day."""
        return np.asarray(self._factors.T @ (np.maximum(spread - POISSON, 0.0)[:, None] * self._factors))

    def rolled(self, history: History) -> Self:
        """Return the model with the days of a longer history, its factors and variances as they were found.

        Another day costs a small part of a fit. What a running day teaches is not learnt again.

        Parameters
        ----------
        history
            The history that the model was fitted to, and the days after that.
        """
        out = copy(self)
        out.go_on(history)
        return out

    def go_on(self, history: History) -> None:
        """Become what `rolled` returns."""
        past = history.last((history.last_date - self.history.first_date).days + 1)
        effect = past.known.effect(past.dates, past.queue)
        self.history = replace(past, calls=past.calls / effect[:, None])
        z = np.sqrt(self.history.calls + POISSON)
        full = _mostly_seen(np.isfinite(z), np.array([d.weekday() for d in past.dates]))
        fresh = [i for i, d in enumerate(past.dates) if full[i] and d > self._dates[-1]]
        if not fresh:
            return
        self._dates = [*self._dates, *(past.dates[i] for i in fresh)]
        self._past_scores = np.vstack([self._past_scores, [self._score(z[i, self._used]) for i in fresh]])
        day, effects = self._numbers(self._dates), self._effects(self.history.features(self._dates))
        plain, log = Days(day, effects, self.params.noise), Days(day, effects, self.params.noise_log, log=True)
        self._scores = [
            score.longer(log if isinstance(score, Multiplied) else plain, y)
            for score, y in zip(self._scores, self._past_scores.T, strict=True)
        ]

    def _score(self, z: np.ndarray) -> np.ndarray:
        """Return the scores of one day's roots, (n,) with NaN where missing; outlying cells are drawn in."""
        seen = np.isfinite(z)
        known, factors, limit = z[seen], self._factors[:, seen].T, LOW_RANK.clip_sd * np.sqrt(self._noise[seen])
        score = np.linalg.lstsq(factors, known, rcond=None)[0]
        for _ in range(LOW_RANK.passes - 1):
            fitted = factors @ score
            score = np.linalg.lstsq(factors, fitted + np.clip(known - fitted, -limit, limit), rcond=None)[0]
        return np.asarray(score)

    def roots_of(self, date: dt.date) -> DayRoots:
        """Return the law of the roots of the calls on a day after the history, before any of them is known."""
        day = self._numbers([date])
        bases = [e.basis for e in self._effects(self.history.features([date]))]
        scores = [score.predict(day, bases) for score in self._scores]
        spread = np.maximum(np.concatenate([v for _, v in scores]) - POISSON, 0.0)
        mean = np.concatenate([m for m, _ in scores]) @ self._factors
        return DayRoots(np.flatnonzero(self._used), mean, self._factors, spread, self._noise)

    def _numbers(self, dates: Sequence[dt.date]) -> np.ndarray:
        return np.array([(d - self.history.first_date).days for d in dates], dtype=float)

    def _effects(self, features: pd.DataFrame) -> tuple[Effect, ...]:
        """Return the parts of a score, with their regressors on the days of `features`."""
        weekday = (features["weekday"].to_numpy()[:, None] == np.arange(7)).astype(float)
        known = features.reindex(columns=self._columns, fill_value=0.0)
        turns = known.columns.str.startswith("month_")
        year = 2 * np.pi * np.array([d.timetuple().tm_yday for d in features.index])[:, None] / 365.25
        waves = np.hstack([wave(k * year) for k in (1, 2) for wave in (np.sin, np.cos)])
        always, prior = np.ones((len(features), 1)), self.params
        return (
            prior.level.effect("level", always),
            prior.years.effect("trend", always),
            prior.months.effect("trend", always),
            prior.days.effect("trend", always),
            prior.weekday.effect("weekday", weekday),
            prior.weekday_drift.effect("weekday", weekday),
            prior.year.effect("year", waves),
            prior.month_turn.effect("calendar", known.loc[:, turns].to_numpy(dtype=float)),
            prior.special.effect("calendar", known.loc[:, ~turns].to_numpy(dtype=float)),
        )

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        return self._calls(dates, self._effects(self.history.features(dates)))

    def _parts(self, dates: Sequence[dt.date]) -> dict[str, np.ndarray]:
        features = self.history.features(dates)
        plain = features.assign(weekday=[d.weekday() for d in dates])
        effects = self._effects(plain)
        last = {e.name: i + 1 for i, e in enumerate(effects)}
        sums = {name: self._calls(dates, effects, n)[0] for name, n in last.items()}
        sums["calendar"], _ = self._expect(dates)  # a holiday that acts like another weekday is the calendar's doing
        before = [np.zeros_like(sums["level"]), *sums.values()]
        return {name: whole - less for (name, whole), less in zip(sums.items(), before, strict=False)}

    def _day_excess(self, dates: Sequence[dt.date], shown: np.ndarray) -> np.ndarray:
        effects = self._effects(self.history.features(dates))
        day, bases = self._numbers(dates), [e.basis for e in effects]
        mean, _ = self._expect(dates)
        slope = np.where(shown, 2.0 * np.sqrt(mean), 0.0)[:, self._used]  # of calls by their root
        out = (slope**2) @ np.maximum(self._noise - POISSON, 0.0)
        for score, factor in zip(self._scores, self._factors, strict=True):
            _, spread = score.predict(day, bases)
            out += np.maximum(spread - POISSON, 0.0) * (slope @ factor) ** 2
        return np.asarray(out)

    def _rest_of(self, date: dt.date, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        law = self.roots_of(date)
        roots = np.sqrt(seen[self._used] + POISSON)
        updated = self._running_day.update(roots, law.mean, law.common)
        calls, variance = self._back(*(row[None, :] for row in updated))
        return calls[0], variance[0]

    def _calls(
        self, dates: Sequence[dt.date], effects: Sequence[Effect], first: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean calls by all effects, or the `first` so many, and the variance of their roots."""
        day, bases = self._numbers(dates), [e.basis for e in effects]
        z = np.zeros((len(dates), len(self._noise)))
        variance = np.tile(self._noise, (len(dates), 1))
        for score, factor in zip(self._scores, self._factors, strict=True):
            mean, spread = score.predict(day, bases, first)
            z += mean[:, None] * factor
            variance += spread[:, None] * factor**2
        return self._back(z, variance)

    def _back(self, z: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean calls and the variance of their roots in all intervals, from roots in those ever used."""
        shape = (len(z), len(self._used))
        calls, roots = np.zeros(shape), np.full(shape, POISSON)
        calls[:, self._used] = np.maximum(np.maximum(z, 0.0) ** 2 + variance - POISSON, 0.0)
        roots[:, self._used] = variance
        return calls, roots


def _mostly_seen(seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return which days have at least half the intervals that are usual on their weekday, shape (D,)."""
    count = seen.sum(axis=1)
    usual = np.ones(7)
    for w in np.unique(weekday[count > 0]):
        usual[w] = np.median(count[(weekday == w) & (count > 0)])
    return np.asarray((count > 0) & (count >= 0.5 * usual[weekday]))
