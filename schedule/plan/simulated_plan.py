"""A plan beside what its simulation tells: its true cost, and how far the service by its curves was off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.queueing.simulation.simulation import Simulation
from ..exchange.result import roster_of
from ..people.solve import NamedPlan
from ..problem.demand import asking_more, demands_by
from ..problem.problem import Demand, ScheduleProblem
from ..problem.shifts import PlannedShift
from .measure import HALF_WIDTH, Measure
from .missed import goals_missed
from .settings import SolveSettings


@dataclass(frozen=True, eq=False)
class SimulatedPlan:
    """A plan of people, a simulation of it, and the curves that tell the same.

    Attributes
    ----------
    found_by
        The measure by whose curves the plan was found.
    true
        The measure by the curves that the plan's own simulation has corrected.
    """

    plan: NamedPlan
    found_by: Measure
    true: Measure
    simulation: Simulation

    def cost(self, measure: Measure) -> float:
        """Return the cost of the plan by the curves of `measure`."""
        roster = roster_of(measure.problem, self.plan.assigned, self.plan.solved)
        return roster.cost_wages + sum(roster.prices.values())

    @property
    def rank(self) -> tuple[int, int, float]:
        """Goals missed, intervals below their floor, and the true cost: the lower, the better."""
        missed = goals_missed(self.true.problem, self.simulation)
        floors = sum(m.is_floor for m in missed)
        return len(missed) - floors, floors, self.cost(self.true)

    def settled(self, settings: SolveSettings) -> bool:
        """Whether the plan was found by curves that tell its service and its cost."""
        told, true = self.cost(self.found_by), self.cost(self.true)
        near = abs(true - told) <= settings.settled * max(told, 1.0)
        return near and inside(self.found_by, self.plan.assigned, self.simulation) >= settings.inside

    def asked(self, settings: SolveSettings) -> ScheduleProblem:
        """Return the problem that a repair solves: by the true curves, with a margin above floors and goals."""
        data, problem = self.true.data, self.true.problem
        curves = {d.queue: (data.curves or {})[d.queue] for d in problem.demands if d.gain is not None}
        above = {
            d.queue: self._above(d, curves[d.queue].starts, settings) for d in problem.demands if d.queue in curves
        }
        asked = demands_by(problem, curves, data.interval_min, data.absent, above)
        share = settings.goal_margin * HALF_WIDTH
        more = {
            (d.queue, k): share * float(d.calls[slots].sum())
            for d in asked.demands
            for k, slots in enumerate(d.periods)
        }
        return asking_more(asked, more)

    def _above(self, demand: Demand, starts: pd.DatetimeIndex, settings: SolveSettings) -> np.ndarray:
        """Return the share by which each interval is to lie above its floor, or its goal per interval, shape (T,)."""
        rows = self.simulation.service
        rows = rows[(rows["queue"] == demand.queue) & (rows["period"] == "interval")].set_index("start").reindex(starts)
        half = (rows["ci_hi"] - rows["ci_lo"]).to_numpy(dtype=float) / 2 / settings.rough
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
