"""A proven bound and prices of a head: Lagrangian dual ascent, no linear programme.

L(π, μ) = Σ_people min over weeks (cost − π · cover) + Σ_{q,t} min_n (π n − worth of n heads at μ) + constants, for
0 ≤ π and 0 ≤ μ ≤ `Costs.lost_call`, never exceeds the cost of any plan, so the ascent may stop at any time. Deflected
subgradients with Polyak's step (Camerini, Fratta, Maffioli 1975).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...forecast.progress import Watch
from .menu import People
from .respond import Responder, occupy, place_breaks
from .service import Service

STAGE = "people"

KEPT, PATIENCE, SHRINK, SMALLEST, ENOUGH = 0.6, 15, 0.6, 0.004, 2e-5
"""Part of the old direction kept; rounds without a gain of `ENOUGH` before the step shrinks; its factor and end."""


@dataclass
class Dual:
    """The best prices found and what they prove.

    Attributes
    ----------
    price
        Of a head per queue and slot, shape (Q, S).
    goal_price
        Of a call towards each pooled goal, shape (P,).
    bound
        Proven lower bound on the cost of every plan.
    """

    people: People
    service: Service
    responder: Responder
    price: np.ndarray = field(init=False)
    goal_price: np.ndarray = field(init=False)
    bound: float = field(default=-np.inf, init=False)
    rounds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        problem = self.people.problem
        wage = float(np.mean([p.agent.cost_h for p in self.people.persons]))
        self.goal_price = np.full(len(self.service.margin), 0.5 * problem.costs.lost_call)
        top = self.service.slope(self.goal_price)[:, :, 0]
        self.price = np.minimum(1.2 * wage * problem.grid.hours, top)

    def ascend(self, watch: Watch, limit_s: float, best: float | None = None) -> None:
        """Raise the bound until steps are small, time is up or the user stops; `best` is the cost of a known plan."""
        clock = Watch(time_limit_s=limit_s, stop=watch.stop)
        split = self.price.size
        top = np.concatenate(
            [
                self.service.slope(np.full(len(self.goal_price), self.people.problem.costs.lost_call))[:, :, 0].ravel(),
                np.full(len(self.goal_price), self.people.problem.costs.lost_call),
            ]
        )
        at = np.concatenate([self.price.ravel(), self.goal_price])
        here, slope = self._evaluate(at)
        self.bound = max(self.bound, here)
        base, base_slope, direction = at, slope, slope
        step, idle, told = 1.0, 0, 0.0
        while step >= SMALLEST and not clock.stopped and not clock.time_is_up:
            ahead = max(0.05 * abs(self.bound), 0.0 if best is None else best - self.bound)
            if best is not None:
                ahead = min(ahead, max(best - self.bound, 1e-9 * abs(best)))
            direction = np.where(((at <= 0.0) & (direction < 0.0)) | ((at >= top) & (direction > 0.0)), 0.0, direction)
            norm = float(direction @ direction)
            if norm <= 0.0:
                break
            at = np.clip(at + step * (self.bound + ahead - here) / norm * direction, 0.0, top)
            here, slope = self._evaluate(at)
            self.rounds += 1
            direction = KEPT * direction + (1.0 - KEPT) * slope
            if here > self.bound + ENOUGH * abs(self.bound):
                idle = 0
            else:
                idle += 1
            if here > self.bound:
                self.bound, base, base_slope = here, at, slope
            if idle >= PATIENCE:
                step, idle = step * SHRINK, 0
                at, here, direction = base, self.bound, base_slope
            if clock.elapsed_s - told > 0.5:
                told = clock.elapsed_s
                watch.tell(STAGE, f"prices, round {self.rounds}", bound=self.bound, best=best)
        self.price, self.goal_price = base[:split].reshape(self.price.shape), base[split:]

    def _evaluate(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """Return L at the prices `at` and a subgradient."""
        price, goal = at[: self.price.size].reshape(self.price.shape), at[self.price.size :]
        slope = self.service.slope(goal)
        wanted = (slope > price[:, :, None]).sum(axis=2)
        total, cover = self._weeks(price)
        worth = np.concatenate([np.zeros((*price.shape, 1)), np.cumsum(slope, axis=2)], axis=2)
        heads = np.take_along_axis(worth, wanted[:, :, None], 2)[:, :, 0]
        total += float((price * (wanted - self.service.before)).sum() - heads.sum() + self.service.floor.sum())
        supply = self.service.before + cover
        lacking = np.zeros(0)
        if len(goal):
            none = np.zeros(len(goal))
            np.add.at(
                none, self.service.period[self.service.period >= 0], self.service.at_none[self.service.period >= 0]
            )
            total += float(goal @ (self.service.margin - none))
            lacking = self.service.margin - self.service.gained(wanted)
        return total, np.concatenate([(wanted - supply).ravel(), lacking])

    def _weeks(self, price: np.ndarray) -> tuple[float, np.ndarray]:
        """Return what everybody's best weeks cost less the prices they collect, and the heads they bring, (Q, S)."""
        people, responder = self.people, self.responder
        cover = np.zeros((len(people.can), responder.size), dtype=np.int64)
        prefixes = [responder.prefix(price[can].max(axis=0)) for can in people.can]
        worth: dict[tuple[int, int], np.ndarray] = {}
        total = 0.0
        for person in people.persons:
            menu, key = person.menu, (id(person.menu), person.group)
            if key not in worth:
                worth[key] = responder.worth(menu, prefixes[person.group]).copy()
            cost, options = responder.cheapest(person, person.own - worth[key])
            total += cost
            breaks = np.zeros((len(options), menu.slots.shape[1]), dtype=np.int64)
            place_breaks(prefixes[person.group], options, menu.start, menu.low, menu.high, menu.slots, breaks)
            occupy(options, breaks, menu.start, menu.length, menu.slots, responder.size,
                   people.problem.cyclic, cover[person.group])  # fmt: skip
        out = np.zeros(price.shape)
        for can, heads in zip(people.can, cover, strict=True):
            dearest = can[:, None] & (price >= price[can].max(axis=0) - 1e-12)
            out += heads * dearest / dearest.sum(axis=0)
        return total, out
