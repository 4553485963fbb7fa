"""Plans: people answer in turn, each seeing the rest; first prices lead, then heads.

At a wide blur everybody sees the dual's prices, at none exactly what is missing: block coordinate descent, one person's
whole week at a time. Annealing then goes on with single people, at chance blurs, keeping the best plan seen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from .dual import Dual
from .heads import Heads, no_heads
from .respond import Chosen, Responder, shift_heads
from .service import blurred

WIDTHS = (3.0, 1.0, 0.5, 0.25, 0.12, 0.06)
"""Blurs of the descent, in square roots of the heads needed."""

SWEEPS, SETTLE = 3, 30
"""Rounds over everybody at each blur; most rounds at none."""

NOISE, SURE, HOT, COLD = 0.4, 0.15, 1.0, 0.05
"""Annealing: noise on the prices' logit per two hours, share of exact steps, first and last heat (hours' wage)."""


class Descent:
    """A plan and the ways to improve it; `best` never gets worse.

    Parameters
    ----------
    dual
        Prices to be led by.
    over
        Whether to end.
    """

    def __init__(self, dual: Dual, *, seed: int, over: Callable[[], bool]) -> None:
        self.dual, self.people, self.service = dual, dual.people, dual.service
        self.responder: Responder = dual.responder
        self.over, self.rng = over, np.random.default_rng(seed)
        self.goal_price = dual.goal_price
        self.weeks: list[Chosen] = [self._idle(p.menu.slots.shape[1]) for p in self.people.persons]
        self.best, self.best_cost = list(self.weeks), math.inf

    def _idle(self, breaks: int) -> Chosen:
        days = len(self.people.problem.grid.dates)
        return Chosen(np.full(days, -1, dtype=np.int64), np.zeros((days, breaks), dtype=np.int64))

    def heads(self, slope: np.ndarray) -> Heads:
        """Return the heads of the present plan, split over queues as `slope` has it."""
        out = no_heads(self.people.can, slope, self.service.before)
        nobody = np.zeros(self.responder.size, dtype=np.int64)
        for person, week in zip(self.people.persons, self.weeks, strict=True):
            shift_heads(out, person.group, nobody, self.responder.slots(person, week))
        return out

    def cost(self, heads: Heads) -> float:
        """Return the cost of the present plan."""
        money = sum(self.responder.money(p, w) for p, w in zip(self.people.persons, self.weeks, strict=True))
        return money + self.service.cost(heads.n)

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
        need = np.maximum(1.0, (self.exact() > self.dual.price[:, :, None]).sum(axis=2))
        for width in WIDTHS:
            heads = self.heads(blurred(self.exact(), self.dual.price, width * np.sqrt(need)))
            for _ in range(SWEEPS):
                self._sweep(heads)
                if self.over():
                    break
            tell(f"blur {width:g}")
        self.settle()

    def settle(self) -> None:
        """Let everybody answer exactly until nobody moves; keep the plan if it is the best."""
        heads = self.heads(self.exact())
        for _ in range(SETTLE):
            if not self._sweep(heads) or self.over():
                break
        self.keep(heads)

    def _sweep(self, heads: Heads) -> int:
        """Let everybody answer once, in chance order; returns how many changed their week."""
        moved = 0
        for a in self.rng.permutation(len(self.weeks)).tolist():
            if self.over():
                break
            person, old = self.people.persons[a], self.weeks[a]
            was = self.responder.slots(person, old)
            shift_heads(heads, person.group, was, np.zeros_like(was))
            prices = heads.gain[person.group]
            new = self.responder.week(person, self.responder.prefix(prices), self._steady(a))
            if new is not None and self._price(a, new, prices) < self._price(a, old, prices) - 1e-9:
                self.weeks[a] = new
                moved += 1
            shift_heads(heads, person.group, np.zeros_like(was), self.responder.slots(person, self.weeks[a]))
        return moved

    def _price(self, a: int, week: Chosen, prices: np.ndarray) -> float:
        """Return what a week costs less what its heads are worth."""
        person = self.people.persons[a]
        if not person.paths.automaton.allows([bool(o >= 0) for o in week.options]):
            return math.inf
        return self.responder.money(person, week) - float(prices @ self.responder.slots(person, week))

    def _steady(self, a: int) -> np.ndarray | None:
        """Return a price of each option's distance to the person's usual start; infinite beyond the widest spread."""
        problem, menu = self.people.problem, self.people.persons[a].menu
        most, price = problem.rules.max_start_spread_min, problem.costs.steady_h
        if most is None and price == 0.0:
            return None
        worked = self.weeks[a].options[self.weeks[a].options >= 0]
        if not len(worked):
            if most is None:
                return None
            usual = int(self.rng.choice(menu.minute))
        else:
            usual = int(np.median(menu.minute[worked]))
        away = np.abs(menu.minute - usual)
        out = 0.5 * price * away / 60.0
        return out if most is None else np.where(away <= most // 2, out, np.inf)

    def anneal(self, used: Callable[[], float], steps: int | None, tell: Callable[[str], None]) -> None:
        """Re-plan single people at chance blurs, now and then for the worse, until the time or the `steps` are used."""
        exact = self.exact()
        need = np.maximum(1.0, (exact > self.dual.price[:, :, None]).sum(axis=2))
        widths = np.geomspace(0.02, 0.3, 6)
        tables = [blurred(exact, self.dual.price, w * np.sqrt(need)) for w in widths]
        heads, rng = self.heads(exact), self.rng
        top = np.maximum(exact[:, :, 0].max(axis=0), 1e-12)
        blocks = np.arange(self.responder.size) * len(self.people.problem.grid.dates) * 12 // self.responder.size
        wage = float(np.mean([p.agent.cost_h for p in self.people.persons]))
        rows = np.arange(self.responder.size)
        present, told = self.cost(heads), 0.0
        lowest, lowest_weeks = present, list(self.weeks)
        for step in itertools.count():
            share = max(used(), step / steps if steps else 0.0)
            if self.over() or share >= 1.0:
                break
            heat = wage * HOT * (COLD / HOT) ** share
            a = int(rng.integers(len(self.weeks)))
            person, old = self.people.persons[a], self.weeks[a]
            was = self.responder.slots(person, old)
            shift_heads(heads, person.group, was, np.zeros_like(was))
            true = heads.gain[person.group].copy()
            prices = true
            if rng.random() >= SURE:
                table = tables[int(rng.integers(len(tables)))]
                queues = np.flatnonzero(self.people.can[person.group])
                here = np.minimum(heads.n[queues], table.shape[2] - 1)
                guide = np.clip(table[queues[:, None], rows, here].max(axis=0) / top, 1e-9, 1.0 - 1e-9)
                odds = guide / (1.0 - guide) * np.exp(rng.normal(0.0, NOISE, blocks.max() + 1))[blocks]
                prices = top * odds / (1.0 + odds)
            new = self.responder.week(person, self.responder.prefix(prices), self._steady(a))
            change = math.inf if new is None else self._price(a, new, true) - self._price(a, old, true)
            if new is not None and (change <= 0.0 or rng.random() < math.exp(-change / heat)):
                self.weeks[a] = new
                present += change
            shift_heads(heads, person.group, np.zeros_like(was), self.responder.slots(person, self.weeks[a]))
            if present < lowest - 1e-9:
                lowest, lowest_weeks = present, list(self.weeks)
            if share > told:
                told = share + 0.02
                tell("annealing")
        self.weeks = lowest_weeks
        self.settle()
