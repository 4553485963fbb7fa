"""The search for the best actions, one after another, by the curve that was fitted to the transient model.

Measured against an exact model with the curve as a table, taking the best action again and again is optimal or within a
few per cent for five actions; rosters of many actions are measured by the transient model before anything is promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ...forecast.progress import Watch
from .variation import Variation
from .worth import SPAN, Worth

TINY = 1e-9
"""Calls or money below which a difference is rounding."""


@dataclass(frozen=True)
class Terms:
    """What makes an action worth taking.

    Parameters
    ----------
    price
        Money that a call in time is worth.
    least_calls
        Calls in time that an action must gain, the mean over the lengths; below 0: may lose.
    least_money
        Money, calls by their price among it, that an action must gain.
    keeps
        Calls in time that all actions together may lose on each queue under each length, shape (L, Q); None = none
        over all queues together.
    most
        Most actions.
    """

    price: float
    least_calls: float
    least_money: float
    keeps: np.ndarray | None
    most: int


@dataclass(frozen=True, eq=False)
class Chosen:
    """Actions in the order in which they were taken.

    Attributes
    ----------
    variations
        The actions.
    gains
        Calls in time, by the curve, that each gains under each length, shape (actions, L).
    heads
        People more on the phone after each, shape (actions, Q, R).
    """

    variations: tuple[Variation, ...]
    gains: np.ndarray
    heads: np.ndarray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Variations and the heads that each brings and takes.

    Attributes
    ----------
    heads
        People more on the phone of each queue in each slot of the rest, shape (C, Q, R).
    """

    variations: Sequence[Variation]
    heads: np.ndarray

    def best(self, worth: Sequence[Worth], chances: np.ndarray, terms: Terms, watch: Watch) -> Chosen:
        """Return the best actions one after another, each the one of most money among those that may be taken.

        None is taken that pushes a slot below its floor, or that makes all taken so far lose under any length.

        Parameters
        ----------
        worth
            The curves, by queue.
        chances
            Of the lengths, shape (L,).
        """
        size, queues, slots = self.heads.shape
        flat = self.heads.reshape(size, queues * slots)
        more, fewer = (sparse.csr_array(np.maximum(sign * flat, 0)) for sign in (1, -1))
        cost = np.nan_to_num(np.array([v.cost for v in self.variations]))
        free, now = np.ones(size, dtype=bool), np.zeros((queues, slots), dtype=np.int64)
        total = np.zeros((len(chances), queues))
        own: dict[str, list[int]] = {}
        for i, v in enumerate(self.variations):
            for agent in v.people:
                own.setdefault(agent, []).append(i)
        chosen: list[int] = []
        gains, heads = [], []
        while size and len(chosen) < terms.most and not watch.stopped:
            by_queue = _gains(more, fewer, worth, now)
            gain = by_queue.sum(axis=2)
            calls = gain @ chances
            money = terms.price * calls - cost
            may = free & (calls >= terms.least_calls) & (money > terms.least_money + TINY)
            may &= _above_floor(fewer, worth, now) & _keeps(total, by_queue, terms.keeps)
            if not may.any():
                break
            at = int(np.argmax(np.where(may, money, -np.inf)))
            taken = self.variations[at]
            chosen.append(at)
            gains.append(gain[at])
            now = now + self.heads[at]
            heads.append(now)
            total = total + by_queue[at]
            for i in {i for agent in taken.people for i in own[agent]}:
                free[i] = free[i] and not taken.excludes(self.variations[i])
        shape = (len(chosen), queues, slots)
        return Chosen(
            tuple(self.variations[i] for i in chosen),
            np.array(gains).reshape(len(chosen), len(chances)),
            np.array(heads, dtype=np.int64).reshape(shape),
        )


def _gains(more: sparse.csr_array, fewer: sparse.csr_array, worth: Sequence[Worth], now: np.ndarray) -> np.ndarray:
    """Return the calls in time that each candidate gains under each length on each queue, shape (C, L, Q)."""
    queues, slots = now.shape
    lengths = worth[0].value.shape[0]
    up, down = np.zeros((2, lengths, queues, queues * slots))
    for q, w in enumerate(worth):
        at = np.clip(now[q] + SPAN, 0, 2 * SPAN)
        here, above, below = (
            np.take_along_axis(w.value, np.clip(at + step, 0, 2 * SPAN)[None, :, None], axis=2)[:, :, 0]
            for step in (0, 1, -1)
        )
        part = slice(q * slots, (q + 1) * slots)
        up[:, q, part], down[:, q, part] = above - here, below - here
    shape = (lengths * queues, queues * slots)
    found = more @ up.reshape(shape).T + fewer @ down.reshape(shape).T
    return np.asarray(found).reshape(-1, lengths, queues)


def _above_floor(fewer: sparse.csr_array, worth: Sequence[Worth], now: np.ndarray) -> np.ndarray:
    """Return whether each candidate leaves every slot above its floor, shape (C,)."""
    spare = np.concatenate([now[q] - w.least for q, w in enumerate(worth)])
    entries = fewer.tocoo()
    bad = entries.data > spare[entries.coords[1]]
    return np.asarray(np.bincount(entries.coords[0][bad], minlength=fewer.shape[0]) == 0)


def _keeps(total: np.ndarray, by_queue: np.ndarray, keeps: np.ndarray | None) -> np.ndarray:
    """Return whether all actions together lose no more than they may with each candidate, shape (C,)."""
    after = total + by_queue
    if keeps is None:
        return np.asarray((after.sum(axis=2) >= -TINY).all(axis=1))
    return np.asarray((after >= -keeps - TINY).all(axis=(1, 2)))
