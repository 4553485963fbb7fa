"""Annealing: one or two people at a time leave the plan and choose anew, at noisy prices, sometimes for the worse."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from ..price.worth import smoothed, tilted
from .descent import Descent
from .params import AnnealingParams


class Cooling:
    """How far an annealing is: by its steps, and by its time only where the time is too short for all steps.

    A temperature that follows the clock gives another plan in every run. So the steps alone count as long as they can
    all be done: where they would fit into `limit_s`, until the share `AnnealingParams.patient` of the time is used.
    From then on, or from the beginning where they would not fit, the temperature falls with the larger of both shares.

    Parameters
    ----------
    used
        Gives the share of the time that is used, 0 to 1.
    steps
        Most steps.
    limit_s
        Seconds that the whole search was given.

    Attributes
    ----------
    hurried
        Whether time has made it cool faster.
    """

    def __init__(self, used: Callable[[], float], steps: int, limit_s: float, params: AnnealingParams) -> None:
        self.used, self.steps = used, steps
        self.patient = params.patient if steps * params.step_s <= limit_s else 0.0
        self.turn: tuple[float, float] | None = None if self.patient else (0.0, 0.0)
        self.hurried = False

    def done(self, step: int) -> float:
        """Return the share that is done after `step` steps, 0 to 1; 1 ends the annealing."""
        by_steps, by_time = step / max(self.steps, 1), self.used()
        if by_time < self.patient:
            return by_steps
        if self.turn is None:  # from here on time counts: it leads from the present share to 1
            self.turn = by_time, by_steps
        since, begun = self.turn
        pace = begun + (1.0 - begun) * (by_time - since) / max(1.0 - since, 1e-9)
        self.hurried = self.hurried or pace > by_steps
        return max(by_steps, pace)


def anneal(descent: Descent, cooling: Cooling, tell: Callable[[str], None], params: AnnealingParams) -> None:
    """Improve the plan of `descent` until `cooling` is done; it ends with its best plan, settled.

    Parameters
    ----------
    tell
        Called with the stage's name now and then.
    """
    prices = _NoisyPrices(descent, params)
    flow, rng = descent.flow(prices.head_worth), descent.rng
    hot = descent.staff.wage * params.hot * min(1.0, params.crowd / max(len(descent.weeks), 1))
    present, told = descent.cost(flow), 0.0
    for step in itertools.count():
        done = cooling.done(step)
        if descent.over() or done >= 1.0:
            break
        temperature = hot * (params.cold / params.hot) ** done
        size = min(len(descent.weeks), 1 + (rng.random() < params.pairs))
        group = rng.choice(len(descent.weeks), size, replace=False).tolist()
        allowed = -temperature * math.log(1.0 - rng.random())  # so a loss is taken with probability exp(−loss / temp.)
        present += descent.replan(group, flow, prices, allowed, params.few, params.windows) or 0.0
        if present < descent.best_cost - 1e-6:
            descent.best, descent.best_cost = list(descent.weeks), present
        if done > told:
            told = done + 0.02
            tell("annealing")
    descent.weeks = list(descent.best)
    descent.settle()


class _NoisyPrices:
    """Prices for a step: smoothed and noisy; sometimes the worth of heads if goals were dearer or cheaper."""

    def __init__(self, descent: Descent, params: AnnealingParams) -> None:
        self.descent, self.params = descent, params
        self.head_worth = descent.head_worth()
        wanted = descent.heads_wanted()
        self.smoothed = [smoothed(self.head_worth, descent.dual.price, w * np.sqrt(wanted)) for w in params.widths]
        self.dearest = np.maximum(self.head_worth[:, :, 0].max(axis=0), 1e-12)
        self.parts = descent.staff.problem.horizon.days * params.noise_parts

    def __call__(self, a: int, worth: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return prices for person `a`, shape (S,); parameters as of `descent.PriceRule`."""
        descent, rng = self.descent, self.descent.rng
        noise = np.exp(rng.normal(0.0, self.params.noise, self.parts))
        skills = descent.staff.skills[descent.staff.people[a].group]
        if rng.random() >= self.params.exact:
            table = self.smoothed[int(rng.integers(len(self.smoothed)))]
            return np.asarray(tilted(table, others, skills, self.dearest, noise))
        goal_price = descent.goal_price
        if not len(goal_price):
            return worth
        drawn = np.minimum(goal_price * np.exp(rng.normal(size=len(goal_price))), descent.service.dearest)
        best = descent.service.next_head(others, drawn)[skills].max(axis=0, initial=0.0)
        return np.asarray(noise[np.arange(len(best)) * self.parts // len(best)] * best)
