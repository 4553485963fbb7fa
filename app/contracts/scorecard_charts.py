"""The charts of a scorecard: intervals as bars, probabilities of ranks, figures from period to period."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ...schedule.contracts.scorecard import Entry, Scorecard
from ..report.look import BLUE, GREEN, INK, ORANGE, PINK, SKY, THIS_QUEUE, VERMILION, Spec, color, finish, left, named
from .scorecard_words import SCORES, figure

Rows = list[dict[str, Any]]
SHADES = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION)
ROW = 34
"""Pixels of a vendor's row."""


def charts(card: Scorecard) -> dict[str, Spec]:
    """Return the charts; those of goals show the goal that is chosen."""
    out = {"goals": goals(card), "trend": trend(card)}
    for name in card.rankings:
        if len(card.rankings[name].vendors):
            out[f"score-{name}"] = scores(card, name)
            out[f"rank-{name}"] = ranks(card, name)
    return out


def goals(card: Scorecard) -> Spec:
    """Draw each vendor's figure of a goal with its interval as a bar, the figure at equal mix, and the goal."""
    rows: Rows = []
    for entry in card.entries.values():
        factor = 100.0 if entry.goal.is_share else 1.0
        equal = None if entry.equal is None else _number(factor * entry.equal.value)
        rows.append(
            {
                "queue": entry.goal.name,
                "vendor": entry.vendor,
                "value": _number(factor * entry.value),
                "lo": _number(factor * entry.low),
                "hi": _number(factor * entry.high),
                "equal": equal,
                "goal": factor * entry.goal.wanted,
                "told": figure(entry.goal, entry.value),
                "behind": f"{entry.count:,.0f} {'calls' if entry.goal.counted else 'scores'}",
            }
        )
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    y = alt.Y("vendor:N", title=None, axis=left(ticks=False, grid=True))
    x = alt.X("value:Q", title="per cent, or seconds", scale=alt.Scale(zero=False, nice=True))
    names = ["95 % interval", "own mix of calls", "equal mix of calls", "goal"]
    key = color(names, [SKY, BLUE, ORANGE, INK])
    tip = [
        alt.Tooltip("vendor:N"),
        alt.Tooltip("told:N", title="figure"),
        alt.Tooltip("lo:Q", title="95 % from", format=".1f"),
        alt.Tooltip("hi:Q", title="95 % to", format=".1f"),
        alt.Tooltip("equal:Q", title="at equal mix", format=".1f"),
        alt.Tooltip("behind:N", title="counted"),
    ]
    bar = named(base.transform_filter("isValid(datum.lo)"), names[0]).mark_bar(height=12, opacity=0.55)
    layers = [
        bar.encode(
            y=y,
            x=alt.X("lo:Q", title="per cent, or seconds", scale=alt.Scale(zero=False, nice=True)),
            x2="hi:Q",
            color=key,
            tooltip=tip,
        ),
        named(base, names[1]).mark_point(filled=True, size=90).encode(y=y, x=x, color=key, tooltip=tip),
        named(base.transform_filter("isValid(datum.equal)"), names[2])
        .mark_point(size=110, strokeWidth=2, shape="diamond")
        .encode(y=y, x="equal:Q", color=key, tooltip=tip),
        named(base, names[3]).mark_rule(strokeDash=[5, 4]).encode(x="goal:Q", color=key),
    ]
    return finish(alt.layer(*layers), _goals(card), {"rows": rows}, max(70, ROW * len(card.vendors)))


def trend(card: Scorecard) -> Spec:
    """Draw each vendor's figure of a goal from period to period, its interval as a bar."""
    rows: Rows = []
    for (vendor, name), entry in card.entries.items():
        factor = 100.0 if entry.goal.is_share else 1.0
        rows += [
            {
                "queue": name,
                "vendor": vendor,
                "period": p.period,
                "value": _number(factor * p.value),
                "lo": _number(factor * p.low),
                "hi": _number(factor * p.high),
                "goal": factor * entry.goal.wanted,
                "count": p.count,
            }
            for p in entry.history.points
        ]
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    shades = [SHADES[k % len(SHADES)] for k in range(len(card.vendors))]
    key = alt.Color(
        "vendor:N",
        title=None,
        scale=alt.Scale(domain=list(card.vendors), range=shades),
        legend=alt.Legend(orient="top"),
    )
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-35, labelOverlap="greedy"))
    aside = alt.XOffset("vendor:N", sort=list(card.vendors))
    y = alt.Y("value:Q", title="per cent, or seconds", axis=left(), scale=alt.Scale(zero=False))
    tip = [
        alt.Tooltip("vendor:N"),
        alt.Tooltip("period:N"),
        alt.Tooltip("value:Q", title="figure", format=".1f"),
        alt.Tooltip("lo:Q", title="95 % from", format=".1f"),
        alt.Tooltip("hi:Q", title="95 % to", format=".1f"),
        alt.Tooltip("count:Q", title="calls or scores", format=",.0f"),
    ]
    bars = base.transform_filter("isValid(datum.lo)").mark_rule(strokeWidth=3, opacity=0.5)
    layers = [
        bars.encode(
            x=x,
            xOffset=aside,
            y=alt.Y("lo:Q", title="per cent, or seconds", axis=left(), scale=alt.Scale(zero=False)),
            y2="hi:Q",
            color=key,
            tooltip=tip,
        ),
        base.mark_point(filled=True, size=60).encode(x=x, xOffset=aside, y=y, color=key, tooltip=tip),
        base.mark_rule(strokeDash=[5, 4], color=INK).encode(y="goal:Q"),
    ]
    return finish(alt.layer(*layers), _goals(card), {"rows": rows}, 240)


def scores(card: Scorecard, name: str) -> Spec:
    """Draw the points of each vendor with their interval as a bar, the best first."""
    ranking = card.rankings[name]
    rows: Rows = [
        {"vendor": v, "points": 100 * float(s), "lo": 100 * float(a), "hi": 100 * float(b)}
        for v, s, a, b in zip(ranking.vendors, ranking.scores, ranking.low, ranking.high, strict=True)
    ]
    base = alt.Chart(alt.NamedData("rows"))
    y = alt.Y("vendor:N", sort=list(ranking.vendors), title=None, axis=left(ticks=False, grid=True))
    x = alt.X("lo:Q", title=f"points: {SCORES[name].lower()}", scale=alt.Scale(zero=False, nice=True))
    tip = [
        alt.Tooltip("vendor:N"),
        alt.Tooltip("points:Q", format=".1f"),
        alt.Tooltip("lo:Q", title="95 % from", format=".1f"),
        alt.Tooltip("hi:Q", title="95 % to", format=".1f"),
    ]
    layers = [
        base.mark_bar(height=12, opacity=0.55, color=SKY).encode(y=y, x=x, x2="hi:Q", tooltip=tip),
        base.mark_point(filled=True, size=90, color=BLUE, opacity=1).encode(y=y, x="points:Q", tooltip=tip),
    ]
    return finish(alt.layer(*layers), (), {"rows": rows}, max(60, ROW * len(ranking.vendors)))


def ranks(card: Scorecard, name: str) -> Spec:
    """Draw with which probability each vendor is truly first, second, and so on."""
    ranking = card.rankings[name]
    rows: Rows = [
        {"vendor": vendor, "rank": k + 1, "chance": float(chance)}
        for vendor, chances in zip(ranking.vendors, ranking.ranks, strict=True)
        for k, chance in enumerate(chances)
    ]
    base = alt.Chart(alt.NamedData("rows"))
    key = alt.Color(
        "rank:O", title="rank", scale=alt.Scale(scheme="blues", reverse=True), legend=alt.Legend(orient="top")
    )
    tip = [alt.Tooltip("vendor:N"), alt.Tooltip("rank:O"), alt.Tooltip("chance:Q", title="chance", format=".0%")]
    drawn = base.mark_bar().encode(
        y=alt.Y("vendor:N", sort=list(ranking.vendors), title=None, axis=left(ticks=False)),
        x=alt.X("chance:Q", title="chance of each rank", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=key,
        order=alt.Order("rank:O"),
        tooltip=tip,
    )
    return finish(drawn, (), {"rows": rows}, max(60, ROW * len(ranking.vendors)))


def _goals(card: Scorecard) -> tuple[str, ...]:
    known = {goal for _, goal in card.entries}
    return tuple(goal.name for goal in card.contract.goals if goal.name in known)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def bar(entry: Entry) -> tuple[float, float, float, float] | None:
    """Return where interval, figure and goal lie on a bar from 0 to 100, for pages without scripts; None if unknown.

    A bar of shares spans the whole, one of seconds twice the goal, or as far as the interval goes.
    """
    if np.isnan(entry.low):
        return None
    end = 1.0 if entry.goal.is_share else max(2 * entry.goal.wanted, entry.high, 1e-9)
    low, high, value, goal = (
        100 * float(np.clip(v / end, 0, 1)) for v in (entry.low, entry.high, entry.value, entry.goal.wanted)
    )
    return low, high, value, goal
