"""Which rules hold each person back from one more shift on a named plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift, Shift
from ..problem.staff import Agent
from ..rules.registry import PersonRules, rules_of
from ..rules.rules import FAMILY, SHIFT, WORK
from ..rules.shift_times import ShiftTimes

_SPECS = [spec for rule in (*SHIFT, *WORK, *FAMILY) for spec in rule.keys if spec.label]

RULES: Mapping[str, str] = {
    "one_shift_a_day": "a shift that day",
    "skills": "skills",
    "contract": "the contract's shifts",
    "leave": "leave",
    "availability": "availability",
    **{spec.key: spec.label for spec in sorted(_SPECS, key=lambda s: s.silent)},
    "fixed": "fixed shifts",
}
"""Rules by the key of plan.toml or the file that sets them, with the words of a sentence; the usual ones first."""


@dataclass(frozen=True)
class Barriers:
    """Per rule who is held back from what: boolean, shape (agents, shifts)."""

    by_rule: Mapping[str, np.ndarray]

    @cached_property
    def count(self) -> np.ndarray:
        """How many rules hold each agent back from each shift, shape (agents, shifts)."""
        return np.asarray(np.sum(list(self.by_rule.values()), axis=0, dtype=np.int64))

    @cached_property
    def free(self) -> np.ndarray:
        """Which agent no rule holds back from which shift, shape (agents, shifts)."""
        held = np.zeros(next(iter(self.by_rule.values())).shape, dtype=bool)
        for by_one in self.by_rule.values():
            held |= by_one
        return ~held


@dataclass(frozen=True)
class Rostered:
    """The present shifts of `problem.staff`; finds the rules that bar one more shift.

    Parameters
    ----------
    assigned
        Agent → shifts; whoever is missing works nothing.
    """

    problem: ScheduleProblem
    assigned: Mapping[str, Sequence[PlannedShift]]

    @cached_property
    def works(self) -> np.ndarray:
        """Whether each agent works each day, shape (agents, days)."""
        out = np.zeros((len(self.problem.staff), len(self.problem.grid.dates)), dtype=bool)
        for a, agent in enumerate(self.problem.staff):
            out[a, [p.shift.day for p in self.assigned.get(agent.id, ())]] = True
        return out

    @cached_property
    def wages(self) -> np.ndarray:
        """Wage per paid hour of each agent."""
        return np.array([agent.cost_h for agent in self.problem.staff])

    @cached_property
    def rules(self) -> tuple[PersonRules, ...]:
        """Per agent every rule."""
        return tuple(rules_of(self.problem, agent) for agent in self.problem.staff)

    @cached_property
    def times(self) -> tuple[ShiftTimes, ...]:
        """Per agent their shifts as arrays."""
        return tuple(self._times([p.shift for p in self.assigned.get(agent.id, ())]) for agent in self.problem.staff)

    def _times(self, shifts: Sequence[Shift]) -> ShiftTimes:
        return ShiftTimes.of(shifts, self.problem.day_of_slot, self.problem.grid.minute_of_day)

    def barriers(self, day: int, shifts: Sequence[Shift], queue: str) -> Barriers:
        """Return what holds everybody back from each of `shifts` (all of one day), worked on `queue`."""
        return self.with_skills(self.held(day, shifts), queue)

    def with_skills(self, held: Barriers, queue: str) -> Barriers:
        """Return what holds everybody back from shifts on `queue`; `held` tells the same without skills."""
        lacking = np.array([queue not in agent.skills for agent in self.problem.staff], dtype=bool)
        return Barriers({**held.by_rule, "skills": np.broadcast_to(lacking[:, None], held.by_rule["skills"].shape)})

    def held(self, day: int, shifts: Sequence[Shift]) -> Barriers:
        """Return what holds everybody back from each of `shifts` (all of one day), whatever queue it is worked on."""
        shape = (len(self.problem.staff), len(shifts))
        by_rule = {rule: np.zeros(shape, dtype=bool) for rule in RULES}
        new = self._times(shifts)
        for a, agent in enumerate(self.problem.staff):
            for rule, held in self._held(a, agent, day, new).items():
                by_rule[rule][a] = held
        return Barriers(by_rule)

    def _held(self, a: int, agent: Agent, day: int, new: ShiftTimes) -> dict[str, np.ndarray | bool]:
        on_leave = new.meet([(s, e) for s, e, _ in agent.leave])
        fixed = np.array([not all(f.allows(s) for f in agent.fixed) for s in new.shifts]) if agent.fixed else False
        out: dict[str, np.ndarray | bool] = {
            "one_shift_a_day": bool(self.works[a, day]),
            "contract": ~np.isin(new.family, self.problem.contracts[agent.contract].shifts),
            "leave": on_leave,
            "availability": new.meet(agent.away) & ~on_leave,
            "fixed": fixed,
            **self._by_word(a, agent, day, new),
        }
        for rule in self.rules[a].shift:
            out |= rule.bars(self.times[a], new)
        out["rest_min"] = out["rest_min"] | (new.start < agent.earliest)  # the rest after last week's last shift
        return out

    def _by_word(self, a: int, agent: Agent, day: int, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return which rules of days and families break with one more shift on `day`."""
        word = [""] * len(self.problem.grid.dates)
        for p in self.assigned.get(agent.id, ()):
            word[p.shift.day] = p.shift.family
        out: dict[str, np.ndarray] = {}
        for family in sorted(set(new.family)):
            word[day] = family
            for key in self.rules[a].broken_by_word(word):
                held = out.setdefault(key, np.zeros(len(new.shifts), dtype=bool))
                held |= new.family == family
        return out
