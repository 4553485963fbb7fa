"""The charts of a replayed day: from the goal to what came, and the day by interval."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from ..report.figures import clock
from ..report.look import BLUE, GREY, INK, ORANGE, SKY, THIS_QUEUE, VERMILION, Spec, color, finish, left, named
from .replay import ReplayedDay
from .replay_words import EXPECTED, LABELS, TOTALS, steps

LESS, MORE, LEVEL, BAND = "worse", "better", "level", "band of chance"
_SERVICE = ("service_planned", "service_expected", "service_came")


def charts(days: Mapping[str, ReplayedDay]) -> dict[str, Spec]:
    """Return the charts of all days, by the key that the page chooses by."""
    names = tuple(days)
    return {"waterfall": waterfall(days, names), "calls": calls(days, names), "service": service(days, names)}


def waterfall(days: Mapping[str, ReplayedDay], names: tuple[str, ...]) -> Spec:
    """Draw the way from the goal to what came, with the band of chance on what was to be expected."""
    rows: list[dict[str, Any]] = []
    bands: list[dict[str, Any]] = []
    for name, one in days.items():
        at = 0.0
        for step in steps(one):
            total = step.name in TOTALS
            to = step.value if total else at + step.value
            what = LEVEL if total else LESS if step.value < 0 else MORE
            place = list(LABELS).index(step.name)
            row = {"queue": name, "place": place, "step": step.label, "key": what, "note": step.note}
            span = {"from": _rounded(0.0 if total else at), "to": _rounded(to)}
            rows.append({**row, **span, "change": _rounded(step.value)})
            if step.name == EXPECTED:
                low, high = _rounded(one.chance.low), _rounded(one.chance.high)
                bands.append({"queue": name, "place": place, "low": low, "high": high})
            at = to
    seen = [r[end] for r in rows for end in ("from", "to") if r["key"] != LEVEL or end == "to"]
    seen += [b[end] for b in bands for end in ("low", "high")]
    low = max(0.0, min(seen) - 0.1 * (max(seen) - min(seen)) - 0.01)
    for r in rows:
        r["from"] = max(r["from"], _rounded(low))
    labels = {r["place"]: r["step"] for r in rows}
    axis = alt.Axis(labelAngle=-35, labelLimit=200, labelExpr=f"{json.dumps(labels)}[datum.value]")
    x = alt.X("place:O", title=None, axis=axis)
    scale = alt.Scale(domain=[low, min(1.0, max(seen) + 0.03)], nice=False, clamp=True)
    title = f"service level, axis from {low:.0%}" if low else "service level"  # a cut axis, so that steps can be seen
    y = alt.Y("from:Q", title=title, scale=scale, axis=left("%"))
    key = color([LEVEL, LESS, MORE, BAND], [BLUE, VERMILION, SKY, INK])
    tip = [alt.Tooltip("step:N"), alt.Tooltip("change:Q", title="share", format="+.1%"), alt.Tooltip("note:N")]
    bars = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE).mark_bar(width={"band": 0.72})
    band = named(alt.Chart(alt.NamedData("bands")).transform_filter(THIS_QUEUE), BAND).mark_rule(strokeWidth=3)
    ends = [alt.Tooltip("low:Q", title="95 of 100 days from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%")]  # fmt: skip
    layers = alt.layer(
        bars.encode(x=x, y=y, y2="to:Q", color=key, tooltip=tip),
        band.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=key, tooltip=ends),
    )
    return finish(layers, names, {"rows": rows, "bands": bands}, 300)


def calls(days: Mapping[str, ReplayedDay], names: tuple[str, ...]) -> Spec:
    """Draw calls by interval: as forecast with the band of 80 %, as they came, and without the chance in them."""
    rows = _by_interval(days, ("calls", "low", "high", "came", "rate"))
    words = {"calls": "forecast", "rate": "came, chance taken off", "came": "came"}
    key = color([*words.values(), "80 % band"], [BLUE, ORANGE, INK, "#9ccbe8"])
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    x, y = _time(rows), alt.Y("calls:Q", title="calls per interval", axis=left())
    tip = [alt.Tooltip("time:N"), *(alt.Tooltip(f"{c}:Q", title=w, format=".1f") for c, w in words.items())]
    fan = named(base, "80 % band").mark_area(opacity=0.8).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=key)
    lines = [
        named(base, word).mark_line(strokeWidth=2 if name != "came" else 1).encode(x=x, y=alt.Y(f"{name}:Q"), color=key)
        for name, word in words.items()
    ]
    dots = named(base, "came").mark_point(filled=True, size=22, opacity=1)
    layers = alt.layer(fan, lines[0].encode(y=y), *lines[1:], dots.encode(x=x, y="came:Q", color=key, tooltip=tip))
    return finish(layers, names, {"rows": rows}, 240)


def service(days: Mapping[str, ReplayedDay], names: tuple[str, ...]) -> Spec:
    """Draw the service by interval: as planned, as expected of what came, and as it came."""
    rows = _by_interval(days, _SERVICE)
    words = dict(zip(_SERVICE, ("planned", "expected of what came", "came"), strict=True))
    key = color(list(words.values()), [GREY, ORANGE, INK])
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    x = _time(rows)
    tip = [alt.Tooltip("time:N"), *(alt.Tooltip(f"{c}:Q", title=w, format=".1%") for c, w in words.items())]
    title = alt.Y(f"{_SERVICE[0]}:Q", title="service level", axis=left("%"), scale=alt.Scale(domain=[0, 1]))
    layers = [
        named(base, word).mark_line(strokeWidth=2, point=name == "service_came").encode(
            x=x, y=title if name == _SERVICE[0] else alt.Y(f"{name}:Q"), color=key, tooltip=tip)
        for name, word in words.items()
    ]  # fmt: skip
    return finish(alt.layer(*layers), names, {"rows": rows}, 200)


def _by_interval(days: Mapping[str, ReplayedDay], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row per interval with its place in the day; None where a figure is unknown."""
    out = []
    for name, one in days.items():
        for at, row in enumerate(one.intervals.to_dict("records")):
            told = {c: None if row[c] != row[c] else _rounded(row[c]) for c in columns}  # NaN differs from itself
            out.append({"queue": name, "at": at, "time": clock(row["start"]), **told})
    return out


def _time(rows: Sequence[Mapping[str, Any]]) -> alt.X:
    """Return the axis of the intervals of a day; a repeated hour stands twice."""
    labels = {str(r["at"]): r["time"] for r in rows}
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", labelExpr=f"{json.dumps(labels)}[datum.value]", grid=False)
    return alt.X("at:O", title=None, axis=axis)


def _rounded(value: float) -> float:
    return round(float(value), 5)
