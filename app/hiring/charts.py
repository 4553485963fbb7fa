"""The charts of a hiring run, made from its tables."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from ..report.look import BLUE, GREEN, INK, ORANGE, SKY, THIS_QUEUE, VERMILION, Spec, color, finish, left, named
from .words import month_told

_BANDS = (("need, 80 % band", "q1", "q9", "#cfe5f3"), ("need, 40 % band", "q3", "q7", "#9ccbe8"))
PARTS = {
    "wages_today": "wages of today's people",
    "given": "classes on their way",
    "wages_hired": "wages of people hired",
    "hiring": "hiring",
    "training": "training",
    "transfers": "transfers",
    "contract": "vendor contract",
    "overtime": "overtime",
    "vendor": "vendor at short notice",
    "time_off": "voluntary time off",
    "missing": "missing hours",
    "end_value": "worth of people at the end",
}
"""Parts of the cost in words, in the order of the waterfall."""
LEAST_STEP = 0.5
"""Smallest change of a part that is drawn, in money."""


def charts(tables: Mapping[str, pd.DataFrame], training_weeks: float, currency: str) -> dict[str, Spec]:
    """Return the charts of a hiring run in the order of the page."""
    headcount = tables["headcount"]
    out = {"fte": required(headcount), "heads": heads(headcount), "probability": probability(headcount)}
    if len(tables["classes"]):
        out["classes"] = calendar(tables["classes"], training_weeks)
    if "defaults" in tables:
        out["defaults"] = tornado(tables["defaults"], currency)
    return out


def required(headcount: pd.DataFrame) -> Spec:
    """Draw FTE available against FTE required with its bands, and the spreadsheet's answer."""
    rows = [
        {
            "queue": r["group"],
            "month": month_told(r["month"]),
            "there": r["productive_fte"] + r["contract_fte"],
            "need": r["required_fte"],
            "formula": r["formula_fte"],
            **{f"q{n}": r[f"required_fte_q0.{n}"] for n in range(1, 10)},
        }
        for r in headcount.to_dict("records")
    ]
    names = [*(b[0] for b in _BANDS), "required", "available", "spreadsheet formula"]
    key = color(names, [*(b[3] for b in _BANDS), INK, BLUE, ORANGE])
    x = _months(rows)
    scale = alt.Scale(zero=False)
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    layers = [
        named(base, name).mark_area().encode(x=x, y=alt.Y(f"{low}:Q", title="FTE", axis=left(), scale=scale),
                                             y2=f"{high}:Q", color=key)
        for name, low, high, _ in _BANDS
    ]  # fmt: skip
    for name, column, dash in (
        ("required", "need", [1, 0]),
        ("available", "there", [1, 0]),
        ("spreadsheet formula", "formula", [5, 4]),
    ):
        line = named(base, name).mark_line(strokeWidth=2, strokeDash=dash, point=column == "there")
        layers.append(line.encode(x=x, y=f"{column}:Q", color=key))
    tip = [
        alt.Tooltip("month:N"),
        *(
            alt.Tooltip(f"{c}:Q", title=t, format=".1f")
            for c, t in (("there", "available"), ("need", "required"), ("q1", "need, 10 %"), ("q9", "need, 90 %"),
                         ("formula", "spreadsheet formula"))
        ),
    ]  # fmt: skip
    layers.append(base.mark_bar(opacity=0).encode(x=x, y=alt.value(0), y2=alt.value("height"), tooltip=tip))
    return finish(alt.layer(*layers), _groups(rows), {"rows": rows}, 300)


def heads(headcount: pd.DataFrame) -> Spec:
    """Draw who starts and who leaves in each month."""
    rows = []
    for r in headcount.to_dict("records"):
        rows += [
            {"queue": r["group"], "month": month_told(r["month"]), "what": what, "heads": sign * r[column]}
            for what, column, sign in (("start", "hires", 1.0), ("leave", "leavers", -1.0))
        ]
    key = alt.Color("what:N", title=None, scale=alt.Scale(domain=["start", "leave"], range=[GREEN, VERMILION]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    tip = [alt.Tooltip("month:N"), alt.Tooltip("what:N", title="who"), alt.Tooltip("heads:Q", format="+.1f")]
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    bars = base.mark_bar(width={"band": 0.7}).encode(
        x=_months(rows), y=alt.Y("heads:Q", title="people", axis=left()), color=key, tooltip=tip
    )
    return finish(bars, _groups(rows), {"rows": rows}, 180)


def probability(headcount: pd.DataFrame) -> Spec:
    """Draw the chance by month that no hour is missing: promised, and simulated with its 95 % interval."""
    simulated = "probability_simulated" in headcount
    rows = [
        {
            "queue": r["group"],
            "month": month_told(r["month"]),
            "promised": r["probability"],
            **({"simulated": r["probability_simulated"], "lo": r["probability_lo"], "hi": r["probability_hi"]}
               if simulated else {}),
        }
        for r in headcount.to_dict("records")
    ]  # fmt: skip
    names, shades = (["promised", "simulated, 95 %"], [ORANGE, BLUE]) if simulated else (["promised"], [ORANGE])
    key, x = color(names, shades), _months(rows)
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    y = alt.Y("promised:Q", title="chance that no hour is missing", axis=left("%"), scale=alt.Scale(domain=[0, 1]))
    told = (("promised", "promised"), ("simulated", "simulated"), ("lo", "95 % from"), ("hi", "95 % to"))
    shares = [alt.Tooltip(f"{c}:Q", title=t, format=".1%") for c, t in told if c in rows[0]]
    tip = [alt.Tooltip("month:N"), *shares]
    bars = named(base, "promised").mark_bar(opacity=0.55, width={"band": 0.6})
    layers = [bars.encode(x=x, y=y, color=key, tooltip=tip)]
    if simulated:
        band = named(base, "simulated, 95 %")
        layers.append(band.mark_rule(strokeWidth=2).encode(x=x, y="lo:Q", y2="hi:Q", color=key, tooltip=tip))
        layers.append(band.mark_point(filled=True, size=45).encode(x=x, y="simulated:Q", color=key, tooltip=tip))
    return finish(alt.layer(*layers), _groups(rows), {"rows": rows}, 180)


def calendar(classes: pd.DataFrame, training_weeks: float) -> Spec:
    """Draw each class from the last day to decide over its start to its first call; firm ones are darker."""
    rows = []
    together = classes.groupby(["group", "kind", "start", "lead_decision_date", "firm"], sort=False)["size"]
    for (group, kind, first, decide, firm), sizes in together:
        start = _day(first)
        count = f" in {len(sizes)} classes" if len(sizes) > 1 else ""
        rows.append(
            {
                "queue": group,
                "kind": kind,
                "decide": _stamp(_day(decide)),
                "start": _stamp(start),
                "end": _stamp(start + dt.timedelta(weeks=max(1.0, training_weeks))),
                "size": f"{sizes.sum():.0f}{count}",
                "what": "firm" if firm in (1, True) else "intent",
                "told": f"{start}",
            }
        )
    order = list(dict.fromkeys(r["kind"] for r in rows))
    key = alt.Color("what:N", title=None, scale=alt.Scale(domain=["firm", "intent"], range=[BLUE, SKY]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    axis = alt.Axis(format="%b %Y", labelAngle=0, labelOverlap="greedy", tickCount="month")
    y = alt.Y("kind:N", sort=order, title=None, axis=left(ticks=False))
    tip = [alt.Tooltip("kind:N"), alt.Tooltip("told:N", title="start"), alt.Tooltip("size:N", title="people"),
           alt.Tooltip("what:N", title="decision")]  # fmt: skip
    base = alt.Chart(alt.NamedData("rows"))
    lead = base.mark_rule(strokeDash=[3, 3], color=INK, opacity=0.5).encode(
        x=alt.X("decide:T", title=None, axis=axis), x2="start:T", y=y
    )
    bar = base.mark_bar(height=18, cornerRadius=4).encode(x="start:T", x2="end:T", y=y, color=key, tooltip=tip)
    text = base.mark_text(align="left", dx=4, fontWeight=600, color=INK).encode(x="end:T", y=y, text="size:N")
    return finish(alt.layer(lead, bar, text), _groups(rows), {"rows": rows}, max(60, 34 * len(order)))


def tornado(defaults: pd.DataFrame, currency: str, most: int = 8) -> Spec:
    """Draw by how much each default changes the expected money, the largest first; without money, the hires."""
    rows, paid = [], "cost_low" in defaults
    for d in defaults.head(most).to_dict("records"):
        rows += [
            {"key": d["key"], "end": end, "value": str(d[end]), "hires": d[f"hires_{end}"],
             **({"cost": d[f"cost_{end}"]} if paid else {})}
            for end in ("low", "high")
        ]  # fmt: skip
    order = list(dict.fromkeys(r["key"] for r in rows))
    key = alt.Color("end:N", title="value", scale=alt.Scale(domain=["low", "high"], range=[SKY, ORANGE]),
                    legend=alt.Legend(orient="top"))  # fmt: skip
    tip = [alt.Tooltip("key:N"), alt.Tooltip("value:N"), alt.Tooltip("hires:Q", format="+.0f")]
    if paid:
        tip.append(alt.Tooltip("cost:Q", format="+,.0f", title=currency))
    x = ("cost:Q", f"change of the expected money, {currency}") if paid else ("hires:Q", "change of the people to hire")
    bars = alt.Chart(alt.NamedData("rows")).mark_bar(opacity=0.85).encode(
        y=alt.Y("key:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, ticks=False)),
        yOffset=alt.YOffset("end:N", sort=["low", "high"]),
        x=alt.X(x[0], title=x[1], axis=alt.Axis(format="~s")),
        color=key,
        tooltip=tip,
    )  # fmt: skip
    return finish(bars, (), {"rows": rows}, max(80, 34 * len(order)))


def waterfall(costs: Mapping[str, Mapping[str, float]], currency: str) -> Spec:
    """Draw how the cost of the first run becomes that of each other one, part by part.

    Parameters
    ----------
    costs
        Run → part of the cost → money; the first run is the base.
    """
    base_name, *others = costs
    base = costs[base_name]
    rows: list[dict[str, Any]] = [_total(0, base_name, sum(base.values()))]
    for name in others:
        at = sum(base.values())
        for part in dict.fromkeys([*base, *costs[name]]):
            by = costs[name].get(part, 0.0) - base.get(part, 0.0)
            if abs(by) >= LEAST_STEP:
                told = {"step": PARTS.get(part, part), "what": "more" if by > 0 else "less", "change": by}
                rows.append({"at": len(rows), "from": at, "to": at + by, **told})
                at += by
        rows.append(_total(len(rows), name, at))
    ends = [r[end] for r in rows for end in ("from", "to") if r["what"] != "total" or end == "to"]
    low, top = max(0.0, min(ends) - 0.15 * (max(ends) - min(ends))), max(ends)
    low = low if top > low else 0.0
    for r in rows:
        r["from"] = max(r["from"], low)
    key = alt.Color(
        "what:N", title=None, legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=["total", "more", "less"], range=[BLUE, VERMILION, GREEN]),
    )  # fmt: skip
    labels = alt.Axis(labelAngle=-35, labelLimit=170, labelExpr=f"{json.dumps([r['step'] for r in rows])}[datum.value]")
    title = f"{currency}, axis from {low:,.0f}" if low else currency  # a cut axis, so that the steps can be seen
    bars = alt.Chart(alt.NamedData("rows")).mark_bar(width={"band": 0.75}).encode(
        x=alt.X("at:O", title=None, axis=labels),
        y=alt.Y("from:Q", title=title, scale=alt.Scale(domain=[low, top + 0.02 * (top - low)], nice=False),
                axis=left(",.0f")),
        y2="to:Q",
        color=key,
        tooltip=[alt.Tooltip("step:N"), alt.Tooltip("change:Q", format="+,.0f")],
    )  # fmt: skip
    return finish(bars, (), {"rows": rows}, 280)


def _total(at: int, name: str, money: float) -> dict[str, Any]:
    return {"at": at, "step": name, "from": 0.0, "to": money, "what": "total", "change": money}


def _months(rows: Sequence[Mapping[str, Any]]) -> alt.X:
    order = list(dict.fromkeys(r["month"] for r in rows))
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", grid=False)
    return alt.X("month:O", sort=order, title=None, axis=axis)


def _groups(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r["queue"] for r in rows))


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


def _stamp(day: dt.date) -> str:
    """Return midnight of a day as browsers read local times."""
    return f"{day.isoformat()}T00:00:00"
