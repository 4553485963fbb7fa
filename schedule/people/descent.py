"""Plans: people answer in turn, each seeing the rest; first prices lead, then heads.

At a wide blur everybody sees the dual's prices, at none exactly what is missing: block coordinate descent, one person's
whole week at a time. Annealing then goes on with one or two people, at chance blurs, keeping the best plan seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..diagnose.conflicts import refuse_conflicts
from ..optimise.status import SolverFault
from ..price.worth import blurred, tilted
from ..problem.heads import heads_planned
from ..problem.shifts import PlannedShift
from .best_week import Chosen, Responder, shift_heads
from .compile import Person
from .dual import Dual
from .skill_flow import Heads, no_heads, without

WIDTHS = (3.0, 1.0, 0.5, 0.25, 0.12, 0.06)
"""Blurs of the descent, in square roots of the heads needed."""

SWEEPS, LARGE_SWEEPS, LARGE, SETTLE = 8, 3, 500, 30
"""Rounds over everybody at each blur, and for `LARGE` or more people; most rounds at none."""

DEARER, CHEAPER, LEAST_GOAL = 1.3, 0.9, 1e-4
"""Factors on the price of a goal after a round that misses or more than meets it; its least, in prices of a call."""

LIFTED = 0.5
"""Least price of a goal that a plan to go on from misses, in prices of a call."""

PAIRS = 0.3
"""Share of the annealing's steps in which two people leave together."""

BLURS = (0.02, 0.034, 0.06, 0.1, 0.17, 0.3)
"""Blurs of the annealing, of which each step draws one."""

CROWD = 60
"""People beyond whom the annealing begins cooler, in proportion: each has fewer steps to recover from a loss."""

FEW = 40
"""Shifts of a day that a step of the annealing looks at."""

NOISE, SURE, HOT, COLD = 0.4, 0.15, 1.0, 0.05
"""Annealing: noise on the prices' logit per two hours, share of exact steps, first and last heat (hours' wage)."""


Guide = Callable[[int, np.ndarray, np.ndarray], np.ndarray]
"""Person, what heads are worth to them, shape (S,), and the heads of the others, shape (Q, S) -> prices, shape (S,)."""


class Descent:
    """A plan and the ways to improve it; `best` never gets worse.

    Parameters
    ----------
    dual
        Prices to be led by.
    over
        Whether to end.
    start
        Everybody's week to begin with; None = those that are best for people whom nobody needs.
    """

    def __init__(
        self, dual: Dual, *, seed: int, over: Callable[[], bool], start: Sequence[Chosen] | None = None
    ) -> None:
        self.dual, self.people, self.service = dual, dual.people, dual.service
        self.responder = Responder(dual.people)  # not the dual's: that may be at work in another thread
        self.over, self.rng = over, np.random.default_rng(seed)
        self.goal_price = self._lifted(dual.goal_price)
        self.weeks: list[Chosen] = [self._first(p) for p in self.people.persons] if start is None else list(start)
        self.best, self.best_cost = list(self.weeks), math.inf
        self.keep(self.heads(self.exact()))

    def _first(self, person: Person) -> Chosen:
        """Return a legal week to begin with: the best for somebody whom nobody needs.

        Raises
        ------
        Infeasible
            If the rules leave none.
        """
        nothing = self.responder.prefix(np.zeros(self.responder.size))
        most, minute = self.people.problem.rules.max_start_spread_min, person.menu.minute
        bands = [np.zeros(len(minute))]
        if most is not None and len(minute):
            bands = [np.where((minute < low) | (minute > low + most), np.inf, 0.0) for low in np.unique(minute)]
        for band in bands:
            week = self.responder.week(person, nothing, band)
            if week is not None:
                return week
        refuse_conflicts(self.people.problem)
        raise SolverFault(f"no week obeys the rules of {person.agent.id}")

    def heads(self, slope: np.ndarray) -> Heads:
        """Return the heads of the present plan, split over queues as `slope` has it."""
        out = no_heads(self.people.can, slope, self.service.before)
        nobody = np.zeros(self.responder.size, dtype=np.int64)
        for person, week in zip(self.people.persons, self.weeks, strict=True):
            shift_heads(out, person.group, nobody, self.responder.slots(person, week))
        return out

    def cost(self, heads: Heads) -> float:
        """Return the cost of the present plan."""
        return self._money(self.weeks) + self.service.cost(heads.n)

    def price(self, planned: Mapping[str, Sequence[PlannedShift]]) -> float:
        """Return the cost of `best` with its heads on the queues that `planned`, agent → shifts, tells."""
        shifts = (p for mine in planned.values() for p in mine)
        heads = heads_planned(self.people.problem, shifts)
        return self._money(self.best) + self.service.cost(np.array(list(heads.values()), dtype=np.int64))

    def _money(self, weeks: Sequence[Chosen]) -> float:
        return sum(self.responder.money(p, w) for p, w in zip(self.people.persons, weeks, strict=True))

    def _lifted(self, goal_price: np.ndarray) -> np.ndarray:
        """Return prices of goals, none so low that it could not rise."""
        return np.asarray(np.maximum(goal_price, LEAST_GOAL * self.people.problem.costs.lost_call))

    def exact(self) -> np.ndarray:
        """Return the worth of heads without blur."""
        return self.service.slope(self.goal_price)

    def keep(self, heads: Heads) -> bool:
        """Take the present plan for the best if it is."""
        cost = self.cost(heads)
        if cost >= self.best_cost - 1e-9:
            return False
        self.best, self.best_cost = list(self.weeks), cost
        return True

    def guided(self, tell: Callable[[str], None]) -> None:
        """Let everybody answer in turn, at falling blurs, then exactly until nobody moves."""
        self.goal_price = self._lifted(self.dual.goal_price)
        need = self._need()
        for width in WIDTHS:
            for sweep in range(SWEEPS if len(self.weeks) < LARGE else LARGE_SWEEPS):
                if self.over():
                    break
                if sweep == 0 or len(self.goal_price):  # else nothing moved the prices since the sweep before
                    heads = self.heads(blurred(self.exact(), self.dual.price, width * np.sqrt(need)))
                self._sweep(heads, None)
                self.keep(heads)
                self._reprice(heads)
            tell(f"blur {width:g}")
        self.settle()

    def lift_missed(self) -> None:
        """Make goals that the present plan misses dear enough to be aimed at."""
        missed = self.service.gained(self.heads(self.exact()).n) < self.service.margin
        dear = LIFTED * self.people.problem.costs.lost_call
        self.goal_price = np.where(missed, np.maximum(self.goal_price, dear), self.goal_price)

    def _need(self) -> np.ndarray:
        """Return the heads that are worth their price, one at least, shape (Q, S)."""
        return np.asarray(np.maximum(1.0, (self.exact() > self.dual.price[:, :, None]).sum(axis=2)))

    def _reprice(self, heads: Heads) -> None:
        """Make goals that are missed dearer and those that are more than met cheaper."""
        missed = self.service.gained(heads.n) < self.service.margin
        most = self.people.problem.costs.lost_call
        self.goal_price = np.clip(self.goal_price * np.where(missed, DEARER, CHEAPER), LEAST_GOAL * most, most)

    def settle(self, rounds: int = SETTLE) -> None:
        """Let everybody answer exactly until nobody moves or the `rounds` are over; keep the plan if it is the best."""
        heads = self.heads(self.exact())
        for _ in range(rounds):
            if not self._sweep(heads, -1e-9):
                break
        self.keep(heads)

    def _sweep(self, heads: Heads, most: float | None) -> int:
        """Let everybody answer once, in chance order; returns how many changed their week."""
        moved = 0
        for a in self.rng.permutation(len(self.weeks)).tolist():
            if self.over():
                break
            moved += self._answer([a], heads, lambda _, worth, others: worth, most) is not None
        return moved

    def _answer(self, group: Sequence[int], heads: Heads, guide: Guide, most: float | None) -> float | None:
        """Let people leave together and choose anew in turn, at the prices that `guide` makes of what heads are worth.

        Returns the change of the cost where their new weeks are taken. That is where the cost rises by no more than
        `most`; without `most` where one person's week is better at the prices as they are, whatever the cost.
        """
        responder, nobody = self.responder, np.zeros(self.responder.size, dtype=np.int64)
        before = self.service.cost(heads.n)
        persons, old = [self.people.persons[a] for a in group], [self.weeks[a] for a in group]
        was = [responder.slots(person, week) for person, week in zip(persons, old, strict=True)]
        there = [was[0], *(nobody for _ in was[1:])]  # the first is only thought away
        for person, slots in zip(persons[1:], was[1:], strict=True):
            shift_heads(heads, person.group, slots, nobody)
        dearer = better = 0.0
        will: list[np.ndarray] = []
        few = None if most is None or most < 0.0 else FEW
        for a, person, had, slots, here in zip(group, persons, old, was, there, strict=True):
            worth, others = without(heads, person.group, here)
            week = responder.week(person, responder.prefix(guide(a, worth, others)), self._steady(a), few) or had
            will.append(responder.slots(person, week))
            shift_heads(heads, person.group, here, will[-1])
            self.weeks[a] = week
            dearer += responder.money(person, week) - responder.money(person, had)
            better += float(worth @ (will[-1] - slots))
        change = dearer + self.service.cost(heads.n) - before
        if change <= most if most is not None else dearer < better - 1e-9:
            return change
        for a, person, had, slots, now in zip(group, persons, old, was, will, strict=True):
            shift_heads(heads, person.group, now, slots)
            self.weeks[a] = had
        return None

    def _steady(self, a: int) -> np.ndarray | None:
        """Return a price of each option's distance to the person's usual start; infinite beyond the widest spread."""
        problem, menu = self.people.problem, self.people.persons[a].menu
        most, price = problem.rules.max_start_spread_min, problem.costs.steady_h
        if not len(menu.minute) or (most is None and price == 0.0):
            return None
        worked = self.weeks[a].options[self.weeks[a].options >= 0]
        if not len(worked) and most is None:
            return None
        usual = int(np.median(menu.minute[worked]) if len(worked) else self.rng.choice(menu.minute))
        away = np.abs(menu.minute - usual)
        out = 0.5 * price * away / 60.0
        return out if most is None else np.where(away <= most // 2, out, np.inf)

    def anneal(self, used: Callable[[], float], steps: int, tell: Callable[[str], None]) -> None:
        """Re-plan one or two people at chance blurs, now and then for the worse, until time or `steps` are used."""
        exact = self.exact()
        need = self._need()
        tables = [blurred(exact, self.dual.price, w * np.sqrt(need)) for w in BLURS]
        heads, rng = self.heads(exact), self.rng
        top = np.maximum(exact[:, :, 0].max(axis=0), 1e-12)
        blocks, most = len(self.people.problem.grid.dates) * 12, self.people.problem.costs.lost_call

        def guide(a: int, worth: np.ndarray, others: np.ndarray) -> np.ndarray:
            """Return blurred and noisy prices; now and then what heads are worth if goals were dearer or cheaper."""
            noise = np.exp(rng.normal(0.0, NOISE, blocks))
            can = self.people.can[self.people.persons[a].group]
            if rng.random() < SURE:
                if not len(self.goal_price):
                    return worth
                drawn = np.minimum(self.goal_price * np.exp(rng.normal(size=len(self.goal_price))), most)
                best = self.service.next_head(others, drawn)[can].max(axis=0, initial=0.0)
                return np.asarray(noise[np.arange(len(best)) * blocks // len(best)] * best)
            return np.asarray(tilted(tables[int(rng.integers(len(tables)))], others, can, top, noise))

        hot = self.people.wage * HOT * min(1.0, CROWD / max(len(self.weeks), 1))
        present, told = self.cost(heads), 0.0
        for step in itertools.count():
            done = max(used(), step / max(steps, 1))
            if self.over() or done >= 1.0:
                break
            heat = hot * (COLD / HOT) ** done
            size = min(len(self.weeks), 1 + (rng.random() < PAIRS))
            group = rng.choice(len(self.weeks), size, replace=False).tolist()
            luck = -heat * math.log(1.0 - rng.random())  # so that a loss is taken with probability exp(−loss / heat)
            present += self._answer(group, heads, guide, luck) or 0.0
            if present < self.best_cost - 1e-6:
                self.best, self.best_cost = list(self.weeks), present
            if done > told:
                told = done + 0.02
                tell("annealing")
        self.weeks = list(self.best)
        self.settle()
