"""A tiny planned week, made without planning, and files of a running day of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from plan_text import DAYS, SITE, opening, shift

from busyhour.app.config.plan_toml import plan_of
from busyhour.app.today.planned_day import PlannedWeek
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import parse_opening

QUEUE = """
[queue.sales]
handle_s = 240
patience_s = 180
[queue.sales.goal]
level = 0.8
within_s = 20
"""
WEEK = dt.date(2026, 10, 19)
TUESDAY = dt.date(2026, 10, 20)
ZONE = "Europe/Berlin"
CALLS = 30.0
"""Expected calls of every half-hour: 4 erlang."""
PEOPLE = 8


def tiny_plan(hours: str) -> str:
    """Return the plan.toml of the desk, open at these hours from Monday to Friday."""
    full = shift("full", 450, ("08:00", "08:00"), pause=(60, 150), lunch=(210, 270))
    return SITE + opening(hours, DAYS[:5]) + QUEUE + full


def tiny_week(place: Path, *, people: int = PEOPLE, past_days: int = 0, seed: int = 1) -> PlannedWeek:
    """Return a week of one queue, Monday and Tuesday 08:00 to 16:00, whose people all work 08:00 to 16:00.

    Parameters
    ----------
    past_days
        Weekdays of Poisson calls before the week; 0 = the run holds none.
    """
    config, plan = plan_of(tiny_plan("08:00-16:00").encode(), place / "plan.toml")
    calendar = Calendar(opening=parse_opening(config.opening, key="opening"), zone=ZONE)
    starts = pd.DatetimeIndex([t for d in (0, 1) for t in half_hours(WEEK + dt.timedelta(days=d))])
    volume = pd.DataFrame(
        {"queue": "sales", "start": starts, "calls": CALLS, "q0.1": CALLS - 8, "q0.9": CALLS + 8, "handle_s": 240.0,
         "patience_s": 180.0, "model": "made_up", "model_calls": CALLS}
    )  # fmt: skip
    rows, roster = [], []
    for d in (0, 1):
        day = pd.Timestamp(WEEK + dt.timedelta(days=d), tz=ZONE)
        for p in range(people):
            rows += shift_rows(f"a{p}", day, 60 + 15 * (p % 7), 210 + 15 * (p % 5))
            roster.append(
                (f"a{p}", day.date(), "full@0800", day + pd.Timedelta(hours=8), day + pd.Timedelta(hours=16), 450)
            )
    activity = pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])
    table = pd.DataFrame(roster, columns=["agent", "date", "pattern", "start", "end", "paid_min"])
    past = past_calls(past_days, seed) if past_days else None
    return PlannedWeek(place, config, calendar, config.horizon(WEEK), volume, activity, table, (), past, plan)


def half_hours(date: dt.date, minutes: int = 30) -> pd.DatetimeIndex:
    """Return the starts of the open intervals of a day."""
    return pd.date_range(f"{date} 08:00", f"{date} 16:00", freq=f"{minutes}min", inclusive="left", tz=ZONE)


def shift_rows(agent: str, day: pd.Timestamp, pause: int, lunch: int) -> list[tuple[object, ...]]:
    """Return the rows of a shift from 08:00 to 16:00 with its pauses so many minutes after its start."""
    begin = day + pd.Timedelta(hours=8)
    cuts = [(0, pause, "phone"), (pause, pause + 15, "break"), (pause + 15, lunch, "phone"),
            (lunch, lunch + 30, "lunch"), (lunch + 30, 480, "phone")]  # fmt: skip
    minute = pd.Timedelta(minutes=1)
    return [
        (agent, begin + a * minute, begin + b * minute, what, "sales" if what == "phone" else "") for a, b, what in cuts
    ]


def past_calls(days: int, seed: int) -> pd.DataFrame:
    """Return Poisson calls of so many weekdays before the week."""
    rng, dates = np.random.default_rng(seed), []
    at = WEEK
    while len(dates) < days:
        at -= dt.timedelta(days=1)
        if at.weekday() < 5:
            dates.append(at)
    starts = pd.DatetimeIndex([t for date in sorted(dates) for t in half_hours(date)])
    shape = 0.7 + 0.6 * np.sin(np.pi * (starts.hour + starts.minute / 60 - 8) / 8)
    level = dict(zip(dates, rng.normal(1.0, 0.05, days), strict=True))
    mean = CALLS * shape * np.array([level[t.date()] for t in starts])
    return pd.DataFrame({"queue": "sales", "start": starts, "offered": rng.poisson(mean).astype(float)})


def live(
    path: Path,
    until: str,
    date: dt.date = TUESDAY,
    *,
    minutes: int = 30,
    factors: Mapping[str, float] | None = None,
    columns: Sequence[str] = ("start", "offered"),
) -> Path:
    """Write the calls of a day up to a time of day; returns the path.

    Parameters
    ----------
    factors
        Time of day → factor of the calls from then on.
    columns
        Columns written: of ``start, offered, answered, answered_in, within_s, handle_s, queue``.
    """
    rows = []
    for start in half_hours(date, minutes):
        clock = f"{start:%H:%M}"
        if clock >= until:
            break
        factor = [f for since, f in sorted((factors or {}).items()) if since <= clock] or [1.0]
        calls = round(CALLS * factor[-1] * minutes / 30)
        stamp, in_time = f"{start:%Y-%m-%dT%H:%M}", round(0.9 * calls)
        rows.append({"start": stamp, "offered": calls, "answered": calls, "answered_in": in_time, "within_s": 20,
                     "handle_s": 240, "queue": "sales"})  # fmt: skip
    table = pd.DataFrame(rows, columns=["start", "offered", "answered", "answered_in", "within_s", "handle_s", "queue"])
    table[list(columns)].to_csv(path, index=False)
    return path


def at(clock: str, date: dt.date = TUESDAY) -> pd.Timestamp:
    """Return a time of day of a date."""
    return pd.Timestamp(f"{date} {clock}", tz=ZONE)
