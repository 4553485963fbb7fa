"""People and their shifts as flat arrays for compiled code.

People of one contract share the table of its shifts (`ShiftOptions`); people of equal rules share the weeks that they
may work (`WeekPaths`). O options are numbered within a contract's table; D days, S slots, Q queues, G groups of people
with equal skills.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..price.week import wish_lost
from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from ..problem.staff import Agent
from ..rules.automaton import Automaton, compile_days, letters_of
from ..rules.limits import limits_of
from ..rules.registry import PersonRules, rules_of
from ..rules.rest_min import rest_slots
from .week_paths import DayOptions, WeekPaths


@dataclass(frozen=True)
class ShiftOptions:
    """The shifts that a contract allows, by day and start.

    Attributes
    ----------
    position
        Place of each option among the problem's shifts, shape (O,).
    days
        The options of each day as the dynamic programme reads them.
    relax
        Rest class after a day off, per class.
    start, length
        In slots, shape (O,).
    break_low, break_high, break_slots
        Earliest and latest start of each break after the shift's start, and its slots (0 = no break), shape (O, B).
    paid_weight
        Hours that wages are paid for, premiums included, shape (O,).
    minute
        Wall-clock start in minutes after midnight, shape (O,).
    unit_min
        Minutes of one paid unit.
    """

    shifts: tuple[Shift, ...]
    position: np.ndarray
    days: tuple[DayOptions, ...]
    relax: tuple[int, ...]
    start: np.ndarray
    length: np.ndarray
    break_low: np.ndarray
    break_high: np.ndarray
    break_slots: np.ndarray
    paid_weight: np.ndarray
    minute: np.ndarray
    unit_min: int

    @cached_property
    def day(self) -> np.ndarray:
        """Day of each option, shape (O,)."""
        return np.array([s.day for s in self.shifts], dtype=np.int64)

    @cached_property
    def windows(self) -> tuple[np.ndarray, np.ndarray]:
        """The different break windows, shape (W, 3), and each break's window number, shape (O, B), −1 = no break.

        A window is the first and the last start, in slots of the grid, and the slots of the break.
        """
        start = self.start[:, None]
        every = np.stack([start + self.break_low, start + self.break_high, self.break_slots], axis=2).reshape(-1, 3)
        found, which = np.unique(every, axis=0, return_inverse=True)
        return found, np.where(self.break_slots > 0, which.reshape(self.break_slots.shape), -1)

    @cached_property
    def option_of(self) -> dict[tuple[dt.date, str], int]:
        """Option of each shift's key."""
        return {s.key: o for o, s in enumerate(self.shifts)}


def shift_options(problem: ScheduleProblem, families: tuple[str, ...]) -> ShiftOptions:
    """Return the shifts of `families` as options."""
    ordered = sorted(
        ((i, s) for i, s in enumerate(problem.shifts) if s.family in families), key=lambda x: (x[1].day, x[1].start)
    )
    shifts = tuple(s for _, s in ordered)
    latest, after, relax = _rest_classes(problem, shifts)
    unit_min = math.gcd(*(s.paid_min for s in shifts)) or 60
    units = np.array([s.paid_min // unit_min for s in shifts], dtype=np.int64)
    most_breaks = max((len(s.breaks) for s in shifts), default=0)
    breaks = np.zeros((3, len(shifts), most_breaks), dtype=np.int64)
    for o, s in enumerate(shifts):
        for k, (low, high, slots, _) in enumerate(s.breaks):
            breaks[:, o, k] = low, high, slots
    of_day = [[o for o, s in enumerate(shifts) if s.day == d] for d in range(problem.horizon.days)]
    return ShiftOptions(
        shifts, np.array([i for i, _ in ordered], dtype=np.int64),
        tuple(DayOptions(latest[today], after[today], units[today]) for today in of_day), relax,
        np.array([s.start for s in shifts], dtype=np.int64), np.array([s.length for s in shifts], dtype=np.int64),
        breaks[0], breaks[1], breaks[2], np.array([problem.paid_weight(s) for s in shifts]),
        np.array([problem.wall_minute(s) for s in shifts], dtype=np.int64), unit_min,
    )  # fmt: skip


def _rest_classes(problem: ScheduleProblem, shifts: Sequence[Shift]) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return each shift's latest class, the class after it, and the class after a day off per class.

    A rest class stands for the first start of the day that rest leaves allowed, in slots after the day's beginning.
    """
    days = problem.horizon.day_slots
    lengths = [d.stop - d.start for d in days]
    longest, shortest = max(lengths), min(lengths)
    rest = rest_slots(problem.rules.rest_min, problem.grid.minutes)
    own = [s.start - days[s.day].start for s in shifts]
    until_next = [*lengths[:-1], longest]  # slots to the day after; unknown after the last day
    ready = [max(0, s.end + rest - days[s.day].start - until_next[s.day]) for s in shifts]
    starts = {0, *own, *ready}
    for start in sorted(starts, reverse=True):
        starts |= {max(0, start - shortest)}
    classes = sorted(starts)
    number = {start: i for i, start in enumerate(classes)}
    return (
        np.array([number[x] for x in own], dtype=np.int64), np.array([number[x] for x in ready], dtype=np.int64),
        tuple(number[max(0, start - shortest)] for start in classes),
    )  # fmt: skip


@dataclass(frozen=True)
class CompiledPerson:
    """One agent as arrays for compiled code.

    Attributes
    ----------
    options
        The shifts of the contract.
    paths
        The weeks that the rules allow.
    option_cost
        Wage, wishes and changes of each option, infinite = not allowed, shape (O,).
    off_cost
        Wishes and changes of each day off, shape (D,).
    units_cost
        Price of the week's paid units, shape (U + 1,).
    group
        Number of the group of people with the same skills.
    """

    agent: Agent
    options: ShiftOptions
    paths: WeekPaths
    option_cost: np.ndarray
    off_cost: np.ndarray
    units_cost: np.ndarray
    group: int

    @cached_property
    def kind(self) -> tuple[object, ...]:
        """Equal for people who differ in nothing that their best week depends on."""
        costs = hashlib.blake2b()
        for table in (self.option_cost, self.off_cost, self.units_cost):
            costs.update(table.tobytes())
        return (id(self.options), id(self.paths), self.group, costs.digest())


@dataclass(frozen=True)
class CompiledStaff:
    """Everybody, and the groups of people with equal skills.

    Attributes
    ----------
    skills
        Which queues each group works, shape (G, Q).
    """

    problem: ScheduleProblem
    people: tuple[CompiledPerson, ...]
    skills: np.ndarray

    @cached_property
    def kinds(self) -> tuple[tuple[CompiledPerson, int], ...]:
        """People who differ in nothing that their best week depends on, as one of them and their number."""
        alike: dict[tuple[object, ...], list[CompiledPerson]] = {}
        for p in self.people:
            alike.setdefault(p.kind, []).append(p)
        return tuple((same[0], len(same)) for same in alike.values())

    @cached_property
    def wage(self) -> float:
        """Mean wage per hour."""
        return float(np.mean([p.agent.cost_h for p in self.people])) if self.people else self.problem.costs.cost_h

    @classmethod
    def of(cls, problem: ScheduleProblem, own_prices: Mapping[str, np.ndarray] | None = None) -> CompiledStaff:
        """Compile the staff of `problem`; `own_prices` as in `solve_named`."""
        queues = [d.queue for d in problem.demands]
        skills = [tuple(q in a.skills for q in queues) for a in problem.staff]
        groups = {s: i for i, s in enumerate(sorted(set(skills), reverse=True))}
        shared = _Shared(problem)
        people = []
        for agent, mine in zip(problem.staff, skills, strict=True):
            families = problem.contracts[agent.contract].shifts
            options, rules = shared.options(families), rules_of(problem, agent)
            limits = limits_of(problem, agent)
            most = int(limits.max_h * 60 / options.unit_min + 1e-9)
            hours = np.arange(most + 1) * options.unit_min / 60.0
            units_cost = problem.costs.below_contract_h * np.maximum(0.0, limits.min_h - hours)
            option_cost, off_cost = _costs(problem, agent, options, (own_prices or {}).get(agent.id))
            option_cost = np.where(shared.in_open_hours(families, mine), option_cost, np.inf)
            option_cost, off_cost = _fixed(rules, options, option_cost, off_cost)
            paths = shared.paths(families, rules, most)
            people.append(CompiledPerson(agent, options, paths, option_cost, off_cost, units_cost, groups[mine]))
        return cls(problem, tuple(people), np.array(sorted(groups, reverse=True), dtype=bool).reshape(-1, len(queues)))


@dataclass(frozen=True)
class _Shared:
    """Tables that many people share, each compiled once."""

    problem: ScheduleProblem
    _options: dict[tuple[str, ...], ShiftOptions] = field(default_factory=dict)
    _automata: dict[object, tuple[Automaton, dict[str, int]]] = field(default_factory=dict)
    _paths: dict[object, WeekPaths] = field(default_factory=dict)
    _open: dict[object, np.ndarray] = field(default_factory=dict)

    def options(self, families: tuple[str, ...]) -> ShiftOptions:
        """Return the shifts of `families`."""
        if families not in self._options:
            self._options[families] = shift_options(self.problem, families)
        return self._options[families]

    def paths(self, families: tuple[str, ...], rules: PersonRules, most_units: int) -> WeekPaths:
        """Return the weeks of `families` that obey `rules` and have no more paid units."""
        kind = (families, rules.work, rules.family)
        if kind not in self._automata:
            letters = letters_of(rules.family, families)
            example = {letter: family for family, letter in letters.items()}
            days = self.problem.horizon.days
            automaton = compile_days(rules.work, days, rules.family, [example[k] for k in sorted(example)])
            self._automata[kind] = automaton, letters
        key = (*kind, most_units)
        if key not in self._paths:
            automaton, letters = self._automata[kind]
            options = self.options(families)
            letter = np.array([letters[s.family] for s in options.shifts], dtype=np.int64)
            self._paths[key] = WeekPaths.of(automaton, options.days, options.relax, most_units, letter)
        return self._paths[key]

    def in_open_hours(self, families: tuple[str, ...], skills: tuple[bool, ...]) -> np.ndarray:
        """Return which options lie wholly in slots in which a queue among `skills` is open, shape (O,)."""
        key = (families, skills)
        if key not in self._open:
            options = self.options(families)
            inside = self.problem.reach[np.array(skills)].any(axis=0)
            shut = np.concatenate([[0], np.cumsum(~inside)])
            self._open[key] = np.asarray(shut[options.start + options.length] == shut[options.start])
        return self._open[key]


def _fixed(
    rules: PersonRules, options: ShiftOptions, option_cost: np.ndarray, off_cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the costs, infinite where a fixed shift forbids an option or a day off."""
    if not rules.fixed.kept:
        return option_cost, off_cost
    barred = np.array([not all(f.allows(s) for f in rules.fixed.kept) for s in options.shifts], dtype=bool)
    off = np.isin(np.arange(len(off_cost)), [f.day for f in rules.fixed.musts])
    return np.where(barred, np.inf, option_cost), np.where(off, np.inf, off_cost)


def _costs(
    problem: ScheduleProblem, agent: Agent, options: ShiftOptions, own_price: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cost of each option and each day off of `agent`, infinite where not free.

    It holds wage, own price, wishes and changes against a plan that is kept.
    """
    price = problem.costs.wish
    option_cost = agent.cost_h * options.paid_weight
    if own_price is not None:
        option_cost = option_cost + own_price[options.position]
    off_cost = np.zeros(problem.horizon.days)
    for wish in agent.wishes:
        off_cost[wish.day] += price * wish_lost(problem, wish, None)
        for o in np.flatnonzero(options.day == wish.day):
            option_cost[o] += price * wish_lost(problem, wish, options.shifts[o])
    for kept in agent.kept:
        off_cost[kept.day] += problem.costs.change_price * kept.changed(None)
        same = (options.start == kept.start) & (options.start + options.length == kept.end)
        option_cost += problem.costs.change_price * ((options.day == kept.day) & ~same)
    free = options.start >= agent.earliest
    for begin, end in agent.away:
        free &= (options.start + options.length <= begin) | (options.start >= end)
    return np.where(free, option_cost, np.inf), off_cost
