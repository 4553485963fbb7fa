"""One person's rules with some of them left out or eased: how a smallest conflict and its repairs are found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..exchange.cells import Cell, pool_from
from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Contract
from ..rules.limits import limits_of
from ..rules.rules import Rules
from .alone import least_hours


@dataclass(frozen=True)
class Case:
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

    def with_agent(self, **changes: object) -> Case:
        """Return the case with the person changed."""
        return dataclasses.replace(self, agent=dataclasses.replace(self.agent, **changes))  # type: ignore[arg-type]

    def own(self, key: str) -> bool:
        """Whether the contract, not the centre, sets the rule `key`."""
        return not hasattr(self.rules, key) or getattr(self.contract, key, None) is not None

    def value(self, key: str) -> object:
        """Return the value of the rule `key`."""
        return getattr(self.contract if self.own(key) else self.rules, key)

    def named(self, key: str) -> str:
        """Return the key of plan.toml that sets the rule `key`; what is no rule of plan.toml keeps its words."""
        if not hasattr(self.rules, key) and not hasattr(self.contract, key):
            return key
        return f"contract.{self.contract.name}.{key}" if self.own(key) else f"rules.{key}"

    def with_rule(self, key: str, value: object) -> Case:
        """Return the case with the rule `key` changed where it is set."""
        change: dict[str, object] = {key: value}
        if self.own(key):
            return dataclasses.replace(self, contract=dataclasses.replace(self.contract, **change))  # type: ignore[arg-type]
        return dataclasses.replace(self, rules=dataclasses.replace(self.rules, **change))  # type: ignore[arg-type]

    def hours(self, cells: Sequence[Cell]) -> tuple[float, ...]:
        """Return the least paid hours of the person's weeks of 0, 1, 2, … days."""
        return least_hours(pool_from(self.alone, cells))

    def days(self, cells: Sequence[Cell]) -> list[int]:
        """Return how many days the person can work in a week that obeys every rule, the least days apart."""
        limits = limits_of(self.alone, self.agent)
        hours = self.hours(cells)[: limits.max_days + 1]
        return [k for k, h in enumerate(hours) if h <= limits.max_h + 1e-6]

    def possible(self, cells: Sequence[Cell]) -> bool:
        """Whether the person can work any week at all."""
        return max(self.days(cells), default=-1) >= limits_of(self.alone, self.agent).min_days


LOOSEST: Mapping[str, object] = {
    "max_start_spread_min": None,
    "rest_min": 0,
    "max_run_days": 14,
    "min_run_days": 1,
    "min_run_off_days": 1,
    "days_off_together": 0,
    "max_weekends": 10,
    "whole_weekends": False,
    "not_next_day": {},
    "max_shifts": {},
    "max_h_week": 168.0,
    "max_days": 7,
}
"""Per key of plan.toml the value that asks for nothing."""


def _without_leave(case: Case) -> Case:
    away = tuple(w for w in case.agent.away if not any(w == (a, b) for a, b, _ in case.agent.leave))
    return case.with_agent(away=away)


def _without_availability(case: Case) -> Case:
    return case.with_agent(away=tuple((a, b) for a, b, _ in case.agent.leave))


def _without_last_week(case: Case) -> Case:
    return case.with_agent(run_before=0, off_before=None, weekends_before=0, family_before="")


def _without(key: str) -> Callable[[Case], Case]:
    return lambda case: case.with_rule(key, LOOSEST[key])


LOOSER: Mapping[str, Callable[[Case], Case]] = {
    "min_days": lambda case: case.with_rule("min_days", 0),
    "fixed.csv": lambda case: case.with_agent(fixed=()),
    "last week's rest": lambda case: case.with_agent(earliest=0),
    "last week's days": _without_last_week,
    "leave": _without_leave,
    "availability": _without_availability,
    **{key: _without(key) for key in LOOSEST},
}
"""Per rule how a case looks when it is not asked for."""


def smallest(case: Case, cells: Sequence[Cell]) -> list[str]:
    """Return the rules of a smallest conflict of an impossible `case`.

    One rule after another is dropped while the rest still clashes; what is left needs every one of its rules.
    """
    blamed, loose = list(LOOSER), case
    for name, drop in LOOSER.items():
        trial = drop(loose)
        if not trial.possible(cells):
            loose = trial
            blamed.remove(name)
    return blamed


def repairs(case: Case, cells: Sequence[Cell], blamed: Sequence[str]) -> list[str]:
    """Return the smallest change of each blamed rule but the least days that by itself frees the person."""
    limits, hours = limits_of(case.alone, case.agent), case.hours(cells)
    out = []
    if "fixed.csv" in blamed:
        out.append("change the rows of fixed.csv")
    if "max_h_week" in blamed:
        enough = [h for h in hours[limits.min_days : limits.max_days + 1] if h < float("inf")]
        credit = case.contract.max_h_week - limits.max_h
        out += [f"raise {case.named('max_h_week')} to {h + credit:g}" for h in sorted(enough)[:1]]
    for key, word, values in _steps(case):
        if key in blamed:
            found = next((v for v in values if case.with_rule(key, v).possible(cells)), None)
            out += [f"{word} {case.named(key)} to {found}"] * (found is not None)
    for key in ("whole_weekends", "not_next_day", "max_shifts"):
        if key in blamed:
            out.append(f"ease {case.named(key)}")
    return out


def _steps(case: Case) -> Iterable[tuple[str, str, Iterable[int]]]:
    """Yield numbers that may be eased, how, and their easier values in turn."""
    for key, high in (("max_days", 7), ("max_run_days", 14), ("max_weekends", 10)):
        value = case.value(key)
        if isinstance(value, int):
            yield key, "raise", range(value + 1, high + 1)
    for key, low in (("days_off_together", 0), ("min_run_days", 1), ("min_run_off_days", 1)):
        value = case.value(key)
        if isinstance(value, int):
            yield key, "lower", range(value - 1, low - 1, -1)
    yield "rest_min", "lower", range((case.rules.rest_min - 1) // 60 * 60, -1, -60)
