"""What a plan gives: activity, coverage, expected service, and the simulation of its calls."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ...forecast.progress import Stopped, Watch
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.formulas.time_laws import TimeLaw
from ...forecast.queueing.simulation.simulation import Simulation, simulate
from ..optimise.status import Solved
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .activity import activity, staffing
from .coverage import coverage, service_expected
from .decision import Decision
from .stages import timed


@dataclass(frozen=True, eq=False)
class ServiceData:
    """What the service of a plan is measured with, by the curves and by simulation.

    Parameters
    ----------
    curves
        Queue → service curve in agents on the phone; None where only a requirement is known.
    volume
        What the simulation draws calls from; None = no simulation.
    interval_min
        Length of the volume's intervals.
    week_start
        Weekday on which weeks begin.
    absent
        Share of the scheduled heads that are absent, per slot of the schedule, shape (S,).
    absent_days
        The same for the simulation: one share, or by date, weekday or ``default``.
    handle
        Queue → law of handle times.
    running
        Rows of activity of earlier shifts that run on into the planned time.
    """

    curves: Mapping[str, ServiceCurve] | None
    absent: np.ndarray
    volume: pd.DataFrame | None = None
    interval_min: int = 30
    week_start: str = "monday"
    absent_days: float | Mapping[str, float] = 0.0
    handle: Mapping[str, TimeLaw] = field(default_factory=dict)
    running: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Measure:
    """Measures plans of one problem.

    Parameters
    ----------
    seed
        Seed of the simulation.
    stages
        The simulation's seconds are added here.
    """

    problem: ScheduleProblem
    data: ServiceData
    seed: int
    watch: Watch
    stages: dict[str, float]

    def decision(
        self,
        assigned: Mapping[str, tuple[PlannedShift, ...]],
        solved: Solved,
        cost_wages: float,
        prices: Mapping[str, float],
    ) -> Decision:
        """Return a plan and what is known of its cost, with its coverage and service."""
        rows = activity(assigned, self.problem.grid, self.problem.staff)
        covered = coverage(rows, self.problem, self.data.curves, self.data.absent)
        return Decision(
            problem=self.problem,
            assigned=assigned,
            solved=solved,
            cost_wages=cost_wages,
            prices=prices,
            activity=rows,
            coverage=covered,
            expected=service_expected(covered, self.problem, self.data.curves, self.data.absent),
            simulation=self._simulated(rows),
            stages=self.stages,
        )

    def _simulated(self, rows: pd.DataFrame) -> Simulation | None:
        """Return the simulation of a plan's activity; None without volumes, and where the user stopped too early."""
        data = self.data
        if data.volume is None or self.watch.stopped:
            return None
        with timed(self.stages, "simulate"), contextlib.suppress(Stopped):  # the plan stands, unsimulated
            return simulate(
                staffing(pd.concat([data.running, rows]) if len(data.running) else rows),
                data.volume,
                {d.queue: d.goal for d in self.problem.demands},
                interval_min=data.interval_min,
                week_start=data.week_start,
                absent=data.absent_days,
                handle=data.handle,
                seed=self.seed,
                watch=replace(self.watch, time_limit_s=None),
            )
        return None
