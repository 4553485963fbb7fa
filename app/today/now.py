"""Which moment it is for a running day: as asked, by the clock, or at the end of what has come."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd

from ...forecast.calendar.grid import refuse_far_year
from ...forecast.calendar.local_times import parse_times
from ...forecast.errors import InputError


def wall_clock(zone: str | None) -> pd.Timestamp:
    """Return the present moment: in the zone, or as a naive time of this computer's clock."""
    return pd.Timestamp(dt.datetime.now(None if zone is None else ZoneInfo(zone)))


def asked_now(text: str, zone: str | None, date: dt.date | None) -> pd.Timestamp:
    """Return the moment that ``--now`` names: a date and time, or a time of day of `date`.

    Parameters
    ----------
    date
        Day of a bare time; None = unknown.

    Raises
    ------
    InputError
        If it is no time, or the day is unknown.
    """
    whole = text.strip()
    if len(whole) <= len("00:00:00") and ":" in whole:
        if date is None:
            raise InputError("the day is unknown: nothing has come yet", column="--now", value=text,
                             mend="Write date and time, like 2026-11-30T14:30")  # fmt: skip
        whole = f"{date.isoformat()}T{whole}"
    try:
        found = parse_times(pd.Series([whole]), zone, column="--now").iloc[0]
    except InputError as error:
        raise InputError("not a time", column="--now", value=text,
                         mend="Write it like 14:30 or 2026-11-30T14:30") from error  # fmt: skip
    refuse_far_year(found.date(), column="--now")
    return pd.Timestamp(found)


def moment(asked: pd.Timestamp | None, clock: pd.Timestamp, last_end: pd.Timestamp | None) -> pd.Timestamp:
    """Return the moment that a look is made for.

    Without a word from the user a day that is today by the clock is looked at now; any other day at the end of the last
    interval that came.

    Parameters
    ----------
    asked
        What ``--now`` names.
    clock
        The present moment.
    last_end
        End of the last interval that came; None where nothing has come.
    """
    if asked is not None:
        return asked
    if last_end is None or (last_end - pd.Timedelta(microseconds=1)).date() == clock.date():
        return clock
    return last_end
