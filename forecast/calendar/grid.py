"""Equal intervals over local days: the time axis that every table shares."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from ..errors import InputError
from .years import FIRST_YEAR, LAST_YEAR, refuse_far_year

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
"""As `datetime.date.weekday` counts."""


def known_zone(zone: str, column: str = "zone") -> ZoneInfo:
    """Return the time zone of that name; `column` is named in errors.

    Raises
    ------
    InputError
        If there is none.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder's name is an OSError
        raise InputError(
            "unknown time zone", column=column, value=zone, mend="Use a name like Europe/Berlin or UTC"
        ) from error


def midnight(date: dt.date, zone: str | None) -> pd.Timestamp:
    """Return the first instant of the local day `date` (aware when `zone` is given).

    Where the clock skips midnight the day begins at 01:00; of a day that the clock skips whole (Apia crossed the date
    line) it is the first instant of the next.
    """
    stamp = pd.Timestamp(date)
    if zone is None:
        return stamp
    key = ZoneInfo(zone)
    found = stamp.tz_localize(key, nonexistent="NaT", ambiguous=True)
    if isinstance(found, pd.Timestamp):
        return found
    noon = (stamp + pd.Timedelta(hours=12)).tz_localize(key, nonexistent="NaT", ambiguous=True)
    if not isinstance(noon, pd.Timestamp):
        return midnight(date + dt.timedelta(days=1), zone)
    return stamp.tz_localize(key, nonexistent="shift_forward", ambiguous=True)


@dataclass(frozen=True)
class Grid:
    """Half-open intervals of `minutes`, labelled by their start, over `days` local days from `first_date`.

    With a zone the starts are aware and a clock-change day has more or fewer intervals (46 or 50
    half-hours); without one they are naive wall clock and every day has 24 hours.

    Examples
    --------
    >>> grid = Grid(dt.date(2026, 10, 25), days=1, minutes=30, zone="Europe/Berlin")
    >>> len(grid)
    50
    >>> grid.slot(dt.date(2026, 10, 25), 8 * 60)
    18
    """

    first_date: dt.date
    days: int
    minutes: int
    zone: str | None = None

    def __post_init__(self) -> None:
        if self.minutes <= 0 or 1440 % self.minutes:
            raise InputError(
                "interval does not divide a day", value=self.minutes, mend="Use 5, 10, 15, 30 or 60 minutes"
            )
        if self.days <= 0:
            raise InputError("Expected at least one day", value=self.days)
        refuse_far_year(self.first_date)
        if self.zone is not None:
            known_zone(self.zone)

    @cached_property
    def first(self) -> pd.Timestamp:
        """Start of the first interval."""
        return midnight(self.first_date, self.zone)

    @cached_property
    def end(self) -> pd.Timestamp:
        """End of the last interval."""
        return midnight(self.first_date + dt.timedelta(days=self.days), self.zone)

    @cached_property
    def starts(self) -> pd.DatetimeIndex:
        """Starts of all intervals, in local time."""
        return pd.date_range(self.first, self.end, freq=f"{self.minutes}min", inclusive="left")

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def hours(self) -> float:
        """Length of one interval in hours."""
        return self.minutes / 60.0

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The local days, in order."""
        return tuple(self.first_date + dt.timedelta(days=i) for i in range(self.days))

    @cached_property
    def day_slices(self) -> tuple[slice, ...]:
        """Per local day the slice of its intervals."""
        edges = []
        for date in (*self.dates, self.first_date + dt.timedelta(days=self.days)):
            begin = midnight(date, self.zone)
            try:
                edges.append(self.position(begin))
            except InputError:
                raise InputError(
                    f"the clock changes by less than an interval: no interval begins with {date} in {self.zone}",
                    column="interval_min",
                    value=self.minutes,
                    mend="Use intervals of 30 minutes or a divisor of them",
                ) from None
        return tuple(slice(a, b) for a, b in itertools.pairwise(edges))

    @cached_property
    def minute_of_day(self) -> np.ndarray:
        """Per interval the local wall-clock minute of its start, shape (len,)."""
        return np.asarray(self.starts.hour * 60 + self.starts.minute)

    def position(self, time: pd.Timestamp) -> int:
        """Return how many intervals lie between the grid's start and `time` (may be negative or past the end).

        Raises
        ------
        InputError
            If `time` does not lie on the grid's steps.
        """
        minutes = (time - self.first) / pd.Timedelta(minutes=1)
        slot, rest = divmod(minutes, self.minutes)
        if rest:
            raise InputError(f"time is not on the {self.minutes}-minute grid", value=str(time))
        return int(slot)

    def slot(self, date: dt.date, minute: int) -> int | None:
        """Return the interval that starts at wall-clock `minute` of `date`; None when the clock skips it.

        `minute` may be 1440 or more (the next day). A repeated hour means its first passage.
        """
        date, minute = date + dt.timedelta(days=minute // 1440), minute % 1440
        wall = pd.Timestamp(date) + pd.Timedelta(minutes=minute)
        if self.zone is None:
            return self.position(wall)
        stamp = wall.tz_localize(ZoneInfo(self.zone), nonexistent="NaT", ambiguous=True)
        return self.position(stamp) if isinstance(stamp, pd.Timestamp) else None

    def time(self, slot: int) -> pd.Timestamp:
        """Return the local time at which interval `slot` starts (any integer, also outside the grid)."""
        return self.first + pd.Timedelta(minutes=self.minutes * slot)

    def finer(self, minutes: int) -> Grid:
        """Return the same days on a finer step.

        Raises
        ------
        InputError
            If `minutes` does not divide this grid's step.
        """
        if self.minutes % minutes:
            raise InputError(
                "grid_min must divide interval_min", value=minutes, mend=f"Use a divisor of {self.minutes}"
            )
        return Grid(self.first_date, self.days, minutes, self.zone)


__all__ = ["FIRST_YEAR", "LAST_YEAR", "WEEKDAYS", "Grid", "known_zone", "midnight", "refuse_far_year"]
