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

AHEAD, LEAP = 0.02, 0.3
"""How far above the bound the ascent aims: at least this share of the best plan's cost, and of what lies between."""

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
        Proven lower bound on the cost of every plan; None before the ascent.
    """

    people: People
    service: Service
    responder: Responder
    price: np.ndarray = field(init=False)
    goal_price: np.ndarray = field(init=False)
    bound: float | None = field(default=None, init=False)
    rounds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        problem = self.people.problem
        self.goal_price = np.full(len(self.service.margin), 0.5 * problem.costs.lost_call)
        top = self.service.slope(self.goal_price)[:, :, 0]
        self.price = np.minimum(1.2 * self.people.wage * problem.grid.hours, top)

    def ascend(self, watch: Watch, limit_s: float, best: float) -> None:
        """Raise the bound until steps are small, time is up or the user stops; `best` is the cost of a plan."""
        clock = Watch(time_limit_s=limit_s, stop=watch.stop)
        dearest = np.full(len(self.goal_price), self.people.problem.costs.lost_call)
        top = np.concatenate([self.service.slope(dearest)[:, :, 0].ravel(), dearest])
        at = np.concatenate([self.price.ravel(), self.goal_price])
        here, slope = self._evaluate(at)
        bound, base, base_slope, direction = here, at, slope, slope
        step, idle, told = 1.0, 0, 0.0
        while step >= SMALLEST and not clock.stopped and not clock.time_is_up:
            direction = np.where(((at <= 0.0) & (direction < 0.0)) | ((at >= top) & (direction > 0.0)), 0.0, direction)
            norm = float(direction @ direction)
            if norm <= 0.0:
                break
            aim = bound + max(AHEAD * best, LEAP * (best - bound))
            at = np.clip(at + step * (aim - here) / norm * direction, 0.0, top)
            here, slope = self._evaluate(at)
            self.rounds += 1
            direction = KEPT * direction + (1.0 - KEPT) * slope
            idle = 0 if here > bound + ENOUGH * best else idle + 1
            if here > bound:
                bound, base, base_slope = here, at, slope
            if idle >= PATIENCE:
                step, idle = step * SHRINK, 0
                at, here, direction = base, bound, base_slope
            if clock.elapsed_s - told > 0.5:
                told = clock.elapsed_s
                watch.tell(STAGE, f"prices, round {self.rounds}", bound=bound)
        self.bound = bound
        self.price, self.goal_price = base[: self.price.size].reshape(self.price.shape), base[self.price.size :]

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
            none = self.service.gained(np.zeros_like(wanted))
            total += float(goal @ (self.service.margin - none))
            lacking = self.service.margin - self.service.gained(wanted)
        return total, np.concatenate([(wanted - supply).ravel(), lacking])

    def _weeks(self, price: np.ndarray) -> tuple[float, np.ndarray]:
        """Return what everybody's best weeks cost less the prices they collect, and the heads they bring, (Q, S)."""
        people, responder = self.people, self.responder
        cover = np.zeros((len(people.can), responder.size), dtype=np.int64)
        prefixes = [responder.prefix(np.where(can[:, None], price, 0.0).max(axis=0)) for can in people.can]
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
            own = np.where(can[:, None], price, -1.0)
            dearest = can[:, None] & (own >= own.max(axis=0) - 1e-12)
            out += heads * dearest / np.maximum(dearest.sum(axis=0), 1)
        return total, out
