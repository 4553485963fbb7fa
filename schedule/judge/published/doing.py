"""Activity that no rule of shifts speaks of: leave, tasks, queues, made-up ids."""

from __future__ import annotations

import math
from collections import Counter

from ..clock import Span
from .run import Fault, Found, Published


def leave_of(run: Published) -> Counter[tuple[str, float, float]]:
    """Count the stretches of leave that leave.csv asks for: outwards to the grid, within the planned days."""
    step, (first, end) = run.asked.grid_min, run.asked.week
    out: Counter[tuple[str, float, float]] = Counter()
    for agent, person in run.asked.people.items():
        if not any(run.plan.weeks[agent].employed(date) for date in run.asked.dates):
            continue
        for a, b in person.leave:
            start, stop = _outwards((a, b), first, step)
            if max(start, first) < min(stop, end):
                out[agent, max(start, first), min(stop, end)] += 1
    return out


def _outwards(span: Span, first: float, step: int) -> Span:
    a, b = ((x - first) / step for x in span)
    return first + step * math.floor(a), first + step * math.ceil(b)


def leave(run: Published) -> Found:
    """Ensures that the leave in activity.csv is that of leave.csv."""
    have = Counter((a, r.start, r.end) for a, rows in run.plan.rows.items() for r in rows if r.what == "leave")
    want = leave_of(run)
    for agent, start, end in (have - want).elements():
        yield Fault(start, f"{agent} is on leave until {run.told(end)}, which leave.csv does not tell")
    for agent, start, end in (want - have).elements():
        yield Fault(start, f"the leave of {agent} until {run.told(end)} is missing in activity.csv")


def doing(run: Published) -> Found:
    """Ensures that nobody does a task that no input asks for, and that the phone, and nothing else, has a queue."""
    for agent, rows in run.plan.rows.items():
        for r in rows:
            if r.what in ("meeting", "training"):
                yield Fault(r.start, f"{agent} is in {r.what}, which no input asks for")
            elif r.what == "phone" and not r.queue and len(run.queues) == 1:  # else a rule of the plan
                yield Fault(r.start, f"{agent} is on the phone of no queue")
            elif r.what != "phone" and r.queue:
                yield Fault(r.start, f"the {r.what} of {agent} names the queue {r.queue}")


def ids(run: Published) -> Found:
    """Ensures that an anonymous plan has one id a shift, ``shift-0001`` and on."""
    if run.named:
        return
    known = {f"shift-{i:04d}" for i in range(1, len(run.plan.rows) + 1)}
    for agent, shifts in run.plan.shifts.items():
        if agent not in known:
            yield Fault(None, f"{agent} is no id of a shift, and nobody is named in this plan")
        elif len(shifts) != 1:
            yield Fault(None, f"{agent} stands for {len(shifts)} shifts")
