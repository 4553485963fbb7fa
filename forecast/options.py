"""What is to be forecast from a table of calls, and from which of its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from .backtesting.race import ORIGINS
from .calendar.grid import Grid, known_zone
from .calls.history_options import HistoryOptions
from .errors import InputError
from .models import MODELS
from .models.contract import MOST_DAYS_AHEAD
from .ranges import DAY_S, Range, refuse_beyond, refuse_odd_patience

DEFAULT_MODEL = next(iter(MODELS))
MOST_SILENT_DAYS = 14
"""Days between the last call and a running day, at most: beyond two weeks the calls are surely an old export."""


@dataclass(frozen=True)
class ForecastOptions:
    """What is to be forecast.

    Parameters
    ----------
    history
        How the table of calls is read.
    days
        Calendar days to forecast, 1 to `MOST_DAYS_AHEAD`.
    model
        A model's name, or ``auto``: the best over past origins.
    handle_s, patience_s
        Mean handle time and mean patience in seconds, above 0; `handle_s` is used where the history has none,
        `patience_s` wins over the history; None = as the history tells.
    now
        A moment of a running day: calls from then on are not used, and the rest of that day is forecast too.
    origins
        Past origins on which models are tried, at least 0; 0 = none.
    processes
        Queues forecast beside each other, at least 1; None = as many as pay.

    Raises
    ------
    InputError
        If `days`, `handle_s`, `patience_s`, `origins` or `processes` is out of range.
    """

    history: HistoryOptions = field(default_factory=HistoryOptions)
    days: int = 14
    model: str = DEFAULT_MODEL
    handle_s: float | None = None
    patience_s: float | None = None
    now: str | pd.Timestamp | None = None
    origins: int = ORIGINS
    processes: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.days, bool) or int(self.days) != self.days or not 1 <= self.days <= MOST_DAYS_AHEAD:
            raise InputError(f"Expected 1 to {MOST_DAYS_AHEAD} whole days", column="--days", value=self.days)
        refuse_beyond(self, {"handle_s": Range(0, DAY_S, "Seconds, at most a day", above=True)}, "--")
        refuse_odd_patience(self.patience_s, "--patience-s")
        if self.origins < 0:
            raise InputError("Expected at least 0 origins", value=self.origins)
        if self.processes is not None and self.processes < 1:
            raise InputError("Expected at least one process", value=self.processes)


def usable_calls(calls: pd.DataFrame, options: ForecastOptions) -> tuple[pd.DataFrame, Grid]:
    """Return the calls that may be used, and the days after the last one; with `now` the running day comes first.

    Parameters
    ----------
    calls
        As `tidy` returns them.

    Raises
    ------
    InputError
        If `now` is no time, or no calls lie before it.
    """
    days, minutes, zone = int(options.days), options.history.interval_min, options.history.zone
    if options.now is None:
        return calls, Grid(calls["start"].max().date() + dt.timedelta(days=1), days, minutes, zone)
    moment = _moment(options.now, zone)
    grid = Grid(moment.date(), days + 1, minutes, zone)
    step = pd.Timedelta(minutes=minutes)
    used = calls[calls["start"] < grid.first + step * ((moment - grid.first) // step)]
    value = str(options.now)
    if used.empty:
        raise InputError("no calls before it", column="--now", value=value, mend="Give a moment after the first call")
    last = used["start"].max().date()
    if (grid.first_date - last).days > MOST_SILENT_DAYS:
        raise InputError(
            f"the calls end on {last}", column="--now", value=value, mend="Bring the calls up to that moment"
        )
    return used, grid


def _moment(now: str | pd.Timestamp, zone: str | None) -> pd.Timestamp:
    """Return a moment of the zone's clock; of a repeated hour the first passage unless the offset says otherwise."""
    try:
        moment = pd.Timestamp(now)
        if zone is None:
            return moment.tz_localize(None)
        known = known_zone(zone)
        return moment.tz_localize(known, ambiguous=True) if moment.tzinfo is None else moment.tz_convert(known)
    except InputError:
        raise
    except ValueError:
        raise InputError(
            "no moment of the clock", column="--now", value=str(now), mend="Write it like 2026-10-25T11:30"
        ) from None
