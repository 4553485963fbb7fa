"""A replayed day in words: the miss in one sentence, its parts by name, and which events stand beside which cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.queueing.attribution.day import FIT, HANDLE, STAFF, VOLUME
from ..report.figures import MISSING, clock, day, number, percent, points
from .events import DeskEvent
from .replay import ReplayedDay

GOAL, SURPLUS, EXPECTED, REST, MEASURED = "goal", "surplus", "expected", "rest", "measured"
LABELS = {
    GOAL: "goal", SURPLUS: "plan above or below the goal", VOLUME: "volume", HANDLE: "handle time",
    STAFF: "absence and adherence", FIT: "schedule fit", EXPECTED: "expected of what came",
    REST: "model error and chance", MEASURED: "what came",
}  # fmt: skip
"""Steps from the goal to what came, in this order."""
UNTOLD = "absence, adherence, model error and chance"
"""What the last step is where nobody told who was there."""
TOTALS = (GOAL, EXPECTED, MEASURED)
MOVED = {VOLUME: "calls", HANDLE: "handle time", STAFF: "people on the phone"}
"""What an event may have moved, against what was planned."""
LEAST = 0.0005
"""Share below which a part of the gap is none: it would be told as 0.0 points."""


@dataclass(frozen=True)
class Step:
    """A step of the way from the goal to what came: a change in points, or a level where it is one of `TOTALS`."""

    name: str
    label: str
    value: float
    note: str


def label_of(one: ReplayedDay, name: str) -> str:
    """Return the name of a step for people."""
    return UNTOLD if name == REST and STAFF not in one.parts.shares else LABELS[name]


def steps(one: ReplayedDay) -> list[Step]:
    """Return the steps from the goal to what came; levels and changes add up."""
    told = beside(one)
    rows: list[tuple[str, float, str]] = [
        (GOAL, one.goal.level, f"{one.goal} {one.goal.definition}"), (SURPLUS, one.surplus, _surplus(one))
    ]  # fmt: skip
    evidence = {VOLUME: _volume(one), HANDLE: _handle(one), STAFF: _staff(one), FIT: _fit(one)}
    for name, value in one.parts.shares.items():
        events = "; ".join(told.get(name, ()))
        rows.append((name, value, f"{evidence[name]}{f' · {events}' if events else ''}"))
    band = f"95 of 100 such days lie between {percent(one.chance.low)} and {percent(one.chance.high)}"
    rows.append((EXPECTED, one.parts.expected, band))
    if not np.isnan(one.measured):
        what = "within chance" if one.rest_is_chance else "more than chance: see what is not in the model"
        rows += [(REST, one.rest, what), (MEASURED, one.measured, "as counted")]
    return [Step(name, label_of(one, name), value, note) for name, value, note in rows]


def headline(one: ReplayedDay) -> str:
    """Return the miss in one sentence, without its point."""
    where = f"{one.queue}, {day(one.date)}"
    if np.isnan(one.measured):
        return (
            f"{where}: the actuals do not tell the service within {one.goal.within_s:g} s; of what came "
            f"{percent(one.parts.expected)} was to be expected, {points(one.parts.expected - one.goal.level)} points "
            f"against the goal of {percent(one.goal.level, 0)}: {_listed(one)}"
        )
    level = f"{where}: {percent(one.measured)} in {one.goal.within_s:g} s"
    if one.gap >= 0.0:
        verdict = f"{level}, the goal of {percent(one.goal.level, 0)} was met"
    else:
        verdict = f"{level} instead of {percent(one.goal.level, 0)}, {number(-100 * one.gap, 1)} points short"
    if one.gap_is_chance:
        return f"{verdict}; a gap of this size is within chance, its parts say little: {_listed(one)}"
    return f"{verdict}: {_listed(one)}"


def _listed(one: ReplayedDay) -> str:
    """Return the parts of a gap, the largest first; what rounds to nothing is left out."""
    changes = {SURPLUS: one.surplus, **one.parts.shares}
    if not np.isnan(one.measured):
        changes[REST] = one.rest
    told = sorted((c for c in changes.items() if abs(c[1]) >= LEAST), key=lambda c: -abs(c[1]))
    words = [f"{label_of(one, name)} {points(value)}{_verdict(one) if name == REST else ''}" for name, value in told]
    return ", ".join(words) if words else "nothing moved"


def _verdict(one: ReplayedDay) -> str:
    return " (within chance)" if one.rest_is_chance else " (more than chance)"


def _surplus(one: ReplayedDay) -> str:
    what = "what was required" if FIT in one.parts.shares else "the roster"
    return f"{what} gives {percent(one.parts.planned)} under the forecast"


def _volume(one: ReplayedDay) -> str:
    rows = one.intervals
    calls, came = rows["calls"].sum(), rows["came"].sum()
    apart = (rows["rate"] - rows["calls"]).abs() / rows["calls"].where(rows["calls"] > 0)
    worst = rows.iloc[int(np.nanargmax(apart.to_numpy()))] if apart.notna().any() else None
    text = f"{number(came)} calls came, {number(calls)} were forecast ({_relative(came, calls)})"
    if worst is not None:
        text += (
            f"; furthest off at {clock(worst['start'])} ({_relative(worst['rate'], worst['calls'])}, chance taken off)"
        )
    return text


def _handle(one: ReplayedDay) -> str:
    rows = one.intervals[one.intervals["handle_came_s"].notna()]
    weight = rows["came"].to_numpy()
    if not weight.sum() > 0:
        return MISSING
    came, planned = (float(np.average(rows[name], weights=weight)) for name in ("handle_came_s", "handle_s"))
    return f"{number(came)} s instead of {number(planned)} s ({_relative(came, planned)})"


def _staff(one: ReplayedDay) -> str:
    planned, came = one.intervals["heads_planned"].mean(), one.intervals["heads_came"].mean()
    text = f"{number(came, 1)} on the phone in the mean, {number(planned, 1)} reckoned with"
    there = one.presence
    if there is not None and len(there.people):
        text += (
            f"; {len(there.absent)} of {len(there.people)} people did not come, adherence {percent(there.adherence)}"
        )
    return text


def _fit(one: ReplayedDay) -> str:
    return "the roster against the heads required in each interval, under what was forecast and what came"


def _relative(came: float, planned: float) -> str:
    if not planned > 0.0:
        return MISSING
    change = came / planned - 1.0
    return ("+" if change > 0 else "") + percent(change)


def beside(one: ReplayedDay) -> dict[str, list[str]]:
    """Return the events by the cause that moved most while they lasted, each with what moved.

    Calls and handle times weigh as they are; heads as they are missing.
    """
    out: dict[str, list[str]] = {}
    for event in one.events:
        moved = _moved(one.intervals, event)
        known = {name: value for name, value in moved.items() if name in one.parts.shares and not np.isnan(value)}
        if not known:
            continue
        cause = max(known, key=lambda name: abs(known[name]))
        out.setdefault(cause, []).append(f"{told(event)}: {MOVED[cause]} {_signed(known[cause])} meanwhile")
    return out


def told(event: DeskEvent) -> str:
    """Return an event in words."""
    name = " – ".join(part for part in (event.kind, event.note) if part) or "event"
    return f"{name} ({clock(event.start)}–{clock(event.end)})"


def _moved(rows: pd.DataFrame, event: DeskEvent) -> dict[str, float]:
    """Return by what share calls, handle time and heads differed from the plan while an event lasted; NaN = unknown."""
    length = rows["start"].diff().min() if len(rows) > 1 else pd.Timedelta(0)
    here = rows[(rows["start"] < event.end) & (rows["start"] + length > event.start)]

    def share(came: str, planned: str, weight: str | None = None) -> float:
        known = here[here[came].notna()]
        by = known[weight] if weight else 1.0
        below = float((known[planned] * by).sum())
        return float((known[came] * by).sum()) / below - 1.0 if below > 0.0 else float("nan")

    return {
        VOLUME: share("rate", "calls"),
        HANDLE: share("handle_came_s", "handle_s", "came"),
        STAFF: share("heads_came", "heads_planned"),
    }


def _signed(change: float) -> str:
    return ("+" if change > 0 else "") + percent(change)


def facts(days: Sequence[ReplayedDay]) -> list[str]:
    """Return what the page says of the model, a sentence each."""
    out = []
    for one in days:
        apart = one.chance.mean - one.parts.expected
        name = f"{one.queue}, {day(one.date)}"
        out.append(
            f"{name}: call by call the day gives {percent(one.chance.mean)} in the mean, {points(apart)} points from "
            f"the approximation; one such day differs by {number(100 * one.chance.deviation, 1)} points (standard "
            f"deviation) through chance alone, and one as planned by {number(100 * one.usual.deviation, 1)}"
        )
        if one.checked is not None:
            told_ = [f"{LABELS[k]} {points(v)} ± {number(196 * one.checked.errors[k], 1)}"
                     for k, v in one.checked.parts.shares.items()]  # fmt: skip
            out.append(f"{name}: the parts by simulation under common seeds: {', '.join(told_)}")
    return out
