"""Which rules hold each person back from one more shift on a named plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .problem import ScheduleProblem
from .shifts import PlannedShift, Shift
from .staff import Agent

RULES: Mapping[str, str] = {
    "one_shift_a_day": "a shift that day",
    "skills": "skills",
    "contract": "the contract's shifts",
    "leave": "leave",
    "availability": "availability",
    "rest": "rest",
    "max_hours": "hours a week",
    "max_days": "days a week",
    "run_days": "days in a row",
    "days_off": "days off together",
    "start_spread": "steady starts",
}
"""Rules by the judge's words, with the words of a sentence."""


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
        worked = self.works[a].copy()
        days = int(worked.sum()) + (not worked[day])
        worked[day] = True
        return {
            "one_shift_a_day": bool(self.works[a, day]),
            "contract": ~np.isin(times.family, contract.shifts),
            "leave": on_leave,
            "availability": _meet(times, agent.away) & ~on_leave,
            "rest": (times.start < max(before, agent.earliest)) | (False if after is None else times.end > after),
            "max_hours": times.paid_min > left_min + 1e-6,
            "max_days": days > contract.max_days - agent.leave_days,
            "run_days": _run_at(worked, day, agent.run_before) > rules.max_run_days,
            "days_off": _longest(~worked) < rules.days_off_together,
            "start_spread": self._spread(mine, times),
        }

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
        )


def _meet(times: _Times, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    out = np.zeros(len(times.start), dtype=bool)
    for low, high in spans:
        out |= (times.start < high) & (low < times.end)
    return out


def _run_at(worked: np.ndarray, day: int, before: int) -> int:
    """Return the length of the run of worked days around `day`, `before` days worked up to the first one."""
    first, last = day, day
    while first > 0 and worked[first - 1]:
        first -= 1
    while last + 1 < len(worked) and worked[last + 1]:
        last += 1
    return last - first + 1 + (before if first == 0 else 0)


def _longest(flags: np.ndarray) -> int:
    best = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        best = max(best, run)
    return best
