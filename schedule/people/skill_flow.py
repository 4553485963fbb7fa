"""Heads on the phone per slot and queue, and the worth of one more head; a person of several queues counts once.

People with the same skills are a group. In each slot the heads of a group are split over its queues like a flow.
Whenever a head comes or goes, one shortest chain of moves between queues keeps the split optimal, because the gain of a
queue falls with each further head. G groups, Q queues, S slots, N steps of heads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...forecast.kernels import kernel


class SkillFlow(NamedTuple):
    """The heads of all slots and their split.

    Attributes
    ----------
    skills
        Which queues each group works, shape (G, Q).
    head_worth
        Worth of the (n + 1)-th head, never rising in n, shape (Q, S, N).
    heads
        Heads on each queue, shape (Q, S).
    split
        Heads of each group on each queue, shape (G, Q, S).
    next_worth
        Worth of one more head of a group, shape (G, S); valid where not `stale`.
    stale
        Where `next_worth` must be computed again, shape (G, S).
    room
        Work space of the search for chains, shape (3, Q).
    """

    skills: np.ndarray
    head_worth: np.ndarray
    heads: np.ndarray
    split: np.ndarray
    next_worth: np.ndarray
    stale: np.ndarray
    room: np.ndarray


def empty_flow(skills: np.ndarray, head_worth: np.ndarray, before: np.ndarray) -> SkillFlow:
    """Return the flow with nobody on the phone but the heads `before`, shape (Q, S), of last week's shifts."""
    groups, queues, slots = len(skills), head_worth.shape[0], head_worth.shape[1]
    return SkillFlow(
        skills, head_worth, before.astype(np.int64).copy(), np.zeros((groups, queues, slots), np.int64),
        np.zeros((groups, slots)), np.ones((groups, slots), np.bool_), np.empty((3, queues), np.int64),
    )  # fmt: skip


@kernel
def _worth_of_head(f: SkillFlow, q: int, t: int, n: int) -> float:
    """Return the worth of the head after `n` heads on queue `q` in slot `t`."""
    last = f.head_worth.shape[2] - 1
    return float(f.head_worth[q, t, min(max(n, 0), last)]) if n <= last else 0.0


@kernel
def _best_chain(f: SkillFlow, g: int, t: int, coming: bool) -> int:
    """Return the queue that gains (or, not `coming`, loses) a head when one of group `g` comes to slot `t` (or goes).

    `room` then holds the chain that leads to that queue: per queue the queue before it (−1 = first) and the group
    whose head moves. Chains are found breadth first, so each is as short as possible.
    """
    queues = f.skills.shape[1]
    before, mover, line = f.room[0], f.room[1], f.room[2]
    seen = 0
    for q in range(queues):
        before[q], mover[q] = -2, -1
    for q in range(queues):
        if f.skills[g, q] if coming else f.split[g, q, t] > 0:
            before[q], line[seen] = -1, q
            seen += 1
    best, target, at = 0.0, -1, 0
    while at < seen:
        a = line[at]
        at += 1
        value = _worth_of_head(f, a, t, f.heads[a, t]) if coming else -_worth_of_head(f, a, t, f.heads[a, t] - 1)
        if target < 0 or value > best:
            best, target = value, a
        for other in range(f.skills.shape[0]):
            for b in range(queues):
                if before[b] == -2 and a != b:
                    moves_on = f.split[other, a, t] > 0 and f.skills[other, b]
                    fills_up = f.split[other, b, t] > 0 and f.skills[other, a]
                    if moves_on if coming else fills_up:
                        before[b], mover[b], line[seen] = a, other, b
                        seen += 1
    return target


@kernel
def next_worths(f: SkillFlow, g: int) -> np.ndarray:
    """Return the worth of one more head of group `g` in each slot, shape (S,)."""
    for t in range(f.next_worth.shape[1]):
        if f.stale[g, t]:
            target = _best_chain(f, g, t, True)
            f.next_worth[g, t] = _worth_of_head(f, target, t, f.heads[target, t]) if target >= 0 else 0.0
            f.stale[g, t] = False
    return np.asarray(f.next_worth[g].copy())


@kernel
def worth_without(f: SkillFlow, g: int, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the worth of a head of group `g`, shape (S,), and the heads, shape (Q, S), without one of its people.

    The flow stays unchanged.

    Parameters
    ----------
    present
        Slots in which the person is on the phone now, 0 or 1 each, shape (S,).
    """
    worth, heads = next_worths(f, g), f.heads.copy()
    for t in range(len(present)):
        if present[t] > 0:
            target = _best_chain(f, g, t, False)
            heads[target, t] -= 1
            worth[t] = _worth_of_head(f, target, t, heads[target, t])
    return worth, heads


@kernel
def move_head(f: SkillFlow, g: int, t: int, coming: bool) -> None:
    """Let one head of group `g` come to slot `t`, or go."""
    target = _best_chain(f, g, t, coming)
    before, mover = f.room[0], f.room[1]
    step = 1 if coming else -1
    f.heads[target, t] += step
    q = target
    while before[q] >= 0:
        a, other = before[q], mover[q]
        f.split[other, q, t] += step
        f.split[other, a, t] -= step
        q = a
    f.split[g, q, t] += step
    f.stale[:, t] = True


@kernel
def move_person(f: SkillFlow, g: int, old: np.ndarray, new: np.ndarray) -> None:
    """Let a person of group `g` be on the phone in the slots of `new` (0 or 1 each) instead of those of `old`."""
    for t in range(len(old)):
        for _ in range(max(0, old[t] - new[t])):
            move_head(f, g, t, False)
        for _ in range(max(0, new[t] - old[t])):
            move_head(f, g, t, True)
