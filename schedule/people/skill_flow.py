"""Heads on the phone per slot, and what one more is worth: skills without double counting.

People with the same skills are a group. In each slot a group's heads are split over its queues; the split is kept best
by moving heads along the shortest chain when one comes or goes, which suffices because each queue's worth is concave in
its heads. G groups, Q queues, S slots, N + 1 head counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit


class Heads(NamedTuple):
    """The state of all slots.

    `can` (G, Q) says who may work what; `slope` (Q, S, N) what the (n + 1)-th head is worth, never rising in n; `n`
    (Q, S) the heads; `flow` (G, Q, S) their split; `gain` (G, S) what one more head of a group is worth, but where
    `stale` (G, S); `room` (3, Q) is for the search for chains.
    """

    can: np.ndarray
    slope: np.ndarray
    n: np.ndarray
    flow: np.ndarray
    gain: np.ndarray
    stale: np.ndarray
    room: np.ndarray


def no_heads(can: np.ndarray, slope: np.ndarray, before: np.ndarray) -> Heads:
    """Return the state with nobody on the phone but those `before`, shape (Q, S), of last week's shifts."""
    groups, queues, slots = len(can), slope.shape[0], slope.shape[1]
    return Heads(
        can, slope, before.astype(np.int64).copy(), np.zeros((groups, queues, slots), np.int64),
        np.zeros((groups, slots)), np.ones((groups, slots), np.bool_), np.empty((3, queues), np.int64),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def worth(h: Heads, q: int, t: int, n: int) -> float:
    """Return what the head after `n` is worth."""
    last = h.slope.shape[2] - 1
    return float(h.slope[q, t, min(max(n, 0), last)]) if n <= last else 0.0


@njit(cache=True, nogil=True)
def _chain(h: Heads, g: int, t: int, coming: bool) -> int:
    """Return the queue that gains or loses a head of `g`; `room` holds per queue the one before it, and by whom."""
    queues = h.can.shape[1]
    before, by, line = h.room[0], h.room[1], h.room[2]
    seen = 0
    for q in range(queues):
        before[q], by[q] = -2, -1
    for q in range(queues):
        if h.can[g, q] if coming else h.flow[g, q, t] > 0:
            before[q], line[seen] = -1, q
            seen += 1
    best, target, at = 0.0, -1, 0
    while at < seen:
        a = line[at]
        at += 1
        value = worth(h, a, t, h.n[a, t]) if coming else -worth(h, a, t, h.n[a, t] - 1)
        if target < 0 or value > best:
            best, target = value, a
        for other in range(h.can.shape[0]):
            for b in range(queues):
                if before[b] == -2 and a != b:
                    moves = h.flow[other, a, t] > 0 and h.can[other, b]
                    filled = h.flow[other, b, t] > 0 and h.can[other, a]
                    if moves if coming else filled:
                        before[b], by[b], line[seen] = a, other, b
                        seen += 1
    return target


@njit(cache=True, nogil=True)
def gains(h: Heads, g: int) -> np.ndarray:
    """Return what one more head of group `g` is worth, shape (S,)."""
    for t in range(h.gain.shape[1]):
        if h.stale[g, t]:
            target = _chain(h, g, t, True)
            h.gain[g, t] = worth(h, target, t, h.n[target, t]) if target >= 0 else 0.0
            h.stale[g, t] = False
    return np.asarray(h.gain[g].copy())


@njit(cache=True, nogil=True)
def without(h: Heads, g: int, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Think away a head of group `g` that is there in the slots of `own`.

    Returns what a head of the group is worth then, shape (S,), and the heads, shape (Q, S).
    """
    gain, n = gains(h, g), h.n.copy()
    for t in range(len(own)):
        if own[t] > 0:
            target = _chain(h, g, t, False)
            n[target, t] -= 1
            gain[t] = worth(h, target, t, n[target, t])
    return gain, n


@njit(cache=True, nogil=True)
def change(h: Heads, g: int, t: int, coming: bool) -> None:
    """Let one head of group `g` come to slot `t`, or go."""
    target = _chain(h, g, t, coming)
    before, by = h.room[0], h.room[1]
    step = 1 if coming else -1
    h.n[target, t] += step
    q = target
    while before[q] >= 0:
        a, other = before[q], by[q]
        h.flow[other, q, t] += step
        h.flow[other, a, t] -= step
        q = a
    h.flow[g, q, t] += step
    h.stale[:, t] = True
