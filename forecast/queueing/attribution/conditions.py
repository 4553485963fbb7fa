"""What the service of a day hangs on, and the service that follows by the offered-load approximation.

In each bin the queue is taken to be in balance at the modified offered load (Jennings, Mandelbaum, Massey and Whitt
1996): the load of now, in which calls that came some minutes ago still count. Against the exact law of the moving queue
the parts of a gap differ by some hundredths of a point at 20 erlang and a quarter of a point at 190, in a thousandth of
the time. Where callers wait for ever and the desk is overrun, a queue in balance has no answer in time at all: there
the approximation is too dark, and the simulation tells by how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..formulas import abandonment as kernel
from ..formulas.finite import evaluate
from ..formulas.performance import impatience
from ..formulas.service_level import counted
from ..goal.targets import ServiceGoal
from ..moving.offered_load import offered_loads


@dataclass(frozen=True, eq=False)
class Conditions:
    """Calls, handle times, patience and heads of a day in B bins.

    Attributes
    ----------
    bin_s
        Seconds of a bin.
    counts
        Whether the calls of a bin are calls of the day, shape (B,).
    calls
        Expected calls of each bin, for Q degrees of busyness that the day may have, shape (Q, B).
    weights
        Chance of each degree, shape (Q,).
    handle_s, patience_s
        Mean handle time and mean patience (infinite = callers wait for ever), shape (B,).
    heads
        Heads on the phone, for H numbers that may come, shape (H, B); parts of heads are heads for part of the bin.
    chances
        Chance of each number, shape (H, B).
    """

    bin_s: float
    counts: np.ndarray
    calls: np.ndarray
    weights: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    heads: np.ndarray
    chances: np.ndarray

    def service(self, goal: ServiceGoal) -> float:
        """Return the service level that the day may expect: calls in time over calls that count; NaN without calls."""
        in_time, total = self.counted(goal)
        return float(in_time.sum() / total.sum()) if total.sum() > 0.0 else float("nan")

    def counted(self, goal: ServiceGoal) -> tuple[np.ndarray, np.ndarray]:
        """Return the calls in time and the calls that the goal's definition counts, of each bin, shape (B,)."""
        loads = offered_loads(self.calls / self.bin_s, 1.0 / self.handle_s, self.bin_s)
        some = np.flatnonzero(self.counts & (self.calls > 0.0).any(axis=0))
        heads, load = np.broadcast_arrays(self.heads[None, :, some], loads[:, None, some])
        handle, patience = (np.broadcast_to(x[some], load.shape) for x in (self.handle_s, self.patience_s))
        late, late_short, lost, still, still_short = self._measures(heads, load, handle, patience, goal)
        offered = self.weights[:, None, None] * self.calls[:, None, some] * self.chances[None, :, some]
        answered = np.maximum(1.0 - lost, 0.0)
        shares = (
            np.maximum(answered - late, 0.0), np.minimum(lost, 1.0), np.maximum(lost - still + late, 0.0),
            np.maximum(lost - still_short + late_short, 0.0),
        )  # fmt: skip
        sums = [(share * offered).sum(axis=(0, 1)) for share in shares]
        in_time, total = counted(goal.definition, offered.sum(axis=(0, 1)), *sums)
        out = np.zeros((2, len(self.counts)))
        out[0, some], out[1, some] = in_time, total
        return out[0], out[1]

    @staticmethod
    def _measures(
        heads: np.ndarray, load: np.ndarray, handle: np.ndarray, patience: np.ndarray, goal: ServiceGoal
    ) -> Iterator[np.ndarray]:
        """Yield shares of the calls, shape of `load`: answered after the goal's threshold, and after the short one;
        lost; still waiting at either threshold.

        The kernel runs compiled however few the cases are: one day is asked again and again.
        """
        flat = [np.ravel(x) for x in (heads, load, handle)]
        theta = np.ravel(impatience("erlang_a", handle, patience))
        endless = np.full(load.size, np.inf)
        m = evaluate.compiled(flat[0], flat[1], theta, goal.within_s / flat[2], goal.short_s / flat[2], endless)
        rows = (m[kernel.LATE], m[kernel.LATE_SHORT], m[kernel.P_ABANDON] + m[kernel.P_BLOCK], m[kernel.STILL],
                m[kernel.STILL_SHORT])  # fmt: skip
        return (row.reshape(load.shape) for row in rows)


def whole(heads: np.ndarray) -> np.ndarray:
    """Return whole heads whose sum over the bins so far is the nearest to that of `heads`, shape (B,).

    A head for part of the bins is what the exact law and the simulation make of a part of a head.

    Examples
    --------
    >>> whole(np.array([2.5, 2.5, 2.5, 3.0])).tolist()
    [2.0, 3.0, 3.0, 2.0]
    """
    return np.diff(np.round(np.concatenate([[0.0], np.cumsum(heads)])))


def present_heads(scheduled: np.ndarray, absent: np.ndarray, nodes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return heads that may come and their chances, shape (nodes, B) each: the Gauss rule of the binomial law.

    The eigenvalues and first components of the Krawtchouk polynomials' Jacobi matrix (Golub and Welsch 1969), of which
    all nodes lie between 0 and the scheduled heads. With parts of heads the law lies between its neighbours.

    Parameters
    ----------
    scheduled
        Heads scheduled, shape (B,).
    absent
        Share of them who stay away, each for himself, 0 to 1, shape (B,).

    Examples
    --------
    One head comes or does not:

    >>> heads, chances = present_heads(np.array([1.0]), np.array([0.1]))
    >>> float((heads * chances).sum().round(9)), float((heads**2 * chances).sum().round(9))
    (0.9, 0.9)
    """
    if not (absent > 0.0).any():
        return scheduled[None, :], np.ones((1, len(scheduled)))
    n, p, k = scheduled[:, None], 1.0 - absent[:, None], np.arange(nodes)
    matrix = np.zeros((len(scheduled), nodes, nodes))
    matrix[:, k, k] = p * (n - k) + k * (1.0 - p)
    off = np.sqrt(np.maximum(k[1:] * p * (1.0 - p) * (n - k[1:] + 1.0), 0.0))
    matrix[:, k[1:], k[:-1]] = matrix[:, k[:-1], k[1:]] = off
    values, vectors = np.linalg.eigh(matrix)
    return np.maximum(values.T, 0.0), np.ascontiguousarray((vectors[:, 0, :] ** 2).T)
