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


@dataclass(frozen=True)
class Rostered:
    """What everybody of `problem.staff` works already; asks what else they could.

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

    def barriers(self, day: int, shifts: Sequence[Shift], queue: str) -> Barriers:
        """Return what holds everybody back from each of `shifts` (all of one day), worked on `queue`."""
        shape = (len(self.problem.staff), len(shifts))
        by_rule = {rule: np.zeros(shape, dtype=bool) for rule in RULES}
        times = _Times.of(self.problem, shifts)
        for a, agent in enumerate(self.problem.staff):
            for rule, held in self._held(a, agent, day, times).items():
                by_rule[rule][a] = held
            by_rule["skills"][a] = queue not in agent.skills
        return Barriers(by_rule)

    def _held(self, a: int, agent: Agent, day: int, times: _Times) -> dict[str, np.ndarray | bool]:
        contract, rules = self.problem.contracts[agent.contract], self.problem.rules
        mine = self.assigned.get(agent.id, ())
        rest = -(-rules.rest_min // self.problem.grid.minutes)
        before = max((p.shift.end + rest for p in mine if p.shift.day < day), default=agent.earliest)
        after = min((p.shift.start - rest for p in mine if p.shift.day > day), default=None)
        on_leave = _meet(times, [(s, e) for s, e, _ in agent.leave])
        left_min = 60 * (contract.max_h_week - agent.leave_h) - sum(p.shift.paid_min for p in mine)
        return {
            "one_shift_a_day": bool(self.works[a, day]),
            "contract": ~np.isin(times.family, contract.shifts),
            "leave": on_leave,
            "availability": _meet(times, agent.away) & ~on_leave,
            "rest_min": (times.start < max(before, agent.earliest)) | (False if after is None else times.end > after),
            "max_h_week": times.paid_min > left_min + 1e-6,
            "fixed": ~np.array([all(f.allows(s) for f in agent.fixed) for s in times.shifts], dtype=bool),
            "max_start_spread_min": self._spread(mine, times),
            **self._by_word(a, mine, day, times),
        }

    def _by_word(self, a: int, mine: Sequence[PlannedShift], day: int, times: _Times) -> dict[str, np.ndarray]:
        """Return which rules of days and families break with one more shift on `day`."""
        rules = self.rules[a]
        word = [""] * len(self.problem.grid.dates)
        for p in mine:
            word[p.shift.day] = p.shift.family
        out: dict[str, np.ndarray] = {}
        for family in sorted(set(times.family)):
            word[day] = family
            for key in rules.broken_by_word(word):
                held = out.setdefault(key, np.zeros(len(times.start), dtype=bool))
                held |= times.family == family
        return out

    def _spread(self, mine: Sequence[PlannedShift], times: _Times) -> np.ndarray | bool:
        most = self.problem.rules.max_start_spread_min
        if most is None or not mine:
            return False
        have = _Times.of(self.problem, [p.shift for p in mine]).minute
        return np.asarray(np.maximum(times.minute, have.max()) - np.minimum(times.minute, have.min()) > most)


@dataclass(frozen=True)
class _Times:
    """Shifts as arrays: slots, paid minutes, wall-clock start counted from midnight of their day."""

    start: np.ndarray
    end: np.ndarray
    paid_min: np.ndarray
    minute: np.ndarray
    family: np.ndarray
    shifts: Sequence[Shift]

    @classmethod
    def of(cls, problem: ScheduleProblem, shifts: Sequence[Shift]) -> _Times:
        start = np.array([s.start for s in shifts], dtype=np.int64)
        late = problem.day_of_slot[start] - np.array([s.day for s in shifts], dtype=np.int64)
        return cls(
            start,
            np.array([s.end for s in shifts], dtype=np.int64),
            np.array([s.paid_min for s in shifts]),
            problem.grid.minute_of_day[start] + 1440 * late,
            np.array([s.family for s in shifts], dtype=object),
            shifts,
        )


def _meet(times: _Times, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    out = np.zeros(len(times.start), dtype=bool)
    for low, high in spans:
        out |= (times.start < high) & (low < times.end)
    return out
