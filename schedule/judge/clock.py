"""The judge's clock: stamps as real minutes and back, in its own way.

Times are real minutes (floats) since 1970 in UTC, or wall-clock minutes where the plan has no zone, so that rest and
lengths are elapsed time also when the clock changes. A time of day means what the clock on the wall shows: between
02:00 and 02:30 it is twice where the clock goes back over that half-hour, and never where the clock skips it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from ...forecast.errors import InputError

DAY = dt.timedelta(days=1)
DAY_MIN = 1440
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FARTHEST_MIN = 26 * 60
"""Minutes that local time lies away from UTC at most: Apia went from -11 to +14 hours; no law says more."""
FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years in which the changes of a clock are looked for."""
LEAST_STEADY_MIN = 6 * 60
"""Least minutes between two changes of one clock; they lie weeks apart."""
Span = tuple[float, float]


@dataclass(frozen=True)
class Clock:
    """Turns stamps into minutes and back; `zone` None = naive wall clock."""

    zone: str | None

    def minute(self, stamp: Any) -> float:
        """Return the real minute of a stamp (text or datetime); without an offset it is local time.

        Of a time that the clock shows twice the first passage is meant.

        Raises
        ------
        InputError
            If it is no ISO 8601 time, or the clock skips it.
        """
        if not isinstance(stamp, dt.datetime):
            try:
                stamp = dt.datetime.fromisoformat(str(stamp).strip())
            except ValueError:
                mend = "Write it like 2026-10-25T07:30"
                raise InputError("not an ISO 8601 time", value=str(stamp), mend=mend) from None
        if self.zone is None:
            return _since_epoch(stamp)
        shown = _since_epoch(stamp)
        if stamp.tzinfo is None and not FIRST_YEAR <= stamp.year <= LAST_YEAR:  # such as 9999: until further notice
            stamp = stamp.replace(tzinfo=ZoneInfo(self.zone))
        if stamp.tzinfo is not None:
            return shown - (stamp.utcoffset() or dt.timedelta()).total_seconds() / 60
        found = self.passages(shown, shown + 1e-6)
        if not found:
            what = f"time does not exist in {self.zone} (the clock skips it)"
            raise InputError(what, value=str(stamp), mend="Write it with its UTC offset")
        return found[0][0]

    def wall(self, minute: float) -> dt.datetime:
        """Return the local time at a real minute, without a zone where there is none."""
        stamp = EPOCH + dt.timedelta(minutes=minute)
        return stamp.replace(tzinfo=None) if self.zone is None else stamp.astimezone(ZoneInfo(self.zone))

    def passages(self, low: float, high: float) -> tuple[Span, ...]:
        """Return when the clock on the wall shows `low` to `high` (minutes since 1970 as shown), half-open, in order.

        Spans that touch are one; there is none where the clock skips all of it.
        """
        if self.zone is None:
            return ((low, high),) if low < high else ()
        out: list[Span] = []
        for day in range(int((low - FARTHEST_MIN) // DAY_MIN), int((high + FARTHEST_MIN) // DAY_MIN) + 1):
            for begin, end, offset in _steady(self.zone, day):
                a, b = max(begin, low - offset), min(end, high - offset)
                if a >= b:
                    continue
                if out and out[-1][1] == a:
                    out[-1] = (out[-1][0], b)
                else:
                    out.append((a, b))
        return tuple(out)

    def hours(self, date: dt.date, low: int, high: int) -> tuple[Span, ...]:
        """Return when the clock shows minute `low` to minute `high` of `date` (both may pass 1440)."""
        midnight = _shown(date)
        return self.passages(midnight + low, midnight + high)

    def time(self, date: dt.date, minute: int) -> float | None:
        """Return when the clock first shows `minute` (may pass 1440) of `date`; None where the clock skips it."""
        shown = _shown(date) + minute
        found = self.passages(shown, shown + 1e-6)
        return found[0][0] if found else None

    def begin(self, date: dt.date) -> float:
        """Return the first real minute of `date`; of a date that the clock skips that of the date after it."""
        while not (found := self.hours(date, 0, DAY_MIN)):
            date += DAY
        return found[0][0]

    def day(self, date: dt.date) -> Span:
        """Return the first real minute of `date` and of the next one: 23 or 25 hours where the clock changes."""
        return self.begin(date), self.begin(date + DAY)

    def text(self, minute: float) -> str:
        """Return the ISO stamp of a real minute."""
        return self.wall(minute).isoformat()


def _shown(date: dt.date) -> float:
    """Return the minute since 1970 that a clock shows at midnight of `date`."""
    return float((date - EPOCH.date()).days * DAY_MIN)


def _since_epoch(stamp: dt.datetime) -> float:
    return (stamp.replace(tzinfo=dt.UTC) - EPOCH).total_seconds() / 60


@lru_cache(maxsize=4096)
def _steady(zone: str, day: int) -> tuple[tuple[float, float, float], ...]:
    """Return the parts of the UTC day number `day` in which the offset stays: (first minute, end, offset)."""
    key = ZoneInfo(zone)

    def offset(second: int) -> float:
        moved = (EPOCH + dt.timedelta(seconds=second)).astimezone(key).utcoffset()
        return (moved or dt.timedelta()).total_seconds() / 60

    edges = [day * DAY_MIN * 60]
    for low in range(day * DAY_MIN, (day + 1) * DAY_MIN, LEAST_STEADY_MIN):
        before, after = low * 60, (low + LEAST_STEADY_MIN) * 60
        if offset(before) == offset(after):
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
        edges.append(after)
    edges = sorted({*edges, (day + 1) * DAY_MIN * 60})
    return tuple((a / 60, b / 60, offset(a)) for a, b in pairwise(edges))
