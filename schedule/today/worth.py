"""What one person more or fewer on the phone is worth in each slot: the curve by which actions are looked for.

The curve of a steady queue is moved until it gives the service that the transient model gives for the roster as it
stands: n people there serve like n - d of a steady queue, and people near n as well. The promise of a menu is measured
by the transient model itself; the curve only finds what to measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.queueing.formulas.performance import performance
from ...forecast.queueing.formulas.service_level import counted
from .rest_of_day import Measured, RestOfDay

SPAN = 24
"""People by which a slot may change, at least 1: beyond it the curve is taken as flat."""

FLAT = 1e-3
"""Share of service within which two places of the curve are one: of a flat part the nearest place is meant."""


@dataclass(frozen=True, eq=False)
class Worth:
    """Curves of one queue by slot, with k people more (index k + `SPAN`).

    Attributes
    ----------
    value
        What the search counts: calls in time, less a part of those abandoned, shape (L, R, 2 SPAN + 1).
    level
        Service level, shape (L, R, 2 SPAN + 1).
    in_time
        Calls in time, shape (L, R, 2 SPAN + 1).
    least
        Lowest change that keeps each slot above the floor, shape (R,): 0 or below.
    """

    value: np.ndarray
    level: np.ndarray
    in_time: np.ndarray
    least: np.ndarray

    @classmethod
    def of(cls, rest: RestOfDay, base: Measured, floor: float, abandon_weight: float) -> Worth:
        """Fit the curves to what the transient model gives for the roster as it stands.

        Parameters
        ----------
        base
            Service of that roster.
        floor
            Share: no slot is to be pushed below this, or below where it stands.
        abandon_weight
            Calls in time that an abandoned call counts as.
        """
        goal, there = rest.queue.goal, rest.there(np.zeros(len(rest.planned), dtype=np.int64))
        shares = _steady(rest, there)
        above, below = counted(goal.definition, np.ones(shares[0].shape), *shares)
        target = np.divide(base.in_time, base.calls, out=np.ones(base.calls.shape), where=base.calls > 1e-9)
        at = _moved(above, target)
        above, below, lost = (_read(values, at) * base.calls[:, :, None] for values in (above, below, shares[1]))
        level = np.divide(above, below, out=np.ones(above.shape), where=below > 1e-9)
        value = above - goal.level * (below - below[:, :, SPAN, None]) - abandon_weight * lost
        return cls(value, level, above, _least(level, there, floor, goal.min_agents))


def _steady(rest: RestOfDay, there: np.ndarray) -> list[np.ndarray]:
    """Return the shares of calls answered in time, abandoned, abandoned in time and soon of a steady queue.

    Shape (L, R, 4 SPAN + 1) each, by people more from -2 SPAN on. Lengths with the same calls in a slot are computed
    once.
    """
    goal, (lengths, slots) = rest.queue.goal, rest.calls.shape
    cells = np.stack([np.tile(np.arange(slots), lengths), rest.calls.ravel()])
    (slot, calls), place = np.unique(cells, axis=1, return_inverse=True)
    at = slot.astype(np.int64)
    found = performance(
        "erlang_a", np.maximum(there[at, None] + np.arange(-2 * SPAN, 2 * SPAN + 1), 0),
        calls_per_s=calls[:, None] / (rest.desk.slot_min * 60.0),
        aht_s=rest.per_slot(rest.queue.handle_s)[at, None], patience_s=rest.per_slot(rest.queue.patience_s)[at, None],
        within_s=goal.within_s, short_s=goal.short_s,
    )  # fmt: skip
    parts = (found.answered_in, found.p_abandon, found.abandoned_in, found.abandoned_short)
    return [np.asarray(part)[place.ravel()].reshape(lengths, slots, -1) for part in parts]


def _moved(above: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the place of the curve, in people from its middle, that gives each slot's service, shape (L, R)."""
    steps = np.arange(-2 * SPAN, 2 * SPAN + 1, dtype=float)
    out = np.empty(target.shape)
    for where in np.ndindex(target.shape):
        rising = np.maximum.accumulate(above[where])
        low, high = np.interp([target[where] - FLAT, target[where] + FLAT], rising, steps)
        out[where] = min(max(0.0, low), high)
    return np.asarray(np.clip(out, -float(SPAN), float(SPAN)))


def _read(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return a curve k people from the place `at`, straight in between, shape (L, R, 2 SPAN + 1)."""
    low = np.floor(at).astype(np.int64)
    part = (at - low)[:, :, None]
    index = low[:, :, None] + np.arange(-SPAN, SPAN + 1) + 2 * SPAN
    upper = np.minimum(index + 1, values.shape[2] - 1)
    here, next_ = (np.take_along_axis(values, i, axis=2) for i in (index, upper))
    return np.asarray((1.0 - part) * here + part * next_)


def _least(level: np.ndarray, there: np.ndarray, floor: float, min_agents: int) -> np.ndarray:
    """Return the lowest change of each slot under which it stays above the floor under every length, shape (R,)."""
    wanted = np.minimum(level[:, :, SPAN], floor)
    good = (level[:, :, : SPAN + 1] >= wanted[:, :, None] - 1e-9).all(axis=0)
    enough = there[:, None] + np.arange(-SPAN, 1) >= max(min_agents, 1)
    good &= enough
    good[:, SPAN] = True
    falling = np.concatenate([good[:, ::-1], np.zeros((len(good), 1), dtype=bool)], axis=1)
    return np.asarray(1 - np.argmin(falling, axis=1))
