"""Moments of the store: whole seconds since 1970, and the local days and clocks that they mean at a site.

Times of a site without a zone are its wall clock, which is counted as if it were UTC.
"""

from __future__ import annotations

import calendar
import datetime as dt
import time
from functools import lru_cache

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import midnight


def seconds_of(times: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    """Return times as seconds since 1970 in UTC, int64."""
    index = pd.DatetimeIndex(times)
    return np.asarray((index if index.tz is None else index.tz_convert("UTC").tz_localize(None)).as_unit("s").asi8)


def times_of(seconds: np.ndarray, zone: str | None) -> pd.DatetimeIndex:
    """Return moments of the store as times in `zone`."""
    plain = pd.DatetimeIndex(np.asarray(seconds, dtype=np.int64).astype("datetime64[s]"))
    return plain if zone is None else plain.tz_localize("UTC").tz_convert(zone)


def days_of(seconds: np.ndarray, zone: str | None) -> np.ndarray:
    """Return the local day of each moment, numpy days."""
    return np.asarray(_wall(seconds, zone).to_numpy().astype("datetime64[D]"))


def moment_s(epoch_s: int, zone: str | None) -> int:
    """Return a moment, seconds since 1970 in UTC, as the moments of a site are counted.

    Of a site without a zone it is what the clock of this machine shows then.
    """
    return epoch_s if zone is not None else calendar.timegm(time.localtime(epoch_s))


@lru_cache(maxsize=10_000)
def midnight_s(date: dt.date, zone: str | None) -> int:
    """Return the first second of the local day `date`."""
    return int(seconds_of(pd.DatetimeIndex([midnight(date, zone)]))[0])


def same_clock(seconds: np.ndarray, zone: str | None, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the moments at which the wall clock showed the same `days` days before, and where there were any.

    Of an hour that the clock repeated then it is the first passage; an hour that it skipped had no such moment.
    """
    before = _wall(seconds, zone) - pd.Timedelta(days=days)
    if zone is None:
        return seconds_of(before), np.ones(len(before), dtype=bool)
    first = np.ones(len(before), dtype=bool)
    local = before.tz_localize(zone, ambiguous=first, nonexistent="NaT")
    there = np.asarray(local.notna())
    out = np.zeros(len(before), dtype=np.int64)
    out[there] = seconds_of(local[there])
    return out, there


def _wall(seconds: np.ndarray, zone: str | None) -> pd.DatetimeIndex:
    """Return what the local clock shows at moments of the store."""
    times = times_of(seconds, zone)
    return times if zone is None else times.tz_localize(None)
