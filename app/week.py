"""Decide one week: problem, shifts and people, coverage, simulation; nothing is written here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from ..forecast.progress import Stopped, Watch
from ..forecast.queueing.curve.curve import Curve
from ..forecast.queueing.formulas.time_laws import law_of_cv
from ..forecast.queueing.simulation.simulation import Simulation, simulate
from ..schedule.cover.result import Block, Cover
from ..schedule.cover.solve import solve_cover
from ..schedule.diagnose.conflicts import refuse_conflicts
from ..schedule.exchange.exchange import exchanged
from ..schedule.exchange.result import roster_of
from ..schedule.optimise.status import NothingFound, Solved
from ..schedule.people.solve import NamedPlan, solve_named
from ..schedule.plan.activity import activity, anonymous, staffing
from ..schedule.plan.coverage import coverage, service_expected
from ..schedule.plan.open_shifts import open_shifts
from ..schedule.problem.demand import asking_more, demand
from ..schedule.problem.heads import heads_planned, on_phone
from ..schedule.problem.horizon import Horizon
from ..schedule.problem.problem import ScheduleProblem
from ..schedule.problem.shifts import PlannedShift
from ..schedule.problem.staff import Agent
from .config.plan_toml import Config

FIRST_SHARE, EXCHANGE_SHARE, REPAIR_SHARE = 0.65, 0.15, 0.1
"""Parts of the time limit: for everybody's weeks, for who takes whose shift, and for each repair."""

SEARCH = ("lp", "pricing", "descent", "exchange", "repair")
"""Stages of the search for a plan."""

REPAIRS = 2
"""How often a plan is made anew where simulation says that a period misses its goal."""

OPEN_S = 10.0
"""Most seconds for the choice of shifts to offer outside."""


@dataclass(frozen=True)
class Week:
    """A decided week and everything known about it.

    Attributes
    ----------
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    open
        Shifts that would be worth their price if somebody could be found for them.
    solved, cost_wages, prices
        What is known of its cost, wages plus prices; the bound holds for every way to plan these people.
    blocks
        Per independent run of days of an anonymous plan.
    simulation
        None where no volumes are known.
    repairs
        How often the week was planned anew because a period's simulated service fell short.
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
    repairs: int
    stages: Mapping[str, float]
    open: tuple[PlannedShift, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def planned(self) -> tuple[PlannedShift, ...]:
        """Every shift of the plan."""
        return tuple(p for shifts in self.assigned.values() for p in shifts)


def build_problem(
    config: Config,
    horizon: Horizon,
    requirement: pd.DataFrame,
    curves: Mapping[str, Curve] | None,
    staff: tuple[Agent, ...],
    running: pd.DataFrame,
) -> ScheduleProblem:
    """Join requirement, curves, people and rules of one week into a schedule problem.

    `running` are last week's rows of activity that run on into it.
    """
    grid = horizon.grid
    absent = config.shrinkage.absent(grid)
    demands = tuple(
        demand(
            requirement[requirement["queue"] == name],
            (curves or {}).get(name),
            queue.goal,
            horizon,
            config.site.interval_min,
            absent,
        )
        for name, queue in config.queue.items()
    )
    before = on_phone(running, grid) if len(running) else {}
    return ScheduleProblem(
        horizon, demands, config.shift, config.contract, staff, config.rules, config.costs, config.cyclic, before
    )


def decide(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    volume: pd.DataFrame | None,
    watch: Watch,
    running: pd.DataFrame,
) -> Week:
    """Choose shifts, breaks and who works them, simulate; plan again where a period misses its goal.

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
    measure = partial(_measured, config, problem, curves, volume, watch, running, stages)
    if not problem.staff:
        cover = _cover(config, problem, watch, stages)
        prices = {"lost_calls_and_under": cover.cost_prices}
        week = measure(anonymous(cover.planned), cover.solved, cover.cost_wages, prices)
        return replace(week, blocks=cover.blocks)
    refuse_conflicts(problem)
    plan = _named(config, problem, watch, stages)
    if not any(plan.assigned.values()) and plan.solved.stopped in ("user", "time"):
        raise Stopped if watch.stopped else NothingFound  # an empty plan is none to put in an earlier one's place
    roster = roster_of(problem, plan.assigned, plan.solved)
    week = measure(roster.assigned, roster.solved, roster.cost_wages, roster.prices)
    asked = problem
    for repair in range(1, REPAIRS + 1):
        lacking = _lacking(week)
        if not lacking or watch.stopped:
            break
        watch.tell("repair", f"{len(lacking)} period(s) below goal in simulation: {sum(lacking.values()):,.0f} calls")
        asked = asking_more(asked, lacking, heads_planned(problem, week.planned))
        plan = _named(config, asked, watch, stages, start=plan)
        roster = roster_of(problem, plan.assigned, replace(roster.solved, seconds=searched_s(stages)))
        if roster.solved.stopped == "gap" and (roster.solved.gap or 0.0) > config.solve.gap:
            roster = replace(roster, solved=replace(roster.solved, stopped="time"))
        found = measure(roster.assigned, roster.solved, roster.cost_wages, roster.prices)
        if found.simulation is None or watch.stopped or sum(_lacking(found).values()) >= sum(lacking.values()):
            break  # no nearer to its goals, or nobody knows
        week = replace(found, repairs=repair)
    if not watch.stopped:
        with _timed(stages, "open"):
            left = open_shifts(problem, week.planned, watch=watch, time_limit_s=OPEN_S, seed=config.solve.seed)
        week = replace(week, open=left)
    return replace(week, stages=stages)


def searched_s(stages: Mapping[str, float]) -> float:
    """Return the seconds that the search for a plan has taken."""
    return sum(stages.get(name, 0.0) for name in SEARCH)


def _cover(config: Config, problem: ScheduleProblem, watch: Watch, stages: dict[str, float]) -> Cover:
    """Choose the shifts of a week in which nobody is named."""
    asked = config.solve
    cover = solve_cover(
        problem, watch=watch, time_limit_s=asked.time_limit_s, gap=asked.gap, seed=asked.seed, threads=asked.threads
    )
    stages |= cover.stages
    if cover.solved.status == "none":
        raise Stopped if watch.stopped else NothingFound
    return cover


def _named(
    config: Config,
    problem: ScheduleProblem,
    watch: Watch,
    stages: dict[str, float],
    start: NamedPlan | None = None,
) -> NamedPlan:
    """Plan everybody's week; with a `start` go on from it."""
    asked = config.solve
    limit, search = (
        asked.time_limit_s,
        partial(solve_named, problem, watch=watch, seed=asked.seed, threads=asked.threads),
    )
    if start is not None:
        with _timed(stages, "repair"):
            return search(time_limit_s=limit * REPAIR_SHARE, gap=0.0, start=start)
    plan = search(time_limit_s=limit * FIRST_SHARE, gap=asked.gap)
    stages |= plan.stages
    with _timed(stages, "exchange"):
        return exchanged(
            problem, plan, watch=watch, time_limit_s=limit * EXCHANGE_SHARE, seed=asked.seed, threads=asked.threads
        )


def _measured(
    config: Config,
    problem: ScheduleProblem,
    curves: Mapping[str, Curve] | None,
    volume: pd.DataFrame | None,
    watch: Watch,
    running: pd.DataFrame,
    stages: dict[str, float],
    assigned: Mapping[str, tuple[PlannedShift, ...]],
    solved: Solved,
    cost_wages: float,
    prices: Mapping[str, float],
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
    return Week(problem, assigned, solved, cost_wages, prices, rows, covered, expected, run, 0, stages)


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
