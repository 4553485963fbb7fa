"""The page of a look at a running day: one file, opens offline, asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import clock, day, money, number, percent
from ..report.look import BLUE, GREY, INK, ORANGE, THIS_QUEUE, Spec, color, finish, left, named
from ..report.page import rendered
from ..report.series import plain
from ..report.tables import TextTable, table
from .first_screen import first_screen
from .look import QueueLook, TodayLook
from .message import Message
from .tables_of_day import verdict

BAND = "#cfe5f3"
"""Shade of bands, which a dark page knows."""
TONES = {"on track": GOOD, "at risk": WARN, "off track": WARN}


def page_of(
    look: TodayLook, rows: pd.DataFrame, said: Sequence[Message], contract: Mapping[str, Any] | None, *, wages: bool
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    rows
        The table ``today``.
    said
        All messages of the day so far, in the order in which they were said.
    contract
        What the summary says of the contract's period.
    wages
        Whether costs of actions are shown.
    """
    return rendered(
        "today.html.j2",
        charts(look, rows),
        {"views": [], "queues": list(look.queues), "gantt": None},
        ("report.js",),
        title=look.day.week.config.site.name,
        note=look.day.week.config.site.note,
        date=f"{day(look.day.date)} {look.day.date.year}",
        now=clock(look.actuals.now),
        first=first_screen(look),
        verdict=verdict(look),
        cards=[card for name, one in look.queues.items() for card in _cards(look, name, one)],
        queues=tuple(look.queues),
        standing=look.messages,
        said=_said(said),
        actions=_actions(look, wages=wages),
        frontier=_frontier(look, wages=wages),
        over=look.menu is None,
        intervals=_intervals(rows),
        visible=[line for name, one in look.queues.items() for line in _visible(name, one)],
        contract=contract,
        notes=look.notes,
    )


def charts(look: TodayLook, rows: pd.DataFrame) -> dict[str, Spec]:
    """Draw what came against the band, and the service, by interval."""
    data = plain(rows.assign(time=[clock(t) for t in rows["start"]]).drop(columns=["start"]))
    for row in data:
        goal = look.queues[row["queue"]].now.outlook.goal
        row["goal"] = goal.level
    order = list(dict.fromkeys(row["time"] for row in data))
    across = alt.X("time:O", sort=order, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    return {"calls": _calls(data, across, tuple(look.queues)), "service": _service(data, across, tuple(look.queues))}


def _calls(data: list[dict[str, Any]], across: alt.X, queues: tuple[str, ...]) -> Spec:
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    names = ["expected now, 80 % band", "forecast of the morning", "came"]
    key = color(names, [BAND, GREY, BLUE])
    tip = [
        alt.Tooltip("time:N", title="when"), alt.Tooltip("came:Q", title="came", format=",.0f"),
        alt.Tooltip("calls_now:Q", title="expected now", format=",.0f"),
        alt.Tooltip("low:Q", title="80 % from", format=",.0f"), alt.Tooltip("high:Q", title="to", format=",.0f"),
        alt.Tooltip("calls_morning:Q", title="in the morning", format=",.0f"),
    ]  # fmt: skip
    layers = [
        named(base, names[0]).mark_area(opacity=0.9).encode(
            x=across, y=alt.Y("low:Q", title="calls", axis=left()), y2="high:Q", color=key),
        named(base, names[1]).mark_line(strokeDash=[5, 4], strokeWidth=1.5).encode(
            x=across, y="calls_morning:Q", color=key),
        named(base, names[2]).mark_point(filled=True, size=45, opacity=1).encode(x=across, y="came:Q", color=key),
        base.mark_bar(opacity=0).encode(x=across, y="high:Q", tooltip=tip),
    ]  # fmt: skip
    return finish(alt.layer(*layers), queues, {"rows": data}, 240)


def _service(data: list[dict[str, Any]], across: alt.X, queues: tuple[str, ...]) -> Spec:
    base = alt.Chart(alt.NamedData("rows")).transform_filter(THIS_QUEUE)
    names = ["simulated days, 80 % band", "expected", "counted", "goal"]
    key = color(names, [BAND, ORANGE, BLUE, INK])
    tip = [
        alt.Tooltip("time:N", title="when"),
        *(alt.Tooltip(f"{n}:Q", title=t, format=".0%") for n, t in (
            ("service_expected", "expected"), ("service_came", "counted"), ("simulated_low", "80 % from"),
            ("simulated_high", "to"), ("goal", "goal of the day"))),
        alt.Tooltip("present:Q", title="on the phone", format=".1f"),
    ]  # fmt: skip
    y = alt.Y("simulated_low:Q", title="answered in time", axis=left(".0%"), scale=alt.Scale(domain=[0, 1]))
    layers = [
        named(base, names[0]).mark_area(opacity=0.9).encode(x=across, y=y, y2="simulated_high:Q", color=key),
        named(base, names[1]).mark_line(strokeWidth=2).encode(x=across, y="service_expected:Q", color=key),
        named(base, names[2]).mark_point(filled=True, size=45, opacity=1).encode(
            x=across, y="service_came:Q", color=key),
        named(base, names[3]).mark_line(strokeDash=[2, 3], strokeWidth=1.2).encode(x=across, y="goal:Q", color=key),
        base.transform_calculate(top="1").mark_bar(opacity=0).encode(x=across, y="top:Q", tooltip=tip),
    ]  # fmt: skip
    return finish(alt.layer(*layers), queues, {"rows": data}, 220)


def _cards(look: TodayLook, name: str, found: QueueLook) -> list[Card]:
    one, chance = found.now.outlook, found.chance
    before = f"{name}: " if len(look.queues) > 1 else ""
    so_far = one.in_time / one.offered if one.offered > 0 else float("nan")
    told = "counted" if found.now.counted_fully else "by the model of the queue"
    if 0 < found.now.uncounted < found.now.passed:
        told = "counted, in part by the model of the queue"
    expected = float(found.calls[0].sum())
    share = expected / one.morning.sum() - 1.0 if one.morning.sum() else 0.0
    over = look.outlook.now >= len(look.outlook.starts)
    state = chance.state if not over else "met" if chance.chance >= 1.0 else "missed"
    band = f"{percent(chance.low)} to {percent(chance.high)} by chance"
    basis = "To meet the goal of the day, by simulation of its rest"
    ahead = Card(f"{before}Chance", percent(chance.chance, 0), band, basis, PLAIN)
    return [
        Card(f"{before}Day", percent(chance.level), state,
             f"{'In time' if over else 'Expected in time'}; the goal is {percent(one.goal.level, 0)} within "
             f"{one.goal.within_s:g} s", TONES[chance.state]),
        *([] if over else [ahead]),
        Card(f"{before}So far", percent(so_far), f"{number(one.offered)} calls, {told}",
             f"Complete until {clock(_until(look))}", PLAIN),
        Card(f"{before}Calls", number(expected),
             f"{percent(abs(share))} {'more' if share >= 0 else 'fewer'} than in the morning",
             f"{'Came' if over else 'Expected'} today; the plan was made for {number(one.morning.sum())}", PLAIN),
    ]  # fmt: skip


def _until(look: TodayLook) -> pd.Timestamp:
    starts = look.outlook.starts
    return look.day.end if look.outlook.now >= len(starts) else pd.Timestamp(starts[look.outlook.now])


def _said(said: Sequence[Message]) -> TextTable | None:
    rows = [(m.time, m.queue, m.level, m.cause, m.since[11:16], m.evidence, m.effect) for m in reversed(said)]
    if not rows:
        return None
    return table("Messages of the day, newest first", "Said at|Queue|Level|Cause|Since|Evidence|Effect", rows,
                 file="messages.jsonl")  # fmt: skip


def _actions(look: TodayLook, *, wages: bool) -> TextTable | None:
    if look.menu is None or not look.menu.actions:
        return None
    currency = look.day.week.config.costs.currency
    rows = [
        (str(i), a.kind.replace("_", " "), a.what, number(a.gain_calls, 1), f"{a.gain_points:+.2f}",
         *([money(a.cost, currency)] if wages else []))
        for i, a in enumerate(look.menu.actions, start=1)
    ]  # fmt: skip
    columns = "|".join(["Rank#", "Kind", "What", "Calls in time#", "Points of the day#", *(["Cost#"] if wages else [])])
    note = "Each gain counts on the actions before it, as the mean over how long the change of calls may last."
    return table("What may be done, best first", columns, rows, note, file="actions.csv")


def _frontier(look: TodayLook, *, wages: bool) -> TextTable | None:
    if look.menu is None or not look.menu.frontier:
        return None
    currency = look.day.week.config.costs.currency
    rows = [
        (number(p.actions), number(p.people), number(p.gain_calls, 1), f"{p.gain_points:+.2f}",
         *([money(p.cost, currency)] if wages else []))
        for p in look.menu.frontier
    ]  # fmt: skip
    columns = "|".join(["Actions#", "People#", "Calls in time#", "Points of the day#", *(["Cost#"] if wages else [])])
    return table("How far the first of them reach", columns, rows, file="summary.json")


def _intervals(rows: pd.DataFrame) -> TextTable:
    lines = [
        (r["queue"], clock(r["start"]), number(r["calls_morning"]), number(r["calls_now"]),
         f"{number(r['low'])}–{number(r['high'])}", number(r["came"]), number(r["handle_now_s"]),
         number(r["present"], 1), percent(r["service_expected"], 0), percent(r["service_came"], 0),
         f"{percent(r['simulated_low'], 0)}–{percent(r['simulated_high'], 0)}")
        for r in rows.to_dict("records")
    ]  # fmt: skip
    columns = (
        "Queue|From|Calls in the morning#|now#|80 % band#|came#|Handle time, s#|On the phone#|Service expected#|"
        "counted#|Simulated, 80 %#"
    )
    return table("The day by interval", columns, lines, file="today.csv")


def _visible(name: str, found: QueueLook) -> list[str]:
    """Say what size of change can be seen at a queue at all, and how its alarms have kept to their rate."""
    seen, meter = found.visible, found.meter
    if seen is None or meter is None:
        return [f"{name}: no watch over the calls, see the notes"]
    sizes = [
        f"{percent(size, 0)} {word} calls" for size, word in ((seen.up, "more"), (seen.down, "fewer")) if size == size
    ]
    most = " or ".join(sizes)
    told = (
        f"{name}, about {number(seen.calls_per_half_hour)} calls a half-hour: a change of {most} is found within "
        f"{seen.within_min:g} min in {percent(seen.share, 0)} of the cases"
        if sizes
        else f"{name}, about {number(seen.calls_per_half_hour)} calls a half-hour: no change that was tried is found "
        f"within {seen.within_min:g} min in {percent(seen.share, 0)} of the cases; alarms promise little here"
    )
    kept = (
        f"{name}: {meter.alarms} alarms on {meter.days} past days, {meter.per_week:.1f} a week; promised "
        f"{meter.promised_per_week:.1f}"
    )
    return [told, kept] if meter.days else [told]
