"""The legal plan nearest to an earlier one, from which a search begins that is to keep that plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..diagnose.conflicts import refuse_conflicts
from ..exchange.result import roster_of
from ..optimise.status import Solved, SolverFault, Status, Stop
from ..price.worth import Service
from ..problem.problem import ScheduleProblem
from .best_week import ChosenWeek, WeekFinder
from .compile import CompiledPerson, CompiledStaff
from .dual import DualPrices
from .named_plan import NamedPlan, ProvenPrices
from .params import PeopleParams
from .queue_turns import planned_shifts

DEAR = 1e6
"""Price of a changed day, in money, at which everybody's week changes as few days as its rules ask: above all wages."""


def keeps(problem: ScheduleProblem) -> bool:
    """Whether an earlier plan is to be kept."""
    return any(agent.kept for agent in problem.staff)


def free_of(problem: ScheduleProblem) -> ScheduleProblem:
    """Return `problem` without any plan to keep."""
    return replace(problem, staff=tuple(replace(agent, kept=()) for agent in problem.staff))


def kept_plan(problem: ScheduleProblem, params: PeopleParams | None = None) -> NamedPlan:
    """Return the plan in which everybody changes as few days of the earlier plan as their rules ask.

    Shifts that stay keep their breaks. No price has been raised; the cost is complete, and no bound is known.

    Raises
    ------
    Infeasible
        If somebody's rules contradict each other.
    """
    params = params or PeopleParams()
    staff = CompiledStaff.of(replace(problem, costs=replace(problem.costs, change=DEAR)))
    finder, service = WeekFinder(staff), Service.of(problem)
    prefix = finder.prefix(np.zeros(finder.slots))
    weeks = []
    for person in staff.people:
        week = finder.best_week(person, prefix)
        if week is None:
            refuse_conflicts(problem)
            raise SolverFault(f"no week obeys the rules of {person.agent.id}")
        weeks.append(_with_breaks(person, week))
    dual = DualPrices(staff, service, params.dual)
    worth = service.slope(dual.goal_price)
    assigned = planned_shifts(staff, weeks, worth, service.before, params.move_gain)
    solved = roster_of(problem, assigned, Solved(Status.FEASIBLE, stopped=Stop.TIME)).solved
    return NamedPlan(assigned, solved, ProvenPrices(dual.price, dual.goal_price, None, guessed=True))


def _with_breaks(person: CompiledPerson, week: ChosenWeek) -> ChosenWeek:
    """Return a week whose shifts of the earlier plan have the breaks that they had, where their windows allow them."""
    options, breaks = person.options, week.breaks.copy()
    for kept in person.agent.kept:
        o = int(week.options[kept.day])
        if o < 0 or kept.changed(options.shifts[o]) or len(kept.breaks) != len(options.shifts[o].breaks):
            continue
        windows = options.shifts[o].breaks
        if all(low <= at <= high for at, (low, high, _, _) in zip(kept.breaks, windows, strict=True)):
            breaks[kept.day, : len(kept.breaks)] = kept.breaks
    return ChosenWeek(week.options, breaks)
