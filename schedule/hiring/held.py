"""Classes that are held whatever is decided: those on their way, and today's people who still train or are accompanied.

They take rooms, trainers and companions as planned classes do.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .days import Days
from .problem import ClassRules, Head, HiringProblem
from .tenure import staying, training_days


@dataclass(frozen=True)
class Held:
    """People of one kind who start on one day.

    Parameters
    ----------
    kind
        Number of the kind.
    start
        First day.
    people
        They, on the day of planning.
    turn_up
        Share of them expected to be there on the first day.
    """

    kind: int
    start: dt.date
    people: tuple[Head, ...]
    turn_up: float = 1.0


def held(problem: HiringProblem) -> tuple[Held, ...]:
    """Return the classes that run on the day of planning, and those on their way."""
    out, names = list[Held](), [k.name for k in problem.kinds]
    for i, kind in enumerate(problem.kinds):
        busy = dt.timedelta(training_days(kind.learning.training_weeks) + training_days(problem.rules.nesting_weeks))
        for start in sorted({h.since for h in kind.staff if h.since is not None and h.since + busy > problem.as_of}):
            out.append(Held(i, start, tuple(h for h in kind.staff if h.since == start)))
    for name, start, expected in problem.given:
        if whole := math.ceil(expected):
            out.append(Held(names.index(name), start, (Head(start),) * whole, expected / whole))
    return tuple(out)


def classes_of(rules: ClassRules, people: int) -> int:
    """Return the fewest classes that `people` who start on one day are: each may be as many as it has had offers."""
    offers = math.ceil(rules.room / (1.0 - rules.drop_out) - 1e-9)
    return -(-people // offers)


def classes_by_day(problem: HiringProblem, days: Days, classes: Sequence[Held], at_least: int = 0) -> np.ndarray:
    """Return how many of `classes` train on each day, shape (D + 1,).

    Fewer people than a class has at least learn together with others like them: on each day they make as few classes as
    hold them.

    Parameters
    ----------
    at_least
        Days for which a class is counted, however short its training.
    """
    rules, few = problem.rules, np.zeros(len(days.numbers))
    out = np.zeros(len(days.numbers))
    for one in classes:
        age = days.numbers - days.number(one.start)
        learns = training_days(problem.kinds[one.kind].learning.training_weeks)
        trains = (age >= 0) & (age < max(at_least, learns))
        if len(one.people) < rules.least:
            few += len(one.people) * trains
        else:
            out += classes_of(rules, len(one.people)) * trains
    return np.asarray(out + np.ceil(few / rules.room))


def accompanied(problem: HiringProblem, days: Days, classes: Sequence[Held]) -> np.ndarray:
    """Return how many people of `classes` are expected to be accompanied after their training, by day, (D + 1,)."""
    out = np.zeros(len(days.numbers))
    for one in classes:
        learning = problem.kinds[one.kind].learning
        age = days.numbers - days.number(one.start)
        learns = training_days(learning.training_weeks)
        nests = (age >= learns) & (age < learns + training_days(problem.rules.nesting_weeks))
        reached = staying(learning, np.array([max(0, (problem.as_of - one.start).days)]))[0]
        stay = staying(learning, age) / reached if reached > 0 else np.zeros(len(age))
        for head in one.people:
            known = np.inf if head.until is None else days.number(head.until)
            out += one.turn_up * np.minimum(stay, 1.0) * nests * (days.numbers < known)
    return out


def heads_off(problem: HiringProblem, days: Days, group: str) -> np.ndarray:
    """Return the mean heads of `group` that train or accompany people of held classes, by month, shape (T,)."""
    own = [h for h in held(problem) if problem.kinds[h.kind].group == group]
    trainers = problem.rules.trainers * classes_by_day(problem, days, own)
    return days.mean(trainers + problem.rules.nesting_heads * accompanied(problem, days, own))
