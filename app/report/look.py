"""The pieces all charts share: colours, axes, tooltips, parameters."""

from __future__ import annotations

from typing import Any

import altair as alt

Spec = dict[str, Any]

BLUE, SKY, ORANGE, VERMILION, GREEN = "#0072B2", "#56B4E9", "#E69F00", "#C24E00", "#00785A"  # after Okabe and Ito
PINK = "#CC79A7"
INK, MUTED, GREY = "#1d2733", "#5b6776", "#7b8794"
_AXIS = {
    "labelColor": MUTED,
    "titleColor": MUTED,
    "titleFontWeight": 500,
    "titleFontSize": 12,
    "labelFontSize": 11,
    "gridColor": "#e6e9ee",
    "domainColor": "#b8c0ca",
    "tickColor": "#b8c0ca",
}
_LEGEND = {"labelColor": INK, "titleColor": MUTED, "titleFontWeight": 500, "labelFontSize": 12, "titleFontSize": 12}
CONFIG: Spec = {
    "font": "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif",
    "background": None,
    "view": {"stroke": None},
    "locale": {"number": {"decimal": ".", "thousands": "\u202f", "grouping": [3], "currency": ["", ""]}},
    "axis": _AXIS,
    "legend": _LEGEND,
}
LONG_NAME = 15
"""Letters of a legend entry above which two do not stand beside each other on a phone, above 0."""
AXIS_SIGNALS = ("lo", "hi", "ticks", "labels")
"""What a page sets to show a part of the time axis."""

SHOWN = "datum.queue == queue && datum.x >= lo && datum.x < hi"
THIS_QUEUE = "datum.queue == queue"
PALETTE = {
    INK: "var(--ink)", MUTED: "var(--muted)", GREY: "var(--grey)", "#e6e9ee": "var(--line)", "#b8c0ca": "var(--edge)",
    BLUE: "var(--blue)", SKY: "var(--sky)", VERMILION: "var(--vermilion)", GREEN: "var(--green)",
    "#cfe5f3": "var(--band-95)", "#9ccbe8": "var(--band-80)", "white": "var(--paper)", "#ffffff": "var(--paper)",
}  # fmt: skip
"""Colours of a specification that a page takes from its style, so that they follow light, dark and print."""
DARK = {
    "#f3f5f8": "#26323f", "#f6f4f1": "#26323f", "#eceef1": "#2a3541",
    "#9fc9e6": "#1f5f93", "#2c80bd": "#4a9bd6", "#0b3f73": "#bfe0f6",
    "#f6c08b": "#8a4a1c", "#d9661f": "#e07b3a", "#7f2704": "#ffb98a",
}  # fmt: skip
"""Colours of ramps on a dark page: a ramp is mixed when it is drawn, and runs from the ground to what is bright."""
_TITLES = {
    "time": ("when", None),
    "calls": ("calls expected", ".1f"),
    "actual": ("calls that came", ".0f"),
    "required": ("required", ".1f"),
    "on_phone": ("on the phone", ".1f"),
    "over": ("over", ".1f"),
    "under": ("under", ".1f"),
    "service_level": ("service level", ".1%"),
    "abandon_rate": ("abandoned", ".1%"),
    "asa_s": ("mean wait, s", ".0f"),
    "weekday": ("weekday", None),
    "column": ("time", None),
    "share": ("forecast off by", "+.1%"),
    "came": ("calls that came", ".0f"),
    "expected_calls": ("calls expected", ".0f"),
    "weeks": ("past weeks", ".0f"),
    "day": ("day", None),
    "part": ("part", None),
    "adds": ("adds calls", "+.0f"),
    "level": ("level", ".0f"),
    "total": ("calls expected", ".0f"),
    "period": ("period", None),
    "goal": ("goal", ".1%"),
    "floor": ("floor", ".1%"),
    "expected": ("expected", ".2%"),
    "simulated": ("simulated", ".2%"),
    "q0.025": ("95 % from", ".1f"),
    "q0.1": ("80 % from", ".1f"),
    "q0.9": ("80 % to", ".1f"),
    "q0.975": ("95 % to", ".1f"),
    "must": ("must reach", ".2%"),
    "ci_lo": ("95 % from", ".2%"),
    "ci_hi": ("95 % to", ".2%"),
}


def rows(name: str = "rows") -> Any:
    """Start a layer from the data set `name`, cut to the chosen queue and days."""
    return alt.Chart(alt.NamedData(name)).transform_filter(SHOWN)


def named(layer: Any, name: str) -> Any:
    """Give a layer the legend entry `name` (the field ``key`` of `color`)."""
    return layer.transform_calculate(key=f"'{name}'")


def color(names: list[str], shades: list[str]) -> alt.Color:
    """Colour by the field ``key``, which each layer is given by `named`, so that the legend names every layer."""
    narrow = 1 if max(map(len, names)) > LONG_NAME else 2
    columns = alt.ExprRef(f"width < 330 ? {narrow} : width < 460 ? 3 : 0")
    legend = alt.Legend(orient="top", symbolOpacity=1, columns=columns)
    return alt.Color("key:N", title=None, scale=alt.Scale(domain=names, range=shades), legend=legend)


def across(column: str = "x") -> alt.X:
    """Return the time axis: positions of slots with the ticks and labels of the chosen view."""
    axis = alt.Axis(
        values=alt.ExprRef("ticks"),
        labelExpr="labels[datum.value]",
        grid=False,
        ticks=False,
        labelOverlap="greedy",
        labelPadding=6,
    )
    scale = alt.Scale(domain=[alt.ExprRef("lo"), alt.ExprRef("hi")], nice=False, zero=False)
    return alt.X(f"{column}:Q", title=None, axis=axis, scale=scale)


def left(form: str | None = None, **rest: Any) -> alt.Axis:
    """Return a left axis as wide as that of every other chart, so that charts below each other line up."""
    return alt.Axis(minExtent=52, maxExtent=90, **({"format": form} if form else {}), **rest)


def days_apart() -> Any:
    """Draw a line between days."""
    between = alt.Chart(alt.NamedData("days")).transform_filter("datum.x > lo && datum.x < hi")
    return between.mark_rule(color="#b8c0ca").encode(x=across())


def tips(*columns: str) -> list[alt.Tooltip]:
    """Return tooltip lines for columns, titled and formatted; quantiles are the edges of their band."""
    out = []
    for column in columns:
        title, form = _TITLES.get(column, (column, ".1f"))
        text = f"{escaped(column)}:{'N' if form is None else 'Q'}"
        out.append(alt.Tooltip(text, title=title, **({"format": form} if form else {})))
    return out


def hover(*columns: str, data: str = "rows") -> Any:
    """Lay an unseen block over each slot, or row of other `data`, that tells its figures."""
    wide = rows(data).mark_rect(opacity=0, clip=True)
    return wide.encode(
        x=across("left"), x2="x2:Q", y=alt.value(0), y2=alt.value("height"), tooltip=tips("time", *columns)
    )


def escaped(column: str) -> str:
    """Escape the point in names such as q0.1, which would else reach into a field."""
    return column.replace(".", "\\.")


def finish(
    chart: Any,
    queues: tuple[str, ...],
    data: dict[str, Any],
    height: int,
    view: Spec | None = None,
    signals: tuple[str, ...] = AXIS_SIGNALS,
) -> Spec:
    """Return a chart as specification with its data, its looks and the parameters that a page sets.

    Parameters
    ----------
    view
        First of the views of the time axis; None for a chart without one.
    signals
        Which of its values the chart follows.
    """
    spec: Spec = chart.properties(width="container", height=height).to_dict(validate=True)
    spec = {k: v for k, v in spec.items() if k not in ("$schema", "config")}
    params: list[Spec] = [{"name": "queue", "value": queues[0] if queues else ""}]
    if view is not None:
        params += [{"name": name, "value": view[name]} for name in signals]
    fit = {"type": "fit-x", "contains": "padding"}
    return spec | {"config": CONFIG, "params": params, "datasets": data, "autosize": fit}
