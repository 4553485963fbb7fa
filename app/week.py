"""Decide one week: problem, cover, roster, coverage, simulation, judge; nothing is written here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ..forecast.grid import Grid
from ..forecast.progress import Stopped, Watch
from ..forecast.queueing.curve import Curve
from ..forecast.queueing.laws import law_of_cv
from ..forecast.queueing.simulation import Simulation, simulate
from ..schedule.activity import activity, anonymous, staffing
from ..schedule.cover.result import Cover
from ..schedule.cover.solve import solve_cover
from ..schedule.coverage import coverage, on_phone, service_expected
from ..schedule.demand import demand
from ..schedule.mend import mend
from ..schedule.problem import ScheduleProblem
from ..schedule.roster.conflicts import refuse_conflicts
from ..schedule.roster.result import Roster
from ..schedule.roster.solve import solve_roster
from ..schedule.shifts import PlannedShift
from ..schedule.staff import Agent
from ..schedule.status import NothingFound
from .config import Config

COVER_SHARE = 0.6
"""Part of the time left that the cover may take when there are people to name."""

REPAIRS = 2
"""How often a plan is mended where simulation says that a period misses its goal."""

LEAST_S = 8.0
"""Seconds that the roster gets at least."""


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
        How often people were given more work because a period's simulated service fell short.
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
    def planned(self) -> tuple[PlannedShift, ...]:
        """Every shift of the plan, taken or open."""
        taken = (p for shifts in self.assigned.values() for p in shifts)
        return (*taken, *(self.roster.open if self.roster is not None else ()))


def build_problem(
    config: Config,
    grid: Grid,
    requirement: pd.DataFrame,
    curves: Mapping[str, Curve] | None,
    staff: tuple[Agent, ...],
    running: pd.DataFrame,
) -> ScheduleProblem:
    """Join requirement, curves, people and rules of one week into a schedule problem.

    `running` are last week's rows of activity that run on into it.
    """
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
    before = on_phone(running, grid) if len(running) else {}
    return ScheduleProblem(
        grid, demands, config.shift, config.contract, staff, config.rules, config.costs, config.cyclic, before
    )


def decide(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    volume: pd.DataFrame | None,
    watch: Watch,
    running: pd.DataFrame,
) -> Week:
    """Choose shifts and breaks, name people, simulate; mend periods that miss their goal.

    Parameters
    ----------
    curves
        Queue → service curve in agents on the phone; None where only a requirement is known.
    volume
        What the simulation draws calls from; None = no simulation.
    running
        Last week's rows of activity that run on into this one.

    Raises
    ------
    Stopped
        If stopped before there was any plan.
    NothingFound
        If time was up before there was any plan.
    Infeasible
        If the rules of some people contradict each other.
    """
    stages: dict[str, float] = {}
    with _timed(stages, "cover"):
        if problem.staff:
            refuse_conflicts(problem)
        cover = solve_cover(
            problem,
            watch=watch,
            time_limit_s=config.solve.time_limit_s * (COVER_SHARE if problem.staff else 1.0),
            gap=config.solve.cover_gap if problem.staff else config.solve.gap,
            seed=config.solve.seed,
            threads=config.solve.threads,
        )
    if cover.solved.status == "none":
        raise Stopped if watch.stopped else NothingFound
    if not problem.staff:
        return _measured(config, problem, curves, volume, watch, running, stages, cover, None, anonymous(cover.planned))
    roster = _named(config, problem, watch, stages, cover.planned, None)
    nobody = bool(cover.planned) and not any(roster.assigned.values())
    if roster.solved.status == "none" or (nobody and roster.solved.stopped in ("user", "time")):
        raise Stopped if watch.stopped else NothingFound  # an empty roster is no plan to put in an earlier one's place
    week = _measured(config, problem, curves, volume, watch, running, stages, cover, roster, roster.assigned)
    for repair in range(1, REPAIRS + 1):
        lacking = _lacking(week)
        if not lacking or watch.stopped:
            break
        watch.tell("mend", f"{len(lacking)} period(s) below goal in simulation: {sum(lacking.values()):,.0f} calls")
        with _timed(stages, "mend"):
            mended = mend(problem, week.assigned, lacking)
        planned = [*(p for shifts in mended.values() for p in shifts), *roster.open]
        roster = _named(config, problem, watch, stages, planned, mended)
        found = _measured(config, problem, curves, volume, watch, running, stages, cover, roster, roster.assigned)
        if sum(_lacking(found).values()) >= sum(lacking.values()):
            break
        week = replace(found, repairs=repair)
    return replace(week, stages=stages)


def _left_s(config: Config, stages: Mapping[str, float]) -> float:
    """Return the seconds left of the time limit for cover and roster together, `LEAST_S` at least."""
    spent = stages.get("cover", 0.0) + stages.get("roster", 0.0)
    return max(LEAST_S, config.solve.time_limit_s - spent)


def _named(
    config: Config,
    problem: ScheduleProblem,
    watch: Watch,
    stages: dict[str, float],
    planned: Sequence[PlannedShift],
    start: Mapping[str, Sequence[PlannedShift]] | None,
) -> Roster:
    with _timed(stages, "roster"):
        return solve_roster(
            problem,
            planned,
            watch=watch,
            time_limit_s=_left_s(config, stages),
            gap=config.solve.gap,
            seed=config.solve.seed,
            threads=config.solve.threads,
            start=start,
        )


def _measured(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    volume: pd.DataFrame | None,
    watch: Watch,
    running: pd.DataFrame,
    stages: dict[str, float],
    cover: Cover,
    roster: Roster | None,
    assigned: Mapping[str, tuple[PlannedShift, ...]],
) -> Week:
    absent = config.shrinkage.absent(problem.grid)
    rows = activity(assigned, problem.grid, problem.staff)
    covered = coverage(rows, problem, curves, absent)
    expected = service_expected(covered, problem, curves, absent)
    run: Simulation | None = None
    if volume is not None and not watch.stopped:
        with _timed(stages, "simulate"), contextlib.suppress(Stopped):  # the plan stands, unsimulated
            run = simulate(
                staffing(pd.concat([running, rows]) if len(running) else rows),
                volume,
                {name: q.goal for name, q in config.queue.items()},
                interval_min=config.site.interval_min,
                week_start=config.site.week_start,
                absent=config.shrinkage.unplanned,
                handle={name: law_of_cv(q.handle_cv) for name, q in config.queue.items()},
                seed=config.solve.seed,
                watch=replace(watch, time_limit_s=None),
            )
    return Week(problem, cover, roster, assigned, rows, covered, expected, run, 0, stages)


def _lacking(week: Week) -> dict[tuple[str, int], float]:
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


@contextlib.contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds of a block to a stage."""
    began = time.monotonic()
    yield
    stages[name] = stages.get(name, 0.0) + time.monotonic() - began
