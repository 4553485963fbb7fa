"""From calls of days to hours of work: weeks ahead as schedule problems, and hours by weekday and volume."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.months.far import FarForecast
from ...forecast.months.typical_week import TypicalWeek
from ...forecast.progress import Watch
from ...schedule.hiring.loss import Sample
from ...schedule.hiring.work import work_hours
from ...schedule.problem.problem import ScheduleProblem
from ..inputs.inputs import Inputs
from ..inputs.week_before import WeekBefore
from ..run import decisive, problem_of, requirement_of

LEVELS = 5
"""Volumes at which hours of work are computed: hours bend so little that five tell all between."""
FEWEST = 3
"""The same where time is short."""
CALM = 0.002
"""Share of scenario days, at each end, beyond the volumes that are computed: there hours go with the calls."""


@dataclass(frozen=True)
class WeeksAhead:
    """Any week ahead as a schedule problem, in the likeness of the typical week.

    Parameters
    ----------
    inputs
        The folder.
    far
        Calls of the days ahead.
    typical
        Queue → its typical week.
    handle_time
        Factor on handle times.
    paid_week
        Contract → paid hours of a week where they are not `max_h_week`.
    """

    inputs: Inputs
    far: FarForecast
    typical: dict[str, TypicalWeek]
    handle_time: float = 1.0
    paid_week: Mapping[str, float] = field(default_factory=dict)

    def day_hours(self) -> dict[str, float]:
        """Return the paid hours of a week of each contract by the days on which a head may work."""
        config = self.inputs.config
        opened = max(1, sum(any(days) for days in zip(*(self._weekly(q) for q in self.far.queues), strict=True)))
        return {
            name: self.paid_week.get(name, c.max_h_week) / min(c.max_days, opened)
            for name, c in config.contract.items()
        }

    def _weekly(self, queue: str) -> list[bool]:
        """Return whether a queue is usually open on each weekday."""
        hours = self.far.models[queue].history.known.hours(queue)
        return [bool(hours.get(day)) for day in WEEKDAYS]

    def first_days(self) -> list[dt.date]:
        """Return the first days of whole weeks ahead in which no clock changes; all whole weeks where none is left."""
        start = WEEKDAYS.index(self.inputs.config.site.week_start)
        last = self.far.dates[-1] - dt.timedelta(days=6)
        whole = [d for d in self.far.dates if d.weekday() == start and d <= last]
        usual = 7 * 1440 // self.inputs.config.site.grid_min
        calm = [d for d in whole if len(self.inputs.config.horizon(d).grid) == usual]
        return calm or whole

    def volume(self, first: dt.date, queues: Sequence[str], calls: np.ndarray) -> pd.DataFrame:
        """Return the volume table of the week that begins on `first` for day totals `calls`, shape (queues, 7)."""
        grid = self.grid(first)
        tables = []
        for queue, total in zip(queues, calls, strict=True):
            history = self.far.models[queue].history
            features = history.features(grid.dates)
            is_open = history.known.open_wall(grid.dates, grid.minutes, queue)
            days, holiday = features["weekday"].to_numpy(), features["holiday"].to_numpy() > 0.0
            tables.append(self.typical[queue].volume(grid, days, total, is_open, holiday, self.handle_time))
        return pd.concat(tables, ignore_index=True)

    def grid(self, first: dt.date) -> Grid:
        """Return the forecast's intervals of the week that begins on `first`."""
        return replace(self.inputs, horizon=self.inputs.config.horizon(first)).grid

    def problem(self, first: dt.date, volume: pd.DataFrame, watch: Watch | None = None) -> ScheduleProblem:
        """Return the schedule problem of a week without names; a desk that never shuts has a cyclic week.

        A cyclic week leaves nothing to the weeks beside it: its last night staffs its first morning.
        """
        config = self.inputs.config
        queues = {q: config.queue[q] for q in volume["queue"].unique()}
        here = replace(self.inputs, config=config.model_copy(update={"queue": queues}), people=(),
                       horizon=config.horizon(first), before=WeekBefore())  # fmt: skip
        needed = requirement_of(here, volume, watch)
        problem = problem_of(here, needed.requirement, decisive(here.config, needed.curves))
        never_shut = bool(problem.open[0] and problem.open[-1])
        return replace(problem, cyclic=problem.cyclic or never_shut)

    def sample(self, kind: str, first: dt.date, queues: Sequence[str], watch: Watch | None = None) -> Sample:
        """Return the week that begins on `first` with its mean calls as a sample week."""
        at = self.far.dates.index(first)
        rows = [self.far.queues.index(q) for q in queues]
        volume = self.volume(first, queues, self.far.calls[rows, at : at + 7])
        problem = self.problem(first, volume, watch)
        return Sample(kind, problem, self.inputs.config.shrinkage.absent(problem.grid), self.day_hours())


@dataclass(frozen=True)
class WorkCurve:
    """Hours of work of a queue's day, by the weekday it behaves like and its calls.

    Attributes
    ----------
    plain
        Calls of a usual day, shape (7,).
    levels
        Multiples of them, rising, shape (K,).
    hours
        Hours of work at each, shape (K, 7).
    holiday
        Factor on them on a public holiday with an open desk, whose calls are less sure, shape (7,).
    """

    plain: np.ndarray
    levels: np.ndarray
    hours: np.ndarray
    holiday: np.ndarray

    def work(self, features: pd.DataFrame, calls: np.ndarray) -> np.ndarray:
        """Return hours of work of days: `calls` of shape (…, days) of days with the calendar's `features`."""
        weekday = features["weekday"].to_numpy()
        more = np.where(features["holiday"].to_numpy() > 0.0, self.holiday[weekday], 1.0)
        level = calls / self.plain[weekday]
        inside = np.clip(level, self.levels[0], self.levels[-1])
        out = np.zeros(calls.shape)
        for w in range(7):
            mine = weekday == w
            if mine.any():
                out[..., mine] = PchipInterpolator(self.levels, self.hours[:, w])(inside[..., mine])
        return np.asarray(out * level / inside * more)


def work_curve(ahead: WeeksAhead, queue: str, watch: Watch, hurry: Watch) -> WorkCurve:
    """Compute the hours of work of a queue's typical week at several volumes, on the basis of its goal.

    Once the time of `hurry` is up fewer volumes do.
    """
    far, config = ahead.far, ahead.inputs.config
    q = far.queues.index(queue)
    model, first = far.models[queue], ahead.first_days()[0]
    plain = model.plain()
    features = model.history.features(far.dates)
    kinds = features["weekday"].to_numpy()
    seen = far.calls[q] > 0.0
    ratio = (far.scenarios[:, q] / plain[kinds])[:, seen]
    low, high = np.quantile(ratio, [CALM, 1.0 - CALM]) if ratio.size else (1.0, 1.0)
    count = FEWEST if hurry.time_is_up else LEVELS
    levels = np.geomspace(min(low, 0.95), max(high, 1.05), count)
    days = [first + dt.timedelta(days=i) for i in range(7)]
    weekday = np.array([d.weekday() for d in days])
    minutes = config.site.interval_min
    usual = replace(model.history.calendar, special=())
    is_open = usual.open_wall(days, minutes, queue)
    is_open[~is_open.any(axis=1)] = is_open.any(axis=0)  # a holiday may behave like a weekday that is shut as a rule

    def hours(level: float, *, holiday: bool) -> np.ndarray:
        watch.raise_if_stopped()
        calls, mask = level * plain[weekday], np.full(7, holiday)
        volume = ahead.typical[queue].volume(ahead.grid(first), weekday, calls, is_open, mask, ahead.handle_time)
        problem = ahead.problem(first, volume, watch)
        slots = work_hours(problem.demands[0], config.shrinkage.absent(problem.grid), problem.grid.hours)
        out = np.zeros(7)
        out[weekday] = np.bincount(problem.day_of_slot, slots, minlength=7)
        return out

    found = []
    for k, level in enumerate(levels):
        watch.tell("need", f"{queue}: hours of work at {level:.0%} of today's calls", share=k / count)
        found.append(hours(float(level), holiday=False))
    more = np.ones(7)
    if (features["holiday"].to_numpy() > 0.0).any():
        more = hours(float(levels[count // 2]), holiday=True) / np.maximum(found[count // 2], 1e-9)
    return WorkCurve(plain, levels, np.array(found), more)
