"""The people of a hiring problem, by month: today's, and what each class and transfer adds, linear in their heads."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .cohort import PerHead, of_class, of_today, of_transfer, plain
from .days import Days
from .held import classes_by_day, heads_off, held
from .problem import Group, HiringProblem, Kind, Transfer
from .tenure import staying, training_days


@dataclass(frozen=True)
class Option:
    """A class that may be held: kind's number, first day, its month, and what one head of it gives and costs."""

    kind: int
    start: dt.date
    month: int
    head: PerHead


@dataclass(frozen=True)
class Move:
    """A transfer that may be made: which way, from which month on, and one head's loss and gain."""

    way: int
    month: int
    loss: PerHead
    gain: PerHead


@dataclass(frozen=True)
class Decisions:
    """What a plan decides.

    Parameters
    ----------
    heads, classes
        Of each option, shape (options,).
    moved
        Heads of each move, shape (moves,).
    """

    heads: np.ndarray
    classes: np.ndarray
    moved: np.ndarray


@dataclass(frozen=True)
class Supply:
    """Presence by pool (the people of a group on a contract) and month, and what it is made of.

    Parameters
    ----------
    problem, days
        See there.
    pools
        (group, contract), in the order of groups; kinds that share both share a pool.
    pool_of
        Pool of each kind.
    today, given
        Expected months of today's people and of the classes on their way, by kind.
    options, moves
        What may be decided.
    fixed
        Hours of presence of today's people and given classes, those who train or accompany them taken off, shape
        (pools, T).
    variance
        Of `fixed`, shape (pools, T).
    """

    problem: HiringProblem
    days: Days
    pools: tuple[tuple[str, str], ...]
    pool_of: tuple[int, ...]
    today: tuple[PerHead, ...]
    given: tuple[PerHead, ...]
    options: tuple[Option, ...]
    moves: tuple[Move, ...]
    fixed: np.ndarray
    variance: np.ndarray

    @classmethod
    def of(cls, problem: HiringProblem) -> Supply:
        """Return the supply of a checked `problem`."""
        days, kinds, count = Days.of(problem.months), problem.kinds, problem.months.count
        pools = tuple(dict.fromkeys((g.name, k.contract) for g in problem.groups for k in kinds if k.group == g.name))
        pool_of = tuple(pools.index((k.group, k.contract)) for k in kinds)
        fixed, variance = np.zeros((len(pools), count)), np.zeros((len(pools), count))
        today = []
        for i, kind in enumerate(kinds):
            months = PerHead.nobody(count)
            for head, number in Counter(plain(kind, problem.as_of, h) for h in kind.staff).items():
                one = of_today(kind, days, problem.as_of, head)
                months = months.plus(one.times(number))
                variance[pool_of[i]] += spread_of(one, kind, number, 1.0, 0.0 if head.since is None else number)
            today.append(months)
            fixed[pool_of[i]] += months.work_h
        given = [PerHead.nobody(count) for _ in kinds]
        names = [k.name for k in kinds]
        arrives = 1.0 - problem.rules.drop_out
        for name, start, people in problem.given:
            i = names.index(name)
            one = of_class(kinds[i], days, start)
            given[i] = given[i].plus(one.times(people))
            fixed[pool_of[i]] += people * one.work_h
            variance[pool_of[i]] += spread_of(one, kinds[i], people, arrives, people)
        for group in problem.groups:
            mentor = mentor_of(problem, group.name)
            if mentor is not None:
                fixed[pool_of[mentor]] -= hours_of(kinds[mentor], heads_off(problem, days, group.name))
        options = tuple(
            Option(i, start, days.month(start), of_class(kind, days, start))
            for start in starts(problem, days)
            for i, kind in enumerate(kinds)
            if kind.hired
        )
        moves = tuple(
            Move(w, t, *of_transfer(kinds[names.index(way.source)], kinds[names.index(way.target)], way, days, t))
            for w, way in enumerate(problem.transfers)
            for t in range(count)
            if days.begin[t] >= days.number(problem.as_of)
        )
        return cls(problem, days, pools, pool_of, tuple(today), tuple(given), options, moves, np.maximum(fixed, 0.0),
                   variance)  # fmt: skip

    @cached_property
    def by_head(self) -> np.ndarray:
        """Hours of presence by one head of each option, those who accompany it taken off, (options, pools, T)."""
        return self._by(1.0, 0.0)

    @cached_property
    def by_class(self) -> np.ndarray:
        """Hours of presence that the trainers of one class of each option take off, (options, pools, T); negative."""
        return self._by(0.0, 1.0)

    def _by(self, heads: float, classes: float) -> np.ndarray:
        """Return the hours of presence that heads and classes of each option give, less those of their mentors.

        Mentors give no more than their kind has: the rest comes from elsewhere.
        """
        out = np.zeros((len(self.options), *self.fixed.shape))
        for j, option in enumerate(self.options):
            kind = self.problem.kinds[option.kind]
            out[j, self.pool_of[option.kind]] += heads * option.head.work_h
            mentor = mentor_of(self.problem, kind.group)
            if mentor is not None:
                pool, away = self.pool_of[mentor], mentors(self.problem, kind, self.days, option.start, heads, classes)
                out[j, pool] -= np.minimum(hours_of(self.problem.kinds[mentor], away), self.fixed[pool])
        return out

    @cached_property
    def rooms_taken(self) -> np.ndarray:
        """Rooms of classes on their way and of today's people in training, by day, (D + 1,).

        On its first day a class always takes one.
        """
        return classes_by_day(self.problem, self.days, held(self.problem), at_least=1)

    @cached_property
    def by_move(self) -> np.ndarray:
        """Hours of presence by one head of each move, (moves, pools, T)."""
        out = np.zeros((len(self.moves), *self.fixed.shape))
        for j, move in enumerate(self.moves):
            source, target = self.ends(move)
            out[j, self.pool_of[source]] += move.loss.work_h
            out[j, self.pool_of[target]] += move.gain.work_h
        return out

    @cached_property
    def in_training(self) -> np.ndarray:
        """Whether a class of each option trains on each day, (options, D + 1); on its first day it always does."""
        out = np.zeros((len(self.options), len(self.days.numbers)), dtype=bool)
        for j, option in enumerate(self.options):
            first = self.days.number(option.start)
            learns = training_days(self.problem.kinds[option.kind].learning.training_weeks)
            out[j, first : first + max(1, learns)] = True
        return out

    @cached_property
    def crowded(self) -> frozenset[int]:
        """Days on which rooms may begin to lack: first days of classes, given ones too, and of months."""
        numbers = {self.days.number(o.start) for o in self.options} | set(self.days.begin[:-1].tolist())
        given = {self.days.number(start) for _, start, _ in self.problem.given}
        return frozenset(n for n in numbers | given if 0 <= n < self.days.begin[-1])

    def ends(self, move: Move) -> tuple[int, int]:
        """Return the kinds that a move leads from and to."""
        way: Transfer = self.problem.transfers[move.way]
        names = [k.name for k in self.problem.kinds]
        return names.index(way.source), names.index(way.target)

    def presence(self, made: Decisions) -> np.ndarray:
        """Return the expected hours of presence, shape (pools, T)."""
        out = self.fixed + np.tensordot(made.heads, self.by_head, 1) + np.tensordot(made.classes, self.by_class, 1)
        return np.asarray(out + np.tensordot(made.moved, self.by_move, 1))

    def spread(self, made: Decisions) -> np.ndarray:
        """Return the variance of `presence`, shape (pools, T)."""
        out = self.variance.copy()
        for j, option in enumerate(self.options):
            if made.heads[j] > 0:
                kind, heads = self.problem.kinds[option.kind], float(made.heads[j])
                out[self.pool_of[option.kind]] += spread_of(
                    option.head, kind, heads, 1.0 - self.problem.rules.drop_out, heads
                )
        return out

    def pools_of(self, group: Group) -> list[int]:
        """Return the pools of `group`."""
        return [p for p, (name, _) in enumerate(self.pools) if name == group.name]

    def nothing(self) -> Decisions:
        """Return the decision to do nothing."""
        return Decisions(np.zeros(len(self.options)), np.zeros(len(self.options)), np.zeros(len(self.moves)))


def starts(problem: HiringProblem, days: Days) -> list[dt.date]:
    """Return the days on which classes can still be started, in order."""
    rules, out = problem.rules, set[dt.date]()
    earliest = problem.as_of + dt.timedelta(days=round(7 * rules.lead_weeks))
    for t, first in enumerate(problem.months.starts()[:-1]):
        for day in rules.start_days:
            start = first + dt.timedelta(days=min(day, int(np.diff(days.begin)[t])) - 1)
            start = rules.open_from(start)
            month = days.month(start)
            if start >= earliest and month < days.months and month not in rules.frozen:
                out.add(start)
    return sorted(out)


def mentor_of(problem: HiringProblem, group: str) -> int | None:
    """Return the number of the kind that gives trainers and companions to the classes of `group`.

    Of the kinds of the group, the one with most people today; None where the group has none.
    """
    most, index = max((len(k.staff), -i) for i, k in enumerate(problem.kinds) if k.group == group)
    return -index if most else None


def hours_of(kind: Kind, heads: np.ndarray) -> np.ndarray:
    """Return the hours of presence of `heads` experienced heads of `kind`, shape (T,)."""
    return np.asarray(heads * kind.paid_h * kind.present)


def mentors(problem: HiringProblem, kind: Kind, days: Days, start: dt.date, heads: float, classes: float) -> np.ndarray:
    """Return the mean heads that train or accompany a class of `kind`, by month, shape (T,).

    Parameters
    ----------
    heads, classes
        Expected on its first day.
    """
    rules, age = problem.rules, days.numbers - days.number(start)
    learns = training_days(kind.learning.training_weeks)
    trains = (age >= 0) & (age < learns)
    nests = (age >= learns) & (age < learns + training_days(rules.nesting_weeks))
    alive = np.where(age >= 0, staying(kind.learning, age), 0.0)
    return days.mean(classes * rules.trainers * trains + heads * rules.nesting_heads * alive * nests)


def spread_of(one: PerHead, kind: Kind, heads: float, arrives: float, alike: float) -> np.ndarray:
    """Return the variance of the hours of presence of `heads` people, shape (T,).

    Each is there by chance, on its own; `arrives` is the chance that an accepted offer turns up. The speed of `alike`
    newcomers of one class moves together, by ``Learning.noise``.
    """
    there = np.divide(one.present, one.possible, out=np.zeros_like(one.present), where=one.possible > 0)
    hours = np.divide(one.work_h, there, out=np.zeros_like(there), where=there > 0)
    chance = heads * there * (1.0 - there * arrives) * hours**2
    noisy = one.work_h - kind.paid_h * kind.present * kind.learning.speed[-1] * one.experienced
    return np.asarray(chance + (alike * kind.learning.noise * noisy) ** 2)
