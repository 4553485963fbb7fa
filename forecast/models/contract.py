"""What every forecast model is and does: fit a history, predict intervals with quantiles."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from ..grid import Grid
from ..history import History, cells
from ..tables import QUANTILES
from .spread import count_quantiles

LONGEST_DAYS = 800


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
        self._learn()
        return self

    def predict(self, grid: Grid, quantiles: Sequence[float] = QUANTILES) -> Prediction:
        """Return the mean and quantiles of the calls in every interval of `grid`.

        Parameters
        ----------
        grid
            Days to predict, in intervals as long as those of the history.
        quantiles
            Shares between 0 and 1, ascending.
        """
        past = self.history
        if grid.first_date <= past.last_date:
            raise ValueError(f"the history reaches to {past.last_date}, asked for {grid.first_date}")
        if grid.minutes != past.minutes:
            raise ValueError(f"model fitted on {past.minutes}-minute intervals, asked for {grid.minutes}")
        mean, spread = self._expect(grid.dates)
        effect = past.known.effect(grid.dates, past.queue)[:, None]
        day, wall = cells(grid)
        open_ = past.known.open_mask(grid, past.queue)
        m = np.where(open_, np.maximum(mean * effect, 0.0)[day, wall], 0.0)
        v = (0.25 + np.maximum(spread - 0.25, 0.0) * effect)[day, wall]
        return Prediction(m, count_quantiles(m, v, quantiles) * open_[:, None], v)

    @abstractmethod
    def _learn(self) -> None:
        """Estimate what the model needs from `self.history`."""

    @abstractmethod
    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean calls and the variance of their square root, both of shape (len(dates), P)."""
