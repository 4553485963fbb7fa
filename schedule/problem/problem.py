"""The schedule problem: demand, shifts, people, rules and costs of one week, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.queueing.curve.envelope import concave_majorant
from ...forecast.queueing.goal.targets import ServiceGoal
from ..rules.rules import Rules
from .costs import Costs
from .goal_period import GoalPeriod
from .horizon import Horizon
from .period_price import PeriodPrice
from .shift_families import ShiftFamily, minute_of
from .shifts import Shift, shifts_of_week
from .staff import Agent, Contract


@dataclass(frozen=True)
class Demand:
    """What one queue asks of the schedule, per slot of the schedule's grid (S slots).

    Attributes
    ----------
    open
        Boolean, shape (S,).
    need
        Agents scheduled that hold the goal in that very slot, shape (S,), 0 while closed (fractions allowed).
    lower
        Least whole agents scheduled, shape (S,): the floor, caps and minimum; equal to ``ceil(need)`` where the
        goal's basis is the interval.
    calls
        Expected calls offered, shape (S,).
    gain
        Expected (calls in time − level × calls counted) with n agents scheduled, shape (S, N + 1); None when
        only a requirement is known, and then the goal holds per interval.
    periods
        Per period of the goal's basis the indices of its open slots; empty for the interval basis.
    margin
        Per period the least sum of `gain` over it, in calls; 0 = exactly the goal by the curve. With a ladder: the sum
        at which the ladder pays most.
    beyond
        Per period what is known of it outside the horizon; empty for goals that lie inside.
    ladders
        Per period its price by the calls that it misses; None = `Costs.call_price` for each; empty = None for all.
    """

    queue: str
    goal: ServiceGoal
    open: np.ndarray
    need: np.ndarray
    lower: np.ndarray
    calls: np.ndarray
    gain: np.ndarray | None = None
    periods: tuple[np.ndarray, ...] = ()
    margin: tuple[float, ...] = ()
    beyond: tuple[GoalPeriod, ...] = ()
    ladders: tuple[PeriodPrice | None, ...] = ()

    @property
    def by_interval(self) -> bool:
        """Whether the goal must hold in each slot."""
        return self.gain is None or not self.periods

    @cached_property
    def least(self) -> np.ndarray:
        """Heads below which an open slot is short, shape (S,): the floor, or an interval goal's need, maybe broken."""
        if not self.by_interval:
            return np.where(self.open, self.lower, 0.0)
        asks_more = self.lower > np.ceil(self.need - 1e-9)  # a cap or the least agents
        return np.where(self.open, np.maximum(self.need, self.lower * asks_more), 0.0)

    @cached_property
    def ceiling(self) -> np.ndarray:
        """`gain` replaced by its least majorant that is concave and never falls, shape (S, N + 1).

        The true loss from fewer heads is at least the loss by this curve, whatever the shape of `gain`: for bounds.
        """
        if self.gain is None:
            raise ValueError("no service curve")
        rows = [np.maximum.accumulate(concave_majorant(row)) for row in self.gain]
        return np.array(rows) if rows else self.gain

    @cached_property
    def envelope(self) -> np.ndarray:
        """`gain` replaced, from `lower` upwards, by its least concave majorant; shape (S, N + 1).

        Below `lower` the values are kept. Where the curve is not concave, a plan on or above `lower` may gain less than
        its row says; so the result is checked again with `gain`.
        """
        if self.gain is None:
            raise ValueError("no service curve")
        out = self.gain.copy()
        for s in np.flatnonzero(self.open):
            out[s, self.lower[s] :] = concave_majorant(self.gain[s, self.lower[s] :])
        return out


@dataclass(frozen=True)
class ScheduleProblem:
    """What to plan over a horizon. Slots are those of its `grid`; `staff` is empty for an anonymous plan.

    With `cyclic` the slots past the horizon's end are those of its beginning (test weeks). `before` holds per queue the
    heads on the phone whose shift began before the horizon, shape (S,), `open_after` whether it is open in the slots
    that follow the horizon; a queue without such an entry goes on as in its last slot.
    """

    horizon: Horizon
    demands: tuple[Demand, ...]
    families: Mapping[str, ShiftFamily]
    contracts: Mapping[str, Contract]
    staff: tuple[Agent, ...]
    rules: Rules
    costs: Costs
    cyclic: bool = False
    before: Mapping[str, np.ndarray] = field(default_factory=dict)
    open_after: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def grid(self) -> Grid:
        """The schedule's slots."""
        return self.horizon.grid

    @cached_property
    def open(self) -> np.ndarray:
        """Whether any queue is open, shape (S,)."""
        return np.asarray(np.logical_or.reduce([d.open for d in self.demands]))

    @cached_property
    def reach(self) -> np.ndarray:
        """Whether each queue is open in the horizon and as far after it as a shift may run, shape (queues, S + A)."""
        longest = max((f.length_min for f in self.families.values()), default=0)
        slots = -(-longest // self.grid.minutes)

        def after(d: Demand) -> np.ndarray:
            if self.cyclic:
                return np.resize(d.open, slots)
            known = self.open_after.get(d.queue, np.full(slots, d.open[-1]))[:slots]
            return np.concatenate([known, np.zeros(slots - len(known), dtype=bool)])

        return np.array([np.concatenate([d.open, after(d)]) for d in self.demands])

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Every shift that may be worked, by start."""
        return shifts_of_week(self.families, self.grid, np.asarray(self.reach.any(axis=0)))

    @property
    def day_of_slot(self) -> np.ndarray:
        """Position of the local day of each slot, shape (S,)."""
        return self.horizon.day_of_slot

    @cached_property
    def noon(self) -> tuple[int, ...]:
        """Per day the slot of 12:00, which parts early from late."""
        return tuple(self.grid.slot(d, 720) or 0 for d in self.grid.dates)

    @cached_property
    def wage_factor(self) -> np.ndarray:
        """1 + the premiums that apply, per slot of the week and of one day more, into which night shifts run."""
        extra = 1 + 1440 // self.grid.minutes
        out = np.ones(len(self.grid) + extra)
        times = [self.grid.time(s) for s in range(len(out))]
        for p in self.costs.premium:
            low, high = minute_of(p.start, column="start"), minute_of(p.end, column="end")
            for s, t in enumerate(times):
                if WEEKDAYS[t.weekday()] in p.days and low <= t.hour * 60 + t.minute < high:
                    out[s] += p.share
        return out

    def paid_weight(self, shift: Shift) -> float:
        """Return the hours that wages are paid for: paid hours × mean wage factor over the shift, + daily overtime."""
        paid_h = shift.paid_min / 60.0
        overtime_h = sum(o.extra_h(paid_h) for o in self.costs.overtime)
        return paid_h * float(self.wage_factor[shift.start : shift.end].mean()) + overtime_h

    def wall_minute(self, shift: Shift) -> int:
        """Return the wall-clock start of `shift` in minutes after the midnight of its day."""
        wall = self.grid.time(shift.start)
        return (wall.date() - shift.date).days * 1440 + wall.hour * 60 + wall.minute
