"""Why people of a plan got no shift, or fewer hours than their contract asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...forecast.calendar.grid import WEEKDAYS
from ..price.week import below_contract_h
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift, Shift
from ..problem.staff import Agent
from ..rules.limits import limits_of
from .what_holds_back import RULES, Barriers, Rostered

STOPPED = "the run was stopped before a reason was looked for"


@dataclass(frozen=True)
class FewHours:
    """A person without a shift, or with fewer hours than asked.

    Attributes
    ----------
    shifts, paid_h
        What the plan gives the person.
    asked_h
        The contract's least hours of the week, after leave.
    rule
        What is in the way on most days without a shift: a rule, ``cost`` (nothing is), ``shifts`` (no shift of the
        contract can be worked), ``several`` (each shift is held back by another rule); "" = nobody has looked.
    reason
        The same in words, day by day; it tells no money.
    """

    agent: str
    shifts: int
    paid_h: float
    asked_h: float
    rule: str
    reason: str


def few_hours(
    problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]], *, look: bool = True
) -> list[FewHours]:
    """Return everybody who got no shift or fewer hours than asked, in the order of the staff, with the reason.

    Every shift that the person's contract allows is tried on the plan as it stands.

    Parameters
    ----------
    assigned
        Agent → shifts; whoever is missing works nothing.
    look
        Whether reasons are looked for, which takes seconds for thousands of people; without, the people are listed.
    """
    paid = {a.id: sum(p.shift.paid_min for p in assigned.get(a.id, ())) / 60 for a in problem.staff}
    found = tuple(a for a in problem.staff if not assigned.get(a.id) or below_contract_h(problem, a, paid[a.id]) > 1e-6)
    told = _reasons(replace(problem, staff=found), assigned) if look else [("", STOPPED)] * len(found)
    return [
        FewHours(a.id, len(assigned.get(a.id, ())), paid[a.id], limits_of(problem, a).min_h, rule, reason)
        for a, (rule, reason) in zip(found, told, strict=True)
    ]


def _reasons(problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]]) -> list[tuple[str, str]]:
    """Return rule and words for each of the problem's staff."""
    if not problem.staff:
        return []
    rostered = Rostered(problem, assigned)
    queues = {d.queue for d in problem.demands}
    by_day = [[s for s in problem.shifts if s.day == d] for d in range(len(problem.grid.dates))]
    held = {d: (shifts, rostered.held(d, shifts)) for d, shifts in enumerate(by_day) if shifts}
    return [_reason(problem, agent, a, queues, held) for a, agent in enumerate(problem.staff)]


def _reason(
    problem: ScheduleProblem, agent: Agent, a: int, queues: set[str], held: Mapping[int, tuple[list[Shift], Barriers]]
) -> tuple[str, str]:
    """Say what is in the way of one more shift of the agent at place `a`."""
    if not queues & set(agent.skills):
        return "skills", "no queue of this plan is among the person's skills"
    days: dict[str, list[int]] = {}
    for d, (shifts, barriers) in held.items():
        mine = np.flatnonzero([s.family in problem.contracts[agent.contract].shifts for s in shifts])
        if len(mine):
            days.setdefault(_in_the_way(barriers, a, mine), []).append(d)
    works = days.pop("one_shift_a_day", [])
    if not days:
        told = "a shift on every day on which one can be worked" if works else "no shift of the contract can be worked"
        return ("one_shift_a_day" if works else "shifts"), told
    if free := days.pop("", []):
        return "cost", f"free for a shift on {_named(problem, free)}: no plan was found that gains by it"
    order = sorted(days.items(), key=lambda item: (-len(item[1]), item[1]))
    return order[0][0], "; ".join(f"{_words(rule)} on {_named(problem, ds)}" for rule, ds in order)


def _in_the_way(barriers: Barriers, a: int, mine: np.ndarray) -> str:
    """Return the first rule that holds the agent back from all of the shifts `mine`; "" where one of them is free."""
    if barriers.free[a, mine].any():
        return ""
    return next((rule for rule, by_one in barriers.by_rule.items() if by_one[a, mine].all()), "several")


def _words(rule: str) -> str:
    return "one rule or another" if rule == "several" else RULES[rule]


def _named(problem: ScheduleProblem, days: Sequence[int]) -> str:
    """Return weekdays in order, with their dates where the plan is longer than a week."""
    dates = [problem.grid.dates[d] for d in days]
    long = len(problem.grid.dates) > len(WEEKDAYS)
    return ", ".join(WEEKDAYS[d.weekday()][:3].capitalize() + (f" {d.day}." if long else "") for d in dates)
