"""A proven bound and prices of a head: Lagrangian dual ascent, no linear programme.

L(π, μ) = Σ_people min over weeks (cost − π · cover) + Σ_{q,t} min_n (π n − worth of n heads at μ) + constants, for
0 ≤ π and 0 ≤ μ ≤ `Costs.lost_call`, never exceeds the cost of any plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...forecast.progress import Watch
from ..optimise.ascent import ascend
from ..price.worth import Service
from .best_week import Responder, occupy, place_breaks
from .compile import People

STAGE = "people"

TOGETHER = 0.4
"""Part of the time in which the prices of all queues rise together."""

NEAR = 0.05
"""Share by which a queue's price may lie below the highest for a group's heads to go there in part."""


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
    ended
        Whether the ascent is over.
    """

    people: People
    service: Service
    price: np.ndarray = field(init=False)
    goal_price: np.ndarray = field(init=False)
    bound: float | None = field(default=None, init=False)
    rounds: int = field(default=0, init=False)
    ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.responder = Responder(self.people)
        problem = self.people.problem
        self.goal_price = np.full(len(self.service.margin), 0.5 * problem.costs.lost_call)
        top = self.service.slope(self.goal_price)[:, :, 0]
        self.price = np.minimum(1.2 * self.people.wage * problem.grid.hours, top)

    def take(self, price: np.ndarray, goal_price: np.ndarray, bound: float | None) -> None:
        """Begin with prices found before, and what they prove."""
        self.price, self.goal_price, self.bound = price, goal_price, bound

    def ascend(self, watch: Watch, limit_s: float, best: float) -> None:
        """Raise the bound until steps are small, time is up or the user stops; `best` is the cost of a plan.

        With several queues their prices first rise together, as if everybody worked all of them: that is as easy as one
        queue and a good start for each price by itself.
        """
        clock = Watch(watch.show, limit_s, watch.stop)
        if len(self.price) > 1:
            self._rise(Watch(watch.show, TOGETHER * limit_s, watch.stop), best, together=True)
        self._rise(clock, best, together=False)
        self.ended = True

    def _rise(self, watch: Watch, best: float, *, together: bool) -> None:
        """Raise the bound with a price per queue and slot, or one per slot for all queues, at most each one's worth."""
        dearest = np.full(len(self.goal_price), self.people.problem.costs.lost_call)
        top = self.service.slope(dearest)[:, :, 0]
        start, high = (x.max(axis=0) if together else x.ravel() for x in (self.price, top))

        def prices(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            price, goal = at[: len(start)], at[len(start) :]
            return np.minimum(price, top) if together else price.reshape(top.shape), goal

        def evaluate(at: np.ndarray) -> tuple[float, np.ndarray]:
            bound, lacking, missing = self._evaluate(*prices(at))
            slope = np.where(top >= at[: len(start)], lacking, 0.0).sum(axis=0) if together else lacking.ravel()
            return bound, np.concatenate([slope, missing])

        found = ascend(
            evaluate, np.concatenate([start, self.goal_price]), 0.0, np.concatenate([high, dearest]), watch, best=best,
            stage=STAGE, keep=lambda at, bound: self.take(*prices(at), bound),
        )  # fmt: skip
        self.rounds += found.rounds

    def _evaluate(self, price: np.ndarray, goal: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return L at prices of a head, shape (Q, S), and of a call towards each goal, (P,), and subgradients."""
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
        return total, wanted - supply, lacking

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
        return total, sum(
            (_split(price, *group) for group in zip(people.can, cover, strict=True)), np.zeros(price.shape)
        )


def _split(price: np.ndarray, can: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """Return `heads`, shape (S,), of a group split over the queues that it `can` work, shape (Q, S).

    They go where the price is highest. Prices nearly as high take a part, so that the split does not jump from round to
    round: directions stay good though not exact, and bounds do not depend on them.
    """
    own = np.where(can[:, None], price, -np.inf)
    top = own.max(axis=0, initial=0.0)
    near = np.maximum(0.0, 1.0 - (top - own) / (NEAR * top + 1e-12))
    return np.asarray(heads * near / np.maximum(near.sum(axis=0), 1e-12))
