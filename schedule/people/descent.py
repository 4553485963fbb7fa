"""Block coordinate descent: people choose their whole week in turn while the others stay.

Prices lead first: with wide smoothing everybody follows the dual's prices, without smoothing the heads really missing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..diagnose.conflicts import refuse_conflicts
from ..optimise.status import NothingFound, SolverFault
from ..price.worth import smoothed
from ..problem.heads import heads_planned
from ..problem.shifts import PlannedShift
from .best_week import ChosenWeek, WeekFinder
from .compile import CompiledPerson
from .dual import DualPrices
from .params import DescentParams
from .skill_flow import SkillFlow, empty_flow, move_person, worth_without

PriceRule = Callable[[int, np.ndarray, np.ndarray], np.ndarray]
"""Person, worth of a head to that person, shape (S,), and heads of the others, shape (Q, S) -> prices, shape (S,)."""


def worth_itself(_: int, worth: np.ndarray, __: np.ndarray) -> np.ndarray:
    """Price a head at its worth."""
    return worth


class Descent:
    """A plan and the ways to improve it.

    Parameters
    ----------
    dual
        Prices that lead the descent.
    over
        Whether to end.
    start
        Everybody's week to begin with; None = the best week of each person at a price of 0 for every head.

    Attributes
    ----------
    weeks
        The present plan, a week per person.
    best, best_cost
        The best plan so far; it never gets worse.
    goal_price
        Prices of a call towards each pooled goal, shape (P,).
    """

    def __init__(
        self,
        dual: DualPrices,
        *,
        seed: int | Sequence[int],
        over: Callable[[], bool],
        start: Sequence[ChosenWeek] | None = None,
        params: DescentParams | None = None,
    ) -> None:
        self.dual, self.staff, self.service = dual, dual.staff, dual.service
        self.params = params or DescentParams()
        self.finder = WeekFinder(dual.staff)  # the dual may use its own finder in another thread
        self.over, self.rng = over, np.random.default_rng(seed)
        self.goal_price = self._raised(dual.goal_price)
        self.weeks: list[ChosenWeek] = self._first_weeks() if start is None else list(start)
        self.best, self.best_cost = list(self.weeks), math.inf
        self.keep(self.flow(self.head_worth()))

    def _first_weeks(self) -> list[ChosenWeek]:
        """Return everybody's best legal week at a price of 0 for every head.

        Raises
        ------
        Infeasible
            If somebody's rules leave none.
        NothingFound
            If the search is over, and still not everybody has one `DescentParams.grace_s` later.
        """
        found: dict[object, ChosenWeek] = {}
        ended = math.inf
        for person in self.staff.people:
            if self.over():
                ended = min(ended, time.monotonic())
            if time.monotonic() - ended > self.params.grace_s:
                raise NothingFound("The search ended before everybody had a legal week.")
            if person.kind not in found:
                found[person.kind] = self._first(person)
        return [found[p.kind] for p in self.staff.people]

    def _first(self, person: CompiledPerson) -> ChosenWeek:
        """Return the best legal week at a price of 0 for every head.

        Raises
        ------
        Infeasible
            If the rules leave none.
        """
        week = self.finder.best_week(person, self.finder.prefix(np.zeros(self.finder.slots)))
        if week is not None:
            return week
        refuse_conflicts(self.staff.problem)
        raise SolverFault(f"no week obeys the rules of {person.agent.id}")

    def head_worth(self) -> np.ndarray:
        """Return the worth of each further head at the present prices of goals, shape (Q, S, N)."""
        return self.service.slope(self.goal_price)

    def flow(self, head_worth: np.ndarray) -> SkillFlow:
        """Return the heads of the present plan, split over queues as is best where heads are worth `head_worth`."""
        out = empty_flow(self.staff.skills, head_worth, self.service.before)
        absent = np.zeros(self.finder.slots, dtype=np.int64)
        for person, week in zip(self.staff.people, self.weeks, strict=True):
            move_person(out, person.group, absent, self.finder.on_phone(person, week))
        return out

    def cost(self, flow: SkillFlow) -> float:
        """Return the cost of the present plan, whose heads are those of `flow`."""
        return self._own_cost(self.weeks) + self.service.cost(flow.heads)

    def cost_of_best(self, planned: Mapping[str, Sequence[PlannedShift]]) -> float:
        """Return the cost of `best` with its heads on the queues of `planned`, agent → shifts."""
        shifts = (p for mine in planned.values() for p in mine)
        heads = heads_planned(self.staff.problem, shifts)
        return self._own_cost(self.best) + self.service.cost(np.array(list(heads.values()), dtype=np.int64))

    def _own_cost(self, weeks: Sequence[ChosenWeek]) -> float:
        return sum(self.finder.own_cost(p, w) for p, w in zip(self.staff.people, weeks, strict=True))

    def _raised(self, goal_price: np.ndarray) -> np.ndarray:
        """Return prices of goals, each at least so high that a factor can raise it."""
        return np.asarray(np.maximum(goal_price, self.params.least_goal * self.service.dearest))

    def keep(self, flow: SkillFlow) -> bool:
        """Take the present plan for the best one if it is cheaper; return whether it is."""
        cost = self.cost(flow)
        if cost >= self.best_cost - 1e-9:
            return False
        self.best, self.best_cost = list(self.weeks), cost
        return True

    def follow_prices(self, tell: Callable[[str], None]) -> None:
        """Let everybody choose in turn, at ever sharper prices, then without smoothing until nobody moves."""
        self.goal_price = self._raised(self.dual.goal_price)
        wanted = self.heads_wanted()
        for width in self.params.widths:
            for sweep in range(self.params.sweeps if len(self.weeks) < self.params.large else self.params.large_sweeps):
                if self.over():
                    break
                if sweep == 0 or len(self.goal_price):  # else nothing has changed the prices since the last sweep
                    flow = self.flow(smoothed(self.head_worth(), self.dual.price, width * np.sqrt(wanted)))
                self._sweep(flow, None)
                self.keep(flow)
                self.reprice_goals(flow)
            tell(f"smoothing {width:g}")
        self.settle()

    def lift_missed(self) -> None:
        """Raise the prices of goals that the present plan misses, so that the search aims at them.

        The prices rise as long as the split of people over queues by them costs no more: far too high a price of a goal
        that is missed by a hair would take everybody from the other queues.
        """
        dear, cost = self.params.lifted * self.service.dearest, math.inf
        price = self.goal_price
        while True:
            flow = self.flow(self.service.slope(price))
            now = self.cost(flow)
            if now > cost + 1e-9:
                break
            cost, self.goal_price = now, price
            low = (self.service.gained(flow.heads) < self.service.margin) & (price < dear)
            if not low.any() or self.over():
                break
            price = np.where(low, np.minimum(price * self.params.dearer, dear), price)

    def heads_wanted(self) -> np.ndarray:
        """Return the heads that are worth their price, one at least, shape (Q, S)."""
        return np.asarray(np.maximum(1.0, (self.head_worth() > self.dual.price[:, :, None]).sum(axis=2)))

    def reprice_goals(self, flow: SkillFlow) -> None:
        """Make goals dearer to which one call more is worth its price, and the others, met or not, cheaper."""
        p, most = self.params, self.service.dearest
        pays = self.service.worth_a_call(self.service.gained(flow.heads)) >= self.goal_price
        factor = np.where(pays, p.dearer, p.cheaper)
        self.goal_price = np.clip(self.goal_price * factor, p.least_goal * most, most)

    def settle(self, rounds: int | None = None) -> None:
        """Let everybody choose without smoothing until nobody moves or the `rounds` are over; keep a better plan."""
        if self.over():
            return
        flow = self.flow(self.head_worth())
        for _ in range(self.params.settle if rounds is None else rounds):
            if not self._sweep(flow, -1e-9):
                break
        self.keep(flow)

    def _sweep(self, flow: SkillFlow, allowed: float | None) -> int:
        """Let everybody choose once, in chance order; return how many changed their week."""
        moved = 0
        for a in self.rng.permutation(len(self.weeks)).tolist():
            if self.over():
                break
            moved += self.replan([a], flow, worth_itself, allowed) is not None
        return moved

    def replan(
        self,
        group: Sequence[int],
        flow: SkillFlow,
        rule: PriceRule,
        allowed: float | None,
        most_options: int | None = None,
        most_windows: int | None = None,
    ) -> float | None:
        """Take people out of the plan together and let them choose anew in turn, at prices made by `rule`.

        Returns the change of the cost if their new weeks are taken, else None.

        Parameters
        ----------
        flow
            Heads of the present plan; changed with it.
        allowed
            Largest rise of the cost. None: take the new week if it is better at the present prices, even if the total
            cost rises (for one person alone).
        most_options
            Options of each day to consider; None = all.
        most_windows
            Windows of starts to try, drawn by chance, where a rule keeps starts together; None = all.
        """
        finder, absent = self.finder, np.zeros(self.finder.slots, dtype=np.int64)
        before = self.service.cost(flow.heads)
        people, old = [self.staff.people[a] for a in group], [self.weeks[a] for a in group]
        had = [finder.on_phone(person, week) for person, week in zip(people, old, strict=True)]
        present = [had[0], *(absent for _ in had[1:])]  # the first person stays in `flow` until the new week is known
        for person, slots in zip(people[1:], had[1:], strict=True):
            move_person(flow, person.group, slots, absent)
        dearer = better = 0.0
        now: list[np.ndarray] = []
        for a, person, old_week, slots, here in zip(group, people, old, had, present, strict=True):
            worth, others = worth_without(flow, person.group, here)
            prefix = finder.prefix(rule(a, worth, others))
            lows = self._some_windows(person, most_windows)
            week = finder.best_week(person, prefix, self.spread_cost(a), most_options, lows) or old_week
            now.append(finder.on_phone(person, week))
            move_person(flow, person.group, here, now[-1])
            self.weeks[a] = week
            dearer += finder.own_cost(person, week) - finder.own_cost(person, old_week)
            better += float(worth @ (now[-1] - slots))
        change = dearer + self.service.cost(flow.heads) - before
        if change <= allowed if allowed is not None else dearer < better - 1e-9:
            return change
        for a, person, old_week, slots, new in zip(group, people, old, had, now, strict=True):
            move_person(flow, person.group, new, slots)
            self.weeks[a] = old_week
        return None

    def _some_windows(self, person: CompiledPerson, most: int | None) -> np.ndarray | None:
        """Return `most` windows of starts drawn by chance; None = all."""
        lows = self.finder.windows(person)
        if lows is None or most is None or len(lows) <= most:
            return None
        return np.asarray(self.rng.choice(lows, most, replace=False))

    def spread_cost(self, a: int) -> np.ndarray | None:
        """Return the price of each option's distance to the person's usual start; None where that costs nothing.

        Windows of starts take the place of these prices where a rule keeps starts together.
        """
        problem, minute = self.staff.problem, self.staff.people[a].options.minute
        price = problem.costs.steady_h
        worked = self.weeks[a].options[self.weeks[a].options >= 0]
        if problem.rules.max_start_spread_min is not None or price == 0.0 or not len(worked):
            return None
        return np.asarray(0.5 * price * np.abs(minute - int(np.median(minute[worked]))) / 60.0)
