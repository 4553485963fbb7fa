"""Rules that nobody can obey: the people, the rules in conflict, and the smallest change that solves it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..exchange.cells import Cell, make_cell, pool_from
from ..optimise.status import Infeasible
from ..problem.problem import ScheduleProblem
from ..rules.limits import limits_of
from ..rules.registry import musts_of
from .looser import LoneAgent, repairs, smallest

RULED = (
    "contract", "away", "leave", "leave_h", "leave_days", "earliest", "run_before", "off_before",
    "unemployed_h", "unemployed_days", "weekends_before", "families_before", "fixed",
)  # fmt: skip
"""Fields of a person that, with the skills, decide the possible weeks."""


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together, for whom, and the smallest change that frees them.

    Attributes
    ----------
    rules
        Names of the rules; none can be left out.
    people
        Ids of the agents caught in it.
    text, repair
        One readable line each.
    """

    rules: tuple[str, ...]
    people: tuple[str, ...]
    text: str
    repair: str


def refuse_conflicts(problem: ScheduleProblem) -> None:
    """Raise when somebody's rules contradict each other.

    Raises
    ------
    Infeasible
        With every conflict and its repair.
    """
    found = conflicts(problem)
    if found:
        raise Infeasible([c.text for c in found], [c.repair for c in found])


def conflicts(problem: ScheduleProblem) -> list[Conflict]:
    """Return the contradictions among hard rules, person by person, whatever the cover asks; empty when there are none.

    People with the same contract and the same conflict share one entry.
    """
    return [*_contracts_too_long(problem), *_nobody_free(problem), *_no_week(problem)]


def _contracts_too_long(problem: ScheduleProblem) -> list[Conflict]:
    """Find contracts in use whose every shift family is longer than their hours of the week."""
    out = []
    for name in sorted({a.contract for a in problem.staff}):
        contract = problem.contracts[name]
        shortest = min(problem.families[f].paid_min for f in contract.shifts) / 60
        if shortest > contract.max_h_week:
            people = tuple(a.id for a in problem.staff if a.contract == name)
            hours = f"its shortest shift pays {shortest:g} hours, max_h_week is {contract.max_h_week:g}"
            text = f"contract.{name}: {hours} ({_names(people)})"
            repair = f"raise contract.{name}.max_h_week to {shortest:g} or allow it a shorter shift family"
            out.append(Conflict((f"contract.{name}.shifts", f"contract.{name}.max_h_week"), people, text, repair))
    return out


def _nobody_free(problem: ScheduleProblem) -> list[Conflict]:
    """Find out whether nobody can work any shift of the week."""
    if not problem.staff or not problem.shifts:
        return []
    cells = _cells(problem)
    if any(pool_from(dataclasses.replace(problem, staff=(a,)), cells).options[0] for a in problem.staff):
        return []
    people = tuple(a.id for a in problem.staff)
    free = [dataclasses.replace(a, away=(), earliest=0, fixed=()) for a in problem.staff]
    if any(pool_from(dataclasses.replace(problem, staff=(a,)), cells).options[0] for a in free):
        text = f"availability and leave leave nobody free for any shift of the week ({_names(people)})"
        return [
            Conflict(
                ("availability", "leave"),
                people,
                text,
                "widen the availability of at least one person or shorten their leave",
            )
        ]
    text = f"nobody has both the contract and the skill for any shift of the week ({_names(people)})"
    return [
        Conflict(
            ("skills", "contract.shifts"),
            people,
            text,
            "add a queue to the skills of at least one person or a shift family to a contract",
        )
    ]


def _no_week(problem: ScheduleProblem) -> list[Conflict]:
    """Find people who cannot work their contract's least days or their fixed shifts, and the reasons."""
    cells = _cells(problem)
    known: dict[tuple[object, ...], tuple[tuple[str, ...], str, str] | None] = {}
    people: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for agent in problem.staff:
        if limits_of(problem, agent).min_days == 0 and not musts_of(problem, agent):
            continue
        key = (*(getattr(agent, name) for name in RULED), tuple(sorted(agent.skills)))
        if key not in known:
            lone = LoneAgent(problem, agent, problem.contracts[agent.contract], problem.rules)
            known[key] = None if lone.possible(cells) else _explain(lone, cells)
        reason = known[key]
        if reason is not None:
            people.setdefault(reason, []).append(agent.id)
    return [
        Conflict(rules, tuple(ids), f"{text} ({_names(ids)})", repair) for (rules, text, repair), ids in people.items()
    ]


def _cells(problem: ScheduleProblem) -> tuple[Cell, ...]:
    """Return one cell per shift and queue that is open throughout."""
    return tuple(
        make_cell(problem, s, d.queue, ())
        for s in problem.shifts
        for d, is_open in zip(problem.demands, problem.reach, strict=True)
        if is_open[s.start : s.end].all()
    )


def _names(people: Iterable[str]) -> str:
    ids = list(people)
    return ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")


def _explain(lone: LoneAgent, cells: Sequence[Cell]) -> tuple[tuple[str, ...], str, str]:
    """Return the rules of a smallest conflict, its text and its repair."""
    blamed = smallest(lone, cells)
    rules = tuple(map(lone.named, blamed)) if len(blamed) > 1 else (*map(lone.named, blamed), lone.named("shifts"))
    mends = repairs(lone, cells, blamed)
    if "min_days" not in blamed:
        rows = _fixed_rows(lone, cells) if "fixed.csv" in blamed else ""
        return rules, f"{' and '.join(rules)} cannot hold together{rows}", " or ".join(mends)
    least, most = limits_of(lone.alone, lone.agent).min_days, max(lone.days(cells), default=0)
    text = f"{rules[0]} asks for {least} days; {' and '.join(rules[1:])} leave{'s' if len(rules) == 2 else ''} {most}"
    lower = f"lower {rules[0]} to {lone.contract.min_days - (least - most)}"
    return rules, text, " or ".join([lower, *mends])


def _fixed_rows(lone: LoneAgent, cells: Sequence[Cell]) -> str:
    """Return the fewest rows of fixed.csv that already cannot be, as the end of a sentence."""
    kept = list(lone.agent.fixed)
    for row in lone.agent.fixed:
        fewer = [f for f in kept if f is not row]
        if not lone.with_agent(fixed=tuple(fewer)).possible(cells):
            kept = fewer
    dates = lone.problem.grid.dates
    told = [f"{f.what or 'work'} on {dates[f.day]}" for f in sorted(kept, key=lambda f: f.day)]
    return f": {', '.join(told)}" if told else ""
