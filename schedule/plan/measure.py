"""What a plan gives: activity, coverage, expected service, and the simulation of its calls."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ...forecast.progress import Stopped, Watch
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.formulas.time_laws import TimeLaw
from ...forecast.queueing.simulation.memory import Memory
from ...forecast.queueing.simulation.simulation import Simulation, simulate
from ..optimise.status import Solved
from ..problem.demand import demands_by
from ..problem.goal_period import part_dates
from ..problem.heads import heads_of
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .activity import activity, staffing
from .correct import corrected
from .coverage import coverage, service_expected
from .decision import Decision
from .stages import timed

HALF_WIDTH = 0.005
"""Half width of the 95 % interval of days and weeks at which the published simulation ends, a share."""

FURTHER = 1_000_003
"""Distance of the seeds of further simulations of a run, far beyond the seeds that people choose side by side."""


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
    memory
        What was simulated before, so that only days whose staff has changed are simulated again.
    """

    problem: ScheduleProblem
    data: ServiceData
    seed: int
    watch: Watch
    stages: dict[str, float]
    memory: Memory = field(default_factory=Memory)

    def decision(
        self,
        assigned: Mapping[str, tuple[PlannedShift, ...]],
        solved: Solved,
        cost_wages: float,
        prices: Mapping[str, float],
        simulation: Simulation | None = None,
    ) -> Decision:
        """Return a plan and what is known of its cost, with its coverage and service; without a `simulation` it is
        simulated here.
        """
        rows, covered = self.rows(assigned), self.coverage(assigned)
        return Decision(
            problem=self.problem,
            assigned=assigned,
            solved=solved,
            cost_wages=cost_wages,
            prices=prices,
            activity=rows,
            coverage=covered,
            expected=service_expected(covered, self.problem, self.data.curves, self.data.absent),
            simulation=simulation or self.simulation(assigned),
            stages=self.stages,
            curves=self.data.curves,
        )

    @property
    def simulates(self) -> bool:
        """Whether a simulation corrects the curves that decide."""
        return self.data.volume is not None and self.data.curves is not None

    def rows(self, assigned: Mapping[str, tuple[PlannedShift, ...]]) -> pd.DataFrame:
        """Return the activity of a plan."""
        return activity(assigned, self.problem.grid, self.problem.staff)

    def coverage(self, assigned: Mapping[str, tuple[PlannedShift, ...]]) -> pd.DataFrame:
        """Return who is on the phone when, and the service to expect of each slot (see `coverage.coverage`)."""
        return coverage(self.rows(assigned), self.problem, self.data.curves, self.data.absent)

    def expected(self, assigned: Mapping[str, tuple[PlannedShift, ...]]) -> pd.DataFrame:
        """Return the service to expect of a plan by the curves (see `service_expected`)."""
        return service_expected(self.coverage(assigned), self.problem, self.data.curves, self.data.absent)

    def heads(self, assigned: Mapping[str, tuple[PlannedShift, ...]]) -> Mapping[str, np.ndarray]:
        """Return queue → heads scheduled on the phone per slot, shape (S,)."""
        return heads_of(coverage(self.rows(assigned), self.problem, None, self.data.absent), self.problem.grid)

    def changed(
        self, before: Mapping[str, tuple[PlannedShift, ...]], after: Mapping[str, tuple[PlannedShift, ...]]
    ) -> dict[str, pd.DatetimeIndex]:
        """Return queue → starts of the intervals whose heads differ between two plans, or those of the one before."""
        out = {}
        plans = self.heads(before), self.heads(after)
        for queue, curve in (self.data.curves or {}).items():
            slots = np.flatnonzero(plans[0][queue] != plans[1][queue])
            rows = np.searchsorted(curve.starts, self.problem.grid.starts[slots], side="right") - 1
            known = np.union1d(rows, rows + 1)
            out[queue] = curve.starts[known[(known >= 0) & (known < len(curve.starts))]]
        return out

    def runs_of(self, calls: float) -> int:
        """Return the runs of the simulation, from 256 to 4,000, in which about so many calls come."""
        volume = self.data.volume
        offered = 0.0 if volume is None else float(volume["calls"].sum())
        return int(np.clip(calls / max(offered, 1.0), 256, 4000))

    def corrected(self, assigned: Mapping[str, tuple[PlannedShift, ...]], simulations: Sequence[Simulation]) -> Measure:
        """Return the measure by the curves that tell what `simulations` of a plan tell, and by the demands of them."""
        data = self.data
        if data.curves is None:
            return self
        curves = corrected(data.curves, self.problem, self.heads(assigned), data.absent, simulations)
        problem = demands_by(self.problem, curves, data.interval_min, data.absent)
        return replace(self, problem=problem, data=replace(data, curves=curves))

    def simulation(
        self,
        assigned: Mapping[str, tuple[PlannedShift, ...]],
        *,
        more: int = 0,
        half_width: float = HALF_WIDTH,
        least: int = 256,
    ) -> Simulation | None:
        """Return a simulation of a plan; None without volumes, and where the user stopped too early.

        Parameters
        ----------
        more
            0 = the simulation that is published; above, further ones, independent of it and of each other.
        half_width
            Of the 95 % interval of every day and week, a share, at which it ends.
        least
            Least runs.
        """
        data, rows = self.data, self.rows(assigned)
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
                seed=self.seed + more * FURTHER,
                half_width=half_width,
                watch=replace(self.watch, time_limit_s=None),
                min_runs=least,
                memory=self.memory,
                parts={d.queue: part_dates(d.beyond, self.problem.grid) for d in self.problem.demands if d.beyond},
            )
        return None
