"""Rules that nobody could obey: who is caught, by which rules, and the smallest change that frees them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from ..problem import ScheduleProblem
from ..rules import Rules
from ..staff import Agent, Contract
from ..status import Infeasible
from .alone import least_hours
from .cells import Cell, limits_of, make_cell, pool_from


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


@dataclass(frozen=True)
class _Case:
    """One person with their contract and the rules: what a conflict is searched in."""

    problem: ScheduleProblem
    agent: Agent
    contract: Contract
    rules: Rules

    @property
    def alone(self) -> ScheduleProblem:
        """The problem with this person only."""
        return dataclasses.replace(
            self.problem, staff=(self.agent,), contracts={self.contract.name: self.contract}, rules=self.rules
        )

    def with_agent(self, **changes: object) -> _Case:
        """Return the case with the person changed."""
        return dataclasses.replace(self, agent=dataclasses.replace(self.agent, **changes))  # type: ignore[arg-type]

    def with_contract(self, **changes: object) -> _Case:
        """Return the case with the contract changed."""
        return dataclasses.replace(self, contract=dataclasses.replace(self.contract, **changes))  # type: ignore[arg-type]

    def with_rules(self, **changes: object) -> _Case:
        """Return the case with the rules changed."""
        return dataclasses.replace(self, rules=dataclasses.replace(self.rules, **changes))  # type: ignore[arg-type]


def _without_leave(case: _Case) -> _Case:
    away = tuple(w for w in case.agent.away if not any(w == (a, b) for a, b, _ in case.agent.leave))
    return case.with_agent(away=away)


def _without_availability(case: _Case) -> _Case:
    return case.with_agent(away=tuple((a, b) for a, b, _ in case.agent.leave))


LOOSER: dict[str, Callable[[_Case], _Case]] = {
    "last week's rest": lambda c: c.with_agent(earliest=0),
    "last week's run of days": lambda c: c.with_agent(run_before=0),
    "leave": _without_leave,
    "availability": _without_availability,
    "rules.max_start_spread_min": lambda c: c.with_rules(max_start_spread_min=None),
    "rules.rest_min": lambda c: c.with_rules(rest_min=0),
    "rules.max_run_days": lambda c: c.with_rules(max_run_days=14),
    "rules.days_off_together": lambda c: c.with_rules(days_off_together=0),
    "max_h_week": lambda c: c.with_contract(max_h_week=168.0),
    "max_days": lambda c: c.with_contract(max_days=7),
}
"""Per rule how it looks when it is not asked for; the least days, `min_days`, are always part of a conflict."""


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
    return [*_contracts_too_long(problem), *_nobody_free(problem), *_too_few_days(problem)]


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
    """Find that nobody at all can work any shift of the week."""
    if not problem.staff or not problem.shifts:
        return []
    cells = _cells(problem)
    if any(pool_from(dataclasses.replace(problem, staff=(a,)), cells).options[0] for a in problem.staff):
        return []
    people = tuple(a.id for a in problem.staff)
    free = [dataclasses.replace(a, away=(), earliest=0) for a in problem.staff]
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


def _too_few_days(problem: ScheduleProblem) -> list[Conflict]:
    """Find people who cannot work their contract's least days, and why."""
    cells = _cells(problem)
    known: dict[tuple[object, ...], tuple[tuple[str, ...], str, str] | None] = {}
    people: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for agent in problem.staff:
        if limits_of(problem, agent).min_days == 0:
            continue
        key = (
            agent.contract,
            agent.away,
            agent.leave,
            agent.leave_h,
            agent.leave_days,
            agent.earliest,
            agent.run_before,
            tuple(sorted(agent.skills)),
        )
        if key not in known:
            case = _Case(problem, agent, problem.contracts[agent.contract], problem.rules)
            known[key] = None if _possible(case, cells) else _explain(case, cells)
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
        for d in problem.demands
        if d.open[s.start : s.end].all()
    )


def _names(people: Iterable[str]) -> str:
    ids = list(people)
    return ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")


def _hours(case: _Case, cells: Sequence[Cell]) -> tuple[float, ...]:
    """Return the least paid hours of the person's weeks of 0, 1, 2, … days."""
    return least_hours(pool_from(case.alone, cells))


def _days(case: _Case, cells: Sequence[Cell]) -> int:
    """Return the most days that the person can work."""
    limits = limits_of(case.alone, case.agent)
    hours = _hours(case, cells)[: limits.max_days + 1]
    return max(k for k, h in enumerate(hours) if h <= limits.max_h + 1e-6)


def _possible(case: _Case, cells: Sequence[Cell]) -> bool:
    """Whether the person can work their contract's least days."""
    return _days(case, cells) >= limits_of(case.alone, case.agent).min_days


def _explain(case: _Case, cells: Sequence[Cell]) -> tuple[tuple[str, ...], str, str]:
    """Return the rules of a smallest conflict, its text and its repair.

    One rule after another is dropped while the rest still clashes; what is left needs every one of its rules.
    """
    blamed = list(LOOSER)
    loose = case
    for name, drop in LOOSER.items():
        trial = drop(loose)
        if not _possible(trial, cells):
            loose = trial
            blamed.remove(name)
    key = f"contract.{case.contract.name}"
    least, most = limits_of(case.alone, case.agent).min_days, _days(case, cells)
    named = [f"{key}.{n}" if n in ("max_h_week", "max_days") else n for n in blamed]
    rules = (f"{key}.min_days", *(named or [f"{key}.shifts"]))
    text = f"{rules[0]} asks for {least} days; {' and '.join(rules[1:])} leave{'s' if len(rules) == 2 else ''} {most}"
    repairs = [
        f"lower {key}.min_days to {case.contract.min_days - (least - most)}",
        *_others(case, cells, blamed, least),
    ]
    return rules, text, " or ".join(repairs)


def _others(case: _Case, cells: Sequence[Cell], blamed: Sequence[str], least: int) -> list[str]:
    """Return the smallest change of each other blamed rule that by itself frees the person."""
    rules, contract = case.rules, case.contract
    out: list[str] = []
    hours = _hours(case, cells)
    if "max_h_week" in blamed and least < len(hours):
        credit = contract.max_h_week - limits_of(case.alone, case.agent).max_h
        out.append(f"raise contract.{contract.name}.max_h_week to {hours[least] + credit:g}")
    tries: dict[str, tuple[str, Iterable[int]]] = {
        "max_days": (f"raise contract.{contract.name}.max_days", range(contract.max_days + 1, 8)),
        "rules.days_off_together": ("lower rules.days_off_together", range(rules.days_off_together - 1, -1, -1)),
        "rules.max_run_days": ("raise rules.max_run_days", range(rules.max_run_days + 1, 15)),
        "rules.rest_min": ("lower rules.rest_min", range((rules.rest_min - 1) // 60 * 60, -1, -60)),
    }
    for name, (text, values) in tries.items():
        field = name.removeprefix("rules.")
        change = case.with_rules if name.startswith("rules.") else case.with_contract
        if name in blamed:
            out += list(islice((f"{text} to {v}" for v in values if _possible(change(**{field: v}), cells)), 1))
    return out
