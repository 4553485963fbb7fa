"""Goals over a month or a contract's period: what is banked is counted from the calls, and what is to come told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..forecast.errors import InputError
from ..forecast.queueing.curve.service_curve import ServiceCurve
from ..forecast.queueing.goal.targets import BEYOND, ServiceGoal
from ..schedule.plan.decision import Decision
from ..schedule.plan.part_levels import PartLevel, part_levels
from ..schedule.problem.goal_period import GoalPeriod
from ..schedule.problem.period_terms import PeriodTerms
from ..schedule.problem.problem import ScheduleProblem
from .config.plan_toml import PLAN
from .inputs.inputs import Inputs

DAY = dt.timedelta(days=1)
COUNTED_BY = {
    "offered": (("answered_in",), ("offered",)),
    "answered": (("answered_in",), ("answered",)),
    "total": (("answered_in", "abandoned_in"), ("offered",)),
    "excl_short": (("answered_in",), ("offered", "short_abandoned")),
}
"""Definition of service level → columns of the calls in time (added up), and of those counted (the first less the
second)."""


def goal_periods(inputs: Inputs, curves: Mapping[str, ServiceCurve] | None) -> Mapping[str, tuple[GoalPeriod, ...]]:
    """Return the periods of each queue's goal that reaches beyond the planned week; a queue without a curve has none.

    Raises
    ------
    InputError
        If what is banked can neither be counted nor is given, or the week lies outside the contract's period.
    """
    out = {}
    for name, queue in inputs.config.queue.items():
        curve = (curves or {}).get(name)
        if queue.goal.basis in BEYOND and curve is not None:
            out[name] = _periods(inputs, name, queue.goal, queue.period or PeriodTerms(), curve)
    return out


def _periods(
    inputs: Inputs, name: str, goal: ServiceGoal, terms: PeriodTerms, curve: ServiceCurve
) -> tuple[GoalPeriod, ...]:
    horizon, starts = inputs.horizon, pd.DatetimeIndex(curve.starts)
    planned = (starts >= horizon.grid.first) & (starts < horizon.grid.end)
    by_weekday = pd.Series(curve.calls[planned]).groupby(np.asarray(starts[planned].day_of_week)).sum()
    out = []
    try:
        parts = list(terms.parts(goal.basis, horizon))
    except InputError as error:
        raise _of_key(error, name) from None
    own = [p for p in parts if terms.first is None or p[:2] == (terms.first, terms.last)]
    for first, last, days in parts:
        within = any(p[:2] == (first, last) for p in own)
        banked, until = (0.0, 0.0), None
        if within and first < horizon.first:
            banked, until = _banked(inputs, name, goal, terms, first)
        days_left = [d for d in _dates(first, last) if until is None or d > until]
        rest = [d for d in days_left if not horizon.first <= d <= horizon.last]
        expected = sum(float(by_weekday.get(d.weekday(), 0.0)) for d in rest)
        is_last = own[-1][:2] == (first, last)
        told = terms.rest_calls if terms.rest_calls is not None and is_last and rest else expected
        ladder = terms.ladder if within else ()
        out.append(GoalPeriod(first, last, days, *banked, told, terms.rest, ladder, terms.between, until))
    return tuple(out)


def _dates(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + i * DAY for i in range((last - first).days + 1)]


def _banked(
    inputs: Inputs, name: str, goal: ServiceGoal, terms: PeriodTerms, first: dt.date
) -> tuple[tuple[float, float], dt.date]:
    """Return calls in time and calls counted from `first` to the planned week, and the last day that they are of."""
    before = inputs.horizon.first - DAY
    if terms.banked_in is not None and terms.banked_counted is not None:
        return (terms.banked_in, terms.banked_counted), min(terms.banked_until or before, before)
    calls = inputs.calls
    if calls is None:
        raise _unknown(name, "what is banked of the period is unknown")
    rows = calls[calls["queue"] == name] if "queue" in calls else calls
    days = rows["start"].dt.date
    until = min(terms.banked_until or before, before, max(days, default=before))
    rows = rows[(days >= first) & (days <= until)]
    return counted_by(rows, goal, name), until


def counted_by(rows: pd.DataFrame, goal: ServiceGoal, name: str) -> tuple[float, float]:
    """Return calls in time and calls counted of rows of the calls table, by a goal's definition.

    Raises
    ------
    InputError
        If a column is missing or blank where calls came, or counts another answer-time threshold.
    """
    above, below = COUNTED_BY[goal.definition]
    asked = rows[rows["offered"] > 0.0]
    for column in dict.fromkeys((*above, *below)):
        blank = len(asked) if column not in asked else int(asked[column].isna().sum())
        if blank:
            raise _unknown(name, f"{column} is unknown in {blank} intervals of the period so far")
    if rows["offered"].isna().any():
        raise _unknown(name, f"the calls are unknown in {int(rows['offered'].isna().sum())} intervals of the period")
    threshold = asked["within_s"] if "within_s" in asked else pd.Series(float("nan"), index=asked.index)
    odd = asked[(threshold != goal.within_s).to_numpy()]
    if len(odd):
        told = f"{threshold.loc[odd.index[0]]:g} s" if threshold.notna().any() else "an unknown threshold"
        raise _unknown(name, f"the calls so far were counted with {told}, the goal asks for {goal.within_s:g} s")
    in_time = sum(float(asked[c].sum()) for c in above)
    return in_time, float(asked[below[0]].sum()) - sum(float(asked[c].sum()) for c in below[1:])


def _unknown(name: str, what: str) -> InputError:
    mend = f"Give banked_in and banked_counted in [queue.{name}.period], or bring the column in the calls"
    return InputError(what, file=PLAN, column=f"queue.{name}.period.banked_in", mend=mend)


def _of_key(error: InputError, name: str) -> InputError:
    return InputError(error.what, file=PLAN, column=f"queue.{name}.period.{error.column}", value=error.value,
                      mend=error.mend)  # fmt: skip


def told_periods(found: Decision) -> list[str]:
    """Tell what the week must reach for each period that reaches beyond the week, a sentence or two each."""
    return [_told(found.problem, part) for part in part_levels(found.problem, found.expected).values()]


def _told(problem: ScheduleProblem, part: PartLevel) -> str:
    p, goal, dates = part.period, part.demand.goal, problem.grid.dates
    days = "this week" if len(p.days) == len(dates) else f"{dates[p.days[0]]} to {dates[p.days[-1]]}"
    whole = f"{p.first} to {p.last}" if part.demand.goal.basis == "contract" else f"{p.first:%B %Y}"
    so_far = f"{p.banked_in:,.0f} of {p.banked_counted:,.0f} calls in time so far"
    rest = "to meet the goal exactly" if p.rest == "goal" else "to reach what this week reaches"
    after = f", the other days ({p.rest_calls:,.0f} calls) are assumed {rest}" if p.rest_calls > 0 else ""
    level, needed = f"{100 * goal.level:.4g} %", f"{100 * part.needed:.1f} %"
    known = f"({so_far}{after})"
    if part.state == "lost":
        does = "its ladder is what the plan goes by" if p.ladder else f"{days} is planned for {level} by itself"
        return (f"{part.demand.queue}: {whole} cannot reach {level} any more, {100 * p.best(part.calls):.1f} % at most "
                f"{known}; {does}")  # fmt: skip
    if part.state == "behind":
        return (f"{part.demand.queue}: {days} alone cannot bring {whole} back to {level} {known}; the days after must "
                "make up for it, too (period.rest = \"same\" shares it)")  # fmt: skip
    if part.state == "safe":
        return (f"{part.demand.queue}: {whole} reaches {level} if {days} reaches {needed}, which its floor of "
                f"{100 * goal.floor:.4g} % gives {known}; floors still hold")  # fmt: skip
    return f"{part.demand.queue}: {days} must reach {needed} for {whole} to reach {level} {known}"
