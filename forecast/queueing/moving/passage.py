"""One interval of a moving day: from the law at its start to the law at its end and the interval's sums.

Calls count in the interval in which they arrive. The chance of a caller to be answered within the threshold is exact,
given the state on arrival and the staffing of the next seconds: callers shortly before a change of staff are taken at
Gauss–Legendre points of the time before the change, and the fate of each includes the change.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from ...kernels import kernel
from .caller_fate import Path, Stage, fates, lasting
from .day_course import DayCourse
from .transient_law import TransientLaw

ANSWERED_IN, ABANDONED_IN, ABANDONED_SHORT, WAIT_ANSWERED, OFFERED, ABANDONED, WAITING, BUSY, STAFFED = range(9)
MEASURES = 9
"""Sums of an interval: calls, the answered callers' wait in seconds, caller-seconds and agent-seconds."""

# of a caller who meets a free agent: answered in time, not gone within either threshold, no wait
_AT_ONCE = np.array([1.0, 0.0, 0.0, 0.0])
_X, _W = np.polynomial.legendre.leggauss(3)  # three points: against twelve 1e-7 of service at 20 s, 1e-4 at 120 s
_POINTS = [*zip(0.5 + 0.5 * _X, 0.5 * _W, strict=True), (1.0, 0.0)]
_SAME_S = 1e-6
"""Seconds within which two moments count as one: rounding of bins and thresholds."""

_SPARE = 32
"""Callers ahead, at least 0, that a table of chances covers beyond need: a longer queue then finds the table ready."""


def passage(course: DayCourse, law: TransientLaw, interval: int, agents: np.ndarray) -> tuple[TransientLaw, np.ndarray]:
    """Lead a law through one interval.

    Parameters
    ----------
    course
        The day.
    law
        The law at the end of the interval before.
    interval
        Position of the interval.
    agents
        Agents of all intervals, shape (I, m); of later intervals only the first seconds matter.

    Returns
    -------
    tuple
        The law at the end and the sums over the interval, shape (MEASURES, Q).

    Notes
    -----
    Abandoned calls of an interval are the callers who hang up while the interval lasts, less those of them who waited
    at its start, plus those who wait at its end and will hang up: the last two as if the staff just after the border
    stayed.
    """
    bins = course.rates.shape[2]
    begins, stages = course.timeline(interval, agents)
    thresholds = (course.within_s, course.short_s)
    sums = np.zeros((MEASURES, len(course.weights)))
    sums[ABANDONED] -= _will_leave(law, stages[0])
    known: dict[Stage, np.ndarray] = {}
    for begin, end in pairwise(_edges(course, begins)):
        i = bisect_right(begins, begin + _SAME_S) - 1
        now, until = stages[i], [*begins[1:], np.inf][i]
        if now.lost:
            sums[ABANDONED] += law.queue
            law = law.closed(end - begin, now.handle_rate)
            continue
        law = law.staffed(now.agents)
        rates = np.ascontiguousarray(course.rates[:, interval, int((begin + end) / 2 // course.bin_s)])
        sums[OFFERED] += rates * (end - begin)
        at_end = until >= end + max(thresholds) - _SAME_S
        at = begin
        for point, weight in [(1.0, 0.0)] if at_end else _POINTS:
            then = begin + point * (end - begin)
            law, spent = law.after(then - at, rates, now.handle_rate, now.leave_rate)
            _add_time(sums, spent, now, then - at)
            at = then
            if at_end and rates.any():
                room = spent.shape[1], spent.shape[2] - now.agents
                if now not in known or known[now].shape[1] < room[0] or known[now].shape[2] < room[1]:
                    known[now] = _chances([[(t, now)] for t in thresholds], room[0], room[1] + _SPARE)
                sums[:OFFERED] += rates * _expected(spent, now.agents, known[now], _AT_ONCE)
            elif weight > 0.0:
                paths = [_path(begins, stages, then, t) for t in thresholds]
                chances = _chances(paths, law.p.shape[1], law.p.shape[2] - now.agents)
                sums[:OFFERED] += rates * weight * (end - begin) * _expected(law.p, now.agents, chances, _AT_ONCE)
    sums[ABANDONED] += _will_leave(law, course.stage((interval + 1) * bins, agents))
    return law, sums


def _edges(course: DayCourse, begins: list[float]) -> list[float]:
    """Return the times between which the rate is constant and every arrival meets the same changes of staff in time."""
    length = course.rates.shape[2] * course.bin_s
    marks = [j * course.bin_s for j in range(course.rates.shape[2] + 1)]
    marks += [c - t for c in begins for t in (course.within_s, course.short_s)]
    return [float(t) for t in np.unique(np.round(marks, 6)) if 0.0 <= t <= length]


def _path(begins: list[float], stages: list[Stage], since: float, seconds: float) -> Path:
    """Return the stages of the `seconds` that follow a time."""
    ends = [*begins[1:], np.inf]
    cut = [(min(e, since + seconds) - max(b, since), s) for b, e, s in zip(begins, ends, stages, strict=True)]
    first = bisect_right(begins, since) - 1
    return [cut[first], *(part for part in cut[first + 1 :] if part[0] > 0.0)]


def _chances(paths: list[Path], rows: int, width: int) -> np.ndarray:
    """Return per waiting state on arrival the chances to be answered in time, to have hung up in time, to have hung up
    within the short threshold, and the mean wait if answered, shape (4, rows, width).
    """
    beyond, ahead, now = rows - 1, max(width, 1) - 1, paths[0][0][1]
    out = np.empty((4, beyond + 1, ahead + 1))
    for m, path in enumerate(paths):
        if m == 0 or path != paths[0]:
            answered, still = fates(path, beyond, ahead)
            if m == 0:
                out[ANSWERED_IN] = answered
        out[ABANDONED_IN + m] = 1.0 - answered - still
    out[WAIT_ANSWERED] = lasting(beyond, ahead, now.agents, now.handle_rate, now.leave_rate)[1]
    return out


def _add_time(sums: np.ndarray, spent: np.ndarray, now: Stage, seconds: float) -> None:
    """Add the time `spent` in each state, shape (Q, K + 1, X)."""
    queue, idle = _queue_idle(spent, now.agents)
    sums[WAITING] += queue
    sums[ABANDONED] += now.leave_rate * queue
    sums[BUSY] += now.agents * seconds - idle
    sums[STAFFED] += now.agents * seconds


@kernel
def _queue_idle(spent: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return caller-seconds waiting and agent-seconds idle, shape (Q,) each."""
    queue, idle = np.zeros(len(spent)), np.zeros(len(spent))
    for q in range(len(spent)):
        for k in range(spent.shape[1]):
            for x in range(n + k + 1, spent.shape[2]):
                queue[q] += spent[q, k, x] * (x - n - k)
        for x in range(min(n, spent.shape[2])):
            idle[q] += spent[q, 0, x] * (n - x)
    return queue, idle


def _will_leave(law: TransientLaw, now: Stage) -> np.ndarray:
    """Return the mean callers waiting who hang up at last if this stage lasts, shape (Q,)."""
    if now.lost:
        return law.queue
    law = law.staffed(now.agents)
    width = max(law.p.shape[2] - now.agents, 1)
    served = lasting(law.beyond, width, now.agents, now.handle_rate, now.leave_rate)[0]
    leaving = np.concatenate([np.zeros((law.beyond + 1, 1)), np.cumsum(1.0 - served, axis=1)], axis=1)
    return np.asarray(_expected(law.p, now.agents, leaving[None], np.zeros(1))[0])


@kernel
def _expected(spent: np.ndarray, n: int, values: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Return the sums over the time spent of `values` per waiting state, `free` where an agent is: shape (M, Q)."""
    out = np.zeros((len(values), len(spent)))
    for q in range(len(spent)):
        out[:, q] = free * spent[q, 0, :n].sum()
        for m in range(len(values)):
            for k in range(spent.shape[1]):
                for x in range(n + k, spent.shape[2]):
                    out[m, q] += spent[q, k, x] * values[m, k, x - n - k]
    return out
