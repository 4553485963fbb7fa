"""A plan beside what its simulation tells: its true cost, and how far the service by its curves was off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from ...forecast.queueing.simulation.simulation import Simulation
from ..cover.result import Cover
from ..optimise.status import Solved
from ..people.named_plan import NamedPlan
from ..price.shortfall import shortfall
from ..problem.demand import asking_more, demands_by
from ..problem.heads import heads_planned
from ..problem.problem import Demand, ScheduleProblem
from ..problem.shifts import PlannedShift
from .measure import HALF_WIDTH, Measure
from .missed import goals_missed
from .settings import SolveSettings

Search = TypeVar("Search", NamedPlan, Cover)
"""What a search has found: weeks of people, or shifts without names."""


@dataclass(frozen=True, eq=False)
class Candidate(Generic[Search]):
    """A plan that may be published.

    Attributes
    ----------
    search
        What was found, from which another search may go on.
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    wages, own
        Wages, and the prices that do not hang on the service.
    """

    search: Search
    assigned: Mapping[str, tuple[PlannedShift, ...]]
    wages: float
    own: Mapping[str, float]

    @property
    def solved(self) -> Solved:
        """What the search knew of the plan, by the curves that it had."""
        return self.search.solved

    def short(self, problem: ScheduleProblem) -> Mapping[str, float]:
        """Return the prices of what the plan leaves short of `problem`."""
        planned = [p for shifts in self.assigned.values() for p in shifts]
        return shortfall(heads_planned(problem, planned), problem)

    def cost(self, problem: ScheduleProblem) -> float:
        """Return the cost by the demands of `problem`."""
        return self.wages + sum(self.own.values()) + sum(self.short(problem).values())


@dataclass(frozen=True, eq=False)
class SimulatedPlan(Generic[Search]):
    """A plan, a simulation of it, and the curves that tell the same.

    Attributes
    ----------
    found_by
        The measure by whose curves the plan was found.
    true
        The measure by the curves that the plan's own simulation has corrected.
    wide
        How many times wider than those of the published simulation the intervals of this one may be.
    """

    plan: Candidate[Search]
    found_by: Measure
    true: Measure
    simulation: Simulation
    wide: float = 1.0

    @cached_property
    def misses(self) -> tuple[int, int]:
        """How many goals are missed, and how many intervals lie below their floor.

        A goal with a ladder is missed at a price, which is part of the cost.
        """
        problem = self.true.problem
        expected = self.true.expected(self.plan.assigned) if any(d.beyond for d in problem.demands) else None
        missed = goals_missed(problem, self.simulation, expected)
        priced = {d.queue for d in problem.demands if any(d.ladders)}
        floors = sum(m.is_floor for m in missed)
        return sum(not m.is_floor and m.queue not in priced for m in missed), floors

    @property
    def rank(self) -> tuple[int, int, float]:
        """Goals missed, intervals below their floor, and the true cost: the lower, the better."""
        return *self.misses, self.plan.cost(self.true.problem)

    def settled(self, settings: SolveSettings) -> bool:
        """Whether the plan was found by curves that tell its service and its cost."""
        told, true = (self.plan.cost(m.problem) for m in (self.found_by, self.true))
        near = abs(true - told) <= settings.settled * max(told, 1.0)
        return near and inside(self.found_by, self.plan.assigned, self.simulation) >= settings.inside

    def asked(self, settings: SolveSettings, share: float = 1.0) -> ScheduleProblem:
        """Return the problem that a turn solves: by the true curves, with a `share` of the margin above floors and
        goals.
        """
        data, problem = self.true.data, self.true.problem
        curves = {d.queue: (data.curves or {})[d.queue] for d in problem.demands if d.gain is not None}
        decided = [d for d in problem.demands if d.queue in curves]
        above = {d.queue: share * self._above(d, curves[d.queue].starts, settings) for d in decided}
        asked = demands_by(problem, curves, data.interval_min, data.absent, above)
        margin = share * settings.goal_margin * self._unsure * HALF_WIDTH
        calls = {(d.queue, k): float(d.calls[slots].sum()) for d in decided for k, slots in enumerate(d.periods)}
        return asking_more(asked, {period: margin * n for period, n in calls.items()})

    @property
    def _unsure(self) -> float:
        """How unsure the published simulation of a plan found by the true curves is, in its half widths.

        The noise of the simulation behind the curves adds to its own.
        """
        return math.hypot(self.wide, 1.0)

    def _above(self, demand: Demand, starts: pd.DatetimeIndex, settings: SolveSettings) -> np.ndarray:
        """Return the share by which each interval is to lie above its floor, or its goal per interval, shape (T,)."""
        rows = self.simulation.service
        rows = rows[(rows["queue"] == demand.queue) & (rows["period"] == "interval")].set_index("start").reindex(starts)
        half = self._unsure * (rows["ci_hi"] - rows["ci_lo"]).to_numpy(dtype=float) / 2 / self.wide
        times = settings.goal_margin if demand.by_interval else settings.floor_margin * (demand.goal.floor > 0.0)
        return np.asarray(times * np.nan_to_num(half))


def inside(measure: Measure, assigned: Mapping[str, tuple[PlannedShift, ...]], simulation: Simulation) -> float:
    """Return the share of the intervals with calls whose expected service lies in its simulated 95 % interval."""
    expected = measure.expected(assigned)
    rows = expected.merge(simulation.service, on=["queue", "period", "start"])
    rows = rows[(rows["period"] == "interval") & rows["expected"].notna() & rows["simulated"].notna()]
    if rows.empty:
        return 1.0
    return float(((rows["expected"] >= rows["ci_lo"]) & (rows["expected"] <= rows["ci_hi"])).mean())
