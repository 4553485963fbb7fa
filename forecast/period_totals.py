"""Calls of days, weeks, months and of the whole site: sums of the intervals, so that all agree."""

from __future__ import annotations

import pandas as pd

from .errors import InputError

PERIODS = {"interval": None, "day": "D", "week": "W-SUN", "month": "M"}


def totals(volume: pd.DataFrame, by: str = "day", *, site: bool = False) -> pd.DataFrame:
    """Add up a volume table.

    Parameters
    ----------
    volume
        Table ``volume`` of `forecast`, any number of queues.
    by
        ``interval``, ``day``, ``week`` (from Monday) or ``month``, in local time.
    site
        Whether queues are added up too.

    Returns
    -------
    pandas.DataFrame
        ``queue, start, calls, handle_s``: the period's first day (its start for intervals), the sum of the expected
        calls, and their mean handle time weighted by calls, NaN where unknown. With `site` there is no queue.
        Quantiles do not add up and are left out.

    Raises
    ------
    InputError
        If `by` is no period.

    Examples
    --------
    >>> start = pd.date_range("2026-03-31 22:00", periods=4, freq="h")
    >>> volume = pd.DataFrame({"queue": "a", "start": start, "calls": [1.0, 2.0, 3.0, 4.0], "handle_s": 60.0})
    >>> totals(volume, "month")["calls"].tolist()
    [3.0, 7.0]
    """
    if by not in PERIODS:
        raise InputError("unknown period", column="by", value=by, mend=f"One of {', '.join(PERIODS)}")
    start = volume["start"]
    freq = PERIODS[by]
    if freq is not None:
        start = start.dt.tz_localize(None).dt.to_period(freq).dt.start_time
    frame = pd.DataFrame(
        {
            "queue": volume["queue"],
            "start": start,
            "calls": volume["calls"],
            "work": volume["calls"] * volume["handle_s"],
        }
    )
    keys = ["start"] if site else ["queue", "start"]
    out = frame.groupby(keys, sort=True)[["calls", "work"]].sum(min_count=1).reset_index()
    unknown = volume["handle_s"].isna().groupby([frame[k] for k in keys]).any().to_numpy()
    out["handle_s"] = (out["work"] / out["calls"].where(out["calls"] > 0)).mask(unknown)
    return out.drop(columns="work")
