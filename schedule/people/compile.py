"""People and their shifts as flat arrays: what compiled code reads.

A menu holds the shifts of one contract by day; a kind holds the weeks that people of equal rules may work. A agents, D
days; options are numbered within a menu.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..price.week import wish_lost
from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from ..problem.staff import Agent
from ..rules.automaton import Automaton, compile_days, letters_of
from ..rules.limits import limits_of
from ..rules.registry import PersonRules, rules_of
from .week_paths import DayOptions, Paths


@dataclass(frozen=True)
class Menu:
    """The shifts of a contract: O options.

    Attributes
    ----------
    start, length
        In slots, shape (O,).
    low, high, slots
        Earliest and latest start of each break after the shift's start, and its slots (0 = no break), shape (O, B).
    weight
        Hours that wages are paid for, premiums included, shape (O,).
    minute
        Wall-clock start in minutes after midnight, shape (O,).
    unit
        Minutes of one paid unit.
    """

    shifts: tuple[Shift, ...]
    days: tuple[DayOptions, ...]
    relax: tuple[int, ...]
    start: np.ndarray
    length: np.ndarray
    low: np.ndarray
    high: np.ndarray
    slots: np.ndarray
    weight: np.ndarray
    minute: np.ndarray
    unit: int

    @cached_property
    def day(self) -> np.ndarray:
        """Day of each option, shape (O,)."""
        return np.array([s.day for s in self.shifts], dtype=np.int64)

    @cached_property
    def windows(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last start and slots of each different break, shape (W, 3); which one each break is, shape (O, B).

        Starts are counted as the options' are; −1 = no break.
        """
        start = self.start[:, None]
        every = np.stack([start + self.low, start + self.high, self.slots], axis=2).reshape(-1, 3)
        found, which = np.unique(every, axis=0, return_inverse=True)
        return found, np.where(self.slots > 0, which.reshape(self.slots.shape), -1)

    @cached_property
    def place(self) -> dict[tuple[dt.date, str], int]:
        """Option of each shift's key."""
        return {s.key: o for o, s in enumerate(self.shifts)}


def menu_of(problem: ScheduleProblem, families: tuple[str, ...]) -> Menu:
    """Return the shifts of `families`, with rest as classes: the first start of the day that it leaves allowed."""
    shifts = tuple(sorted((s for s in problem.shifts if s.family in families), key=lambda s: (s.day, s.start)))
    first = [p.start for p in problem.grid.day_slices]
    longest = max(p.stop - p.start for p in problem.grid.day_slices)
    shortest = min(p.stop - p.start for p in problem.grid.day_slices)
    rest = -(-problem.rules.rest_min // problem.grid.minutes)
    own = [s.start - first[s.day] for s in shifts]
    ready = [
        max(0, s.end + rest - first[s.day] - (first[s.day + 1] - first[s.day] if s.day + 1 < len(first) else longest))
        for s in shifts
    ]
    marks = {0, *own, *ready}
    for mark in sorted(marks, reverse=True):
        marks |= {max(0, mark - shortest)}
    order = sorted(marks)
    place = {mark: i for i, mark in enumerate(order)}
    unit = math.gcd(*(s.paid_min for s in shifts)) or 60
    widest = max((len(s.breaks) for s in shifts), default=0)
    breaks = np.zeros((3, len(shifts), widest), dtype=np.int64)
    for o, s in enumerate(shifts):
        for k, (low, high, slots, _) in enumerate(s.breaks):
            breaks[:, o, k] = low, high, slots
    days = tuple(
        DayOptions(
            np.array([place[own[o]] for o in mine], dtype=np.int64),
            np.array([place[ready[o]] for o in mine], dtype=np.int64),
            np.array([shifts[o].paid_min // unit for o in mine], dtype=np.int64),
        )
        for mine in ([o for o, s in enumerate(shifts) if s.day == d] for d in range(len(first)))
    )
    return Menu(
        shifts, days, tuple(place[max(0, mark - shortest)] for mark in order),
        np.array([s.start for s in shifts], dtype=np.int64), np.array([s.length for s in shifts], dtype=np.int64),
        breaks[0], breaks[1], breaks[2], np.array([problem.paid_weight(s) for s in shifts]),
        np.array([problem.wall_minute(s) for s in shifts], dtype=np.int64), unit,
    )  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One agent as the engine sees them.

    Attributes
    ----------
    own
        Wage and wishes of each option, infinite = not allowed, shape (O,).
    idle
        Wishes of each day off, shape (D,).
    final
        Price of the paid units of the week, infinite = too many, shape (U + 1,).
    group
        Number of their set of skills.
    """

    agent: Agent
    menu: Menu
    paths: Paths
    own: np.ndarray
    idle: np.ndarray
    final: np.ndarray
    group: int


@dataclass(frozen=True)
class People:
    """Everybody, and the sets of skills among them.

    Attributes
    ----------
    can
        Which queues a set of skills may work, shape (G, Q).
    """

    problem: ScheduleProblem
    persons: tuple[Person, ...]
    can: np.ndarray

    @cached_property
    def wage(self) -> float:
        """Mean wage per hour."""
        return float(np.mean([p.agent.cost_h for p in self.persons])) if self.persons else self.problem.costs.cost_h

    @classmethod
    def of(cls, problem: ScheduleProblem) -> People:
        """Compile the staff of `problem`."""
        queues = [d.queue for d in problem.demands]
        skills = [tuple(q in a.skills for q in queues) for a in problem.staff]
        groups = {s: i for i, s in enumerate(sorted(set(skills), reverse=True))}
        menus: dict[tuple[str, ...], Menu] = {}
        compiled: dict[object, Paths] = {}
        automata: dict[object, tuple[Automaton, dict[str, int]]] = {}
        useful: dict[object, np.ndarray] = {}
        persons = []
        for agent, mine in zip(problem.staff, skills, strict=True):
            families = problem.contracts[agent.contract].shifts
            if families not in menus:
                menus[families] = menu_of(problem, families)
            menu = menus[families]
            limits, rules = limits_of(problem, agent), rules_of(problem, agent)
            most = int(limits.max_h * 60 / menu.unit + 1e-9)
            kind = (families, rules.work, rules.family)
            if kind not in automata:
                letters = letters_of(rules.family, families)
                automata[kind] = _automaton(rules, letters, len(problem.grid.dates)), letters
            key = (*kind, most)
            if key not in compiled:
                automaton, letters = automata[kind]
                letter = np.array([letters[s.family] for s in menu.shifts], dtype=np.int64)
                compiled[key] = Paths.of(automaton, menu.days, menu.relax, most, letter)
            hours = np.arange(most + 1) * menu.unit / 60.0
            final = problem.costs.below_contract_h * np.maximum(0.0, limits.min_h - hours)
            where = (families, mine)
            if where not in useful:
                useful[where] = _useful(problem, menu, np.array(mine))
            own, idle = _money(problem, agent, menu, useful[where])
            own, idle = _fixed(rules, menu, own, idle)
            persons.append(Person(agent, menu, compiled[key], own, idle, final, groups[mine]))
        return cls(problem, tuple(persons), np.array(sorted(groups, reverse=True), dtype=bool).reshape(-1, len(queues)))


def _automaton(rules: PersonRules, letters: dict[str, int], days: int) -> Automaton:
    """Compile a person's rules of days and families; `letters` holds the families by letter."""
    one_each = {letter: family for family, letter in letters.items()}
    return compile_days(rules.work, days, rules.family, [one_each[k] for k in sorted(one_each)])


def _fixed(rules: PersonRules, menu: Menu, own: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the costs with what fixed shifts forbid made infinite: other options of their day, and that day off."""
    if not rules.fixed.kept:
        return own, idle
    barred = np.array([not all(f.allows(s) for f in rules.fixed.kept) for s in menu.shifts], dtype=bool)
    off = np.isin(np.arange(len(idle)), [f.day for f in rules.fixed.musts])
    return np.where(barred, np.inf, own), np.where(off, np.inf, idle)


def _money(problem: ScheduleProblem, agent: Agent, menu: Menu, useful: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each option and each day off costs `agent`: wage and wishes; infinite where not allowed."""
    price = problem.costs.wish
    own = agent.cost_h * menu.weight
    if agent.start_prices:
        band = menu.minute * len(agent.start_prices) // 1440 % len(agent.start_prices)
        own = own + price * np.array(agent.start_prices)[band]
    idle = np.zeros(len(problem.grid.dates))
    for wish in agent.wishes:
        idle[wish.day] += price * wish_lost(problem, wish, None)
        for o in np.flatnonzero(menu.day == wish.day):
            own[o] += price * wish_lost(problem, wish, menu.shifts[o])
    free = useful & (menu.start >= agent.earliest)
    for begin, end in agent.away:
        free &= (menu.start + menu.length <= begin) | (menu.start >= end)
    if agent.start_in is not None:
        marks = np.array(agent.start_in, dtype=np.int64).reshape(-1, 2)
        free &= ((menu.start[:, None] >= marks[:, 0]) & (menu.start[:, None] < marks[:, 1])).any(axis=1)
    return np.where(free, own, np.inf), idle


def _useful(problem: ScheduleProblem, menu: Menu, can: np.ndarray) -> np.ndarray:
    """Return which options lie wholly in slots in which a queue among `can` is open, shape (O,)."""
    inside = np.array([d.open for d in problem.demands])[can].any(axis=0)
    after = inside if problem.cyclic else np.full(len(inside), inside[-1])
    shut = np.concatenate([[0], np.cumsum(~np.concatenate([inside, after]))])
    return np.asarray(shut[menu.start + menu.length] == shut[menu.start])
