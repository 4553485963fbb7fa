"""The charts, each one Vega-Lite specification that serves the report, the page and a picture file.

A specification carries its data and the parameters ``queue``, ``lo``, ``hi``, ``ticks`` and ``labels``: which
queue is drawn and which part of the time axis. A page sets them as signals; a picture shows their defaults.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

from .axis import TimeAxis
from .forecast_charts import forecast, misses, parts, past_week
from .look import (
    BLUE,
    INK,
    ORANGE,
    PINK,
    SHOWN,
    SKY,
    THIS_QUEUE,
    VERMILION,
    Spec,
    across,
    color,
    days_apart,
    finish,
    hover,
    left,
    named,
    rows,
    tips,
)
from .run import Run
from .series import Rows, day_rows, heat_columns, service_rows, simulated_rows, staffing_rows

_RAMPS = {
    "over": ["#f3f5f8", "#9fc9e6", "#2c80bd", "#0b3f73"],
    "under": ["#f6f4f1", "#f6c08b", "#d9661f", "#7f2704"],
}


def charts(run: Run, axis: TimeAxis) -> dict[str, Spec]:
    """Return the charts that the run's files allow, in the order of the page."""
    out: dict[str, Spec] = {"service": service(run, axis)} if service_rows(run, axis) else {}
    if len(axis) and run.table("volume") is not None:
        out["forecast"] = forecast(run, axis)
    of_forecast = {"parts": parts(run), "past_week": past_week(run, axis), "misses": misses(run)}
    out |= {name: spec for name, spec in of_forecast.items() if spec is not None}
    if len(axis) and run.table("coverage") is not None:
        slots = staffing_rows(run, axis)
        out["staffing"] = staffing(run, axis, slots)
        if any(r.get("service_level") is not None for r in slots):
            out["service_level"] = service_level(run, axis, slots)
        out |= {what: heat(run, axis, slots, what) for what in ("over", "under")}
    return out


def picture(spec: Spec, *, scale: float = 2.0) -> bytes:
    """Draw a specification as PNG; one that is a column of charts has widths of its own."""
    wide = {} if "vconcat" in spec else {"width": 1100}
    return bytes(vl_convert.vegalite_to_png(spec | wide | {"background": "white"}, scale=scale))


def staffing(run: Run, axis: TimeAxis, slots: Rows) -> Spec:
    """Draw agents on the phone against agents required; what is missing is drawn above the staff."""
    key = color(["on the phone", "required", "missing"], [SKY, INK, VERMILION])
    wide = {"x": across("left"), "x2": "x2:Q", "color": key}
    y = alt.Y("on_phone:Q", title="agents", axis=left())
    there = named(rows(), "on the phone").mark_rect(clip=True).encode(y=y, y2=alt.datum(0), **wide)
    short = named(rows().transform_filter("datum.under > 0"), "missing").mark_rect(clip=True, stroke=VERMILION)
    missing = short.encode(y="required:Q", y2="on_phone:Q", **wide)
    line = named(rows(), "required").mark_line(interpolate="step", strokeWidth=1.8, clip=True)
    required = line.encode(x=across(), y="required:Q", detail="day:N", color=key)
    tip = hover("required", "on_phone", "over", "under")
    data = {"rows": slots, "days": day_rows(axis)}
    return finish(alt.layer(there, missing, required, days_apart(), tip), run.queues, data, 280, axis.views()[0])


SERVICE = {"simulated, 95 %": BLUE, "missed": VERMILION, "expected": ORANGE, "floor": PINK, "goal": INK}
"""What the chart of the service level draws, in the order of its legend."""


def service_level(run: Run, axis: TimeAxis, slots: Rows) -> Spec:
    """Draw the simulated band of each interval, the level expected of it by the curve, its floor, and the goal.

    A goal over a day or a week is a level that single intervals may leave: the floor is what each of them must keep.
    Where nothing was simulated, the level expected of each slot is drawn.
    """
    simulated = simulated_rows(run, axis)
    floors = any(r["floor"] is not None for r in simulated)
    there = {"simulated, 95 %": simulated, "missed": any(r["below"] for r in simulated), "floor": floors}
    names = [name for name in SERVICE if there.get(name, True)]
    key = color(names, [SERVICE[name] for name in names])
    of_slots, column = (rows("simulated"), "expected") if simulated else (rows(), "service_level")
    y = alt.Y(f"{column}:Q", title="service level", axis=left("%"), scale=alt.Scale(domain=[0, 1]))
    line = named(of_slots, "expected").mark_line(interpolate="step", strokeWidth=1.4, clip=True)
    expected = line.encode(x=across(), y=y, detail="day:N", color=key)
    of_queue = named(alt.Chart(alt.NamedData("goals")).transform_filter(THIS_QUEUE), "goal")
    goal = of_queue.mark_rule(strokeDash=[5, 4]).encode(y="goal:Q", color=key)
    goals = list({r["queue"]: {"queue": r["queue"], "goal": r["goal"]} for r in service_rows(run, axis)}.values())
    data = {"goals": goals, "days": day_rows(axis)} | ({"simulated": simulated} if simulated else {"rows": slots})
    below = _bands(key, missed=bool(there["missed"]), floors=floors) if simulated else []
    told = ("goal", "floor", "expected", "simulated", "ci_lo", "ci_hi")
    tip = hover(*told, data="simulated") if simulated else hover("service_level", "abandon_rate", "asa_s")
    return finish(alt.layer(*below, expected, days_apart(), goal, tip), run.queues, data, 220, axis.views()[0])


def _bands(key: alt.Color, *, missed: bool, floors: bool) -> list[Any]:
    """Return the layers of the simulation: columns under intervals that miss their promise, bands, levels, floors."""
    wide = {"x": across("left"), "x2": "x2:Q", "color": key}
    band = named(rows("simulated"), "simulated, 95 %")
    out = [
        band.mark_rect(clip=True, opacity=0.35).encode(y="ci_lo:Q", y2="ci_hi:Q", **wide),
        band.mark_rule(clip=True, strokeWidth=2).encode(y="simulated:Q", **wide),
    ]
    if missed:
        below = named(rows("simulated").transform_filter("datum.below"), "missed").mark_rect(clip=True, opacity=0.5)
        out.insert(0, below.encode(y="simulated:Q", y2=alt.datum(0), **wide))
    if floors:
        floor = named(rows("simulated").transform_filter("isValid(datum.floor)"), "floor")
        out.append(floor.mark_rule(clip=True, strokeWidth=1.6).encode(y="floor:Q", **wide))
    return out


def heat(run: Run, axis: TimeAxis, slots: Rows, what: str) -> Spec:
    """Draw ``over`` or ``under`` of each slot, day by time; the two are never netted."""
    columns = heat_columns(axis)
    again = [c for c in columns if len(c) > len("00:00")][:1]
    ticks = alt.Axis(
        values=[c for c in columns if c.endswith(":00") and len(c) == len("00:00")] + again,
        labelExpr="length(datum.value) > 5 ? 'again' : datum.value",
        labelAngle=0,
        labelOverlap="greedy",
        ticks=False,
    )
    top = max([1.0, *(r[what] for r in slots)])
    base = alt.Chart(alt.NamedData("rows")).transform_filter(f"{SHOWN} && datum.used")
    chart = base.mark_rect(stroke="white", strokeWidth=0.5).encode(
        x=alt.X("column:O", sort=columns, title=None, axis=ticks),
        y=alt.Y("day:O", sort=[v["label"] for v in axis.views()[1:]], title=None, axis=left(ticks=False)),
        color=alt.Color(
            f"{what}:Q",
            title="agents",
            scale=alt.Scale(domain=[0, top], range=_RAMPS[what], interpolate="rgb"),
            legend=alt.Legend(orient="right", gradientLength=max(60, 20 * len(axis.days))),
        ),
        tooltip=tips("time", "required", "on_phone", "over", "under"),
    )
    height = max(60, 24 * len(axis.days))
    return finish(chart, run.queues, {"rows": slots}, height, axis.views()[0], ("lo", "hi"))


def service(run: Run, axis: TimeAxis) -> Spec:
    """Draw the simulated service level of each day with its 95 % interval, the expected one and the goal."""
    found = service_rows(run, axis)
    here = f"{THIS_QUEUE} && (datum.x === null || (datum.x >= lo && datum.x < hi))"
    base = alt.Chart(alt.NamedData("rows")).transform_filter(here)
    order = list(dict.fromkeys(r["period"] for r in found))
    y = alt.Y("period:O", sort=order, title=None, axis=left(ticks=False, grid=True))
    shown = [v for r in found for c in ("ci_lo", "ci_hi", "must", "expected", "simulated") if (v := r[c]) is not None]
    low, high = max(0.0, min(shown) - 0.02), min(1.0, max(shown) + 0.02)
    ticks = alt.Axis(format=".0%" if high - low > 0.1 else ".1%", tickCount=8)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    beyond = bool(run.summary.get("goal_periods"))
    goal = "what this week must reach for its month or contract" if beyond else "goal"
    names, shades = ["simulated, 95 % interval", "expected by the curve", goal], [BLUE, ORANGE, INK]
    key = color(names, shades)
    shape = alt.Shape("key:N", title=None, scale=alt.Scale(domain=names, range=["circle", "diamond", "stroke"]))
    tip = tips("period", "must" if beyond else "goal", "expected", "simulated", "ci_lo", "ci_hi")
    layers = [named(base, names[0]).mark_rule(strokeWidth=3).encode(y=y, x="ci_lo:Q", x2="ci_hi:Q", color=key)]
    for name, column in zip(names, ("simulated", "expected", "must"), strict=True):
        angle = 90 if column == "must" else 0
        point = named(base, name).mark_point(filled=column == "simulated", size=110, strokeWidth=2, angle=angle)
        x = alt.X(f"{column}:Q", title="service level", axis=ticks, scale=scale)
        layers.append(point.encode(y=y, x=x, color=key, shape=shape, tooltip=tip))
    height = max(70, 30 * len(order))
    return finish(alt.layer(*layers), run.queues, {"rows": found}, height, axis.views()[0], ("lo", "hi"))
