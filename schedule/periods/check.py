"""The judge of rosters over periods: reads problem and roster day by day and shares nothing with the engine."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise

from .problem import PeriodPerson, PeriodProblem, PeriodRoster


def cost_of(problem: PeriodProblem, roster: PeriodRoster) -> float:
    """Return the cost: wishes not met, heads missing and heads too many."""
    total = 0.0
    for wish in problem.wishes:
        if (roster.get((wish.person, wish.day)) == wish.shift) != wish.wanted:
            total += wish.cost
    heads = Counter((day, shift) for (_, day), shift in roster.items())
    for need in problem.needs:
        gap = need.heads - heads[need.day, need.shift]
        total += gap * need.under if gap > 0 else -gap * need.over
    return total


def violations(problem: PeriodProblem, roster: PeriodRoster) -> list[str]:
    """Return every broken rule as one readable line; empty for a legal roster."""
    people = {p.name for p in problem.people}
    shifts = {s.name for s in problem.shifts}
    out = [
        f"{name}: {shift} on day {day} is no known person, day or shift type"
        for (name, day), shift in roster.items()
        if name not in people or shift not in shifts or not 0 <= day < problem.days
    ]
    if out:
        return out
    for person in problem.people:
        plan = [roster.get((person.name, day)) for day in range(problem.days)]
        out += [f"{person.name}: {line}" for line in _broken(problem, person, plan)]
    return out


def _broken(problem: PeriodProblem, person: PeriodPerson, plan: list[str | None]) -> list[str]:
    """Return what one person's days break."""
    out = [f"works on day {day}, which is free" for day in sorted(person.days_off) if plan[day]]
    shifts = {s.name: s for s in problem.shifts}
    for day, (today, tomorrow) in enumerate(pairwise(plan)):
        if today and tomorrow in shifts[today].not_before:
            out.append(f"{tomorrow} on day {day + 1} may not follow {today}")
    for name, n in Counter(s for s in plan if s).items():
        if n > person.most.get(name, 0):
            out.append(f"{n} shifts {name}, at most {person.most.get(name, 0)}")
    minutes = sum(shifts[s].minutes for s in plan if s)
    if not person.least_minutes <= minutes <= person.most_minutes:
        out.append(f"{minutes} minutes, not within {person.least_minutes} to {person.most_minutes}")
    weekends = sum(any(plan[saturday : saturday + 2]) for saturday in problem.saturdays)
    if weekends > person.most_weekends:
        out.append(f"{weekends} weekends, at most {person.most_weekends}")
    day = 0
    for works, run in groupby(plan, key=bool):
        length = len(list(run))
        edge = day == 0 or day + length == problem.days
        if works and length > person.most_run:
            out.append(f"{length} days worked in a row from day {day}, at most {person.most_run}")
        if works and length < person.least_run and not edge:
            out.append(f"{length} days worked in a row from day {day}, at least {person.least_run}")
        if not works and length < person.least_off and not edge:
            out.append(f"{length} days off in a row from day {day}, at least {person.least_off}")
        day += length
    return out
