"""Hiring by rule: fill up to a level of work, as a manager does by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from ...forecast.progress import Watch
from .case import Case
from .limits import recruits_left, rooms_left
from .problem import HiringProblem, Recipe
from .supply import Decisions
from .tenure import training_days


@dataclass(frozen=True)
class HireUpTo:
    """Hire until the work of the people in the house and on their way reaches `buffer` times the mean demand.

    Lead and learning are seen through: each class is measured in the month that lies `look` months after its training,
    by what its newcomers can do then and by who will have left.

    Parameters
    ----------
    buffer
        Share of the mean demand, the contract taken off. Above 0.
    look
        Months. ≥ 0.
    """

    buffer: float = 1.0
    look: int = 1


def usual_recipe(case: Case, g: int) -> Recipe:
    """Return the recipe of group `g` that is nearest to its people of today; the cheapest for a group without."""
    group, supply = case.groups[g], case.supply
    own = list(case.pools[g])
    presence, names = supply.fixed[own].sum(axis=1), [supply.pools[p][1] for p in own]

    def far(recipe: Recipe) -> tuple[float, float]:
        kinds = {k.contract: k for k in case.problem.kinds if k.group == group.name}
        if any(share > 0 and c not in kinds for c, share in recipe.share.items()):
            return np.inf, 0.0
        share = np.array([recipe.share.get(c, 0.0) for c in names])
        money = sum(s * kinds[c].cost_h / max(1e-9, kinds[c].present.mean()) for c, s in recipe.share.items() if s > 0)
        total = presence.sum()
        return float(np.abs(share - presence / total).sum()) if total > 0 else 0.0, money * float(recipe.ratio.mean())

    return min(group.recipes, key=far)


def level(case: Case, g: int, buffer: float) -> np.ndarray:
    """Return the hours of work that the people of group `g` should give, shape (T,)."""
    mean = np.asarray(case.groups[g].demand, dtype=float).mean(axis=0)
    return np.asarray(np.maximum(0.0, buffer * mean - case.contract[g]))


def target(case: Case, buffer: float) -> np.ndarray:
    """Return the hours of presence that make up `level` under the usual recipes, shape (pools, T)."""
    out = np.zeros_like(case.supply.fixed)
    for g, own in enumerate(case.pools):
        recipe = usual_recipe(case, g)
        for p in own:
            out[p] = level(case, g, buffer) * recipe.share.get(case.supply.pools[p][1], 0.0) * recipe.ratio
    return out


class Filling:
    """Classes chosen one after another within rooms, recruits and class sizes."""

    def __init__(self, case: Case) -> None:
        self.case, self.supply = case, case.supply
        self.recruits = recruits_left(self.supply)
        self.made = self.supply.nothing()
        self.presence = self.supply.fixed.copy()

    def room(self, j: int) -> int:
        """Return the classes of option `j` that rooms still hold."""
        supply = self.supply
        days = np.flatnonzero(supply.in_training[j])
        used = supply.in_training[:, days].T @ self.made.classes
        return int(min(rooms_left(supply, n) - used[n - days[0]] for n in supply.crowded & set(days.tolist())))

    def hire(self, j: int, want: float) -> None:
        """Hold classes of option `j` for about `want` people, as far as the limits allow."""
        rules, option = self.supply.problem.rules, self.supply.options[j]
        most = min(self.recruits[option.month], self.room(j) * rules.most)
        people = int(min(np.ceil(want - 1e-9), np.floor(most + 1e-9)))
        if want < rules.least / 2 or most < rules.least:
            return
        people = max(people, rules.least)
        classes = -(-people // rules.most)
        if classes * rules.least > people:  # between what few classes hold and more need
            classes -= 1
            people = min(people, classes * rules.most)
        if classes < 1:
            return
        while classes > 1 and self._owes(j, people, classes):
            classes -= 1
            people = min(people, classes * rules.most)
        if self._owes(j, people, classes):
            return
        self.made.heads[j] += people
        self.made.classes[j] += classes
        self.recruits[option.month] -= people
        self.presence += self._adds(j, people, classes)

    def _adds(self, j: int, people: int, classes: int) -> np.ndarray:
        """Return the hours of presence that classes of option `j` add, shape (pools, T)."""
        return np.asarray(people * self.supply.by_head[j] + classes * self.supply.by_class[j])

    def _owes(self, j: int, people: int, classes: int) -> bool:
        """Whether classes of option `j` need more trainers and companions than there are."""
        return float((self.presence + self._adds(j, people, classes)).min()) < -1e-9


def fill(case: Case, rule: HireUpTo) -> Decisions:
    """Return the classes of `rule` for all months, as expected today."""
    supply, filling, want = case.supply, Filling(case), target(case, rule.buffer)
    dates = dict[dt.date, list[int]]()
    for j, option in enumerate(supply.options):
        if option.kind == first_kind(case.problem, option.kind):
            dates.setdefault(option.start, []).append(j)
    for start, options in sorted(dates.items()):
        gaps = list[tuple[float, int, float]]()
        for j in options:
            kind = case.problem.kinds[supply.options[j].kind]
            pool = supply.pool_of[supply.options[j].kind]
            ready = start + dt.timedelta(days=training_days(kind.learning.training_weeks))
            month = min(supply.days.month(ready) + rule.look, supply.days.months - 1)
            gives = supply.by_head[j, pool, month]
            gap = want[pool, month] - filling.presence[pool, month]
            if gap > 0 and gives > 0:
                gaps.append((gap / want[pool, month], j, gap / gives))
        for _, j, heads in sorted(gaps, reverse=True):
            filling.hire(j, heads)
    return filling.made


def first_kind(problem: HiringProblem, kind: int) -> int:
    """Return the first kind to hire with the group and contract of `kind`: by rule only that one is hired."""
    own = problem.kinds[kind]
    return next(
        i for i, k in enumerate(problem.kinds) if k.hired and (k.group, k.contract) == (own.group, own.contract)
    )


BUFFERS = tuple(round(0.8 + 0.05 * i, 3) for i in range(9))
LOOKS = (0, 1, 2, 3)


def tuned(case: Case, watch: Watch, seconds: float) -> tuple[HireUpTo, Decisions, bool]:
    """Return the rule whose classes cost least over the scenarios, its classes, and whether the search was cut.

    First the look, then the level, then the look again, then finer levels; the first rule is always tried, so that
    there is a plan. Where hiring nobody costs less than the best rule, there are no classes: no level pays.
    """
    none = np.zeros_like(case.contract)
    watch = watch.within(min(seconds, watch.left_s))
    best, made = HireUpTo(), fill(case, HireUpTo())
    cost, known = case.cost(made, none), {best}
    idle = case.supply.nothing()
    empty = case.cost(idle, none)
    rounds: tuple[tuple[str, tuple[float, ...]], ...] = (
        ("look", LOOKS), ("buffer", BUFFERS), ("look", LOOKS), ("finer", (-0.025, 0.025)), ("finer", (-0.0125, 0.0125)),
    )  # fmt: skip
    for what, values in rounds:
        centre = best
        for value in values:
            if watch.stopped or watch.time_is_up:
                return best, made if cost < empty else idle, True
            if what == "look":
                rule = replace(centre, look=int(value))
            else:
                rule = replace(centre, buffer=round(value + (centre.buffer if what == "finer" else 0.0), 4))
            if rule in known:
                continue
            known.add(rule)
            trial = fill(case, rule)
            if (found := case.cost(trial, none)) < cost:
                best, made, cost = rule, trial, found
    return best, made if cost < empty else idle, False
