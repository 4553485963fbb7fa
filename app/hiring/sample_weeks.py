"""Kinds of weeks ahead, and a week of each kind to schedule without names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.progress import Watch
from ...schedule.hiring.loss import Sample
from .work_curve import WeeksAhead

NORMAL, PEAK, HOLIDAY = "normal", "peak", "holiday"
BUSY = 1.04
"""Calls of a peak week beside the median week of the same growth, at least: by less the loss hardly changes."""


def kinds_of_weeks(ahead: WeeksAhead, queues: Sequence[str]) -> list[str]:
    """Return the kind of each week ahead.

    A holiday week has a public holiday, a special day (no payday) or an irregular closure on a day on which a queue is
    usually open; a peak week is a busy one of the others, growth left aside.
    """
    far = ahead.far
    rows = [far.queues.index(q) for q in queues]
    special = np.zeros(len(far.dates), dtype=bool)
    for queue in queues:
        calendar = far.models[queue].history.known
        weekly = [bool(calendar.hours(queue).get(day)) for day in WEEKDAYS]
        for i, date in enumerate(far.dates):
            if weekly[date.weekday()]:
                own = any(s.kind != "payday" for s in calendar.specials(date, queue))
                special[i] |= own or calendar.holiday(date) is not None
    weeks = int(far.week.max()) + 1
    holiday = np.bincount(far.week, special, minlength=weeks) > 0
    calls = (far.calls[rows] / far.growth[rows]).sum(axis=0)
    total, days = np.bincount(far.week, calls, minlength=weeks), np.bincount(far.week, minlength=weeks)
    whole = (days == 7) & ~holiday
    usual = float(np.median(total[whole])) if whole.any() else np.inf
    return [HOLIDAY if holiday[w] else PEAK if whole[w] and total[w] >= BUSY * usual else NORMAL for w in range(weeks)]


def samples_of(
    ahead: WeeksAhead, queues: Sequence[str], kind: Sequence[str], watch: Watch, hurry: Watch
) -> list[Sample]:
    """Return a sample week of each kind that occurs, the normal one first: the median week of its kind by calls.

    Where no whole normal week lies ahead a week of another kind stands for it. Once the time of `hurry` is up one week
    is enough.
    """
    firsts = _by_kind(ahead, queues, kind)
    out = list[Sample]()
    for name in (NORMAL, PEAK, HOLIDAY):
        first = firsts.get(name) or (next(iter(firsts.values())) if name == NORMAL and firsts else None)
        if first is not None and not (out and hurry.time_is_up):
            watch.raise_if_stopped()
            out.append(ahead.sample(name, first, queues, watch))
    return out


def _by_kind(ahead: WeeksAhead, queues: Sequence[str], kind: Sequence[str]) -> dict[str, dt.date]:
    far = ahead.far
    rows = [far.queues.index(q) for q in queues]
    weeks: dict[str, list[tuple[float, dt.date]]] = {}
    for first in ahead.first_days():
        at = far.dates.index(first)
        calls = float(far.calls[rows, at : at + 7].sum())
        weeks.setdefault(kind[far.week[at]], []).append((calls, first))
    return {name: sorted(mine)[len(mine) // 2][1] for name, mine in weeks.items()}
