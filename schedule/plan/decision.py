"""What was decided: who works when, and everything known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.simulation.simulation import Simulation
from ..cover.result import Block
from ..optimise.status import Solved
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .missed import MissedGoal, goals_missed


@dataclass(frozen=True, eq=False)
class Decision:
    """A decided plan and everything known about it.

    Attributes
    ----------
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    solved, cost_wages, prices
        What is known of its cost, wages plus prices; the bound holds for every way to plan these people.
    activity, coverage, expected
        Who does what when; who is on the phone against what is required; the service to expect by the curves.
    simulation
        None where no volumes are known.
    stages
        Seconds per stage.
    repairs
        How often the plan was made anew because a period's simulated service fell short.
    open
        Shifts that would be worth their price if somebody could be found for them.
    blocks
        Per independent run of days of an anonymous plan.
    curves
        Queue → service curve in agents on the phone by which the plan was decided and its service is expected: where
        calls are known, corrected by simulation of the plan for the queue that moves. None where none are known.
    free_bound
        Where an earlier plan is kept, a proven bound on the cost of every plan that need not keep it, by the same
        curves; None where none is known.
    """

    problem: ScheduleProblem
    assigned: Mapping[str, tuple[PlannedShift, ...]]
    solved: Solved
    cost_wages: float
    prices: Mapping[str, float]
    activity: pd.DataFrame
    coverage: pd.DataFrame
    expected: pd.DataFrame
    simulation: Simulation | None
    stages: Mapping[str, float]
    repairs: int = 0
    open: tuple[PlannedShift, ...] = ()
    blocks: tuple[Block, ...] = ()
    curves: Mapping[str, ServiceCurve] | None = None
    free_bound: float | None = None

    @property
    def planned(self) -> tuple[PlannedShift, ...]:
        """Every shift of the plan."""
        return tuple(p for shifts in self.assigned.values() for p in shifts)

    @cached_property
    def missed(self) -> tuple[MissedGoal, ...]:
        """What the plan misses by simulation."""
        return goals_missed(self.problem, self.simulation, self.expected)

    @property
    def named(self) -> bool:
        """Whether the plan is one of people."""
        return bool(self.problem.staff)

    @property
    def cost_prices(self) -> float:
        """What is priced beside wages."""
        return sum(self.prices.values())

    @property
    def paid_hours(self) -> float:
        """Paid hours of every shift."""
        return sum(p.shift.paid_min for p in self.planned) / 60
