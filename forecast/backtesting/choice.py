"""The model that forecasts a queue: the one named, the winner of a race, or a simple one for a short history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ..calendar.grid import Grid, midnight
from ..calls.history import History, Note
from ..errors import InputError
from ..models import MODELS, model_named
from ..models.naive import SameWeekday
from ..progress import Watch
from .race import FALLBACK, ORIGINS, Race, race

SHORT_DAYS = 14
"""Days of history, at least, for any model but the simple ones: each weekday must have been seen twice."""
SHORT_KNOWN = 8
"""Days with calls among them, at least: a desk open one day a week needs more weeks."""
MOST_DAYS = 14
"""Days of the horizon over which models are tried, at most: planning looks two weeks ahead."""


@dataclass(frozen=True)
class Choice:
    """The model that forecasts a queue, the race that it comes from, and notes on the choice."""

    model: str
    race: Race
    notes: tuple[Note, ...] = ()


def able(history: History, model: str) -> str:
    """Return `model`, or `FALLBACK` where less than two weeks of history are too few for it.

    Raises
    ------
    InputError
        If fewer than two days are known, or the model is unknown.
    """
    if _known_days(history) < 2:
        raise InputError(
            f"queue {history.queue!r} has calls of one day only",
            value=str(history.first_date),
            mend="Bring at least two weeks of history",
        )
    if model == "auto":
        return model
    simple = isinstance(model_named(model), SameWeekday)
    span = (history.last_date - history.first_date).days + 1
    short = span < SHORT_DAYS or _known_days(history) < SHORT_KNOWN
    return FALLBACK if short and not simple else model


def choose(history: History, model: str, grid: Grid, *, origins: int = ORIGINS, watch: Watch) -> Choice:
    """Return the model to use: `model`, or with ``auto`` the winner of a race at the lead of `grid`.

    Raises
    ------
    InputError
        As `able`.
    """
    wanted = able(history, model)
    lead, days = _days_between(history.last_date, grid.first_date), min(grid.days, MOST_DAYS)
    names = tuple(MODELS) if wanted == "auto" else tuple(dict.fromkeys((wanted, FALLBACK)))
    held = race(history, names, lead=lead, days=days, origins=origins, watch=watch, knockout=wanted == "auto")
    where = (history.queue, grid.first, grid.end)
    notes = tuple(Note(*where, "model", e.what, f"{name} is out of the race") for name, e in held.failed.items())
    if wanted == "auto" and held.finalists:
        why = Note(*where, "choice", _why(held), f"forecast by {held.winner}")
        return Choice(held.winner, held, (*notes, why))
    used = held.winner if wanted == "auto" else wanted
    if used == model:
        return Choice(used, held, notes)
    start, end = midnight(history.first_date, grid.zone), midnight(history.last_date + dt.timedelta(days=1), grid.zone)
    task = "to try models on" if model == "auto" else f"for {model}"
    span = (history.last_date - history.first_date).days + 1
    what = f"{span} days of history, {_known_days(history)} with calls, are too few {task}"
    short = Note(history.queue, start, end, "short", what, f"the simple model {used} is used")
    return Choice(used, held, (*notes, short))


def _known_days(history: History) -> int:
    return int(history.seen.any(axis=1).sum())


def _why(held: Race) -> str:
    """Return in one line what the winner and the next best model scored."""
    winner = next(e for e in held.finalists if e.model == held.winner)
    weeks = "1 past week" if held.origins == 1 else f"{held.origins} past weeks"
    first = f"{winner.model}: wQL {100 * winner.score.wql:.1f} % over {weeks}"
    rest = [e for e in held.entries if e is not winner]
    if not rest:
        return first
    after = f" over the newest {rest[0].origins}" if rest[0].origins < held.origins else ""
    return f"{first}, next {rest[0].model} {100 * rest[0].score.wql:.1f} %{after}"


def _days_between(last: dt.date, first: dt.date) -> int:
    """Return the lead of a forecast that starts on `first` from a history that ends on `last`; 0 = the next day."""
    return max(0, (first - last).days - 1)
