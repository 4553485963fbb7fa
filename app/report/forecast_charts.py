"""The charts of the forecast: the week to come, the newest past week, where it was off, what it is made of."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from .axis import TimeAxis
from .forecast_series import PARTS, WEEKDAYS, miss_rows, part_rows, past_axis, past_rows, total_rows, views_beside
from .look import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PINK,
    SKY,
    THIS_QUEUE,
    VERMILION,
    Spec,
    across,
    color,
    days_apart,
    escaped,
    finish,
    hover,
    left,
    named,
    rows,
    tips,
)
from .run import Run
from .series import Rows, day_rows, forecast_rows, history_rows

_BANDS = (("95 % band", "q0.025", "q0.975", "#cfe5f3"), ("80 % band", "q0.1", "q0.9", "#9ccbe8"))
_OFF = ("#7f2704", "#d9661f", "#f6c08b", "#eceef1", "#9fc9e6", "#2c80bd", "#0b3f73")
_SHADES = dict(zip(PARTS.values(), (SKY, BLUE, GREEN, ORANGE, PINK), strict=True))
_LEAST_END, _MOST_END, _END_STEP = 0.1, 0.5, 0.05
"""Least, largest and step of the end of the colours, shares of the calls: small misses stay pale, one outlier cannot
fade the rest, and the legend has round numbers."""


def forecast(run: Run, axis: TimeAxis) -> Spec:
    """Draw expected calls with their 80 % and 95 % bands, and the same weekdays of past weeks in grey."""
    expected, past = forecast_rows(run, axis), history_rows(run, axis)
    before = []
    if past:
        lines = named(rows("history"), "past weeks").mark_line(strokeWidth=1, opacity=0.6, clip=True)
        before = [lines.encode(x=across(), y=_calls(run), detail=["day:N", "week:N"])]
    layers = _fan(run, expected, before, [], {"past weeks": GREY} if past else {})
    data = {"rows": expected, "history": past, "days": day_rows(axis)}
    return finish(layers, run.queues, data, 260, axis.views()[0])


def past_week(run: Run, planned: TimeAxis) -> Spec | None:
    """Draw the newest past week as it would have been forecast, and the calls that came; None without one."""
    axis = past_axis(run)
    found = past_rows(run, axis)
    if not found:
        return None
    line = named(rows(), "what came").mark_line(strokeWidth=1.5, clip=True, invalid="break-paths-filter-domains")
    after = [line.encode(x=across(), y=alt.Y("actual:Q", axis=left()), detail="day:N")]
    keys = {"what came": INK}
    if {"q0.025", "q0.975"} <= set(found[0]):
        outside = "isValid(datum.actual) && (datum.actual < datum['q0.025'] || datum.actual > datum['q0.975'])"
        dots = named(rows(), "outside 95 %").mark_point(filled=True, size=34, clip=True)
        seen = alt.condition(outside, alt.value(1), alt.value(0))
        after.append(dots.encode(x=across(), y="actual:Q", opacity=seen))
        keys["outside 95 %"] = VERMILION
    data = {"rows": found, "days": day_rows(axis)}
    views = views_beside(axis, planned)
    return finish(_fan(run, found, [], after, keys), run.queues, data, 260, views[0]) | {"usermeta": {"views": views}}


def _calls(run: Run) -> alt.Y:
    return alt.Y("calls:Q", title=f"calls per {run.interval_min} min", axis=left())


def _fan(run: Run, found: Rows, before: list[Any], after: list[Any], keys: dict[str, str]) -> Any:
    """Lay bands and mean of a forecast between other layers, which add the legend entries `keys`."""
    bands = [b for b in _BANDS if b[1] in found[0]]
    key = color(["expected", *(b[0] for b in bands), *keys], [BLUE, *(b[3] for b in bands), *keys.values()])
    areas = [
        named(rows(), name)
        .mark_area(clip=True, opacity=0.9)
        .encode(x=across(), y=f"{escaped(low)}:Q", y2=escaped(high), detail="day:N")
        for name, low, high, _ in bands
    ]
    mean = named(rows(), "expected").mark_line(strokeWidth=2.2, clip=True)
    drawn = [*areas, *before, mean.encode(x=across(), y=_calls(run), detail="day:N"), *after]
    came = ["actual"] if "actual" in found[0] else []
    tip = hover(*came, "calls", *(q for b in bands for q in b[1:3]))
    return alt.layer(days_apart(), *(layer.encode(color=key) for layer in drawn), tip)


def misses(run: Run) -> Spec | None:
    """Draw by weekday and time of day how far the forecast was off over the past weeks; None with too few of them.

    The colours run as far on either side of zero; what exceeds their end has the end's colour.
    """
    found = miss_rows(run)
    if not found:
        return None
    most = max(abs(r["share"]) for r in found if r["share"] is not None)
    end = min(max(_LEAST_END, float(np.ceil(most / _END_STEP)) * _END_STEP), _MOST_END)
    columns = sorted({r["column"] for r in found})
    shown = [w for w in WEEKDAYS if any(r["weekday"] == w for r in found)]
    ticks = alt.Axis(values=[c for c in columns if c.endswith(":00")], labelAngle=0, labelOverlap="greedy", ticks=False)
    scale = alt.Scale(
        domain=list(np.linspace(-end, end, len(_OFF)).round(4)), range=list(_OFF), clamp=True, interpolate="rgb"
    )
    height = max(96, 24 * len(shown))
    legend = alt.Legend(
        orient="right",
        labelExpr="datum.value ? format(datum.value, '+.0%') : '0%'",
        gradientLength=height,
        values=list(np.linspace(-end, end, 5).round(4)),
    )
    place = {
        "x": alt.X("column:O", sort=columns, title=None, axis=ticks),
        "y": alt.Y("weekday:O", sort=shown, title=None, axis=left(ticks=False)),
        "tooltip": tips("weekday", "column", "share", "came", "expected_calls", "weeks"),
    }
    base = alt.Chart(alt.NamedData("rows")).transform_filter(
        f"{THIS_QUEUE} && (weekday == '' || datum.weekday == weekday)"
    )
    base = base.transform_calculate(came="datum.actual", expected_calls="datum.calls")
    cells = base.mark_rect(stroke="white", strokeWidth=0.5).encode(
        color=alt.condition(
            "isValid(datum.share)",
            alt.Color("share:Q", title="off by", scale=scale, legend=legend),
            alt.value("#ffffff"),
        ),
        **place,
    )
    dots = base.transform_filter("datum.sure").mark_point(
        filled=True, color=INK, stroke="white", strokeWidth=0.8, size=32, opacity=1
    )
    layers = alt.layer(cells, dots.encode(**place))
    return finish(layers, run.queues, {"rows": found}, height, {"weekday": ""}, ("weekday",))


def parts(run: Run) -> Spec | None:
    """Draw what each day's expected calls are made of: bars on the level, up and down, and their total."""
    found, totals = part_rows(run), total_rows(run)
    if not totals:
        return None
    names = [n for n in PARTS.values() if any(r["part"] == n for r in found)]
    key = color(["expected", "level", *names], [INK, GREY, *(_SHADES[n] for n in names)])
    x = alt.X(
        "day:O",
        sort=list(dict.fromkeys(r["day"] for r in totals)),
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy"),
    )
    scale = alt.Scale(zero=False)
    bars = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE).transform_calculate(key="datum.part")
    stacked = bars.mark_bar(width=alt.RelativeBandSize(0.45)).encode(
        x=x,
        y=alt.Y("y:Q", title="calls per day", axis=left(), scale=scale),
        y2="y2:Q",
        color=key,
        tooltip=tips("day", "part", "adds"),
    )
    days = alt.Chart(alt.NamedData("totals")).transform_filter(THIS_QUEUE)
    tip = tips("day", "level", "total")
    level = named(days, "level").mark_tick(thickness=2.5, width=alt.RelativeBandSize(0.75), opacity=1)
    line = named(days, "expected").mark_line(strokeWidth=1.6, point=alt.OverlayMarkDef(size=55, filled=True))
    layers = alt.layer(
        stacked,
        level.encode(x=x, y=alt.Y("level:Q", scale=scale), color=key, tooltip=tip),
        line.encode(x=x, y=alt.Y("total:Q", scale=scale), color=key, tooltip=tip),
    )
    return finish(layers, run.queues, {"rows": found, "totals": totals}, 260)
