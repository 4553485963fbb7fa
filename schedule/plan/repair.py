"""Repair after simulation: a plan is made anew where a period's simulated service misses its goal."""

from __future__ import annotations

from dataclasses import replace

from ..exchange.result import Roster, roster_of
from ..optimise.status import Solved, Stop
from ..people.solve import NamedPlan, solve_named
from ..problem.demand import asking_more
from ..problem.heads import heads_planned
from ..problem.problem import ScheduleProblem
from .decision import Decision
from .measure import Measure
from .settings import SolveSettings
from .stages import searched_s, timed


def repaired(found: Decision, plan: NamedPlan, measure: Measure, settings: SolveSettings) -> Decision:
    """Return `found`, or a plan that comes nearer to the goals by simulation.

    Each repair asks for the calls that are missing on top of what the plan gains by its curves, and goes on from the
    plan before. It is kept where fewer calls are missing then.

    Parameters
    ----------
    plan
        What the search found; repairs begin with it.
    """
    asked, watch = measure.problem, measure.watch
    solved = found.solved
    for repair in range(1, settings.repairs + 1):
        lacking = missing_calls(found)
        if not lacking or watch.stopped:
            break
        if watch.time_is_up:  # with more time there would be a repair
            return replace(found, solved=_by_time(found.solved))
        watch.tell("repair", f"{len(lacking)} period(s) below goal in simulation: {sum(lacking.values()):,.0f} calls")
        asked = asking_more(asked, lacking, heads_planned(measure.problem, found.planned))
        plan = _searched(asked, plan, measure, settings)
        roster = _roster(plan, solved, measure, settings)
        solved = roster.solved
        tried = measure.decision(roster.assigned, roster.solved, roster.cost_wages, roster.prices)
        if tried.simulation is None or watch.stopped or sum(missing_calls(tried).values()) >= sum(lacking.values()):
            break  # no nearer to its goals, or nobody knows
        found = replace(tried, repairs=repair)
    return found


def missing_calls(found: Decision) -> dict[tuple[str, int], float]:
    """Return (queue, period) → calls missing where the simulation's interval lies below the goal."""
    if found.simulation is None:
        return {}
    out: dict[tuple[str, int], float] = {}
    service = found.simulation.service
    for d in found.problem.demands:
        if d.by_interval:
            continue
        by_day = d.goal.basis == "day"
        rows = service[(service["queue"] == d.queue) & (service["period"] == ("day" if by_day else "week"))]
        for k, slots in enumerate(d.periods):
            start = found.problem.grid.starts[slots[0]].date() if len(slots) else None
            row = rows[[t.date() == start for t in rows["start"]]] if by_day else rows
            if len(row) and float(row["ci_hi"].iloc[0]) < d.goal.level:
                out[d.queue, k] = (d.goal.level - float(row["simulated"].iloc[0])) * float(d.calls[slots].sum())
    return out


def _searched(asked: ScheduleProblem, plan: NamedPlan, measure: Measure, settings: SolveSettings) -> NamedPlan:
    """Search on from `plan` for one that gives what is `asked`."""
    with timed(measure.stages, "repair"):
        return solve_named(
            asked,
            watch=measure.watch,
            time_limit_s=settings.time_limit_s * settings.repair_share,
            steps=settings.repair_steps,
            gap=0.0,
            seed=settings.seed,
            threads=settings.threads,
            start=plan,
        )


def _roster(plan: NamedPlan, before: Solved, measure: Measure, settings: SolveSettings) -> Roster:
    """Return a repaired plan at its cost in the problem as it was; the bound of the plan `before` holds for it."""
    solved = replace(before, seconds=searched_s(measure.stages))
    roster = roster_of(measure.problem, plan.assigned, solved)
    known = roster.solved
    if plan.solved.cut or (known.stopped == Stop.GAP and (known.gap or 0.0) > settings.gap):
        return replace(roster, solved=_by_time(known))
    return roster


def _by_time(solved: Solved) -> Solved:
    """Return `solved` as ended by time, unless it is proven the best or the user ended it."""
    return replace(solved, stopped=Stop.TIME) if solved.stopped == Stop.GAP else solved
