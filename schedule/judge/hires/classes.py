"""Classes and transfers within their limits: size, offers, rooms, recruits, lead, frozen months, deadline."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .run import MONTH_DAYS, Found, Hires, date_of

LONGEST_SHIFT = 14
"""Days by which weekends and holidays may move a start beyond its day of the month."""


def classes(run: Hires) -> Found:
    """Ensures that each class is of a kind that is hired, of a size that classes have, with its offers and deadline."""
    terms = run.terms["classes"]
    later = _next_planning(run.as_of)
    for row in run.classes.to_dict("records"):
        start, told = date_of(row["start"]), f"class of {row['kind']} on {row['start']:%Y-%m-%d}"
        kind = run.kinds.get(str(row["kind"]))
        if kind is None or start is None or run.month_of(start) is None:
            yield f"{told}: no kind or no month of this plan"
            continue
        if (row["group"], row["contract"]) != (kind["group"], kind["contract"]):
            yield f"{told}: {row['group']} and {row['contract']} are not its group and contract"
        if not run.terms["contract"].get(kind["contract"], {}).get("hired", True):
            yield f"{told}: nobody is hired on {kind['contract']}"
        if not terms["least"] <= row["size"] <= terms["most"] or row["size"] != round(row["size"]):
            yield f"{told}: {row['size']:g} people, classes have {terms['least']} to {terms['most']}"
        offers = math.ceil(row["size"] / (1.0 - terms["drop_out"]) - 1e-9)
        if row["offers"] != offers:
            yield f"{told}: {row['offers']:g} offers, {offers} make {row['size']:g} people turn up"
        yield from _days(run, row, start, told, later)


def _days(run: Hires, row: Any, start: dt.date, told: str, later: dt.date) -> Iterator[str]:
    """Yield what is wrong with the days of a class."""
    terms = run.terms["classes"]
    lead = dt.timedelta(days=round(7 * terms["lead_weeks"]))
    decide = date_of(row["lead_decision_date"])
    if start < run.as_of + lead:
        yield f"{told}: starts within the lead of {terms['lead_weeks']:g} weeks"
    if f"{start:%Y-%m}" in terms["frozen"]:
        yield f"{told}: starts in a frozen month"
    if start.weekday() > 4:
        yield f"{told}: starts on a weekend"
    if not any(0 <= start.day - day <= LONGEST_SHIFT for day in terms["start_days"]):
        yield f"{told}: starts on none of the days {', '.join(map(str, terms['start_days']))}"
    if decide is None or not run.as_of <= decide <= max(run.as_of, start - lead):
        yield f"{told}: decided by {decide}, {terms['lead_weeks']:g} weeks of lead ask for {start - lead} or before"
    elif bool(row["firm"]) != (decide < later):
        yield f"{told}: {'' if row['firm'] else 'not '}told as firm, the next planning is on {later}"


def _next_planning(day: dt.date) -> dt.date:
    """Return the same day of the next month, or its last one."""
    first = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return min(first + dt.timedelta(days=day.day - 1), last)


def rooms(run: Hires) -> Found:
    """Ensures that planned classes find rooms beside those on their way and people in training."""
    terms = run.terms["classes"]
    weeks = dt.timedelta(days=max(1, round(7 * run.terms["people"]["training_weeks"])))
    room = terms["most"] if terms["seats"] is None else terms["seats"]
    offers = math.ceil(room / (1.0 - terms["drop_out"]) - 1e-9)
    planned = [s for s in map(date_of, run.classes["start"]) if s is not None]
    held = list(_held(run, room))
    for day in sorted(set(planned)):
        here = sum(s <= day < s + weeks for s in planned)
        few = 0.0
        for start, people in held:
            if start <= day < start + weeks:
                whole = math.ceil(people - 1e-9)
                few += whole if whole < terms["least"] else 0.0
                here += 0 if whole < terms["least"] else -(-whole // offers)
        here += math.ceil(few / room)
        if here > terms["rooms"]:
            yield f"{here} classes train on {day}, there are {terms['rooms']} rooms"


def _held(run: Hires, room: int) -> Iterator[tuple[dt.date, float]]:
    """Yield start and people of classes that are held whatever is planned."""
    arrive = 1.0 - run.terms["classes"]["drop_out"]
    today: Counter[tuple[str, dt.date]] = Counter()
    for row in run.state.to_dict("records"):
        begins, tenure = date_of(row.get("class_start")), row.get("tenure_months")
        if begins is not None:
            yield begins, min(float(row["heads"]) * arrive, float(room))
        elif isinstance(tenure, float | int) and not math.isnan(tenure):
            today[row["kind"], run.as_of - dt.timedelta(days=round(tenure * MONTH_DAYS))] += int(row["heads"])
    for (_, start), people in today.items():
        yield start, float(people)


def recruits(run: Hires) -> Found:
    """Ensures that no more people start in a month than can be found, those on their way included."""
    limit, months = run.terms["classes"]["recruits"], run.summary["months"]
    arrive = 1.0 - run.terms["classes"]["drop_out"]
    planned: Counter[str] = Counter()
    coming: Counter[str] = Counter()
    for row in run.classes.to_dict("records"):
        planned[f"{row['start']:%Y-%m}"] += row["size"]
    for row in run.state.to_dict("records"):
        begins = date_of(row.get("class_start"))
        if begins is not None:
            coming[f"{begins:%Y-%m}"] += float(row["heads"]) * arrive
    for month in months:
        most = limit if isinstance(limit, int) else limit[int(month[5:]) - 1]
        if planned[month] and planned[month] + coming[month] > most + 1e-6:
            yield f"{planned[month] + coming[month]:g} people start in {month}, {most} can be found"


def transfers(run: Hires) -> Found:
    """Ensures that transfers are whole people, on ways that there are, and no more in a month than asked for."""
    ways = {(t["source"], t["target"]): t["most"] for t in run.terms["transfer"]}
    for row in run.transfers.to_dict("records"):
        month, ends, heads = date_of(row["month"]), (str(row["source"]), str(row["target"])), float(row["heads"])
        if month not in run.starts[:-1] or ends not in ways:
            yield f"a transfer from {ends[0]} to {ends[1]} in {row['month']}, which nothing allows"
        elif not 0 < heads <= ways[ends] or heads != round(heads):
            yield f"{heads:g} people from {ends[0]} to {ends[1]} in {month:%Y-%m}, at most {ways[ends]}"
