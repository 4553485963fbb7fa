"""The charts of what came: errors by lead, what overrides were worth, why the service was another than planned."""

from __future__ import annotations

import altair as alt
import pandas as pd

from .look import BLUE, GREEN, GREY, INK, ORANGE, PINK, THIS_QUEUE, VERMILION, Spec, color, finish, left, named
from .run import records
from .series import Rows

PARTS = {"gap_volume": "volume", "gap_handle": "handle time", "gap_other": "staffing, adherence, other"}
_SHADES = dict(zip(PARTS.values(), (BLUE, ORANGE, PINK), strict=True))


def charts(leads: pd.DataFrame, weeks: pd.DataFrame, days: pd.DataFrame) -> dict[str, Spec]:
    """Return the charts that the store's figures allow, in the order of the page.

    Parameters
    ----------
    leads, weeks
        Accuracy by queue and lead, and by queue, lead and week.
    days
        Plans of days against what came.
    """
    out = {"leads": by_lead(leads)}
    if (value := overrides(weeks)) is not None:
        out["overrides"] = value
    if len(days) and days["service_planned"].notna().any():
        out["gap"] = gap(days)
    return out


def by_lead(leads: pd.DataFrame) -> Spec:
    """Draw the error by lead: of the model, and with the planner's own numbers."""
    rows: Rows = []
    for r in _plain(leads):
        told = {name: r[name] for name in ("queue", "bias", "coverage_80", "skill", "intervals")}
        lead = "as published" if r["lead"] == 0 else f"{r['lead']} day{'s' if r['lead'] > 1 else ''}"
        for what, column in (("model", "model_wape"), ("with overrides", "wape")):
            rows.append({**told, "lead": lead, "what": what, "wape": r[column]})
    names = ["model", "with overrides"]
    key = alt.Color("what:N", title=None, scale=alt.Scale(domain=names, range=[GREY, BLUE]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    order = [label for _, label in sorted({(_place(r["lead"]), r["lead"]) for r in rows})]
    tip = [
        alt.Tooltip("lead:N", title="known ahead"), alt.Tooltip("what:N", title="forecast"),
        *(alt.Tooltip(f"{n}:Q", title=t, format=f) for n, t, f in (
            ("wape", "WAPE", ".1%"), ("bias", "bias", "+.1%"), ("coverage_80", "inside the 80 % band", ".1%"),
            ("skill", "nearer than last week's day", "+.1%"), ("intervals", "intervals", ",.0f"))),
    ]  # fmt: skip
    bars = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE).mark_bar()
    drawn = bars.encode(
        x=alt.X("lead:N", sort=order, title="known ahead", axis=alt.Axis(labelAngle=0, ticks=False)),
        xOffset=alt.XOffset("what:N", sort=names),
        y=alt.Y("wape:Q", title="Σ |error| / Σ calls", axis=left("%")),
        color=key,
        tooltip=tip,
    )
    return finish(drawn, _queues(rows), {"rows": rows}, 220)


def overrides(weeks: pd.DataFrame) -> Spec | None:
    """Draw by week how many calls nearer the planner's numbers came than the model; None where none was overridden.

    Of each queue the published forecast is drawn, else the one with the least lead.
    """
    if weeks.empty or not weeks["overrides_value"].fillna(0.0).any():
        return None
    first = weeks.groupby("queue")["lead"].transform("min")
    rows = [
        {"queue": r["queue"], "week": r["week"], "value": r["overrides_value"],
         "what": "helped" if r["overrides_value"] > 0 else "hurt", "model": r["model_wape"], "own": r["wape"]}
        for r in _plain(weeks[weeks["lead"] == first]) if r["overrides_value"]
    ]  # fmt: skip
    if not rows:
        return None
    key = alt.Color("what:N", title=None, scale=alt.Scale(domain=["helped", "hurt"], range=[GREEN, VERMILION]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    tip = [alt.Tooltip("week:N", title="week of"), alt.Tooltip("value:Q", title="calls nearer", format="+,.0f"),
           alt.Tooltip("model:Q", title="WAPE of the model", format=".1%"),
           alt.Tooltip("own:Q", title="WAPE with overrides", format=".1%")]  # fmt: skip
    bars = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE).mark_bar(width={"band": 0.7})
    drawn = bars.encode(
        x=alt.X("week:O", title="week of", axis=alt.Axis(labelAngle=-35, labelOverlap="greedy")),
        y=alt.Y("value:Q", title="calls nearer than the model", axis=left()),
        color=key,
        tooltip=tip,
    )
    return finish(drawn, _queues(rows), {"rows": rows}, 180)


def gap(days: pd.DataFrame) -> Spec:
    """Draw by day what moved the service away from the plan: bars from zero, up and down, and the service itself."""
    rows: Rows = []
    points: Rows = []
    for r in _plain(days):
        told = {"queue": r["queue"], "day": r["date"]}
        rows += [{**told, "part": word, "y": r[name]} for name, word in PARTS.items() if r[name] is not None]
        if r["service_actual"] is not None and r["service_planned"] is not None:
            moved = r["service_actual"] - r["service_planned"]
            points.append({**told, "planned": r["service_planned"], "measured": r["service_actual"], "y": moved})
    key = color([*PARTS.values(), "measured − planned"], [*_SHADES.values(), INK])
    x = alt.X("day:O", title=None, axis=alt.Axis(labelAngle=-35, labelOverlap="greedy"))
    y = alt.Y("y:Q", title="points of service", axis=left("+.0%"))
    bars = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE).transform_calculate(key="datum.part")
    tip = [alt.Tooltip("day:N"), alt.Tooltip("part:N"), alt.Tooltip("y:Q", title="moved by", format="+.1%")]
    dots = named(alt.Chart(alt.NamedData("points")).transform_filter(THIS_QUEUE), "measured − planned")
    told_ = [alt.Tooltip("day:N"), alt.Tooltip("planned:Q", format=".1%"), alt.Tooltip("measured:Q", format=".1%"),
             alt.Tooltip("y:Q", title="measured − planned", format="+.1%")]  # fmt: skip
    layers = alt.layer(
        bars.mark_bar(width={"band": 0.7}).encode(x=x, y=y, color=key, tooltip=tip),
        dots.mark_point(filled=True, size=48, opacity=1).encode(x=x, y=y, color=key, tooltip=told_),
    )
    return finish(layers, _queues([*rows, *points]), {"rows": rows, "points": points}, 220)


def _plain(frame: pd.DataFrame) -> Rows:
    """Return records with rounded numbers and None for what is unknown."""
    return [{k: _number(v) for k, v in row.items()} for row in records(frame)]


def _number(value: object) -> object:
    if isinstance(value, float):
        return None if value != value else round(value, 5)  # NaN alone differs from itself
    return value


def _place(lead: str) -> int:
    return 0 if lead == "as published" else int(lead.split()[0])


def _queues(rows: Rows) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r["queue"] for r in rows))
