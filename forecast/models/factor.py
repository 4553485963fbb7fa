"""The main model: a day is a few factors, each factor's score a Gaussian process over the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd

from .contract import Model
from .lowrank import low_rank
from .process import Days, Effect, Multiplied, Process
from .rest import Rest

WINDOW_DAYS = 400
POISSON = 0.25
NOISE, NOISE_LOG = 0.1, 0.01


class Factor(Model):
    r"""Days × intervals: roots of the counts as a few factors, each of whose daily scores is forecast by itself.

    With :math:`z = \sqrt{calls + 1/4}`, whose noise is nearly 1/4 whatever the level, the last `WINDOW_DAYS` days are

    .. math:: z_{d,p} = \sum_k s_{k,d}\, v_{k,p} + e_{d,p},

    and each score is a sum of effects: a level, trends over years, months and days, the weekday that the day behaves
    like, a weekday that drifts, the season, turns of the month, special days. The marginal likelihood decides how large
    each of them is at each desk, and whether the effects of the first score, the size of the day, add or multiply;
    nothing is set by hand (`process.Process`). A forecast is :math:`E z^2 - 1/4 = (E z)^2 + Var\,z - 1/4`, with the
    exact variance of the scores and that of e.
    """

    name: ClassVar[str] = "factor"

    def _learn(self) -> None:
        past = self.history
        first = max(0, len(past.calls) - WINDOW_DAYS)
        z = np.sqrt(past.calls[first:] + POISSON)
        full = _mostly_seen(np.isfinite(z), np.array([d.weekday() for d in past.dates[first:]]))
        self._used = np.isfinite(z[full]).any(axis=0)
        found = low_rank(z[full][:, self._used])
        self._factors, self._noise = found.factors, found.noise
        dates = [d for d, keep in zip(past.dates[first:], full, strict=True) if keep]
        features = past.features(dates)
        self._columns = [c for c in features.columns.drop("weekday") if features[c].to_numpy().any()]
        day, effects = self._numbers(dates), self._effects(features)
        days = Days(day, effects, NOISE)
        scores: list[Process | Multiplied] = [Process(days, score, floor=POISSON) for score in found.scores.T]
        size = Multiplied(Days(day, effects, NOISE_LOG, log=True), found.scores[:, 0], floor=POISSON)
        if size.evidence > scores[0].evidence:
            scores[0] = size
        self._scores = scores
        left_out = [score.left_out for score in scores]
        expected = np.stack([mean for mean, _ in left_out], axis=1) @ self._factors
        spread = np.median([variance for _, variance in left_out], axis=1)
        self._rest = Rest(z[full][:, self._used], expected, self._common(spread), self._noise)

    def _common(self, spread: np.ndarray) -> np.ndarray:
        """Return the covariance that scores of the variances `spread`, shape (K,), give the intervals of a day."""
        return np.asarray(self._factors.T @ (np.maximum(spread - POISSON, 0.0)[:, None] * self._factors))

    def _numbers(self, dates: Sequence[dt.date]) -> np.ndarray:
        return np.array([(d - self.history.first_date).days for d in dates], dtype=float)

    def _effects(self, features: pd.DataFrame) -> tuple[Effect, ...]:
        """Return the parts of a score, with their regressors on the days of `features`."""
        weekday = (features["weekday"].to_numpy()[:, None] == np.arange(7)).astype(float)
        known = features.reindex(columns=self._columns, fill_value=0.0)
        turns = known.columns.str.startswith("month_")
        year = 2 * np.pi * np.array([d.timetuple().tm_yday for d in features.index])[:, None] / 365.25
        waves = np.hstack([wave(k * year) for k in (1, 2) for wave in (np.sin, np.cos)])
        always = np.ones((len(features), 1))
        return (
            Effect("level", always, 1.0, 1.0),
            Effect("trend", always, 0.005, 0.002, days=700.0),
            Effect("trend", always, 0.01, 0.0005, days=60.0),
            Effect("trend", always, 0.01, 0.002, days=5.0),
            Effect("weekday", weekday, 0.02, 0.05),
            Effect("weekday", weekday, 0.002, 0.002, days=90.0),
            Effect("year", waves, 0.005, 0.002),
            Effect("calendar", known.loc[:, turns].to_numpy(dtype=float), 0.02, 0.01),
            Effect("calendar", known.loc[:, ~turns].to_numpy(dtype=float), 0.02, 0.04),
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
        day = self._numbers([date])
        bases = [e.basis for e in self._effects(self.history.features([date]))]
        scores = [score.predict(day, bases) for score in self._scores]
        mean = np.concatenate([m for m, _ in scores]) @ self._factors
        common = self._common(np.concatenate([v for _, v in scores]))
        roots = np.sqrt(seen[self._used] + POISSON)
        calls, variance = self._back(*(row[None, :] for row in self._rest.update(roots, mean, common)))
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
