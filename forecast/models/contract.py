"""What every forecast model is and does: fit a history, predict intervals with quantiles."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from ..calendar.grid import Grid
from ..calls.history import History, cells
from ..errors import InputError
from ..tables import QUANTILES
from .quantiles import count_quantiles

LONGEST_DAYS = 800
"""Days of history that a model learns from, at most: two years and some, older years tell little of this one."""
MOST_DAYS_AHEAD = 550
"""Days that may be forecast, at most: a year and a half, as far as budgets reach."""
PARTS = ("level", "trend", "weekday", "year", "calendar", "override")
USUAL_DAYS = 28
"""Days whose mean is the usual level of a model: four whole weeks, so that each weekday counts alike."""


@dataclass(frozen=True)
class Prediction:
    """Calls per interval of a grid.

    Attributes
    ----------
    mean, quantiles
        Shapes (N,) and (N, Q); 0 where closed.
    spread
        Variance of the root that the quantiles rest on, shape (N,).
    """

    mean: np.ndarray
    quantiles: np.ndarray
    spread: np.ndarray


class Model(ABC):
    """A forecaster of the calls of one queue.

    A model says, for any local days, the expected calls of each wall-clock interval and how far the actual
    may stray; the base class turns that into counts on a grid, applies the planner's own multipliers and
    leaves closed intervals at zero.

    Attributes
    ----------
    name
        Word by which `plan.toml` and the tables know the model.
    """

    name: ClassVar[str]
    history: History

    def fit(self, history: History) -> Self:
        """Learn from the last `LONGEST_DAYS` days of `history`, which holds nothing later than the origin."""
        history = history.last(LONGEST_DAYS)
        effect = history.known.effect(history.dates, history.queue)
        self.history = replace(history, calls=history.calls / effect[:, None])
        with self._numerics():
            self._learn()
        return self

    @contextmanager
    def _numerics(self) -> Iterator[None]:
        """Turn a failure of the numerics into an error for the planner: this model can do nothing with these calls."""
        try:
            yield
        except InputError:
            raise
        except (ValueError, ArithmeticError) as error:
            raise InputError(
                f"the model {self.name} can do nothing with queue {self.history.queue!r}: {error}",
                mend="Take another model, such as weekday_mean",
            ) from error

    def predict(
        self, grid: Grid, quantiles: Sequence[float] = QUANTILES, today: np.ndarray | None = None
    ) -> Prediction:
        """Return the mean and quantiles of the calls in every interval of `grid`.

        Parameters
        ----------
        grid
            Days to predict, in intervals as long as those of the history.
        quantiles
            Shares between 0 and 1, ascending.
        today
            Calls of the grid's first day so far by wall-clock interval, shape (P,), NaN for intervals to come. Calls
            so far are returned unchanged; the rest of the day is forecast given them, as far as past days show that
            this helps.
        """
        past = self.history
        if grid.first_date <= past.last_date:
            raise ValueError(f"the history reaches to {past.last_date}, asked for {grid.first_date}")
        if grid.minutes != past.minutes:
            raise ValueError(f"model fitted on {past.minutes}-minute intervals, asked for {grid.minutes}")
        with self._numerics():
            mean, spread = self._expect(grid.dates)
        effect = past.known.effect(grid.dates, past.queue)[:, None]
        if today is not None:
            mean, spread = np.array(mean), np.array(spread)
            mean[0], spread[0] = self._rest_of(grid.first_date, today / effect[0])
        day, wall = cells(grid)
        open_ = past.known.open_mask(grid, past.queue)
        m = np.where(open_, np.maximum(mean * effect, 0.0)[day, wall], 0.0)
        v = (0.25 + np.maximum(spread - 0.25, 0.0) * effect)[day, wall]
        found = count_quantiles(m, v, quantiles) * open_[:, None]
        if today is not None:
            over = (day == 0) & np.isfinite(today[wall]) & open_
            m[over], found[over], v[over] = today[wall[over]], today[wall[over], None], 0.0
        return Prediction(m, found, v)

    def predict_days(self, grid: Grid, quantiles: Sequence[float] = QUANTILES) -> Prediction:
        """Return mean and quantiles of the calls of whole days, as `predict`, shapes (days,) and (days, Q).

        Means are sums of the intervals' means; quantiles are not sums, since intervals of a day stray together only in
        part: the total's variance is that of Poisson calls and what `_day_excess` adds.
        """
        past = self.history
        day, _ = cells(grid)
        total = np.bincount(day, self.predict(grid).mean, minlength=grid.days)
        excess = self._day_excess(grid.dates, past.known.open_wall(grid.dates, grid.minutes, past.queue))
        excess = excess * past.known.effect(grid.dates, past.queue) ** 2
        spread = 0.25 + excess / (4.0 * np.maximum(total, 1e-9))
        return Prediction(total, count_quantiles(total, spread, quantiles), spread)

    def _day_excess(self, dates: Sequence[dt.date], shown: np.ndarray) -> np.ndarray:
        """Return the variance of each day's calls in the intervals `shown`, (D, P), beyond Poisson, shape (D,).

        Here the scatter beyond Poisson is taken to be common to all intervals of the day, which is an upper bound.
        """
        mean, spread = self._expect(dates)
        sd = 2.0 * np.sqrt(np.maximum(mean, 0.0) * np.maximum(spread - 0.25, 0.0))
        return np.asarray(np.where(shown, sd, 0.0).sum(axis=1) ** 2)

    def _rest_of(self, date: dt.date, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean calls and the variance of their root on `date`, each (P,), given those `seen` (NaN = to come).

        Here nothing is learnt from them.
        """
        mean, spread = self._expect([date])
        return mean[0], spread[0]

    def explain(self, grid: Grid, today: np.ndarray | None = None) -> pd.DataFrame:
        """Return what each expected number is made of: columns `PARTS` that add up to it, one row per interval.

        ``level`` is the usual interval of the day, ``trend`` how far the level has moved, ``weekday`` and ``year`` what
        they add, ``calendar`` turns of the month, holidays and special days, ``override`` the planner's multipliers.
        The calls of a running day so far (`today`, as for `predict`) count as trend. Rows are those of
        ``grid.starts``; a closed interval has zeros.
        """
        whole = self.predict(grid).mean
        day, wall = cells(grid)
        out = {name: np.where(whole > 0, part[day, wall], 0.0) for name, part in self._parts(grid.dates).items()}
        frame = pd.DataFrame(out, index=grid.starts).reindex(columns=list(PARTS), fill_value=0.0)
        frame["override"] = whole - frame.sum(axis=1)
        if today is not None:
            frame["trend"] += self.predict(grid, today=today).mean - whole
        return frame

    def _parts(self, dates: Sequence[dt.date]) -> dict[str, np.ndarray]:
        """Return parts of the mean calls by name, each of shape (len(dates), P), adding up to them.

        Here the level is the model's own mean over the four weeks after the history, the weekday part is the weekday's
        difference from the level; the rest is the calendar's.
        """
        mean, _ = self._expect(dates)
        usual = [self.history.last_date + dt.timedelta(days=i + 1) for i in range(USUAL_DAYS)]
        ahead, _ = self._expect(usual)
        level = np.broadcast_to(ahead.mean(axis=0), mean.shape)
        weekdays = np.array([d.weekday() for d in usual])
        by_weekday = np.array([ahead[weekdays == w].mean(axis=0) for w in range(7)])[[d.weekday() for d in dates]]
        return {"level": level, "weekday": by_weekday - level, "calendar": mean - by_weekday}

    @abstractmethod
    def _learn(self) -> None:
        """Estimate what the model needs from `self.history`."""

    @abstractmethod
    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean calls and the variance of their square root, both of shape (len(dates), P)."""
