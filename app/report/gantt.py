"""What the Gantt shows: per person the shifts of the week with their breaks, in minutes that really pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ...forecast.calendar.grid import midnight
from .figures import clock, day
from .run import Run

AWAY = "leave"


@dataclass(frozen=True)
class Stretch:
    """One shift (or leave) of one person, without a gap.

    Attributes
    ----------
    agent, start, end, queue, pattern
        Whose, when, on which queue ("" for leave), and the roster's pattern ("" where there is none).
    parts
        (start, end, activity) of what is not time on the phone, in order.
    paid_min
        Paid minutes by the roster; None where it does not name this shift.
    """

    agent: str
    start: pd.Timestamp
    end: pd.Timestamp
    queue: str
    pattern: str
    parts: tuple[tuple[pd.Timestamp, pd.Timestamp, str], ...]
    paid_min: float | None

    @property
    def date(self) -> dt.date:
        """Local day on which it starts."""
        date: dt.date = self.start.date()
        return date

    @property
    def is_leave(self) -> bool:
        """Whether the person is on leave instead of at work."""
        return self.pattern == AWAY


def stretches(run: Run) -> Iterator[Stretch]:
    """Yield each person's shifts and leave from ``activity.csv``, by person and time."""
    activity = run.table("activity")
    if activity is None:
        return
    roster = run.table("roster")
    known = (
        {}
        if roster is None
        else {
            (a, s): (p, m)
            for a, s, p, m in zip(*(roster[c] for c in ("agent", "start", "pattern", "paid_min")), strict=True)
        }
    )
    frame = activity.sort_values(["agent", "start"], kind="stable")
    queues = frame["queue"] if "queue" in frame else pd.Series("", index=frame.index)
    held: list[tuple[str, pd.Timestamp, pd.Timestamp, str, str]] = []
    for row in zip(frame["agent"], frame["start"], frame["end"], frame["activity"], queues, strict=True):
        joins = held and held[-1][0] == row[0] and held[-1][2] == row[1] and (held[-1][3] == AWAY) == (row[3] == AWAY)
        if held and (not joins or (row[0], row[1]) in known):
            yield _stretch(held, known)
            held = []
        held.append(row)
    if held:
        yield _stretch(held, known)


def _stretch(
    rows: list[tuple[str, pd.Timestamp, pd.Timestamp, str, str]], known: dict[Any, tuple[str, float]]
) -> Stretch:
    agent, start, end = rows[0][0], rows[0][1], rows[-1][2]
    if rows[0][3] == AWAY:
        return Stretch(agent, start, end, "", AWAY, (), None)
    turns = [(r[1], r[4]) for r in rows if r[3] == "phone" and r[4]]
    moved = [f", {clock(at)} {queue}" for (_, was), (at, queue) in pairwise(turns) if queue != was]
    queue = (turns[0][1] if turns else "") + "".join(moved)
    pattern, paid = known.get((agent, start), ("", None))
    return Stretch(agent, start, end, queue, pattern, tuple((r[1], r[2], r[3]) for r in rows if r[3] != "phone"), paid)


def gantt(run: Run) -> dict[str, Any] | None:
    """Return the people, their shifts, the days and hour ticks of the Gantt; None without ``activity.csv``.

    All times are minutes that really pass since the first day's midnight, so a 25-hour day is 1500 minutes wide.
    """
    found = list(stretches(run))
    if not found:
        return None
    first = midnight(run.week, run.zone)
    shown = max(len(run.dates), (max(s.date for s in found) - run.week).days + 1)
    dates = [run.week + dt.timedelta(days=i) for i in range(shown)]

    @cache  # thousands of shifts share their times
    def minute(time: pd.Timestamp) -> int:
        return round((time - first) / pd.Timedelta(minutes=1))

    agents: dict[str, list[Any]] = {a: [] for a in _everybody(run)}
    for s in found:
        parts = [[minute(a), minute(b), kind] for a, b, kind in s.parts]
        agents.setdefault(s.agent, []).append([minute(s.start), minute(s.end), s.queue, s.pattern, parts, s.paid_min])
    busy = {s.date for s in found if not s.is_leave}
    days = [
        {
            "label": day(d),
            "lo": minute(midnight(d, run.zone)),
            "hi": minute(midnight(d + dt.timedelta(days=1), run.zone)),
        }
        for d in dates
        if d in busy
    ]
    people = [{"id": a, "name": run.name(a), "team": run.team(a), "shifts": shifts} for a, shifts in agents.items()]
    return {
        "people": people,
        "days": days,
        "ticks": _ticks(run, dates, first),
        "queues": list(run.queues),
        "slot": run.slot_min,
    }


def _everybody(run: Run) -> list[str]:
    """Return the agents of the staff file; people who left or joined outside the week stay as rows without shifts."""
    return [] if run.staff is None else [str(a) for a in run.staff.index]


def _ticks(run: Run, dates: list[dt.date], first: pd.Timestamp) -> list[list[Any]]:
    """Return (minute, label) of each hour that passes, local labels."""
    end = midnight(dates[-1] + dt.timedelta(days=2), run.zone)
    hours = pd.date_range(first, end, freq="h", tz=None if run.zone is None else ZoneInfo(run.zone))
    return [[round((t - first) / pd.Timedelta(minutes=1)), clock(t)] for t in hours]
