"""Calendar regressors of local days: weekday they behave like, holidays, closures, turns of the month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from .calendars import Calendar
from .country import rest_day
from .grid import WEEKDAYS

MONTH_STARTS, MONTH_ENDS = 4, 3
"""Working days counted from the start and from the end of a month: bills and pay move calls on these days."""
HOLIDAY_WEEK = (
    "after_holiday", "after_holiday_2", "before_holiday",
    "holiday_week_before", "holiday_week_after", "holiday_week_weekend",
)  # fmt: skip


def week_opener(calendar: Calendar, queue: str | None) -> int | None:
    """Return the weekday that follows the week's longest regular closure, None when no day is closed."""
    hours = calendar.hours(queue)
    return _after_longest_run([not hours.get(day) for day in WEEKDAYS])


def _after_longest_run(off: Sequence[bool]) -> int | None:
    """Return the first weekday that follows the longest run of weekdays that are `off`, None without any."""
    best, opener = 0, None
    for w in range(7):
        run = 0
        while run < 7 and off[(w - 1 - run) % 7]:
            run += 1
        if not off[w] and run > best:
            best, opener = run, w
    return opener


def _rest_day(calendar: Calendar, date: dt.date, queue: str | None) -> int | None:
    """Return the weekday like which a public holiday is in the week of `date`, None where it is closed as a rule."""
    day = rest_day(calendar.weekend(date, queue), calendar.country)
    return day if calendar.hours(queue).get(WEEKDAYS[day]) else None


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
    """Whether the desk is open on `date`, no day of the weekend, nor a public holiday of an always-open desk."""
    if calendar.is_weekend(date, queue) or _closed(calendar, date, queue):
        return False
    return not (calendar.holiday(date) and _rest_day(calendar, date, queue) is not None)


def _irregular(calendar: Calendar, date: dt.date, queue: str | None) -> bool:
    """Whether the desk is shut on `date` though its weekly hours are not."""
    return bool(calendar.hours(queue, date).get(WEEKDAYS[date.weekday()])) and _closed(calendar, date, queue)


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
    return calendar.is_weekend(date, queue) or calendar.holiday(date) is not None or calendar.is_closed(date, queue)


def _holiday_week(calendar: Calendar, date: dt.date, queue: str | None) -> dict[str, float]:
    """Return how `date` lies to the public holidays on which the desk is open, and to those of its own week."""
    one = dt.timedelta(days=1)

    def off(day: dt.date) -> bool:
        return calendar.holiday(day) is not None and not _closed(calendar, day, queue)

    if off(date):
        return {}
    weekend, rests = calendar.weekend(date, queue), calendar.is_weekend(date, queue)
    first = _after_longest_run([day in weekend for day in range(7)]) or 0
    place = (date.weekday() - first) % 7
    week = [
        i for i in range(7) if (first + i) % 7 not in weekend and calendar.holiday(date + (i - place) * one) is not None
    ]
    return {
        "after_holiday": _beside_holiday(calendar, date, queue, -1),
        "after_holiday_2": not off(date - one) and off(date - 2 * one),
        "before_holiday": _beside_holiday(calendar, date, queue, 1),
        "holiday_week_before": bool(week) and place < week[0] and not rests,
        "holiday_week_after": bool(week) and week[0] < place and not rests,
        "holiday_week_weekend": bool(week) and rests,
    }


def _beside_holiday(calendar: Calendar, date: dt.date, queue: str | None, step: int) -> bool:
    """Whether `date` works and the workday beside it (step -1 before, +1 after) is a holiday with an open desk."""
    if calendar.is_weekend(date, queue) or calendar.holiday(date) is not None:
        return False
    beside = date + dt.timedelta(days=step)
    while calendar.is_weekend(beside, queue):
        beside += dt.timedelta(days=step)
    return calendar.holiday(beside) is not None and not _closed(calendar, beside, queue)


def day_features(
    calendar: Calendar, dates: Sequence[dt.date], queue: str | None = None, kinds: Collection[str] = ()
) -> pd.DataFrame:
    """Return what the calendar knows about each day, known in advance, one row per date.

    ``weekday`` is the weekday (0 = Monday) that the day behaves like: the first open day after an irregular closure
    behaves like the first day of the desk's week, a public holiday like the weekend's day of rest (`rest_day`) where
    the desk is open on that.
    All other columns are 0 or 1: ``holiday``, ``after_closure``, ``after_closure_2``, ``before_closure``, ``bridge``,
    ``after_holiday``, ``before_holiday`` (the working day beside a public holiday on which the desk is open),
    ``month_start_1`` … ``month_end_3`` (working days counted from the month's start and end), and ``kind:NAME`` per
    kind of special day whose effect the planner has not given, paydays among them, and per kind of day that the
    country makes of it (`Country.kinds`), as far as `kinds` holds that.
    """
    opener = week_opener(calendar, queue)
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
        elif holiday and (rest := _rest_day(calendar, date, queue)) is not None:
            row["weekday"] = rest
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
        if calendar.nation is not None and kinds:
            row |= {f"kind:{kind}": True for kind in calendar.nation.kinds(date) if kind in kinds}
        rows.append(row)
    columns = ["weekday", "holiday", "after_closure", "after_closure_2", "before_closure", "bridge", *HOLIDAY_WEEK]
    columns += [f"month_start_{i}" for i in range(1, MONTH_STARTS + 1)] + [
        f"month_end_{i}" for i in range(1, MONTH_ENDS + 1)
    ]
    columns += sorted({name for row in rows for name in row} - set(columns))
    frame = pd.DataFrame(rows, columns=columns, index=pd.Index(list(dates), name="date")).astype(float).fillna(0.0)
    return frame.astype({"weekday": np.int64})
