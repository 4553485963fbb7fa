"""What a planner must know first: a verdict in one sentence, up to three worries, the next thing to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..gap import SLOTS, gap_told, shortfall
from ..missed import missed_lines
from .card import GOOD, PLAIN, WARN
from .figures import known, number
from .run import Run
from .service_cards import kept_periods

MOST_WORRIES = 3
"""Worries on the first screen, at least 1: more are not read."""
MOSTLY = 0.6
"""Share of the intervals below their floor that lie in one part of the day to name that part, 0.5 to 1."""
PARTS_OF_DAY = ((6, "at night"), (11, "in the morning"), (14, "around noon"), (17, "in the afternoon"),
                (22, "in the evening"), (24, "at night"))  # fmt: skip
"""Hour before which an interval begins, and the words for it."""
EVENING = "in the evening"
ORDINARY = ("choice", "kind", "clock_change")
"""Kinds of findings that are no worry: what was chosen, and what the clock does."""


@dataclass(frozen=True)
class Line:
    """A sentence, and the section of the page (its id) that tells more."""

    text: str
    link: str


@dataclass(frozen=True)
class FirstScreen:
    """The verdict on a plan.

    Attributes
    ----------
    sentence, tone
        Whether the goal is met and how near the plan is to the cheapest; good, warn or "".
    worries
        At most `MOST_WORRIES`, the gravest first.
    more
        How many further worries the page tells below.
    next
        The next thing to do.
    """

    sentence: str
    tone: str
    worries: tuple[Line, ...]
    more: int
    next: Line


def first_screen(run: Run, *, wages: bool) -> FirstScreen:
    """Return the verdict on a run; without `wages` it names no money."""
    goal, tone = _goal(run)
    unmet = shortfall(run.summary if wages else {**run.summary, "cost": None})
    worries = list(_worries(run, unmet))
    shown = tuple(worries[:MOST_WORRIES])
    return FirstScreen(f"{goal}, {_cheapest(run)}.", tone, shown, len(worries) - len(shown), _next(run))


def _goal(run: Run) -> tuple[str, str]:
    """Say in how many of its periods the goal holds, by simulation; return words and tone."""
    periods = kept_periods(run)
    total, kept = len(periods), sum(good for _, good in periods)
    floors = run.summary.get("floor_missed_intervals") or 0
    if not total:
        return "Not simulated: whether the goal holds is not known", PLAIN
    name = _unit(run, {basis for basis, _ in periods}, total)
    several = len(run.queues) > 1
    told = f"{'Goals' if several else 'Goal'} met on {kept} of {total} {name}"
    if total == 1 and name == "week":
        told = "Goal of the week met" if kept else "Goal of the week missed"
    if floors:
        slot = SLOTS.get(int(run.summary.get("interval_min") or 0), "interval")
        told += f" and the floor missed in {number(floors)} {slot}{'s' * (floors != 1)}"
    return told, GOOD if kept == total and not floors else WARN


def _unit(run: Run, bases: set[str], total: int) -> str:
    """Name the periods of the goals."""
    if len(bases) > 1:
        return "periods"
    basis = next(iter(bases))
    name = SLOTS.get(run.interval_min, "interval") if basis == "interval" else basis
    name = f"queue-{name}" if len(run.queues) > 1 else name
    return name if total == 1 else f"{name}s"


def _cheapest(run: Run) -> str:
    """Say how near the plan is to the cheapest."""
    gap = run.summary.get("gap")
    if run.summary.get("status") == "optimal":
        return "and no plan is cheaper"
    if not known(gap):
        return "how near to the cheapest is not known"
    return f"within {gap_told(gap, run.summary.get('asked_gap'))} of the cheapest".replace(" %", "\u00a0%")


def _worries(run: Run, unmet: str) -> Iterator[Line]:
    """Yield what should worry the planner, the gravest first."""
    summary = run.summary
    if summary.get("stopped") == "user":
        yield Line("The search was stopped by hand: a longer one may find a better plan.", "origin")
    for line in missed_lines(summary):
        is_floor = line.startswith("Floor")
        part = _part_of_day(_floors(run)) if is_floor else ""
        yield Line(f"{line}{f', mostly {part}' if part else ''}.", "staffing" if is_floor else "service")
    if unmet:
        yield Line(f"{unmet[0].upper()}{unmet[1:]}.", "origin")
    if count := int(summary.get("open_shifts") or 0):
        yield Line(f"{_count(count, 'open shift')}: worth the price, but nobody is left to work there.", "open")
    if told := _few(run):
        yield Line(told, "few")
    if count := len(_odd(run)):
        yield Line(f"{_count(count, 'finding')} to look at in the input data.", "data")


def _floors(run: Run) -> list[Mapping[str, Any]]:
    return [m for m in run.summary.get("goals_missed") or () if m["is_floor"]]


def _part_of_day(missed: Iterable[Mapping[str, Any]]) -> str:
    """Return the part of the day in which most of several missed intervals begin; "" where no part has most."""
    hours = [pd.Timestamp(m["start"]).hour for m in missed]
    parts = Counter(next(words for before, words in PARTS_OF_DAY if hour < before) for hour in hours)
    (words, most), *_ = parts.most_common(1) or [("", 0)]
    return words if most > 1 and most >= MOSTLY * len(hours) else ""


def _few(run: Run) -> str:
    """Count the people without a shift and below their hours, whole weeks of leave left aside."""
    entries = [e for e in run.summary.get("few_hours") or () if e["rule"] != "leave"]
    none = sum(not e["shifts"] for e in entries)
    below = len(entries) - none
    if none and below:
        return f"{_count(none, 'person', 'people')} got no shift, {number(below)} fewer hours than the contract asks."
    if none:
        return f"{_count(none, 'person', 'people')} got no shift."
    return f"{_count(below, 'person', 'people')} got fewer hours than the contract asks." if below else ""


def _odd(run: Run) -> list[str]:
    """Return the kinds of the findings that somebody should look at."""
    quality = run.table("quality")
    return [] if quality is None else [k for k in quality["kind"] if k not in ORDINARY]


def _next(run: Run) -> Line:
    """Return the next thing to do."""
    summary, missed = run.summary, missed_lines(run.summary)
    if summary.get("stopped") == "user":
        return Line("Plan again and let the search end by itself.", "origin")
    if missed and run.table("explain") is not None:
        hint = " (guide: Evenings are short)" if _part_of_day(_floors(run)) == EVENING else ""
        return Line(f"See what binds where people are short, and who could help{hint}.", "short")
    if missed:
        return Line("See where the simulation lies below what was promised.", "staffing")
    if summary.get("open_shifts"):
        return Line("Offer the open shifts, or ease what holds people back.", "open")
    if shortfall(summary):
        return Line("Plan again with more time: busyhour plan FOLDER --time-limit SECONDS.", "origin")
    if _few(run):
        return Line("Look why people got few hours, then hand out the plan.", "few")
    return Line("Hand out the plan: workbook, calendars and sheets lie beside this page.", "people")


def _count(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"
