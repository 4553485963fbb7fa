"""A proven bound and prices of a head, by Lagrangian dual ascent without any linear programme.

L(π, μ) = Σ_people min over weeks (cost − π · cover) + Σ_{q,t} min_n (π n − worth of n heads at μ)
+ Σ_goals min over calls gained (price of those missing + μ · gained) + constants,

for 0 ≤ π and 0 ≤ μ ≤ the dearest call of each goal (`Service.dearest`), never exceeds the cost of any plan.
"""

from __future__ import annotations

import numpy as np

from ...forecast.progress import Watch
from ..optimise.ascent import AscentParams, ascend
from ..price.worth import Service
from .best_week import ChosenWeek, WeekFinder
from .compile import CompiledStaff
from .params import DualParams

STAGE = "people"


class DualPrices:
    """The best prices found and their proven bound.

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
    cut
        Whether time ended an ascent before its steps were small.
    """

    def __init__(self, staff: CompiledStaff, service: Service, params: DualParams | None = None) -> None:
        self.staff, self.service, self.params = staff, service, params or DualParams()
        self.finder = WeekFinder(staff)
        self.bound: float | None = None
        self.rounds, self.ended, self.cut = 0, False, False
        self.goal_price = self.params.first_goal_price * service.dearest
        top = service.slope(self.goal_price)[:, :, 0]
        self.price = np.minimum(self.params.first_price * staff.wage * staff.problem.grid.hours, top)

    def take(self, price: np.ndarray, goal_price: np.ndarray, bound: float | None) -> None:
        """Take over earlier prices and the bound that they prove."""
        self.price, self.goal_price, self.bound = price, goal_price, bound

    def ascend(self, watch: Watch, limit_s: float, best: float, *, anew: bool = True) -> None:
        """Raise the bound until steps are small, time is up or the user stops; `best` is the cost of a plan.

        The prices of several queues first rise together, as if everybody worked all queues: this is as easy as one
        queue, and a good start for separate prices. Prices that are good already (not `anew`) need no such start. A
        second ascent with shorter steps begins where the first one ends; not with goals over a day or week, whose last
        prices lie on edges of the service curve and lead plans astray.
        """
        clock = watch.within(limit_s)
        if anew and len(self.price) > 1:
            self._rise(watch.within(self.params.together * limit_s), best, self.params.ascent, together=True)
        cut = self._rise(clock, best, self.params.ascent, together=False)
        if not cut and not len(self.goal_price):
            self._rise(clock, best, self.params.finish, together=False)
        self.ended = True

    def _rise(self, watch: Watch, best: float, params: AscentParams, *, together: bool) -> bool:
        """Raise the bound with a price per queue and slot, or one per slot for all queues, at most each one's worth.

        Return whether time, or the user, ended it.
        """
        dearest = self.service.dearest
        top = self.service.slope(dearest)[:, :, 0]
        start, high = (x.max(axis=0) if together else x.ravel() for x in (self.price, top))

        def prices(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            price, goal = at[: len(start)], at[len(start) :]
            return np.minimum(price, top) if together else price.reshape(top.shape), goal

        def evaluate(at: np.ndarray) -> tuple[float, np.ndarray] | None:
            valued = self._evaluate(*prices(at), watch)
            if valued is None:
                return None
            bound, lacking, missing = valued
            slope = np.where(top >= at[: len(start)], lacking, 0.0).sum(axis=0) if together else lacking.ravel()
            return bound, np.concatenate([slope, missing])

        found = ascend(
            evaluate, np.concatenate([start, self.goal_price]), 0.0, np.concatenate([high, dearest]), watch, best=best,
            stage=STAGE, keep=lambda at, bound: self.take(*prices(at), bound), params=params,
        )  # fmt: skip
        self.rounds += found.rounds
        self.cut = self.cut or found.cut
        return found.cut

    def _evaluate(
        self, price: np.ndarray, goal: np.ndarray, watch: Watch
    ) -> tuple[float, np.ndarray, np.ndarray] | None:
        """Return L at prices of a head, shape (Q, S), and of a call towards each goal, (P,), and subgradients.

        None where the user stopped meanwhile.
        """
        goal = np.minimum(goal, self.service.dearest)  # beyond it the price of missing calls has no least sum
        slope = self.service.slope(goal)
        wanted = (slope > price[:, :, None]).sum(axis=2)
        weeks = self._best_weeks(price, watch)
        if weeks is None:
            return None
        total, cover = weeks
        worth = np.concatenate([np.zeros((*price.shape, 1)), np.cumsum(slope, axis=2)], axis=2)
        heads = np.take_along_axis(worth, wanted[:, :, None], 2)[:, :, 0]
        total += float((price * (wanted - self.service.before)).sum() - heads.sum() + self.service.floor.sum())
        supply = self.service.before + cover
        lacking = np.zeros(0)
        if len(goal):
            none = self.service.gained(np.zeros_like(wanted))
            gained, missed = self.service.cheapest_gain(goal)
            total += float(goal @ (gained - none)) + float(missed.sum())
            lacking = gained - self.service.gained(wanted)
        return total, wanted - supply, lacking

    def _best_weeks(self, price: np.ndarray, watch: Watch) -> tuple[float, np.ndarray] | None:
        """Return the cost of everybody's best weeks less the prices they collect, and their heads, (Q, S).

        None where the user stopped meanwhile.
        """
        staff, finder = self.staff, self.finder
        cover = np.zeros((len(staff.skills), finder.slots), dtype=np.int64)
        prefixes = [finder.prefix(np.where(can[:, None], price, 0.0).max(axis=0)) for can in staff.skills]
        collected: dict[tuple[int, int], np.ndarray] = {}
        total = 0.0
        for person, times in staff.kinds:
            if watch.stopped:
                return None
            key = (id(person.options), person.group)
            if key not in collected:
                collected[key] = finder.collected(person.options, prefixes[person.group]).copy()
            cost, options = finder.cheapest(person, person.option_cost - collected[key])
            total += times * cost
            breaks = finder.placed_breaks(person, options, prefixes[person.group])
            finder.add_on_phone(person, ChosenWeek(options, breaks), cover[person.group], times)
        groups = zip(staff.skills, cover, strict=True)
        return total, sum((_split(price, *group, self.params.near) for group in groups), np.zeros(price.shape))


def _split(price: np.ndarray, skills: np.ndarray, heads: np.ndarray, near: float) -> np.ndarray:
    """Return the heads of a group, shape (S,), split over the queues that it works, shape (Q, S).

    They go to the queue with the highest price. Queues with nearly as high a price take a part, so that the split does
    not jump from round to round. The direction of the ascent is then good but not exact; the bound does not depend on
    it.

    Parameters
    ----------
    skills
        Which queues the group works, shape (Q,).
    near
        Share of the highest price below it at which a queue takes no part.
    """
    own = np.where(skills[:, None], price, -np.inf)
    top = own.max(axis=0, initial=0.0)
    part = np.maximum(0.0, 1.0 - (top - own) / (near * top + 1e-12))
    return np.asarray(heads * part / np.maximum(part.sum(axis=0), 1e-12))
