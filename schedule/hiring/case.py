"""A hiring problem made ready: what any plan of it gives and costs, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .mixing import Mixing
from .money import Money
from .problem import Group, HiringProblem
from .recourse import Expected, GroupCost
from .supply import Decisions, Supply


@dataclass(frozen=True)
class Case:
    """Supply, money and expected recourse of a problem.

    Parameters
    ----------
    supply, money
        See there.
    pools
        Pools of each group.
    mixing
        By group and month.
    costs
        Expected cost of each group's months.
    contract
        Hours already bought by each group, shape (G, T).
    """

    supply: Supply
    money: Money
    pools: tuple[tuple[int, ...], ...]
    mixing: tuple[tuple[Mixing, ...], ...]
    costs: tuple[GroupCost, ...]
    contract: np.ndarray

    @classmethod
    def of(cls, problem: HiringProblem) -> Case:
        """Return the case of a checked `problem`, its chance being that of today's people and given classes."""
        supply, count = Supply.of(problem), problem.months.count
        pools = tuple(tuple(supply.pools_of(g)) for g in problem.groups)
        mixing = tuple(
            tuple(Mixing.of(g.recipes, [supply.pools[p][1] for p in own], t) for t in range(count))
            for g, own in zip(problem.groups, pools, strict=True)
        )
        contract = np.array([np.zeros(count) if g.contract_h is None else g.contract_h for g in problem.groups])
        bare = cls(supply, Money.of(supply), pools, mixing, (), contract)
        return bare.with_chance_of(supply.nothing())

    def with_chance_of(self, made: Decisions) -> Case:
        """Return this case with the spread of work that `made` has; the same for all plans, so that cost is convex."""
        variance, presence = self.supply.spread(made), self.supply.presence(made)
        costs = []
        for g, group in enumerate(self.problem.groups):
            own = list(self.pools[g])
            slopes = np.array([m.slope(presence[own, t]) for t, m in enumerate(self.mixing[g])])
            spread = np.sqrt((slopes.T**2 * variance[own]).sum(axis=0))
            costs.append(GroupCost(group.recourse, np.asarray(group.demand, dtype=float), spread))
        return Case(self.supply, self.money, self.pools, self.mixing, tuple(costs), self.contract)

    @property
    def problem(self) -> HiringProblem:
        """The problem."""
        return self.supply.problem

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups."""
        return self.problem.groups

    def work(self, presence: np.ndarray) -> np.ndarray:
        """Return the hours of work that `presence` gives, shape (pools, T, …) → (G, T, …)."""
        return np.array(
            [
                [m.work(presence[list(self.pools[g]), t]) for t, m in enumerate(months)]
                for g, months in enumerate(self.mixing)
            ]
        )

    def expected(self, work: np.ndarray, bought: np.ndarray) -> list[Expected]:
        """Return the expected recourse of each group at `work` and hours `bought` ahead in addition, (G, T)."""
        return [c.at(work[g], self.contract[g] + bought[g]) for g, c in enumerate(self.costs)]

    def contract_price(self) -> np.ndarray:
        """Return the money per hour bought ahead of each group, 0 where none can be bought, shape (G,)."""
        return np.asarray(np.nan_to_num([float(g.contract_cost) for g in self.groups]))

    def cost(self, made: Decisions, bought: np.ndarray) -> float:
        """Return the expected decidable cost of a plan, exactly."""
        fixed = float(self.money.per_head @ made.heads + self.money.per_move @ made.moved)
        fixed += float(self.contract_price() @ bought.sum(axis=1))
        work = self.work(self.supply.presence(made))
        return fixed + sum(float(e.cost.sum()) for e in self.expected(work, bought))
