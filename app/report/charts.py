"""The charts, each one Vega-Lite specification that serves the report, the page and a picture file.

A specification carries its data and the parameters ``queue``, ``lo``, ``hi``, ``ticks`` and ``labels``: which
queue is drawn and which part of the time axis. A page sets them as signals; a picture shows their defaults.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from .axis import TimeAxis
from .run import Run
from .series import forecast_rows, heat_columns, history_rows, service_rows, staffing_rows

Spec = dict[str, Any]
BLUE, SKY, ORANGE, VERMILION, GREEN, INK, MUTED = (
    "#0072B2",
    "#56B4E9",
    "#E69F00",
    "#C24E00",
    "#00785A",
    "#1d2733",
    "#5b6776",
)
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
_CONFIG = {
    "font": _FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": 500,
        "titleFontSize": 12,
        "labelFontSize": 11,
        "gridColor": "#e6e9ee",
        "domainColor": "#b8c0ca",
        "tickColor": "#b8c0ca",
        "labelFlush": False,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": MUTED,
        "titleFontWeight": 500,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "symbolStrokeWidth": 3,
    },
}


def charts(run: Run, axis: TimeAxis) -> dict[str, Spec]:
    """Return the charts that the run's files allow: forecast, staffing, service_level, over, under, service."""
    out: dict[str, Spec] = {}
    if len(axis) and run.table("volume") is not None:
        out["forecast"] = forecast(run, axis)
    if len(axis) and run.table("coverage") is not None:
        out["staffing"] = staffing(run, axis)
        if run.tables["coverage"].get("service_level", pd.Series(dtype=float)).notna().any():
            out["service_level"] = service_level(run, axis)
        out |= {what: heat(run, axis, what) for what in ("over", "under")}
    if service_rows(run):
        out["service"] = service(run)
    return out


def picture(spec: Spec, *, scale: float = 2.0) -> bytes:
    """Draw a specification as PNG."""
    fixed = spec | {"width": 1100, "background": "white"}
    return bytes(vl_convert.vegalite_to_png(fixed, scale=scale))


def forecast(run: Run, axis: TimeAxis) -> Spec:
    """Draw expected calls with their 80 % and 95 % bands, and the same weekdays of past weeks in grey."""
    rows = forecast_rows(run, axis)
    x, y = _x(), alt.Y("calls:Q", title=f"calls per {run.interval_min} min", axis=_left())
    layers = [_days_apart()]
    bands = [b for b in _BANDS if rows and b[1] in rows[0]]
    names = ["expected", *(name for name, *_ in bands), "past weeks"]
    color = _color(names, [BLUE, *(shade for *_, shade in bands), "#7b8794"])
    for name, low, high, _ in bands:
        area = _rows().transform_calculate(key=f"'{name}'").mark_area(clip=True, opacity=0.9)
        layers.append(area.encode(x=x, y=f"{_escaped(low)}:Q", y2=_escaped(high), detail="day:N", color=color))
    past = _rows("history").transform_calculate(key="'past weeks'").mark_line(strokeWidth=1, opacity=0.6, clip=True)
    layers.append(past.encode(x=x, y=y, detail=["day:N", "week:N"], color=color))
    line = _rows().transform_calculate(key="'expected'").mark_line(strokeWidth=2.2, clip=True)
    layers.append(line.encode(x=x, y=y, detail="day:N", color=color))
    layers.append(_hover(["time:N", "calls:Q", *(f"{_escaped(c)}:Q" for c in rows[0] if c.startswith("q0"))]))
    return _finish(alt.layer(*layers), run, axis, {"rows": rows, "history": history_rows(run, axis)}, 260)


def staffing(run: Run, axis: TimeAxis) -> Spec:
    """Draw agents on the phone against agents required; what is missing is drawn above the staff, outlined."""
    colors = _color(["on the phone", "required", "missing"], [SKY, INK, VERMILION])
    base = _rows()
    y = alt.Y("on_phone:Q", title="agents", axis=_left())
    bars = (
        base.transform_calculate(key="'on the phone'")
        .mark_rect(clip=True)
        .encode(x=_x("left"), x2="x2:Q", y=y, y2=alt.datum(0), color=colors)
    )
    short = (
        base.transform_filter("datum.under > 0")
        .transform_calculate(key="'missing'")
        .mark_rect(clip=True, stroke=VERMILION)
        .encode(x=_x("left"), x2="x2:Q", y=alt.Y("required:Q"), y2="on_phone:Q", color=colors)
    )
    line = (
        base.transform_calculate(key="'required'")
        .mark_line(interpolate="step", strokeWidth=1.8, clip=True)
        .encode(x=_x(), y=alt.Y("required:Q"), detail="day:N", color=colors)
    )
    tip = _hover(
        ["time:N", "required:Q", "on_phone:Q", "over:Q", "under:Q", alt.Tooltip("service_level:Q", format=".1%")]
    )
    return _finish(alt.layer(bars, short, line, _days_apart(), tip), run, axis, {"rows": staffing_rows(run, axis)}, 280)


def service_level(run: Run, axis: TimeAxis) -> Spec:
    """Draw the expected service level of each slot against the goal."""
    base = _rows()
    y = alt.Y("service_level:Q", title="expected service level", axis=_left("%"), scale=alt.Scale(domain=[0, 1]))
    line = base.mark_line(interpolate="step", color=GREEN, strokeWidth=1.8, clip=True).encode(
        x=_x(), y=y, detail="day:N"
    )
    goal = alt.Chart(alt.NamedData("goals")).transform_filter("datum.queue == queue")
    rule = goal.mark_rule(color=INK, strokeDash=[5, 4]).encode(y="goal:Q")
    text = goal.mark_text(align="left", dx=4, dy=-6, color=INK).encode(y="goal:Q", x=alt.value(0), text="label:N")
    tip = _hover(
        [
            "time:N",
            alt.Tooltip("service_level:Q", format=".1%"),
            alt.Tooltip("abandon_rate:Q", format=".1%"),
            alt.Tooltip("asa_s:Q", format=".0f"),
        ]
    )
    goals = [{"queue": r["queue"], "goal": r["goal"], "label": "goal"} for r in service_rows(run)]
    unique = list({r["queue"]: r for r in goals}.values())
    return _finish(
        alt.layer(line, _days_apart(), rule, text, tip),
        run,
        axis,
        {"rows": staffing_rows(run, axis), "goals": unique},
        150,
    )


def heat(run: Run, axis: TimeAxis, what: str) -> Spec:
    """Draw ``over`` or ``under`` of each slot, day by time; the two are never netted."""
    columns = heat_columns(axis)
    rows = staffing_rows(run, axis)
    top = max([1.0, *(r[what] for r in rows)])
    ramp = (
        ["#f3f5f8", "#9fc9e6", "#2c80bd", "#0b3f73"] if what == "over" else ["#f3f5f8", "#f6c08b", "#d9661f", "#7f2704"]
    )
    shown = [c for c in columns if c.endswith(":00")]
    chart = (
        alt.Chart(alt.NamedData("rows"))
        .transform_filter("datum.queue == queue && datum.used")
        .mark_rect(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "column:O",
                sort=columns,
                title=None,
                axis=alt.Axis(values=shown, labelAngle=0, labelOverlap="greedy", grid=False, ticks=False),
            ),
            y=alt.Y("day:O", sort=[d["label"] for d in axis.views()[1:]], title=None, axis=_left(ticks=False)),
            color=alt.Color(
                f"{what}:Q",
                title=f"agents {what}",
                scale=alt.Scale(domain=[0, top], range=ramp),
                legend=alt.Legend(orient="right", gradientLength=110),
            ),
            tooltip=["time:N", "required:Q", "on_phone:Q", "over:Q", "under:Q"],
        )
    )
    return _finish(chart, run, axis, {"rows": rows}, max(60, 24 * len(axis.days)), timed=False)


def service(run: Run) -> Spec:
    """Draw the simulated service level of each day with its 95 % interval, the expected one and the goal."""
    rows = service_rows(run)
    base = alt.Chart(alt.NamedData("rows")).transform_filter("datum.queue == queue")
    order = list(dict.fromkeys(r["period"] for r in rows))
    y = alt.Y("period:O", sort=order, title=None, axis=_left(ticks=False, grid=True))
    low = min(
        [0.5, *(v for r in rows for v in (r["ci_lo"], r["goal"], r["expected"], r["simulated"]) if v is not None)]
    )
    x = alt.X(
        "simulated:Q",
        title="service level",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[max(0.0, low - 0.05), 1.0]),
    )
    domain, colors = ["simulated, 95 % interval", "expected by the curve", "goal"], [BLUE, ORANGE, INK]
    key = alt.Color("key:N", title=None, scale=alt.Scale(domain=domain, range=colors))
    shape = alt.Shape("key:N", title=None, scale=alt.Scale(domain=domain, range=["circle", "diamond", "stroke"]))
    tip = [
        "period:N",
        *(alt.Tooltip(f"{c}:Q", format=".2%") for c in ("goal", "expected", "simulated", "ci_lo", "ci_hi")),
    ]
    layers = [
        base.transform_calculate(key=f"'{domain[0]}'")
        .mark_rule(strokeWidth=3)
        .encode(y=y, x="ci_lo:Q", x2="ci_hi:Q", color=key)
    ]
    for name, column in zip(domain, ("simulated", "expected", "goal"), strict=True):
        mark = base.transform_calculate(key=f"'{name}'").mark_point(
            filled=column == "simulated", size=110, strokeWidth=2, angle=90 if column == "goal" else 0
        )
        layers.append(
            mark.encode(y=y, x=x if column == "simulated" else f"{column}:Q", color=key, shape=shape, tooltip=tip)
        )
    return _finish(
        alt.layer(*layers),
        run,
        TimeAxis(pd.DatetimeIndex([]), 1),
        {"rows": rows},
        max(70, 30 * len(order)),
        timed=False,
    )


_BANDS = (("95 % band", "q0.025", "q0.975", "#cfe5f3"), ("80 % band", "q0.1", "q0.9", "#9ccbe8"))
_SHOWN = "datum.queue == queue && datum.x >= lo && datum.x < hi"


def _escaped(column: str) -> str:
    return column.replace(".", "\\.")


def _x(column: str = "x") -> alt.X:
    axis = alt.Axis(
        values=alt.ExprRef("ticks"),
        labelExpr="labels[datum.value]",
        grid=False,
        ticks=False,
        labelOverlap="greedy",
        labelPadding=6,
    )
    return alt.X(
        f"{column}:Q",
        title=None,
        axis=axis,
        scale=alt.Scale(domain=[alt.ExprRef("lo"), alt.ExprRef("hi")], nice=False, zero=False),
    )


def _left(form: str | None = None, **rest: Any) -> alt.Axis:
    return alt.Axis(minExtent=52, maxExtent=90, **({"format": form} if form else {}), **rest)


def _rows(name: str = "rows") -> Any:
    return alt.Chart(alt.NamedData(name)).transform_filter(_SHOWN)


def _color(names: list[str], colors: list[str]) -> alt.Color:
    """Colour by the field ``key``, which each layer calculates, so that the legend names every layer."""
    return alt.Color("key:N", title=None, scale=alt.Scale(domain=names, range=colors), legend=alt.Legend(orient="top"))


def _days_apart() -> Any:
    return (
        alt.Chart(alt.NamedData("days"))
        .transform_filter("datum.x > lo && datum.x < hi")
        .mark_rule(color="#b8c0ca")
        .encode(x=_x())
    )


def _hover(tooltip: list[Any]) -> Any:
    wide = _rows().mark_rect(opacity=0, clip=True)
    return wide.encode(x=_x("left"), x2="x2:Q", y=alt.value(0), y2=alt.value("height"), tooltip=tooltip)


def _finish(chart: Any, run: Run, axis: TimeAxis, data: dict[str, Any], height: int, *, timed: bool = True) -> Spec:
    """Add data, parameters and looks to a chart."""
    spec: Spec = chart.properties(width="container", height=height).to_dict(validate=True)
    for key in ("$schema", "config"):
        spec.pop(key, None)
    first = axis.views()[0] if timed else {}
    params: list[Spec] = [{"name": "queue", "value": run.queues[0] if run.queues else ""}]
    params += [{"name": name, "value": first[name]} for name in ("lo", "hi", "ticks", "labels") if timed]
    days = {"days": [{"x": a} for _, a, _ in axis.days]} if timed else {}
    return spec | {
        "config": _CONFIG,
        "params": [*spec.get("params", []), *params],
        "datasets": data | days,
        "autosize": {"type": "fit-x", "contains": "padding"},
    }
