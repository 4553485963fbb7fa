"""When a centre is open, and what is special about a day."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import holidays
import numpy as np
import pandas as pd

from ..errors import InputError
from .day_kinds import day_features, pays
from .grid import WEEKDAYS, Grid, known_zone

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SpecialDay:
    """A day that differs from its weekday.

    Parameters
    ----------
    date, name
        When and what.
    kind
        Days of one kind are taken to act alike; their effect is learnt from the past days of the kind.
    queue
        The only queue concerned; None = all.
    effect
        Multiplier on the calls where the planner knows it (1.2 = 20 % more); None = learn it.
    closed
        Whether the queue is shut all day.
    hours
        Open spans of this day in minutes after midnight (see `parse_hours`), in place of the weekday's; None = as ever.
    """

    date: dt.date
    name: str
    kind: str = "special"
    queue: str | None = None
    effect: float | None = None
    closed: bool = False
    hours: Spans | None = None

    def __post_init__(self) -> None:
        if self.closed and self.hours:
            raise InputError("a closed day has no hours", column="hours", mend="Leave either closed or hours blank")
        if self.effect is not None and not (self.effect > 0 and math.isfinite(self.effect)):
            raise InputError(
                "Expected effect > 0",
                column="effect",
                value=self.effect,
                mend="A multiplier: 20 % more calls is 1.2; for no calls set closed = 1",
            )

    def concerns(self, queue: str | None) -> bool:
        """Whether the day counts for `queue`."""
        return self.queue is None or self.queue == queue


def _minute(text: str, column: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if colon and hour.isdigit() and minute.isdigit() and len(minute) == 2:
        value = int(hour) * 60 + int(minute)
        if int(minute) < 60 and value <= 1440:
            return value
    raise InputError(
        "not a time of day", column=column, value=text.strip(), mend="Write it like 07:00; 24:00 is the day's end"
    )


def parse_hours(text: str, *, column: str = "hours") -> Spans:
    """Read spans ``HH:MM-HH:MM`` separated by commas, or ``closed``.

    Returns
    -------
    tuple
        Open spans in minutes after midnight, sorted; () = closed.

    Raises
    ------
    InputError
        On a malformed time, or spans that overlap or end before they begin.

    Examples
    --------
    >>> parse_hours("08:00-12:00, 13:00-17:30")
    ((480, 720), (780, 1050))
    """
    if text.strip().lower() in ("closed", ""):
        return ()
    spans = []
    for part in text.split(","):
        start, dash, end = part.partition("-")
        if not dash:
            raise InputError(
                "not opening hours", column=column, value=text, mend='Write them like "07:00-21:00" or "closed"'
            )
        low, high = _minute(start, column), _minute(end, column)
        if low >= high:
            raise InputError(
                "opening hours end before they begin",
                column=column,
                value=part.strip(),
                mend='Split them at midnight: "22:00-24:00" on one day, "00:00-06:00" on the next',
            )
        spans.append((low, high))
    spans.sort()
    for (_, end_before), (begin, _) in pairwise(spans):
        if begin < end_before:
            raise InputError("opening hours overlap", column=column, value=text, mend="Merge the two spans")
    return tuple(spans)


def parse_opening(hours: Mapping[str, str], *, key: str = "opening") -> dict[str, Spans]:
    """Read opening hours such as ``{"monday": "07:00-12:00, 13:00-21:00", "sunday": "closed"}``.

    A weekday that is left out is closed.

    Parameters
    ----------
    hours
        Weekday name to text: spans ``HH:MM-HH:MM`` separated by commas, or ``closed``.
    key
        Config key that errors name.

    Returns
    -------
    dict
        Per weekday name the open spans in minutes after midnight, sorted.

    Raises
    ------
    InputError
        On an unknown weekday, a malformed time, overlapping spans, or when no day is open.

    Examples
    --------
    >>> parse_opening({"monday": "07:00-21:00"})["monday"]
    ((420, 1260),)
    """
    out: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ())
    for day, text in hours.items():
        if day not in out:
            near = difflib.get_close_matches(day.lower(), WEEKDAYS, 1)
            raise InputError(
                "unknown weekday",
                column=f"{key}.{day}",
                value=day,
                mend=f"Did you mean {near[0]!r}?" if near else f"One of {', '.join(WEEKDAYS)}",
            )
        out[day] = parse_hours(text, column=f"{key}.{day}")
    if not any(out.values()):
        raise InputError(
            "no day is open", column=f"{key}.monday", mend='Give at least one day hours such as "07:00-21:00"'
        )
    return out


def opening_of_history(calls: pd.DataFrame, minutes: int) -> dict[str, Spans]:
    """Return opening hours as the last `RECENT_DAYS` days show them: per weekday from the first usual interval on.

    An interval is usual when at least half of the weekday's days have all its rows (a source finer than `minutes` has
    several); a weekday with calls in no more than a third of the weeks that have any is closed.

    Parameters
    ----------
    calls
        Calls table of one queue with typed ``start``.
    minutes
        Interval of the forecast.
    """
    start = calls["start"].drop_duplicates().sort_values(ignore_index=True)
    start = start[start >= start.max().normalize() - pd.Timedelta(days=RECENT_DAYS)]
    day = start.dt.normalize()
    step = start.diff().dt.total_seconds().div(60.0).where(day == day.shift()).groupby(day).transform("min")
    minute = (start.dt.hour * 60 + start.dt.minute) // minutes * minutes
    due = (minutes / step.fillna(minutes)).clip(lower=1.0)
    rows = pd.DataFrame({"weekday": start.dt.day_of_week, "date": day, "minute": minute, "due": due})
    parts = rows.groupby(["weekday", "date", "minute"])["due"].agg(["size", "max"])
    seen = parts[parts["size"] >= parts["max"]].reset_index()
    out: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ())
    weeks = (day - pd.to_timedelta(start.dt.day_of_week, unit="D")).nunique()
    for weekday, part in seen.groupby("weekday"):
        days = part["date"].nunique()
        usual = part.groupby("minute").size()
        usual = usual[usual >= 0.5 * days]
        if 3 * days > weeks and len(usual):
            out[WEEKDAYS[int(str(weekday))]] = ((int(usual.index.min()), int(usual.index.max()) + minutes),)
    return out


RECENT_DAYS = 91
ALWAYS: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ((0, 1440),))


@dataclass(frozen=True)
class Calendar:
    """Opening hours, public holidays and special days of a centre.

    Public holidays do not close a queue; what they do to the calls is learnt. Closures are `SpecialDay`
    with ``closed=True``.

    Parameters
    ----------
    opening
        Weekday name to open spans in minutes after midnight, as from `parse_opening`.
    zone
        IANA time zone; None = naive wall clock.
    country, subdivision
        Codes of the package *holidays* ("US", "NY"); None = no public holidays.
    special
        The centre's own special days.
    queue_opening
        Opening hours of queues that differ from `opening`.
    paydays
        Days of the month on which people are paid, ``"last"`` for its last; on a weekend or public holiday they are
        paid on the working day before. Such a day is a special day of the kind ``payday``.

    Examples
    --------
    >>> bank = Calendar(parse_opening({"monday": "09:00-10:00"}), None)
    >>> bank.open_mask(Grid(dt.date(2026, 6, 1), days=1, minutes=30)).sum()
    np.int64(2)
    """

    opening: Mapping[str, Spans]
    zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    special: tuple[SpecialDay, ...] = ()
    queue_opening: Mapping[str, Mapping[str, Spans]] = field(default_factory=dict)
    paydays: tuple[int | str, ...] = ()

    def __post_init__(self) -> None:
        if self.zone is not None:
            known_zone(self.zone)
        for day in self.paydays:
            if day != "last" and not (isinstance(day, int) and 1 <= day <= 31):
                raise InputError(
                    "not a day of the month",
                    column="site.paydays",
                    value=day,
                    mend='Use numbers from 1 to 31, or "last"',
                )

    @cached_property
    def _holidays(self) -> Mapping[dt.date, str]:
        if self.country is None:
            return {}
        try:
            return holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            parts = holidays.list_supported_countries().get(self.country)
            what = "unknown country" if parts is None else f"unknown subdivision of {self.country}"
            value = self.country if parts is None else self.subdivision
            mend = "Use an ISO code such as US" if parts is None else f"One of {', '.join(parts) or 'none'}"
            raise InputError(what, column="site.country", value=value, mend=mend) from None

    def holiday(self, date: dt.date) -> str | None:
        """Return the name of the public holiday on `date`, if any.

        Raises
        ------
        InputError
            If `country` or `subdivision` is unknown.
        """
        return self._holidays.get(date)

    def with_closures(self, dates: Iterable[dt.date], queue: str | None) -> Calendar:
        """Return this calendar with `dates` closed for `queue`."""
        extra = tuple(SpecialDay(d, "shut", "closure", queue, closed=True) for d in dates)
        return replace(self, special=self.special + extra) if extra else self

    def hours(self, queue: str | None = None) -> Mapping[str, Spans]:
        """Return the weekly opening hours of `queue`."""
        return self.queue_opening.get(queue, self.opening) if queue is not None else self.opening

    def is_closed(self, date: dt.date, queue: str | None = None) -> bool:
        """Whether a special day shuts `queue` on `date`."""
        return any(s.closed for s in self.specials(date, queue))

    def spans(self, date: dt.date, queue: str | None = None) -> Spans:
        """Return when `queue` is open on `date`, in minutes after midnight: its own hours, else the weekday's."""
        special = [s for s in self._by_date.get(date, ()) if s.concerns(queue)]
        if any(s.closed for s in special):
            return ()
        own = sorted((s for s in special if s.hours is not None), key=lambda s: s.queue is None)
        return own[0].hours or () if own else self.hours(queue).get(WEEKDAYS[date.weekday()], ())

    def specials(self, date: dt.date, queue: str | None = None) -> tuple[SpecialDay, ...]:
        """Return the special days of `queue` on `date`."""
        own = tuple(s for s in self._by_date.get(date, ()) if s.concerns(queue))
        return (*own, SpecialDay(date, "payday", "payday")) if self.paydays and pays(self, date) else own

    @cached_property
    def _by_date(self) -> dict[dt.date, list[SpecialDay]]:
        out: dict[dt.date, list[SpecialDay]] = {}
        for s in self.special:
            out.setdefault(s.date, []).append(s)
        return out

    def open_wall(self, dates: Sequence[dt.date], minutes: int, queue: str | None = None) -> np.ndarray:
        """Return whether each wall-clock interval is open, shape (days, 1440 / minutes)."""
        hours = self.hours(queue)
        start = np.arange(0, 1440, minutes)
        week = np.array([[any(a <= m < b for a, b in hours.get(day, ())) for m in start] for day in WEEKDAYS])
        out = week[[d.weekday() for d in dates]]
        for i, date in enumerate(dates):
            if date in self._by_date:
                spans = self.spans(date, queue)
                out[i] = [any(a <= m < b for a, b in spans) for m in start]
        return np.asarray(out, dtype=bool)

    def open_mask(self, grid: Grid, queue: str | None = None) -> np.ndarray:
        """Return per interval of `grid` whether `queue` is open when it starts, shape (len(grid),)."""
        wall = self.open_wall(grid.dates, grid.minutes, queue)
        day = np.repeat(np.arange(grid.days), [s.stop - s.start for s in grid.day_slices])
        return np.asarray(wall[day, grid.minute_of_day // grid.minutes], dtype=bool)

    def effect(self, dates: Sequence[dt.date], queue: str | None = None) -> np.ndarray:
        """Return per day the product of the planner's own multipliers, 1 where there is none."""
        return np.array([math.prod(s.effect or 1.0 for s in self.specials(d, queue)) for d in dates], dtype=float)

    def features(self, dates: Sequence[dt.date], queue: str | None = None) -> pd.DataFrame:
        """Return what the calendar knows about each day, known in advance, one row per date.

        ``weekday`` is the weekday (0 = Monday) that the day behaves like: the first open day after an
        irregular closure behaves like the first day of the desk's week, a public holiday at a desk that is
        open on Sundays like a Sunday. All other columns are 0 or 1: ``holiday``, ``after_closure``,
        ``after_closure_2``, ``before_closure``, ``bridge``, ``after_holiday``, ``before_holiday`` (the working day
        beside a public holiday on which the desk is open), ``month_start_1`` … ``month_end_3`` (working days counted
        from the month's start and end), and ``kind:NAME`` per kind of special day whose effect the planner has not
        given, paydays among them.
        """
        return day_features(self, dates, queue)
