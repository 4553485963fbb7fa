"""One person with some rules left out or eased: this finds a smallest conflict and its repairs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..exchange.cells import Cell, pool_from
from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Contract
from ..rules.limits import limits_of
from ..rules.rules import FAMILY, SHIFT, WORK, Rules
from ..rules.spec import RuleSpec
from .alone import least_hours


@dataclass(frozen=True)
class LoneAgent:
    """One person with their contract and the rules; the search for a conflict changes them."""

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

    def with_agent(self, **changes: object) -> LoneAgent:
        """Return the same with the person changed."""
        return dataclasses.replace(self, agent=dataclasses.replace(self.agent, **changes))  # type: ignore[arg-type]

    def own(self, key: str) -> bool:
        """Whether the contract, not the centre, sets the rule `key`."""
        return not hasattr(self.rules, key) or getattr(self.contract, key, None) is not None

    def value(self, key: str) -> object:
        """Return the value of the rule `key`."""
        return getattr(self.contract if self.own(key) else self.rules, key)

    def named(self, key: str) -> str:
        """Return the key of plan.toml that sets the rule `key`; other names stay unchanged."""
        if not hasattr(self.rules, key) and not hasattr(self.contract, key):
            return key
        return f"contract.{self.contract.name}.{key}" if self.own(key) else f"rules.{key}"

    def with_rule(self, key: str, value: object) -> LoneAgent:
        """Return the same with the rule `key` changed where it is set."""
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


def _without_leave(lone: LoneAgent) -> LoneAgent:
    away = tuple(w for w in lone.agent.away if not any(w == (a, b) for a, b, _ in lone.agent.leave))
    return lone.with_agent(away=away)


def _without_availability(lone: LoneAgent) -> LoneAgent:
    return lone.with_agent(away=tuple((a, b) for a, b, _ in lone.agent.leave))


def _without_last_week(lone: LoneAgent) -> LoneAgent:
    return lone.with_agent(run_before=0, off_before=None, weekends_before=0, families_before=())


def _without(spec: RuleSpec[Any]) -> Callable[[LoneAgent], LoneAgent]:
    return lambda lone: lone.with_rule(spec.key, spec.loosest)


def _caps() -> list[RuleSpec[Any]]:
    """Return the rules that one more shift can break, in the order of dropping: a contract's limits last.

    If either of two rules explains a conflict, the later one is named.
    """
    specs = [s for rule in (*reversed(SHIFT), *WORK, *FAMILY) for s in rule.keys if s.label]
    return sorted(specs, key=lambda s: s.holder == "contract")


LOOSER: Mapping[str, Callable[[LoneAgent], LoneAgent]] = {
    "min_days": lambda lone: lone.with_rule("min_days", 0),
    "fixed.csv": lambda lone: lone.with_agent(fixed=()),
    "last week's rest": lambda lone: lone.with_agent(earliest=0),
    "last week's days": _without_last_week,
    "leave": _without_leave,
    "availability": _without_availability,
    **{spec.key: _without(spec) for spec in _caps()},
}
"""Per rule: the person without that rule."""


def smallest(lone: LoneAgent, cells: Sequence[Cell]) -> list[str]:
    """Return the rules of a smallest conflict of a person who can work no week.

    The search drops one rule after another while the rest still clashes. Each rule that remains is necessary for
    the conflict.
    """
    blamed, loose = list(LOOSER), lone
    for name, drop in LOOSER.items():
        trial = drop(loose)
        if not trial.possible(cells):
            loose = trial
            blamed.remove(name)
    return blamed


def repairs(lone: LoneAgent, cells: Sequence[Cell], blamed: Sequence[str]) -> list[str]:
    """Return, for each blamed rule except the least days, the smallest change that alone frees the person."""
    limits, hours = limits_of(lone.alone, lone.agent), lone.hours(cells)
    out = []
    if "fixed.csv" in blamed:
        out.append("change the rows of fixed.csv")
    if "max_h_week" in blamed:
        enough = [h for h in hours[limits.min_days : limits.max_days + 1] if h < float("inf")]
        credit = lone.contract.max_h_week - limits.max_h
        out += [f"raise {lone.named('max_h_week')} to {h + credit:g}" for h in sorted(enough)[:1]]
    for spec in _mendable():
        if spec.key not in blamed:
            continue
        if spec.mend == "ease":
            out.append(f"ease {lone.named(spec.key)}")
            continue
        value = lone.value(spec.key)
        easier = spec.easier(value) if isinstance(value, int) else ()
        found = next((v for v in easier if lone.with_rule(spec.key, v).possible(cells)), None)
        out += [f"{spec.mend} {lone.named(spec.key)} to {found}"] * (found is not None)
    return out


def _mendable() -> Iterator[RuleSpec[Any]]:
    """Yield the rules that may be eased: numbers first, and within each kind the rules that hold by default."""
    for mend in ("raise", "lower", "ease"):
        for kind in (WORK, FAMILY, SHIFT):
            specs = [s for rule in kind for s in rule.keys if s.mend == mend]
            yield from sorted(specs, key=lambda s: s.silent)
