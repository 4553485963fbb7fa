"""What a plan misses by simulation, in words: goals over their period, floors in their interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .gap import SLOTS
from .report.figures import WEEKDAYS, clock

MOST_QUEUES = 3
"""Queues up to which every missed day is named; beyond it they are counted."""

Entry = Mapping[str, Any]


def is_simulated(summary: Mapping[str, Any]) -> bool:
    """Whether the run tells what its plan misses by simulation; runs of earlier versions do not."""
    return summary.get("goals_missed") is not None and summary.get("simulation") is not None


def missed_lines(summary: Mapping[str, Any]) -> list[str]:
    """Return a line each on goals over days and weeks, goals by interval, and floors; none on those that hold."""
    goals = [m for m in summary.get("goals_missed") or () if not m["is_floor"]]
    by_interval = [m for m in goals if m["period"] == "interval"]
    pooled = [m for m in goals if m["period"] != "interval"]
    lines = (_goals(summary, pooled), _counted("Goal missed", summary, by_interval), floors_line(summary))
    return [line for line in lines if line]


def missed_words(summary: Mapping[str, Any]) -> str:
    """Say in a few words that goals or floors are missed; "" where none is."""
    missed: Sequence[Entry] = summary.get("goals_missed") or ()
    if all(m["is_floor"] for m in missed):
        return "floors are missed" if missed else ""
    return "goals are missed"


def goals_told(summary: Mapping[str, Any]) -> str:
    """Return what is to be said of goals and floors in one line."""
    if summary.get("goals_missed") is None:
        return ""
    if not is_simulated(summary):
        return "not simulated"
    return "; ".join(missed_lines(summary)) or "every goal and floor holds by simulation"


def floors_line(summary: Mapping[str, Any]) -> str:
    """Return how many intervals lie below their floor, and the worst; "" for none."""
    floors = [m for m in summary.get("goals_missed") or () if m["is_floor"]]
    return _counted("Floor missed", summary, floors)


def intervals(summary: Mapping[str, Any], count: int) -> str:
    """Return a number of intervals with their name: 1 half-hour, 5 half-hours."""
    name = SLOTS.get(summary.get("interval_min") or 0, "interval")
    return f"{count} {name}{'s' * (count != 1)}"


def level_told(entry: Entry, digits: int = 1) -> str:
    """Write a missed share and its goal, with so many digits that they differ.

    Examples
    --------
    >>> level_told({"simulated": 0.789, "goal": 0.8}), level_told({"simulated": 0.79996, "goal": 0.8})
    ('78.9 % of 80', '79.996 % of 80')
    """
    return f"{_below(entry, digits)} of {_level(entry)}"


def _level(entry: Entry) -> str:
    """Return the level in percent; that of a part of a longer period is no round number."""
    return f"{100 * entry['goal']:{'.1f' if entry.get('period') in ('month', 'contract') else 'g'}}"


def _below(entry: Entry, digits: int) -> str:
    share, goal = 100 * entry["simulated"], 100 * entry["goal"]
    places = next((n for n in range(digits, 6) if float(f"{share:.{n}f}") < goal), 6)
    return f"{share:.{places}f} %"


def when(entry: Entry) -> str:
    """Return the day, the week or the interval of an entry: Wed, the week, Mon 08:00."""
    start = dt.datetime.fromisoformat(entry["start"])
    if entry["period"] in ("week", "month", "contract"):
        return "the week" if entry["period"] == "week" else f"the week's part of the {entry['period']}"
    day = WEEKDAYS[start.weekday()]
    return day if entry["period"] == "day" else f"{day} {clock(start)}"


def _goals(summary: Mapping[str, Any], missed: Sequence[Entry]) -> str:
    """Name the days and weeks that miss their goal, queue by queue; of many queues the number and the worst."""
    queues = list(dict.fromkeys(m["queue"] for m in missed))
    if not queues or len(queues) > MOST_QUEUES:
        return _counted("Goal missed", summary, missed)
    parts = []
    for queue in queues:
        mine = [m for m in missed if m["queue"] == queue]
        told = ", ".join(f"{when(m)} {_below(m, 1)}" for m in mine)
        parts.append(f"{_name(summary, queue)}{told} of {_level(mine[0])}")
    return f"Goal missed: {'; '.join(parts)}"


def _counted(what: str, summary: Mapping[str, Any], missed: Sequence[Entry]) -> str:
    """Count missed periods and name the one furthest below."""
    if not missed:
        return ""
    worst = max(missed, key=lambda m: m["goal"] - m["simulated"])
    by_interval = worst["period"] == "interval"
    periods = "days" if all(m["period"] == "day" for m in missed) else "periods"
    count = intervals(summary, len(missed)) if by_interval else f"{len(missed)} {periods}"
    queue = _name(summary, worst["queue"])
    return f"{what} in {count}, worst {queue}{when(worst)} {level_told(worst, 0 if by_interval else 1)}"


def _name(summary: Mapping[str, Any], queue: str) -> str:
    """Return the name of a queue where the run has several."""
    return f"{queue} " if len(summary.get("goals") or ()) > 1 else ""
