"""Decide one week: problem, cover, roster, coverage, simulation, judge; nothing is written here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..forecast.grid import Grid
from ..forecast.progress import Stopped, Watch
from ..forecast.queueing.curve import Curve
from ..forecast.queueing.simulate import Simulation, simulate
from ..schedule.activity import activity, anonymous, staffing
from ..schedule.cover.solve import Cover, solve_cover
from ..schedule.coverage import coverage, service_expected
from ..schedule.demand import demand
from ..schedule.problem import Demand, ScheduleProblem
from ..schedule.roster.solve import Roster, solve_roster
from ..schedule.shifts import PlannedShift
from ..schedule.staff import Agent
from .config import Config

COVER_SHARE = 0.5
REPAIRS = 2


@dataclass(frozen=True)
class Week:
    """A decided week and everything known about it.

    Attributes
    ----------
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    simulation
        None where no volumes are known.
    repairs
        How often a period's simulated service fell short and its goal was raised.
    """

    problem: ScheduleProblem
    cover: Cover
    roster: Roster | None
    assigned: Mapping[str, tuple[PlannedShift, ...]]
    activity: pd.DataFrame
    coverage: pd.DataFrame
    expected: pd.DataFrame
    simulation: Simulation | None
    repairs: int
    stages: Mapping[str, float]


def build_problem(
    config: Config, grid: Grid, requirement: pd.DataFrame, curves: Mapping[str, Curve] | None, staff: tuple[Agent, ...]
) -> ScheduleProblem:
    """Join requirement, curves, people and rules of one week into a schedule problem."""
    absent = config.shrinkage.absent(grid)
    demands = tuple(
        demand(
            requirement[requirement["queue"] == name],
            (curves or {}).get(name),
            queue.goal,
            grid,
            config.site.interval_min,
            absent,
        )
        for name, queue in config.queue.items()
    )
    return ScheduleProblem(
        grid, demands, config.shift, config.contract, staff, config.rules, config.costs, config.cyclic
    )


def decide(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    requirement: pd.DataFrame,
    volume: pd.DataFrame | None,
    watch: Watch,
) -> Week:
    """Choose shifts and breaks, name people, simulate; where a period misses its goal, raise it by the miss and mend.

    Raises
    ------
    Stopped
        If stopped before there was any cover.
    Infeasible
        If the rules of some people contradict each other.
    """
    solve, stages = config.solve, dict[str, float]()
    best: Week | None = None
    deadline = time.monotonic() + solve.time_limit_s
    cover: Cover | None = None
    roster: Roster | None = None
    for attempt in range(REPAIRS + 1):
        left = max(5.0, deadline - time.monotonic())
        with _timed(stages, "cover"):
            cover = solve_cover(
                problem,
                watch=watch,
                time_limit_s=left * (COVER_SHARE if problem.staff else 1.0),
                gap=solve.gap,
                seed=solve.seed,
                threads=solve.threads,
                previous=cover,
            )
        if not cover.planned and problem.open.any() and cover.solved.status == "none":
            if best is not None:
                return best
            raise Stopped
        if problem.staff:
            with _timed(stages, "roster"):
                roster = solve_roster(
                    problem,
                    cover.planned,
                    watch=watch,
                    time_limit_s=max(5.0, deadline - time.monotonic()),
                    gap=solve.gap,
                    seed=solve.seed,
                    threads=solve.threads,
                    start=roster.assigned if roster else None,
                )
            assigned = roster.assigned
        else:
            assigned = anonymous(cover.planned)
        with _timed(stages, "simulate"):
            week = _measure(
                config, problem, curves, requirement, volume, cover, roster, assigned, attempt, stages, watch
            )
        if best is None or not _missing(best) or len(_missing(week)) <= len(_missing(best)):
            best = week
        missing = _missing(best)
        if not missing or attempt == REPAIRS or watch.stopped or deadline - time.monotonic() < 10:
            break
        watch.tell("mend", f"{len(missing)} period(s) below goal in simulation")
        problem = _raised(problem, missing)
    return replace(best, stages=stages)


def _measure(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    requirement: pd.DataFrame,
    volume: pd.DataFrame | None,
    cover: Cover,
    roster: Roster | None,
    assigned: Mapping[str, tuple[PlannedShift, ...]],
    attempt: int,
    stages: Mapping[str, float],
    watch: Watch,
) -> Week:
    rows = activity(assigned, problem.grid, problem.staff)
    covered = coverage(rows, problem, curves, config.shrinkage.absent(problem.grid))
    expected = service_expected(covered, problem, curves, config.shrinkage.absent(problem.grid))
    run: Simulation | None = None
    if volume is not None and not watch.stopped:
        goals = {name: q.goal for name, q in config.queue.items()}
        cvs = {name: q.handle_cv for name, q in config.queue.items()}
        run = simulate(
            staffing(rows),
            volume,
            goals,
            interval_min=config.site.interval_min,
            absent=config.shrinkage.absent_by_date(problem.grid),
            handle_cv=cvs,
            seed=config.solve.seed,
            watch=watch,
        )
    return Week(problem, cover, roster, assigned, rows, covered, expected, run, attempt, dict(stages))


def _missing(week: Week) -> dict[tuple[str, int], float]:
    """Return (queue, period) → calls missing where the simulation's interval lies below the goal."""
    if week.simulation is None:
        return {}
    out: dict[tuple[str, int], float] = {}
    service = week.simulation.service
    for d in week.problem.demands:
        if d.by_interval:
            continue
        rows = service[
            (service["queue"] == d.queue) & (service["period"] == ("day" if d.goal.basis == "day" else "week"))
        ]
        for k, slots in enumerate(d.periods):
            start = week.problem.grid.starts[slots[0]].date() if len(slots) else None
            row = rows[[t.date() == start for t in rows["start"]]] if d.goal.basis == "day" else rows
            if len(row) and float(row["ci_hi"].iloc[0]) < d.goal.level:
                out[d.queue, k] = (d.goal.level - float(row["simulated"].iloc[0])) * float(d.calls[slots].sum())
    return out


def _raised(problem: ScheduleProblem, missing: Mapping[tuple[str, int], float]) -> ScheduleProblem:
    """Return the problem with the margins of the missing periods raised by what simulation says they lack."""

    def one(d: Demand) -> Demand:
        margin = np.array(d.margin or [0.0] * len(d.periods))
        for k in range(len(margin)):
            margin[k] += missing.get((d.queue, k), 0.0)
        return replace(d, margin=tuple(float(m) for m in margin))

    return replace(problem, demands=tuple(one(d) for d in problem.demands))


class _timed:
    """Add the seconds of a block to a stage."""

    def __init__(self, stages: dict[str, float], name: str) -> None:
        self.stages, self.name = stages, name

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.stages[self.name] = self.stages.get(self.name, 0.0) + time.monotonic() - self.began
