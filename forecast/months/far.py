"""The forecast of the months ahead: days' means of every queue, and scenario paths around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.grid import WEEKDAYS
from ..calls.arrange import histories
from ..calls.holidays_ahead import holidays_ahead
from ..errors import InputError
from ..progress import Watch
from .day_model import SEASON_DAYS, DayModel, fit_days
from .growth import Growth
from .level_error import LevelError, estimate, level_paths

MOST_MONTHS = 36
"""Months ahead, at most: further away nothing of today's level is left."""
ENDED_DAYS = 14
"""Days by which a queue's calls may end before those of others until the reader is told."""
GROWTH_TOLD = 0.05
"""Growth per year, as a share, from which on it is told that the past shows it and the forecast does not follow it."""


@dataclass(frozen=True)
class FarForecast:
    """The calls of every queue on the days ahead (Q queues, D days, W weeks, S scenarios).

    Attributes
    ----------
    models
        By queue, in the order of the first axis of the arrays.
    dates
        The days.
    calls
        Mean calls, shape (Q, D).
    growth
        What the planner's growth multiplies the calls by, shape (Q, D); it is part of `calls`.
    week
        Number of each day's week among the weeks, shape (D,); weeks begin as the centre's do.
    paths
        Factors on the mean in each scenario, shape (S, Q, W); their mean is 1.
    error
        How sure the level is.
    notes
        What the reader should know, a sentence each.
    """

    models: Mapping[str, DayModel]
    dates: tuple[dt.date, ...]
    calls: np.ndarray
    growth: np.ndarray
    week: np.ndarray
    paths: np.ndarray
    error: LevelError
    notes: tuple[str, ...] = field(default=())

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues, in the order of the arrays."""
        return tuple(self.models)

    def times(self, factor: float) -> FarForecast:
        """Return the forecast with all calls multiplied by `factor`; it counts as growth."""
        return self if factor == 1.0 else replace(self, calls=self.calls * factor, growth=self.growth * factor)

    @cached_property
    def scenarios(self) -> np.ndarray:
        """Calls of each scenario, queue and day, shape (S, Q, D)."""
        return np.asarray(self.calls * self.paths[:, :, self.week])

    def closed(self, queues: Sequence[str]) -> tuple[dt.date, ...]:
        """Return the days on which all of `queues` are shut though one of them is open on that weekday as a rule."""
        calendars = {q: self.models[q].history.known for q in queues}

        def is_shut(date: dt.date) -> bool:
            usual = any(c.hours(q).get(WEEKDAYS[date.weekday()]) for q, c in calendars.items())
            return usual and not any(c.spans(date, q) for q, c in calendars.items())

        return tuple(d for d in self.dates if is_shut(d))


def far_forecast(
    calls: pd.DataFrame,
    calendar: Calendar,
    first: dt.date,
    last: dt.date,
    *,
    minutes: int,
    week_start: int = 0,
    growth: Growth | None = None,
    error: LevelError | None = None,
    scenarios: int = 200,
    seed: int = 1,
    watch: Watch | None = None,
) -> FarForecast:
    """Forecast the calls of every queue on each day from `first` to `last`, as a mean and as scenario paths.

    Each option is a parameter of its own, since most callers give few of them. Only calls before `first` are used.
    Today's level is carried on; it grows as the planner says, by nothing else. Where two years are known the year's
    shape is estimated, else a note says that it is not known.

    Parameters
    ----------
    calls
        Table ``calls``, as `predict.forecast` takes it.
    calendar
        Opening hours, holidays, special days.
    minutes
        Interval of the history.
    week_start
        First weekday of a week, 0 = Monday.
    growth
        The planner's; None = none.
    error
        How sure the level is; None = estimated where the history is long enough, else the default.
    scenarios
        Paths, at least 1.

    Raises
    ------
    InputError
        If there are no calls before `first`, too few, or a queue of `growth` is unknown; if the days are more than
        three years or none.
    Stopped
        If the user stopped the run.
    """
    watch, growth = watch or Watch(), growth or Growth()
    _refuse_bad(first, last, scenarios)
    models: dict[str, DayModel] = {}
    notes: list[str] = []
    for queue, history in histories(calls, calendar, minutes=minutes, before=first).items():
        watch.raise_if_stopped()
        watch.tell("months", queue)
        models[queue], shut = _shut_again(fit_days(history), first, last)
        notes += shut
    growth.refuse_unknown(list(models))
    error = error or estimate([m.weeks for m in models.values()])
    dates = tuple(first + dt.timedelta(days=i) for i in range((last - first).days + 1))
    factors = np.array([growth.factor(q, dates, m.history.last_date) for q, m in models.items()])
    means = np.array([m.calls(dates) for m in models.values()]) * factors
    end = max(m.history.last_date for m in models.values())
    monday = dates[0] - dt.timedelta(days=(dates[0].weekday() - week_start) % 7)
    week = np.array([(d - monday).days // 7 for d in dates])
    lead = max(0, (first - end).days // 7)
    paths = level_paths(error, len(models), lead, int(week[-1]) + 1, scenarios, seed)
    return FarForecast(models, dates, means, factors, week, paths, error, (*_notes(models, error, growth), *notes))


def _refuse_bad(first: dt.date, last: dt.date, scenarios: int) -> None:
    if not 0 < (last - first).days + 1 <= MOST_MONTHS * 31:
        raise InputError(
            f"Expected 1 to {MOST_MONTHS} months", column="months", value=f"{first} to {last}", mend="Plan fewer months"
        )
    if scenarios < 1:
        raise InputError("Expected at least one scenario", column="scenarios", value=scenarios)


def _shut_again(model: DayModel, first: dt.date, last: dt.date) -> tuple[DayModel, list[str]]:
    """Return the model with the public holidays shut that were shut before, and what the reader should know of others.

    A holiday that the planner's own special days name is as they say.
    """
    history = model.history
    calendar, queue = history.known, history.queue
    ahead = holidays_ahead(history, [first + dt.timedelta(days=i) for i in range((last - first).days + 1)])
    notes = []
    if ahead.shut:
        notes.append(f"queue {queue}: shut on {_named(calendar, tuple(ahead.shut))}, as on these holidays before")
    if ahead.unseen:
        notes.append(
            f"queue {queue}: planned as open on {_named(calendar, ahead.unseen)}, holidays that the history does not "
            f"show; special_days.csv can shut them"
        )
    return replace(model, history=replace(history, closures=(*history.closures, *ahead.shut))), notes


def _named(calendar: Calendar, days: Sequence[dt.date]) -> str:
    return ", ".join(f"{d} ({calendar.holiday(d)})" for d in days)


def _notes(models: Mapping[str, DayModel], error: LevelError, growth: Growth) -> list[str]:
    """Tell what the forecast does not know."""
    out = [error.label()]
    end = max(m.history.last_date for m in models.values())
    for queue, model in models.items():
        days = len(model.history.dates)
        if (behind := (end - model.history.last_date).days) > ENDED_DAYS:
            out.append(
                f"queue {queue}: its calls end on {model.history.last_date}, {behind} days before those of others, and "
                f"are planned on; take the queue out if it is closed"
            )
        if model.season is None:
            out.append(
                f"queue {queue}: {days} days of history cannot tell the year's shape (two years, {SEASON_DAYS} days, "
                f"can): every month is planned on today's level"
            )
        grows = growth.per_year if not isinstance(growth.per_year, Mapping) else growth.per_year.get(queue, 0.0)
        if abs(model.trend_year) >= GROWTH_TOLD and grows == 0.0:
            out.append(
                f"queue {queue}: the past weeks show {model.trend_year:+.0%} a year; no growth is given, so none is "
                f"planned"
            )
    return out
