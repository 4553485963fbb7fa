"""Groups of people who are alike for the cover: one contract, one set of skills, about the same hours of the day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from ..problem.staff import Agent, Contract
from ..rules.workable import Workable

BAND_MIN = 120
"""Width of the start bands within which a group's free people are counted, in minutes."""

LEAST_PEOPLE = 8
"""Groups of fewer people than this on average are merged: first by their earliest and latest band, then regardless of
bands."""


@dataclass(frozen=True)
class Group:
    """People of one contract, skills and hours of the day; without agents it stands for as many as are wanted.

    Attributes
    ----------
    queues, families
        What its people can work.
    cost_h
        Mean wage per paid hour.
    """

    name: str
    contract: str | None
    queues: frozenset[str]
    families: frozenset[str]
    cost_h: float
    agents: tuple[Agent, ...] = field(default=(), repr=False)

    @property
    def limited(self) -> bool:
        """Whether it stands for named people, of whom there are only so many."""
        return bool(self.agents)


@dataclass(frozen=True)
class DayLimit:
    """At most `heads` people of group number `group` can start between slots `first` and `last` on `day`."""

    group: int
    day: int
    first: int
    last: int
    heads: int


@dataclass(frozen=True)
class WeekLimit:
    """What a group can and must work in the week: shifts and paid hours."""

    shifts: int
    hours_max: float
    hours_min: float


def groups_of(problem: ScheduleProblem) -> tuple[Group, ...]:
    """Return the groups of `problem`; one unlimited group for everything when it names nobody."""
    queues = frozenset(d.queue for d in problem.demands)
    if not problem.staff:
        return (Group("anyone", None, queues, frozenset(problem.families), problem.costs.cost_h),)
    alike = [(a.contract, queues & frozenset(a.skills)) for a in problem.staff]
    bands = [start_bands(problem, a) for a in problem.staff]
    for profiles in (bands, [(b[:1], b[-1:]) for b in bands], [()] * len(bands)):
        found: dict[tuple[Any, ...], list[Agent]] = defaultdict(list)
        for agent, (contract, skills), profile in zip(problem.staff, alike, profiles, strict=True):
            if skills:
                found[contract, tuple(sorted(skills)), profile].append(agent)
        if len(found) * LEAST_PEOPLE <= len(problem.staff):
            break
    return tuple(
        Group(
            name=f"{contract} ({', '.join(skills)})",
            contract=contract,
            queues=frozenset(skills),
            families=frozenset(problem.contracts[contract].shifts),
            cost_h=float(np.mean([a.cost_h for a in agents])),
            agents=tuple(agents),
        )
        for (contract, skills, _), agents in sorted(found.items(), key=lambda item: item[0])
    )


def start_bands(problem: ScheduleProblem, agent: Agent) -> tuple[int, ...]:
    """Return the start bands, `BAND_MIN` wide, in which `agent` is free for a shift on some day of the week."""
    families = problem.contracts[agent.contract].shifts
    minute = problem.grid.minute_of_day
    return tuple(
        sorted({int(minute[s.start]) // BAND_MIN for s in problem.shifts if s.family in families and agent.free(s)})
    )


@dataclass(frozen=True)
class Freedom:
    """Which people of a group are free for which of its shifts.

    Attributes
    ----------
    shifts
        The shifts of the group's families.
    free
        Boolean, shape (agents, shifts).
    """

    group: Group
    shifts: tuple[Shift, ...]
    free: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, problem: ScheduleProblem, group: Group) -> Freedom:
        """Compare every shift of the group's families with everybody's availability, leave, rest and rules of days."""
        shifts = tuple(s for s in problem.shifts if s.family in group.families)
        start = np.array([s.start for s in shifts], dtype=np.int64)
        end = np.array([s.end for s in shifts], dtype=np.int64)
        free = np.empty((len(group.agents), len(shifts)), dtype=bool)
        for row, agent in enumerate(group.agents):
            free[row] = start >= agent.earliest
            for first, last in agent.away:
                free[row] &= (end <= first) | (start >= last)
            days = Workable.of(problem, agent).days
            kept = (bool(days[s.day]) and all(f.allows(s) for f in agent.fixed) for s in shifts)
            free[row] &= np.fromiter(kept, dtype=bool, count=len(shifts))
        return cls(group, shifts, free)

    @cached_property
    def days(self) -> np.ndarray:
        """Whether each person is free for some shift of each day, shape (agents, 7 or as many days as have shifts)."""
        day = np.array([s.day for s in self.shifts], dtype=np.int64)
        out = np.zeros((len(self.group.agents), int(day.max(initial=-1)) + 1), dtype=bool)
        for d in np.unique(day):
            out[:, d] = self.free[:, day == d].any(axis=1)
        return out

    def workable_days(self, problem: ScheduleProblem) -> np.ndarray:
        """Return the most days each person can work in the week under leave, contract and their rules of days."""
        days = np.zeros((len(self.group.agents), problem.grid.days), dtype=bool)
        days[:, : self.days.shape[1]] = self.days
        most = [Workable.of(problem, a).most(free) for a, free in zip(self.group.agents, days.tolist(), strict=True)]
        return np.array(most, dtype=np.int64)


def day_limits(number: int, freedom: Freedom, problem: ScheduleProblem) -> list[DayLimit]:
    """Return the limits on heads that start in each run of start bands of each day (Hall's condition on runs of bands).

    A run is left out when shorter runs that make it up, or the whole day, already say as much.
    """
    width = max(1, BAND_MIN // problem.grid.minutes)
    by_day: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for column, shift in enumerate(freedom.shifts):
        by_day[shift.day][shift.start // width].append(column)
    out: list[DayLimit] = []
    for day, bands in sorted(by_day.items()):
        keys = sorted(bands)
        free = np.stack([freedom.free[:, bands[b]].any(axis=1) for b in keys])
        count = {(i, j): int(free[i : j + 1].any(axis=0).sum()) for i in range(len(keys)) for j in range(i, len(keys))}
        whole = (0, len(keys) - 1)
        for (i, j), heads in count.items():
            parts = [count[i, k] + count[k + 1, j] for k in range(i, j)]
            if (i, j) != whole and (heads >= count[whole] or any(p <= heads for p in parts)):
                continue
            out.append(DayLimit(number, day, keys[i] * width, keys[j] * width + width - 1, heads))
    return out


def week_limit(freedom: Freedom, problem: ScheduleProblem, contract: Contract) -> WeekLimit:
    """Return the group's sums over its people of what contract, leave and days off allow and ask."""
    days = freedom.workable_days(problem)
    longest = max((s.paid_min for s in freedom.shifts), default=0) / 60.0
    leave = np.array([a.leave_h for a in freedom.group.agents])
    most = np.minimum(np.maximum(0.0, contract.max_h_week - leave), days * longest)
    least = np.minimum(np.maximum(0.0, contract.min_h_week - leave), most)
    return WeekLimit(int(days.sum()), float(most.sum()), float(least.sum()))
