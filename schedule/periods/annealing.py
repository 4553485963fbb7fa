"""Annealing: one person after another chooses some days anew while the others stay.

The worth of a head in a cell is `under` while heads are missing there and −over otherwise. This step misleads before
people have settled, so a logistic curve of some width smooths the step, and noise shakes it.
"""

from __future__ import annotations

import numpy as np

from ...forecast.kernels import kernel
from .best_row import capped_span
from .tables import PeriodTables


@kernel
def cell_cost(t: PeriodTables, cell: int, heads: int) -> float:
    """Return the cost of `heads` in a cell."""
    gap = t.need[cell] - heads
    cost: float = t.under[cell] * gap if gap > 0 else -t.over[cell] * gap
    return cost


@kernel
def replan(
    t: PeriodTables, chosen: np.ndarray, heads: np.ndarray, person: int, first: int, last: int,
    width: float, shake: float, temperature: float, rng: np.random.Generator,
) -> float:  # fmt: skip
    """Let `person` choose the days first ≤ d < last anew; return the change of the cost, 0 without a change.

    The new days are kept if they are cheaper, or by chance. Ten parameters: compiled code gets no objects but arrays.

    Parameters
    ----------
    chosen, heads
        The roster, shape (P, D), and its heads per cell, shape (D T,); changed with it.
    width
        Width of the smoothing, in square roots of the need; 0 = no smoothing.
    shake
        Standard deviation of the noise, in widths of the curve.
    """
    types, days = len(t.units), chosen.shape[1]
    old, row = chosen[person].copy(), chosen[person].copy()
    option_cost, off_cost = np.empty(days * types), np.zeros(days)
    for d in range(first, last):
        noise = rng.normal(0.0, shake) if shake > 0 else 0.0
        for k in range(types):
            c = d * types + k
            if t.wish[person, c] == np.inf:
                option_cost[c] = np.inf
                continue
            gap = t.need[c] - heads[c] + (old[d] == k)
            if width > 0:
                x = (gap - 0.5) / (width * np.sqrt(max(t.need[c], 1))) + noise
                price = (t.under[c] + t.over[c]) / (1 + np.exp(-x)) - t.over[c]
            else:
                price = t.under[c] if gap > 0 else -t.over[c]
            option_cost[c] = t.wish[person, c] - price
    if capped_span(t, person, row, first, last, option_cost, off_cost) == np.inf:
        return 0.0
    change = 0.0
    for d in range(first, last):
        if row[d] != old[d]:
            c = d * types
            if old[d] >= 0:
                h = heads[c + old[d]]
                change += cell_cost(t, c + old[d], h - 1) - cell_cost(t, c + old[d], h) - t.wish[person, c + old[d]]
            if row[d] >= 0:
                h = heads[c + row[d]]
                change += cell_cost(t, c + row[d], h + 1) - cell_cost(t, c + row[d], h) + t.wish[person, c + row[d]]
    if change > 0 and not (temperature > 0 and rng.random() < np.exp(-change / temperature)):
        return 0.0
    for d in range(first, last):
        if row[d] != old[d]:
            if old[d] >= 0:
                heads[d * types + old[d]] -= 1
            if row[d] >= 0:
                heads[d * types + row[d]] += 1
            chosen[person, d] = row[d]
    return change


@kernel
def anneal(
    t: PeriodTables, chosen: np.ndarray, heads: np.ndarray, cost: float, best: np.ndarray,
    steps: int, span: int, hot: float, cold: float, rng: np.random.Generator,
    exact: float, width_low: float, width_high: float, noise: float,
) -> tuple[float, float]:  # fmt: skip
    """Take `steps` random steps while the temperature falls from `hot` to `cold`; return last and best cost.

    Fourteen parameters: compiled code gets no objects but arrays; the last four are those of `AnnealParams`.

    Parameters
    ----------
    cost
        Of `chosen`.
    best
        Receives the best roster seen, shape (P, D).
    span
        Most days that a step may change.
    """
    people, days = chosen.shape
    least = cost
    best[:] = chosen
    for step in range(steps):
        temperature = hot * (cold / hot) ** (step / steps)
        first, last = 0, days
        length = int(rng.integers(min(5, span), span + 1))
        if length < days:
            first = int(rng.integers(-length // 2, days - length // 2))
            last, first = min(days, first + length), max(0, first)
        person = int(rng.integers(0, people))
        width = 0.0 if rng.random() < exact else rng.uniform(width_low, width_high)
        cost += replan(t, chosen, heads, person, first, last, width, noise, temperature, rng)
        if cost < least - 1e-6:
            least = cost
            best[:] = chosen
    return cost, least
