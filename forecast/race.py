"""Models run against each other on past origins, so that the best one forecasts."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .errors import InputError
from .grid import Grid, midnight
from .history import History, Note, cells
from .models import MODELS, model_named
from .progress import Watch
from .quality import cleaned, inspect
from .score import Score, score

LEAST_DAYS = 28
FALLBACK = "weekday_mean"
ORIGINS = 8


@dataclass(frozen=True)
class Entry:
    """One model's showing over all origins."""

    model: str
    score: Score
    seconds: float


@dataclass(frozen=True)
class Race:
    """The field's showing, the best first, and how many origins it ran over; empty when the history is too short."""

    entries: tuple[Entry, ...]
    origins: int

    @property
    def winner(self) -> str:
        """The model of the least weighted quantile loss; the simple fallback where nothing could be tried."""
        return self.entries[0].model if self.entries else FALLBACK


def race(history: History, names: Sequence[str], *, lead: int, days: int, origins: int, watch: Watch) -> Race:
    """Run models from past origins over the same horizon as the forecast itself.

    Origins lie whole weeks apart, the newest such that its horizon ends with the history. Each is forecast from
    what was known then, cleaned as it would have been then, closed days known in advance; intervals that the
    whole history shows as broken are not scored.

    Parameters
    ----------
    history
        Past of the queue.
    names
        Models to run.
    lead
        Days between an origin and the first day to forecast, 0 = the next day; shortened where the history is short.
    days
        Days of the horizon.
    origins
        How many at most.
    """
    total = len(history.calls)
    lead = max(0, min(lead, total - LEAST_DAYS - days - 7))
    ends = [total - lead - days - 7 * k for k in range(origins)]
    ends = [e for e in ends if e >= LEAST_DAYS]
    truth = np.where(inspect(history).bad, np.nan, history.calls)
    entries = []
    pasts = [cleaned(replace(history.until(history.dates[e - 1]), closures=history.closures)) for e in ends]
    grids = [Grid(history.dates[e + lead], days, history.minutes, history.calendar.zone) for e in ends]
    actual = [_on_grid(truth, history, grid) for grid in grids]
    if not ends or not np.nansum(np.concatenate(actual)) > 0:
        return Race((), 0)
    label = np.concatenate([i * 1000 + cells(grid)[0] for i, grid in enumerate(grids)])
    for done, name in enumerate(names):
        began = time.perf_counter()
        told = []
        for past, grid in zip(pasts, grids, strict=True):
            watch.raise_if_stopped()
            told.append(model_named(name).fit(past).predict(grid))
        seconds = time.perf_counter() - began
        watch.tell("forecast", f"{history.queue}: {name}", share=(done + 1) / len(names))
        mean, quantiles = np.concatenate([p.mean for p in told]), np.concatenate([p.quantiles for p in told])
        entries.append(Entry(name, score(np.concatenate(actual), mean, quantiles, label), seconds))
    return Race(tuple(sorted(entries, key=lambda e: e.score.wql)), len(ends))


def _on_grid(values: np.ndarray, history: History, grid: Grid) -> np.ndarray:
    """Return the values of the history's cells on `grid`, shape (len(grid),)."""
    day, wall = cells(grid)
    return np.asarray(values[(grid.first_date - history.first_date).days + day, wall])


@dataclass(frozen=True)
class Choice:
    """The model that forecasts a queue, the race that it comes from, and notes on the choice."""

    model: str
    race: Race
    notes: tuple[Note, ...] = ()


def choose(history: History, asked: str, grid: Grid, *, origins: int = ORIGINS, watch: Watch) -> Choice:
    """Return the model to use: the one `asked` for, or with ``auto`` the winner of a race at the lead of `grid`.

    Raises
    ------
    InputError
        If fewer than two days are known, or the model is unknown.
    """
    if history.seen.any(axis=1).sum() < 2:
        raise InputError(
            f"queue {history.queue!r} has calls of one day only",
            value=str(history.first_date),
            mend="Bring at least two weeks of history",
        )
    if asked != "auto":
        model_named(asked)
    lead, days = _days_between(history.last_date, grid.first_date), min(grid.days, 14)
    names = tuple(MODELS) if asked == "auto" else tuple(dict.fromkeys((asked, FALLBACK)))
    held = race(history, names, lead=lead, days=days, origins=origins, watch=watch)
    if asked != "auto":
        return Choice(asked, held)
    if held.entries:
        return Choice(held.winner, held)
    start, end = midnight(history.first_date, grid.zone), midnight(history.last_date + dt.timedelta(days=1), grid.zone)
    what = f"{len(history.calls)} days of history are too few to try models on"
    return Choice(
        held.winner, held, (Note(history.queue, start, end, "short", what, f"the simple model {held.winner} is used"),)
    )


def _days_between(last: dt.date, first: dt.date) -> int:
    """Return the lead of a forecast that starts on `first` from a history that ends on `last`; 0 = the next day."""
    return max(0, (first - last).days - 1)
