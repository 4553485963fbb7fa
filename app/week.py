"""Decide one week: problem, cover, roster, coverage, simulation, judge; nothing is written here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..forecast.grid import Grid
from ..forecast.progress import Stopped, Watch
from ..forecast.queueing.curve import Curve
from ..forecast.queueing.simulate import Simulation, simulate
from ..schedule.activity import activity, anonymous, staffing
from ..schedule.cover.result import Cover
from ..schedule.cover.solve import solve_cover
from ..schedule.coverage import coverage, service_expected
from ..schedule.demand import demand
from ..schedule.problem import Demand, ScheduleProblem
from ..schedule.roster.result import Roster
from ..schedule.roster.solve import solve_roster
from ..schedule.shifts import PlannedShift
from ..schedule.staff import Agent
from .config import Config

COVER_SHARE = 0.5
"""Part of the time left that the cover may take when there are people to name."""

REPAIRS = 2
"""How often goals may be raised where simulation says that a period misses."""

LEAST_S = 8.0
"""Seconds that a stage gets at least, and that a repair needs."""


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

    @property
    def cycle_min(self) -> float | None:
        """Minutes of the cycle of a cyclic test week, else None."""
        return len(self.problem.grid) * self.problem.grid.minutes if self.problem.cyclic else None


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
    volume: pd.DataFrame | None,
    watch: Watch,
) -> Week:
    """Choose shifts and breaks, name people, simulate; where a period misses its goal, raise it by the miss and mend.

    Parameters
    ----------
    curves
        Queue → service curve in agents on the phone; None where only a requirement is known.
    volume
        What the simulation draws calls from; None = no simulation.

    Raises
    ------
    Stopped
        If stopped before there was any plan.
    Infeasible
        If the rules of some people contradict each other.
    """
    stages: dict[str, float] = {}
    week = _attempt(config, problem, curves, volume, watch, stages, None)
    for repair in range(1, REPAIRS + 1):
        missing = _missing(week)
        if not missing or watch.stopped or _left_s(config, stages) <= LEAST_S:
            break
        watch.tell("mend", f"{len(missing)} period(s) below goal in simulation, goals raised")
        problem = _raised(problem, missing)
        mended = _attempt(config, problem, curves, volume, watch, stages, week)
        if sum(_missing(mended).values()) < sum(missing.values()):
            week = replace(mended, repairs=repair)
    return replace(week, stages=stages)


def _left_s(config: Config, stages: Mapping[str, float]) -> float:
    """Return the seconds left of the time limit for cover and roster together, `LEAST_S` at least."""
    spent = stages.get("cover", 0.0) + stages.get("roster", 0.0)
    return max(LEAST_S, config.solve.time_limit_s - spent)


def _attempt(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    volume: pd.DataFrame | None,
    watch: Watch,
    stages: dict[str, float],
    before: Week | None,
) -> Week:
    solve = config.solve
    how: dict[str, Any] = {"watch": watch, "seed": solve.seed, "threads": solve.threads}
    left = _left_s(config, stages)
    with _timed(stages, "cover"):
        cover = solve_cover(
            problem,
            time_limit_s=left * (COVER_SHARE if problem.staff else 1.0),
            gap=solve.cover_gap if problem.staff else solve.gap,
            before=before.cover if before is not None else None,
            **how,
        )
    if cover.solved.status == "none":
        raise Stopped
    roster: Roster | None = None
    assigned = anonymous(cover.planned)
    if problem.staff:
        start = before.assigned if before is not None else None
        with _timed(stages, "roster"):
            left = _left_s(config, stages)
            roster = solve_roster(problem, cover.planned, time_limit_s=left, gap=solve.gap, start=start, **how)
        assigned = dict(roster.assigned)
    absent = config.shrinkage.absent(problem.grid)
    rows = activity(assigned, problem.grid, problem.staff)
    covered = coverage(rows, problem, curves, absent)
    expected = service_expected(covered, problem, curves, absent)
    run: Simulation | None = None
    if volume is not None and not watch.stopped:
        with _timed(stages, "simulate"):
            run = simulate(
                staffing(rows),
                volume,
                {name: q.goal for name, q in config.queue.items()},
                interval_min=config.site.interval_min,
                week_start=config.site.week_start,
                absent=config.shrinkage.unplanned,
                handle_cv={name: q.handle_cv for name, q in config.queue.items()},
                seed=solve.seed,
                watch=replace(watch, time_limit_s=None),
            )
    return Week(problem, cover, roster, assigned, rows, covered, expected, run, 0, stages)


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


@contextlib.contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds of a block to a stage."""
    began = time.monotonic()
    yield
    stages[name] = stages.get(name, 0.0) + time.monotonic() - began
