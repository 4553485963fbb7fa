"""The judge's own counts: wages, and heads on the phone against the published coverage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .check import Plan, Violation
from .clock import Span
from .inputs import DAYS, WAGE, Asked, clock_minute
from .readings import readings
from .shifts import Row, Worked


def wages_between(plan: Plan) -> tuple[float, float]:
    """Recount the wages of a plan.

    Returns
    -------
    tuple of float
        The least and the most: equal but where shifts may be read as several families with different pay. Per shift:
        wage × (paid hours × the mean over its grid slots of 1 + the premiums whose weekday and hours hold the slot's
        start, + daily overtime). Without staff the wage is the centre's.
    """
    asked = plan.asked
    read = {
        a: [readings(w, asked.families_of(asked.people.get(a)), asked.clock) for w in shifts]
        for a, shifts in plan.shifts.items()
    }
    least, most = (
        wages_of(plan, {a: [choose(w, key=_paid) for w in shifts] for a, shifts in read.items()})
        for choose in (min, max)
    )
    return least, most


def _paid(worked: Worked) -> float:
    return worked.paid_min


def wages_of(plan: Plan, shifts: Mapping[str, Iterable[Worked]]) -> float:
    """Return the wages of `shifts`, agent by agent, each as the family that it is read as."""
    general, factors = usual_wage(plan.asked.plan), dict[float, float]()
    total = 0.0
    for agent, worked in shifts.items():
        wage = plan.asked.people[agent].wage if agent in plan.asked.people else general
        total += sum(wage * paid_hours(plan, w.start, w.end, w.paid_min, factors) for w in worked)
    return total


def usual_wage(plan: Mapping[str, Any]) -> float:
    """Return the wage per paid hour of whoever has none of their own, by the dict of plan.toml."""
    return float(plan.get("costs", {}).get("cost_h", WAGE))


def paid_hours(plan: Plan, start: float, end: float, paid_min: float, known: dict[float, float]) -> float:
    """Return the hours at the plain wage that a shift costs: its paid hours with premiums, and its daily overtime."""
    overtime = plan.asked.plan.get("costs", {}).get("overtime", ())
    beyond = sum(float(o["share"]) * max(0.0, paid_min - 60 * float(o["after_h"])) for o in overtime)
    return (paid_min * premium(plan, start, end, known) + beyond) / 60


def premium(plan: Plan, start: float, end: float, known: dict[float, float]) -> float:
    """Return the mean of 1 + the premiums over the grid slots of a shift; `known` keeps the slots looked up."""
    slots = [float(m) for m in np.arange(start, end, plan.asked.grid_min)]
    premiums = plan.asked.plan.get("costs", {}).get("premium", ())
    for minute in slots:
        if minute not in known:
            wall = plan.asked.clock.wall(minute)
            known[minute] = 1 + sum(float(p["share"]) for p in premiums if _applies(p, wall))
    return float(np.mean([known[minute] for minute in slots])) if slots else 1.0


def _applies(premium: Mapping[str, Any], wall: dt.datetime) -> bool:
    low = clock_minute(premium.get("start", "00:00"), "costs.premium.start")
    high = clock_minute(premium.get("end", "24:00"), "costs.premium.end")
    return DAYS[wall.weekday()] in premium.get("days", DAYS) and low <= wall.hour * 60 + wall.minute < high


def recount(plan: Plan, starts: Iterable[Any]) -> dict[str, np.ndarray]:
    """Count who is on the phone of each queue at each of `starts`: those who have begun less those who have ended.

    In a cyclic week what runs past its end counts at its beginning, else last week's shifts that run on count too.

    Parameters
    ----------
    starts
        Stamps or real minutes, in any order.

    Returns
    -------
    dict
        Queue → heads, shape (len(starts),).
    """
    return _count(_on_phone(plan), starts, plan.asked)


def _count(spans: Mapping[str, np.ndarray], starts: Iterable[Any], asked: Asked) -> dict[str, np.ndarray]:
    at = np.array([s if isinstance(s, float) else asked.clock.minute(s) for s in starts])
    first, end = asked.week
    moments = (at, at + end - first) if asked.plan.get("cyclic") else (at,)
    out: dict[str, np.ndarray] = {}
    for queue, of_queue in spans.items():
        begun, ended = np.sort(of_queue[:, 0]), np.sort(of_queue[:, 1])
        counts = [np.searchsorted(begun, t, "right") - np.searchsorted(ended, t, "right") for t in moments]
        out[queue] = np.sum(counts, axis=0)
    return out


def check_coverage(plan: Plan, coverage: pd.DataFrame) -> list[Violation]:
    """Compare a published coverage with the activity.

    Parameters
    ----------
    coverage
        The table of coverage.csv.

    Returns
    -------
    list of Violation
        A count, surplus or shortage that does not follow from the activity, and phone work in slots that have no row.
    """
    asked, spans, clock = plan.asked, _on_phone(plan), plan.asked.clock
    out: list[Violation] = []
    for queue, rows in coverage.groupby("queue", sort=False):
        heads = _count(spans, rows["start"], asked).get(str(queue), np.zeros(len(rows)))
        beyond = heads - rows["required"].to_numpy(dtype=float)
        wanted = {"on_phone": heads, "over": np.maximum(beyond, 0), "under": np.maximum(-beyond, 0)}
        for name, want in wanted.items():
            told = rows[name].to_numpy(dtype=float)
            for i in np.flatnonzero(~(np.abs(told - want) <= 1e-6)):
                start = clock.text(clock.minute(rows["start"].iloc[i]))
                out.append(Violation("coverage", "", start, f"{name} of {queue} is {told[i]:g}, recounted {want[i]:g}"))
    return out + _uncounted(spans, coverage, asked)


def _on_phone(plan: Plan) -> dict[str, np.ndarray]:
    """Return per queue the spans of phone work, shape (rows, 2): the plan's, and last week's that run on into it."""
    first = plan.asked.week[0]
    people: list[Sequence[Row]] = list(plan.rows.values())
    known = set(plan.asked.plan.get("queue", {}))
    people += [[r for r in w.rows if r.queue in known or not known] for w in running_on(plan)]
    spans: dict[str, list[Span]] = {}
    for r in (r for rows in people for r in rows):
        if r.what == "phone" and r.end > first:
            spans.setdefault(r.queue, []).append((r.start, r.end))
    return {queue: np.array(pairs) for queue, pairs in spans.items()}


def running_on(plan: Plan) -> list[Worked]:
    """Return last week's shifts that run on into the planned days."""
    first = plan.asked.week[0]
    return [w for shifts in plan.before.values() for w in shifts if w.start < first < w.end]


def _uncounted(spans: Mapping[str, np.ndarray], coverage: pd.DataFrame, asked: Asked) -> list[Violation]:
    """Return phone work between the first and last row of `coverage` in slots of which the queue has no row."""
    clock = asked.clock
    listed: dict[str, set[float]] = {}
    for queue, start in zip(coverage["queue"], coverage["start"], strict=True):
        listed.setdefault(str(queue), set()).add(clock.minute(start))
    moments = set[float]().union(*listed.values())
    first, last = min(moments, default=0.0), max(moments, default=0.0)
    out = []
    for queue, of_queue in spans.items():
        worked = {float(t) for a, b in of_queue for t in np.arange(a, b, asked.grid_min) if first <= t <= last}
        for t in sorted(worked - listed.get(queue, set())):
            out.append(Violation("coverage", "", clock.text(t), f"{queue} has heads on the phone and no row"))
    return out
