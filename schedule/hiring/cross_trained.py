"""What an agent is worth who can work for two groups: each month's hours go where they are needed more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from .answers import Answer, bought
from .case import Case
from .plan import HiringPlan
from .problem import HiringProblem
from .recourse import CHANCE, Settled, settle
from .result import decisions_of
from .rule import usual_recipe
from .supply import hours_of

PARTS = np.linspace(0.0, 1.0, 5)
"""Shares of a month that the agent may work for the other group."""


def cross_trained(problem: HiringProblem, plan: HiringPlan, watch: Watch | None = None) -> tuple[Answer, ...]:
    """Return what one experienced head of each group is worth who can work for another one too, plan as it is.

    A head of the group's largest kind, and of all other groups the one for which the head is worth most. Calls are
    known when the hours of a month are dealt out, so in each scenario the head works where this is cheapest, in
    quarters of the month. The two groups' people leave and learn independently. Training is not counted: what is told
    is the most that training may cost. How much the hardest month gains is not known (NaN).

    Parameters
    ----------
    watch
        A stop or the end of its time leaves out the groups that follow.
    """
    watch = watch or Watch()
    if len(problem.groups) < 2:
        return ()
    pair, out = _Pairs.of(problem, plan), list[Answer]()
    for g, group in enumerate(problem.groups):
        if watch.stopped or watch.time_is_up:
            break
        own = [i for i, k in enumerate(problem.kinds) if k.group == group.name and k.staff]
        if own:
            kind = max(own, key=lambda i: (len(problem.kinds[i].staff), -i))
            found = [pair.worth(kind, g, o) for o in range(len(problem.groups)) if o != g]
            out.append(max(found, key=lambda a: a.saves))
    return tuple(out)


@dataclass(frozen=True)
class _Pairs:
    """A plan whose people may work for two groups.

    Parameters
    ----------
    case
        With the spread of the plan.
    presence, contract
        Hours of the plan, shapes (pools, T) and (G, T).
    missing
        Expected missing hours of each group, shape (G,).
    """

    case: Case
    presence: np.ndarray
    contract: np.ndarray
    missing: np.ndarray

    @classmethod
    def of(cls, problem: HiringProblem, plan: HiringPlan) -> _Pairs:
        case = Case.of(problem)
        made = decisions_of(case.supply, plan)
        missing = np.array([plan.groups[g.name].missing.sum() for g in problem.groups])
        return cls(case.with_chance_of(made), case.supply.presence(made), case.contract + bought(case, plan), missing)

    def worth(self, kind: int, home: int, other: int) -> Answer:
        """Return what it saves that one head of `kind`, in the group `home`, can work for the group `other` too."""
        problem, supply = self.case.problem, self.case.supply
        hours = PARTS[:, None] * hours_of(problem.kinds[kind], np.ones(supply.days.months))
        here = self._settled(home, self._work(home, supply.pool_of[kind], -hours))
        there = self._settled(other, self._away(kind, other, hours))
        cost = here.cost[:, :, None] + there.cost[:, None]  # parts, chance here, chance there, scenarios, months
        chosen = cost.argmin(axis=0)[None]
        lacks = (here.short + here.lost)[:, :, None] + (there.short + there.lost)[:, None]
        saves = _mean(cost[0] - np.take_along_axis(cost, chosen, 0)[0])
        less = _mean(lacks[0] - np.take_along_axis(lacks, chosen, 0)[0])
        what = f"one head of {problem.kinds[kind].name} able to work for {problem.groups[other].name} too"
        return Answer(what, saves, saves, None, float(self.missing.sum()) - less, float("nan"))

    def _work(self, group: int, pool: int, more: np.ndarray) -> np.ndarray:
        """Return the work of `group` with `more` hours of presence in a pool, shape (parts, T)."""
        own = list(self.case.pools[group])
        out = np.zeros(more.shape)
        for t, mixing in enumerate(self.case.mixing[group]):
            presence = np.repeat(self.presence[own, t][:, None], len(more), axis=1)
            presence[own.index(pool)] += more[:, t]
            out[:, t] = mixing.work(presence)
        return out

    def _away(self, kind: int, other: int, hours: np.ndarray) -> np.ndarray:
        """Return the work of group `other` with `hours` of a head of another group's `kind`, shape (parts, T).

        The head counts as one of the same contract; where the group has none, as people of its usual mix.
        """
        supply = self.case.supply
        pool = (self.case.groups[other].name, self.case.problem.kinds[kind].contract)
        if pool in supply.pools:
            return self._work(other, supply.pools.index(pool), hours)
        own = self.case.pools[other][0]
        return np.asarray(self._work(other, own, 0.0 * hours) + hours / usual_recipe(self.case, other).ratio)

    def _settled(self, group: int, work: np.ndarray) -> Settled:
        """Return the months of a group, shape (parts, chance, scenarios, T)."""
        cost = self.case.costs[group]
        shifted = self.contract[group] + CHANCE[0][:, None, None] * cost.spread
        return settle(cost.rules, work[:, None, None], shifted, cost.demand)


def _mean(values: np.ndarray) -> float:
    """Return the sum over months of the mean over scenarios and both groups' chance, of (chance, chance, S, T)."""
    weights = CHANCE[1] / CHANCE[1].sum()
    return float(np.einsum("i,j,ijt->", weights, weights, values.mean(axis=2)))
