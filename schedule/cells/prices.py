"""What a head in each cell is worth: dual ascent, whose every step proves a bound.

L(price) = Σ price · need + Σ over people of the cheapest (wishes − price) is a lower bound on the cost of every roster
for each price between −over and under; caps on shift types are left out, which only lowers it. Deflected subgradients
with a Polyak step (Camerini, Fratta, Maffioli 1975; Held, Wolfe, Crowder 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from .person import FREE, ask
from .tables import OFF, Frame

DEFLECTION = 0.6
SHORTEST_STEP = 0.004
PATIENCE = 15


@dataclass(frozen=True)
class Prices:
    """The best prices found, shape (D T,), and the bound that they prove."""

    price: np.ndarray
    bound: float


def dual_ascent(
    frame: Frame, watch: Watch, *, rounds: int, until_s: float, start: np.ndarray, upper: float | None = None
) -> Prices:
    """Raise the bound for at most `rounds` rounds; it is −infinite where not even one was done.

    Parameters
    ----------
    start
        First prices, shape (D T,).
    upper
        Cost of a known roster, if any: it sets the step.
    """
    t = frame.tables
    days, kinds = frame.days, len(t.units)
    everyone, nobody = np.arange(len(t.least)), np.full((len(t.least), days), OFF)
    fixed = np.full_like(nobody, FREE)
    price = np.clip(start, -t.over, t.under)
    best, at, direction = -np.inf, price, np.zeros_like(price)
    step, waited = 1.0, 0
    for turn in range(rounds):
        if turn and watch.elapsed_s > until_s:
            break
        answered = ask(watch, t, everyone, nobody, price, fixed, 0)
        if answered is None:
            break
        rows, costs, _ = answered
        value = frame.constant + float(price @ t.need) + float(costs.sum())
        if value > best + 2e-5 * abs(best) or turn == 0:
            best, at, waited = max(value, best), price, 0
        else:
            waited += 1
            if value > best:
                best, at = value, price
        if waited >= PATIENCE:
            step, waited, price = 0.6 * step, 0, at
            direction = np.zeros_like(price)
            if step < SHORTEST_STEP:
                break
        slope = t.need - heads_of(rows, kinds)
        direction = DEFLECTION * direction + (1 - DEFLECTION) * slope
        outwards = ((price >= t.under) & (direction > 0)) | ((price <= -t.over) & (direction < 0))
        direction = np.where(outwards, 0.0, direction)
        length = float(direction @ direction)
        if length == 0:
            break
        target = best + max(0.05 * abs(best), 1.0, 0.0 if upper is None else upper - best)
        price = np.clip(price + step * (target - value) / length * direction, -t.over, t.under)
        if turn % 20 == 0:
            watch.tell("prices", f"round {turn}", bound=best)
    return Prices(at, best)


def heads_of(rows: np.ndarray, kinds: int) -> np.ndarray:
    """Return the heads in each cell of `rows`, shape (D T,)."""
    days = rows.shape[1]
    cells = (np.arange(days) * kinds + rows)[rows >= 0]
    return np.bincount(cells, minlength=days * kinds).astype(np.int64)
