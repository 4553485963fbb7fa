"""The page of replayed days: one file, opens offline, asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import MISSING, clock, day, number, percent, points
from ..report.page import rendered
from ..report.run import records
from ..report.tables import TextTable, table
from .replay import Replay, ReplayedDay
from .replay_accuracy import accuracy
from .replay_charts import charts
from .replay_words import TOTALS, beside, facts, headline, steps, told

MANY_CARDS = 6
"""Days up to which each has a card of its own."""


def page_of(replay: Replay) -> str:
    """Return the page as HTML."""
    days = {_key(replay, one): one for one in replay.days}
    dates = sorted({one.date for one in replay.days})
    return rendered(
        "replay.html.j2",
        charts(days),
        {"views": [], "queues": list(days), "gantt": None},
        ("report.js",),
        title=replay.site,
        span=day(dates[0]) + (f" – {day(dates[-1])}" if len(dates) > 1 else f" {dates[0].year}"),
        headlines=[(_tone(one), *headline(one).rpartition(": ")[::2]) for one in replay.days],
        cards=_cards(days),
        queues=list(days),
        parts=_parts(days),
        facts=facts(replay.days),
        accuracy=_accuracy(days),
        intervals=_intervals(days),
        people=_people(replay),
        events=_events(days),
        notes=replay.notes,
        seed=replay.seed,
    )


def _key(replay: Replay, one: ReplayedDay) -> str:
    """Return the words that the page chooses a day by: its queue, and its date where there are several."""
    return one.queue if len({d.date for d in replay.days}) == 1 else f"{one.queue}, {day(one.date)}"


def _cards(days: Mapping[str, ReplayedDay]) -> list[Card]:
    cards = []
    for name, one in list(days.items())[:MANY_CARDS]:
        unknown = one.measured != one.measured  # NaN differs from itself
        missed = not unknown and one.gap < 0.0
        note = "not in the actuals" if unknown else "goal met" if not missed else f"{points(one.gap)} points"
        if missed and one.gap_is_chance:
            note += ", within chance"
        band = f"Chance: {percent(one.chance.low, 0)} to {percent(one.chance.high, 0)} on days like this"
        cards.append(Card(name, percent(one.measured), note, band, _tone(one)))
    return cards


def _tone(one: ReplayedDay) -> str:
    """Return how a day is shown: only a miss that is more than chance is one."""
    if one.measured != one.measured:  # NaN differs from itself
        return PLAIN
    return GOOD if one.gap >= 0.0 else PLAIN if one.gap_is_chance else WARN


def _parts(days: Mapping[str, ReplayedDay]) -> TextTable:
    rows: list[tuple[str, ...]] = []
    marked: list[int] = []
    for name, one in days.items():
        for step in steps(one):
            total = step.name in TOTALS
            if total:
                marked.append(len(rows))
            change = "" if total else points(step.value)
            rows.append((name, step.label, change, percent(step.value) if total else "", step.note))
    note = "Points of service level; the changes sum from the goal to what came."
    return table("Parts of the gap", "Day|Part|Points#|Level#|Evidence", rows, note, marked, file="parts.csv")


def _accuracy(days: Mapping[str, ReplayedDay]) -> TextTable:
    rows = []
    for name, one in days.items():
        found = accuracy(one.intervals)
        calls = one.intervals[["calls", "came"]].sum()
        rows.append((name, number(calls["calls"]), number(calls["came"]), percent(found.wape), percent(found.floor),
                     _signed(found.bias), percent(found.inside, 0), _signed(found.handle_bias)))  # fmt: skip
    note = (
        "WAPE: Σ |error| / Σ calls. By chance: what a forecast that knew every rate would miss by. Bias: + is too high."
    )
    columns = "Day|Calls forecast#|came#|WAPE#|by chance#|Bias#|in 80 % band#|Handle time bias#"
    return table("How good the forecast was", columns, rows, note, file="summary.json")


def _signed(share: float) -> str:
    return ("+" if share > 0 else "") + percent(share)


def _intervals(days: Mapping[str, ReplayedDay]) -> TextTable:
    rows = [
        (name, clock(r["start"]), number(r["calls"], 1), number(r["came"]), _signed(_off(r)), number(r["handle_s"]),
         number(r["handle_came_s"]), number(r["heads_planned"], 1), number(r["heads_came"], 1),
         *(percent(r[c]) for c in ("service_planned", "service_expected", "service_came")))
        for name, one in days.items() for r in records(one.intervals)
    ]  # fmt: skip
    columns = (
        "Day|Time|Calls forecast#|came#|off by#|AHT forecast, s#|came#|On the phone planned#|came#|Service planned#|"
        "expected of what came#|came#"
    )
    note = "Off by: (calls that came − forecast) / forecast. – is unknown."
    return table("Interval by interval", columns, rows, note, file="intervals.csv")


def _off(row: Mapping[str, float]) -> float:
    return row["came"] / row["calls"] - 1.0 if row["calls"] > 0.0 else float("nan")


def _people(replay: Replay) -> TextTable | None:
    seen = {one.date: one.presence for one in replay.days if one.presence is not None}
    frames = [p.people for p in seen.values() if len(p.people)]
    if not frames:
        return None
    every = pd.concat(frames, ignore_index=True)
    several = len(seen) > 1
    rows = [
        (r["name"], *([r["date"]] if several else []), number(r["scheduled_min"]), percent(r["adherence"]),
         number(r["phone_planned_min"]), number(r["phone_came_min"]), percent(r["conformance"]), number(r["away_min"]),
         number(r["extra_min"]))
        for r in records(every.sort_values("adherence", kind="stable"))
    ]  # fmt: skip
    columns = (
        f"Who|{'Day|' if several else ''}Scheduled, min#|Adherence#|Phone planned, min#|came#|Conformance#|Away#|Extra#"
    )
    note = "Away: minutes off a planned phone; extra: minutes on the phone that the plan does not have."
    marked = [i for i, r in enumerate(rows) if r[3 if several else 2] in (percent(0.0), MISSING)]
    return table("People, least adherence first", columns, rows, note, marked, file="adherence.csv")


def _events(days: Mapping[str, ReplayedDay]) -> TextTable | None:
    rows = []
    for name, one in days.items():
        moved = {text.rpartition(": ")[0]: text.rpartition(": ")[2] for found in beside(one).values() for text in found}
        rows += [(name, told(event), moved.get(told(event), "nothing that is measured moved")) for event in one.events]
    if not rows:
        return None
    note = (
        "Beside each event: what differed most from the plan while it lasted. That it was the reason nobody can prove."
    )
    return table("What is known to have happened", "Day|Event|Meanwhile", rows, note, file="the file of events")
