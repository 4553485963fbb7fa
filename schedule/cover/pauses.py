"""Breaks as pools: who owes one, and which head takes which start: first come, first served."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from .frame import CoverFrame

BreakPool = tuple[int, int, int]
"""Queue number, slots a break lasts, slots its window is wide.

Windows of equal width never lie strictly inside one another, so within a pool breaks can be served in the order in
which their windows open, whatever shifts they belong to.
"""

Pause = tuple[int, int, int]
"""Numbers of a queue, a shift and a break of that shift."""

BreakStarts = Mapping[Pause, Mapping[int, float]]
"""Per break how many heads start it at which slot after the shift's start."""

TINY = 1e-9
"""Heads, or units of cost, below which a difference is rounding of floats."""


def pools(frame: CoverFrame, worked: Iterable[tuple[int, int]]) -> dict[BreakPool, dict[int, list[tuple[int, int]]]]:
    """Return per pool and slot the (shift, break) whose windows open there, for the (queue, shift) in `worked`.

    Breaks without a choice of start belong to no pool.
    """
    found: dict[BreakPool, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for q, j in sorted(set(worked)):
        shift = frame.shifts[j]
        for k, (first, last, length, _) in enumerate(shift.breaks):
            if last > first:
                found[q, length, last - first][frame.wrapped(shift.start + first)].append((j, k))
    return found


def times(frame: CoverFrame, opening: Iterable[int], width: int) -> list[int]:
    """Return the slots at which a pool with these openings can start a break."""
    return sorted({frame.wrapped(t + i) for t in opening for i in range(width + 1)})


def deal(
    frame: CoverFrame, heads: Mapping[tuple[int, int], float], started: Mapping[BreakPool, Mapping[int, float]]
) -> BreakStarts:
    """Return the pools' break starts by shift: the window that opened first is served first.

    Parameters
    ----------
    heads
        Heads per (queue, shift), whole or not.
    started
        Per pool the breaks started at each slot; they obey the pool's rows.
    """
    out: dict[Pause, dict[int, float]] = defaultdict(dict)
    for q, j in heads:
        for k, (first, last, _, _) in enumerate(frame.shifts[j].breaks):
            if first == last and heads[q, j] > TINY:
                out[q, j, k] = {first: heads[q, j]}
    for (q, length, width), opening in pools(frame, heads).items():
        starts = started.get((q, length, width), {})
        order = _from_a_cut(frame, {t: sum(heads[q, j] for j, _ in opening[t]) for t in opening}, starts, width)
        line: deque[list[float]] = deque()  # [shift, break, heads, slot at which the window opened]
        for t, fresh in order:
            if fresh:
                line.extend([j, k, heads[q, j], t] for j, k in opening.get(t, ()) if heads[q, j] > TINY)
                continue
            left = starts.get(t, 0.0)
            while left > TINY and line:
                shift, turn, waiting, opened = line[0]
                taken = min(left, waiting)
                pause = (q, int(shift), int(turn))
                offset = frame.shifts[int(shift)].breaks[int(turn)][0] + int(frame.wrapped(t - int(opened)))
                out[pause][offset] = out[pause].get(offset, 0.0) + taken
                left -= taken
                line[0][2] -= taken
                if line[0][2] <= TINY:
                    line.popleft()
    return out


def _from_a_cut(
    frame: CoverFrame, arriving: Mapping[int, float], starts: Mapping[int, float], width: int
) -> list[tuple[int, bool]]:
    """Return the events (slot, whether heads arrive) in an order in which nobody waits at the beginning.

    A week that does not wrap keeps the order of time; a cyclic week is cut open where the fewest heads wait.
    """
    slots = times(frame, arriving, width)
    cut, waiting, least = 0, 0.0, 0.0
    if frame.problem.cyclic:
        for i, t in enumerate(slots):
            waiting += arriving.get(t, 0.0) - starts.get(t, 0.0)
            if waiting < least - TINY:
                cut, least = i + 1, waiting
    return [(t, fresh) for t in slots[cut:] + slots[:cut] for fresh in (True, False)]
