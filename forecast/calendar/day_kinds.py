"""Calendar regressors of local days: weekday they behave like, holidays, closures, turns of the month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from .calendars import Calendar
from .grid import WEEKDAYS

MONTH_STARTS, MONTH_ENDS = 4, 3
"""Working days counted from the start and from the end of a month: bills and pay move calls on these days."""
SATURDAY, SUNDAY = 5, 6
"""As `datetime.date.weekday` counts."""
HOLIDAY_WEEK = (
    "after_holiday", "after_holiday_2", "before_holiday",
    "holiday_week_before", "holiday_week_after", "holiday_week_weekend",
)  # fmt: skip


def week_opener(calendar: Calendar, queue: str | None) -> int | None:
    """Return the weekday that follows the week's longest regular closure, None when no day is closed."""
    hours = calendar.hours(queue)
    shut = [not hours.get(day) for day in WEEKDAYS]
    best, opener = 0, None
    for w in range(7):
        run = 0
        while run < 7 and shut[(w - 1 - run) % 7]:
            run += 1
        if not shut[w] and run > best:
            best, opener = run, w
    return opener


def _working_position(calendar: Calendar, date: dt.date, queue: str | None, step: int, most: int) -> int | None:
    """Return which working day of its month `date` is, counted from the start (step -1) or the end (+1)."""
    if not _works(calendar, date, queue):
        return None
    position, day = 1, date + dt.timedelta(days=step)
    while day.month == date.month:
        position += _works(calendar, day, queue)
        if position > most:
            return None
        day += dt.timedelta(days=step)
    return position


def _works(calendar: Calendar, date: dt.date, queue: str | None) -> bool:
    """Whether `date` is an open Monday to Friday that is no public holiday of an always-open desk."""
    if date.weekday() >= 5 or _closed(calendar, date, queue):
        return False
    return not (calendar.hours(queue).get(WEEKDAYS[SUNDAY]) and calendar.holiday(date))


def _irregular(calendar: Calendar, date: dt.date, queue: str | None) -> bool:
    """Whether the desk is shut on `date` though its weekly hours are not."""
    return bool(calendar.hours(queue).get(WEEKDAYS[date.weekday()])) and _closed(calendar, date, queue)


def _closed(calendar: Calendar, date: dt.date, queue: str | None) -> bool:
    return not calendar.spans(date, queue)


def _open_neighbour_after_closure(calendar: Calendar, date: dt.date, queue: str | None, step: int) -> bool:
    """Whether the shut days next to `date` (step -1 before, +1 after) include an irregular closure."""
    day = date + dt.timedelta(days=step)
    for _ in range(14):
        if not _closed(calendar, day, queue):
            return False
        if _irregular(calendar, day, queue):
            return True
        day += dt.timedelta(days=step)
    return False


def _previous_open(calendar: Calendar, date: dt.date, queue: str | None) -> dt.date:
    day = date - dt.timedelta(days=1)
    for _ in range(14):
        if not _closed(calendar, day, queue):
            break
        day -= dt.timedelta(days=1)
    return day


def _off(calendar: Calendar, date: dt.date, queue: str | None) -> bool:
    """Whether people at large do not work: weekend, public holiday or closure."""
    return date.weekday() >= 5 or calendar.holiday(date) is not None or calendar.is_closed(date, queue)


def _holiday_week(calendar: Calendar, date: dt.date, queue: str | None) -> dict[str, float]:
    """Return how `date` lies to the public holidays on which the desk is open, and to those of its own week."""
    one = dt.timedelta(days=1)

    def off(day: dt.date) -> bool:
        return calendar.holiday(day) is not None and not _closed(calendar, day, queue)

    if off(date):
        return {}
    monday = date - dt.timedelta(days=date.weekday())
    week = [i for i in range(SATURDAY) if calendar.holiday(monday + i * one) is not None]
    return {
        "after_holiday": _beside_holiday(calendar, date, queue, -1),
        "after_holiday_2": not off(date - one) and off(date - 2 * one),
        "before_holiday": _beside_holiday(calendar, date, queue, 1),
        "holiday_week_before": bool(week) and date.weekday() < week[0],
        "holiday_week_after": bool(week) and week[0] < date.weekday() < SATURDAY,
        "holiday_week_weekend": bool(week) and date.weekday() >= SATURDAY,
    }


def _beside_holiday(calendar: Calendar, date: dt.date, queue: str | None, step: int) -> bool:
    """Whether `date` works and the weekday beside it (step -1 before, +1 after) is a holiday with an open desk."""
    if date.weekday() >= 5 or calendar.holiday(date) is not None:
        return False
    beside = date + dt.timedelta(days=step)
    while beside.weekday() >= 5:
        beside += dt.timedelta(days=step)
    return calendar.holiday(beside) is not None and not _closed(calendar, beside, queue)


def day_features(calendar: Calendar, dates: Sequence[dt.date], queue: str | None = None) -> pd.DataFrame:
    """Return what the calendar knows about each day, known in advance, one row per date.

    ``weekday`` is the weekday (0 = Monday) that the day behaves like: the first open day after an irregular closure
    behaves like the first day of the desk's week, a public holiday at a desk that is open on Sundays like a Sunday.
    All other columns are 0 or 1: ``holiday``, ``after_closure``, ``after_closure_2``, ``before_closure``, ``bridge``,
    ``after_holiday``, ``before_holiday`` (the working day beside a public holiday on which the desk is open),
    ``month_start_1`` … ``month_end_3`` (working days counted from the month's start and end), and ``kind:NAME`` per
    kind of special day whose effect the planner has not given, paydays among them.
    """
    opener = week_opener(calendar, queue)
    sundays = bool(calendar.hours(queue).get(WEEKDAYS[SUNDAY]))
    one = dt.timedelta(days=1)
    rows: list[dict[str, float]] = []
    for date in dates:
        if _closed(calendar, date, queue):
            rows.append({"weekday": date.weekday()})
            continue
        holiday = calendar.holiday(date) is not None
        after = _open_neighbour_after_closure(calendar, date, queue, -1)
        row: dict[str, float] = {"weekday": date.weekday(), "holiday": holiday, "after_closure": after}
        if after and opener is not None:
            row["weekday"] = opener
        elif holiday and sundays:
            row["weekday"] = SUNDAY
        before = _previous_open(calendar, date, queue)
        row["after_closure_2"] = not after and _open_neighbour_after_closure(calendar, before, queue, -1)
        row["before_closure"] = _open_neighbour_after_closure(calendar, date, queue, 1)
        row["bridge"] = (
            not _off(calendar, date, queue) and _off(calendar, date - one, queue) and _off(calendar, date + one, queue)
        )
        row |= _holiday_week(calendar, date, queue)
        first = _working_position(calendar, date, queue, -1, MONTH_STARTS)
        last = _working_position(calendar, date, queue, 1, MONTH_ENDS)
        row |= {f"month_start_{i}": first == i for i in range(1, MONTH_STARTS + 1)}
        row |= {f"month_end_{i}": last == i for i in range(1, MONTH_ENDS + 1)}
        row |= {f"kind:{s.kind}": True for s in calendar.specials(date, queue) if s.effect is None and not s.closed}
        rows.append(row)
    columns = ["weekday", "holiday", "after_closure", "after_closure_2", "before_closure", "bridge", *HOLIDAY_WEEK]
    columns += [f"month_start_{i}" for i in range(1, MONTH_STARTS + 1)] + [
        f"month_end_{i}" for i in range(1, MONTH_ENDS + 1)
    ]
    columns += sorted({name for row in rows for name in row} - set(columns))
    frame = pd.DataFrame(rows, columns=columns, index=pd.Index(list(dates), name="date")).astype(float).fillna(0.0)
    return frame.astype({"weekday": np.int64})
