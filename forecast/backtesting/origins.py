"""Past origins of a race: the history known at each, the days to forecast from there, and the actual calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..calendar.grid import Grid
from ..calls.history import History, cells
from ..calls.quality import cleaned, inspect
from ..models import Model, Prediction
from .score import Score, score

LEAST_DAYS = 28
"""Days of history before an origin, at least: four weeks hold each weekday four times."""


@dataclass(frozen=True)
class PastOrigins:
    """Past origins, the newest first.

    Attributes
    ----------
    pasts
        What was known at each, cleaned as it would have been then.
    grids
        The days to forecast from each.
    actual
        The actual calls, per interval of each grid; NaN where not to be scored.
    """

    pasts: tuple[History, ...]
    grids: tuple[Grid, ...]
    actual: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.pasts)

    def first(self, least: int) -> int:
        """Return how many of the newest origins, at least `least`, bring any call to score; 0 when all bring none."""
        sums = np.cumsum([np.nansum(a) for a in self.actual])
        return min(max(least, int(np.argmax(sums > 0)) + 1), len(self)) if len(sums) and sums[-1] > 0 else 0

    def predict(self, model: Model, origin: int) -> Prediction:
        """Return what `model` predicts from one origin."""
        return model.fit(self.pasts[origin]).predict(self.grids[origin])

    def score(self, predictions: Sequence[Prediction]) -> Score:
        """Score predictions from the newest ``len(predictions)`` origins."""
        n = len(predictions)
        label = np.concatenate([i * 1000 + cells(grid)[0] for i, grid in enumerate(self.grids[:n])])
        mean = np.concatenate([p.mean for p in predictions])
        quantiles = np.concatenate([p.quantiles for p in predictions])
        return score(np.concatenate(self.actual[:n]), mean, quantiles, label)


def past_origins(history: History, *, lead: int, days: int, origins: int) -> PastOrigins:
    """Lay out past origins whole weeks apart, the newest such that its horizon ends with the history.

    Closed days are known in advance; intervals that the whole history shows as broken are not scored.

    Parameters
    ----------
    history
        Past of the queue.
    lead
        Days between an origin and the first day to forecast, 0 = the next day; shortened where the history is short.
    days
        Days of the horizon.
    origins
        How many at most; an origin needs `LEAST_DAYS` days before it.
    """
    total = len(history.calls)
    lead = max(0, min(lead, total - LEAST_DAYS - days - 7))
    ends = [total - lead - days - 7 * k for k in range(origins)]
    ends = [e for e in ends if e >= LEAST_DAYS]
    truth = np.where(inspect(history).bad, np.nan, history.calls)
    grids = [Grid(history.dates[e + lead], days, history.minutes, history.calendar.zone) for e in ends]
    return PastOrigins(
        tuple(cleaned(replace(history.until(history.dates[e - 1]), closures=history.closures)) for e in ends),
        tuple(grids),
        tuple(_on_grid(truth, history, grid) for grid in grids),
    )


def _on_grid(values: np.ndarray, history: History, grid: Grid) -> np.ndarray:
    """Return the values of the history's cells on `grid`, shape (len(grid),)."""
    day, wall = cells(grid)
    return np.asarray(values[(grid.first_date - history.first_date).days + day, wall])
