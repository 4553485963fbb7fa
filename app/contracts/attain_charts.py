"""The charts of an attainment: how the figure of a period came about, and the periods before it."""

from __future__ import annotations

import datetime as dt

import altair as alt

from ...schedule.contracts.attainment import Counts
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.units import Period
from ..report.look import BLUE, GREEN, GREY, INK, THIS_QUEUE, VERMILION, Spec, color, finish, left, named
from ..report.series import Rows
from .attain import Attained

UNIT = "per cent, or seconds"
DAILY, SO_FAR, LEVEL = "the day alone", "the period so far", "goal"


def charts(found: Attained) -> dict[str, Spec]:
    """Return the charts that the figures allow, in the order of the page; the chooser of queues chooses a goal."""
    goals = drawn(found)
    out = {}
    if rows := [row for goal in goals for row in _days(found.counts, goal, found.now.period)]:
        out["course"] = course(rows, tuple(g.name for g in goals))
    if len(found.history) > 1 and (past := [row for goal in goals for row in _periods(found, goal)]):
        out["history"] = history(past, tuple(g.name for g in goals))
    return out


def drawn(found: Attained) -> list[Goal]:
    """Return the goals that have one figure in the period, and rows that count."""
    return [
        goal for goal in found.contract.goals
        if (f := found.now.result(goal.name)) is not None and f.pooled is not None
    ]  # fmt: skip


def course(rows: Rows, names: tuple[str, ...]) -> Spec:
    """Draw each day's figure, and the figure of the period so far: all numerators divided by all denominators."""
    key = color([DAILY, SO_FAR, LEVEL], [GREY, BLUE, VERMILION])
    x = alt.X("day:O", title=None, axis=alt.Axis(labelAngle=-35, labelOverlap="greedy", ticks=False),
              sort=alt.EncodingSortField("date"))  # fmt: skip
    scale = alt.Scale(zero=False)
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    tip = [
        alt.Tooltip("day:N"), alt.Tooltip("daily:Q", title="the day alone", format=",.2f"),
        alt.Tooltip("numerator:Q", format=",.0f"), alt.Tooltip("denominator:Q", format=",.0f"),
        alt.Tooltip("so_far:Q", title="the period so far", format=",.2f"),
    ]  # fmt: skip
    y = alt.Y("daily:Q", title=UNIT, axis=left(), scale=scale)
    layers = alt.layer(
        named(base, LEVEL).mark_line(strokeWidth=1.5, strokeDash=[5, 4]).encode(x=x, y="level:Q", color=key),
        named(base, DAILY).mark_point(filled=True, size=60, opacity=0.9).encode(x=x, y=y, color=key, tooltip=tip),
        named(base, SO_FAR).mark_line(strokeWidth=2.5, point=True).encode(x=x, y="so_far:Q", color=key, tooltip=tip),
    )
    return finish(layers, names, {"rows": rows}, 240)


def history(rows: Rows, names: tuple[str, ...]) -> Spec:
    """Draw the figure of each period as a bar, coloured by whether the goal is met, with a mark at the level."""
    states = ["met", "missed", "does not count"]
    key = alt.Color("state:N", title=None, scale=alt.Scale(domain=states, range=[GREEN, VERMILION, GREY]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    tip = [
        alt.Tooltip("period:N"), alt.Tooltip("figure:Q", format=",.2f"), alt.Tooltip("level:Q", title="goal"),
        alt.Tooltip("numerator:Q", format=",.2f"), alt.Tooltip("denominator:Q", format=",.0f"),
        alt.Tooltip("state:N", title="the goal"),
    ]  # fmt: skip
    bars = base.mark_bar(width={"band": 0.5}).encode(
        x=x, y=alt.Y("figure:Q", title=UNIT, axis=left()), color=key, tooltip=tip
    )
    marks = base.mark_tick(color=INK, thickness=3, size=44).encode(x=x, y="level:Q", tooltip=tip)
    return finish(alt.layer(bars, marks), names, {"rows": rows}, 190)


def _scale(goal: Goal) -> float:
    return 100.0 if goal.metric not in ("asa", "backlog_age") or goal.aggregation == "share" else 1.0


def _days(counts: Counts, goal: Goal, period: Period) -> Rows:
    """Return one row a day of the period; of goals whose figure is no ratio of sums none."""
    if goal.aggregation != "volume":
        return []
    table = counts.goals[goal.name]
    if table.empty:
        return []
    days = table["start"].dt.date
    first = Period.of(period.start, goal.unit).start if goal.unit not in ("interval", "hour") else period.start
    inside = (days >= first) & (days < min(period.end, counts.until))
    rows = table[inside & (table["clause"] == "") & (table["unknown"] == "")]
    sums = rows.groupby(rows["start"].dt.date)[["numerator", "denominator"]].sum() if len(rows) else rows
    out: Rows = []
    top = bottom = 0.0
    scale = _scale(goal)
    for day, numerator, denominator in sums.itertuples() if len(rows) else ():
        if denominator <= 0:
            continue
        top, bottom = top + float(numerator), bottom + float(denominator)
        out.append({
            "queue": goal.name, "day": _day(day), "date": str(day), "daily": round(scale * numerator / denominator, 3),
            "so_far": round(scale * top / bottom, 3), "level": scale * goal.wanted,
            "numerator": round(float(numerator), 2), "denominator": round(float(denominator), 2),
        })  # fmt: skip
    return out


def _periods(found: Attained, goal: Goal) -> Rows:
    out: Rows = []
    for one in found.history:
        f = one.result(goal.name)
        if f is None or f.figure is None:
            continue
        state = "does not count" if f.met is None else "met" if f.met else "missed"
        out.append({
            "queue": goal.name, "period": f"{one.period}{'' if one.over else ' …'}", "state": state,
            "figure": round(_scale(goal) * f.figure, 3), "level": round(_scale(goal) * f.wanted, 3),
            "numerator": round(f.numerator, 3), "denominator": round(f.denominator, 3),
        })  # fmt: skip
    return out


def _day(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
