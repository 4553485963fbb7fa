"""Past days, each forecast from the days before it only, as today is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..calls.history import History
from ..calls.quality import cleaned
from ..models.factor import POISSON, DayRoots, Factor
from ..progress import Watch
from .params import PARAMS, WatchParams


@dataclass(frozen=True)
class DayAhead:
    """One day's calls and the forecast of the evening before, in the intervals in which the queue is open.

    Attributes
    ----------
    date
        Local day.
    cells
        Wall-clock intervals, ascending, shape (n,).
    calls
        Calls offered, the planner's own multiplier taken out, shape (n,); NaN where unknown.
    law
        What was expected of the roots, for the same intervals.
    """

    date: dt.date
    cells: np.ndarray
    calls: np.ndarray
    law: DayRoots

    @property
    def roots(self) -> np.ndarray:
        """Roots √(calls + 1/4), shape (n,); NaN where unknown."""
        return np.asarray(np.sqrt(self.calls + POISSON))


def day_ahead(model: Factor, date: dt.date, calls: np.ndarray) -> DayAhead:
    """Return a day after the model's history with its calls, shape (P,) by wall-clock interval, NaN where unknown."""
    known, law = model.history.known, model.roots_of(date)
    open_ = known.open_wall([date], model.history.minutes, model.history.queue)[0]
    effect = float(known.effect([date], model.history.queue)[0])
    keep = open_[law.cells] & (law.mean > np.sqrt(POISSON)) & (effect > 0.0)
    cells = law.cells[keep]
    own = DayRoots(cells, law.mean[keep], law.factors[:, keep], law.spread, law.noise[keep])
    return DayAhead(date, cells, calls[cells] / max(effect, 1e-9), own)


def days_ahead(history: History, params: WatchParams = PARAMS, watch: Watch | None = None) -> list[DayAhead]:
    """Return the last `days` days with calls, forecast one day ahead; those with fewer than `base_days` before are out.

    Raises
    ------
    InputError
        If the model can do nothing with these calls.
    Stopped
        If the user stopped the run.
    """
    return list(_forecast(history, params, watch or Watch()))


def _forecast(history: History, params: WatchParams, watch: Watch) -> Iterator[DayAhead]:
    seen = np.flatnonzero(history.seen.any(axis=1))[params.base_days :][-params.days :]
    model = Factor()
    for n, row in enumerate(seen):
        watch.raise_if_stopped()
        past = history.until(history.dates[row - 1])
        model = Factor().fit(cleaned(past)) if n % params.refit_days == 0 else model.rolled(past)
        watch.tell("watch", f"past day {n + 1} of {len(seen)}", share=n / len(seen))
        yield day_ahead(model, history.dates[row], history.calls[row])
