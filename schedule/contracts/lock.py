"""The locked forecast, its band of tolerance, and what follows when more calls come than the band allows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond

RANGES = {
    "lead_days": Range(0, 366, "Days between the lock and the first day that it binds"),
    "band": Range(0, 10, "A share: 10 % is 0.1"),
    "handle_band": Range(0, 10, "A share: 10 % is 0.1"),
    "commitment": Range(0, 1, "A share: 90 % is 0.9"),
}
"""Ranges of a lock's numbers."""


@dataclass(frozen=True)
class Locked:
    """One forecast that was locked.

    Parameters
    ----------
    file
        Its file, relative to the contract's: columns ``queue, start, calls``, and ``handle_s`` with a `handle_band`;
        a volume.csv of a run is one.
    on
        Day on which it was locked.
    """

    file: str
    on: dt.date

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked


@dataclass(frozen=True)
class Relaxed:
    """A level that holds instead of a goal's own when more calls came.

    Parameters
    ----------
    goal
        Name of the goal.
    over
        Share above the locked forecast from which the level holds: 0.1 = more than 10 % above.
    level
        The level then; the ladder of the goal moves with it.
    """

    goal: str
    over: float
    level: float

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked


@dataclass(frozen=True)
class Lock:
    """Relief of the vendor where the calls leave the forecast that was locked.

    Parameters
    ----------
    forecast
        The locked forecasts; together they have each interval once.
    clause
        Clause of the contract that says so.
    lead_days
        Days from the lock to the first day that it binds; earlier days of a forecast give no relief.
    granularity
        Span in which calls and locked forecast are added up and compared, all queues of a goal together: ``interval``,
        ``day``, ``week`` or ``month``.
    author
        Who makes the forecast; told on the page.
    band
        Share above the locked calls that the vendor must bear: relief begins where the calls exceed
        (1 + `band`) × locked. Fewer calls than locked give no relief.
    handle_band
        Share above the locked handle time that the vendor must bear; only with ``consequence = "exclude"``. Without
        it: handle times give no relief.
    consequence
        ``exclude``: the whole span is left out. ``surplus``: goals bind only for the calls up to the band: the calls
        above leave the denominator, those not served in time first. ``relaxed``: a lower level holds, see `relaxed`.
    relaxed
        Levels of ``relaxed``.
    commitment
        Share of the locked calls that the client pays for at least, where the fee is per call; 0 = none.
    """

    forecast: tuple[Locked, ...]
    clause: str
    band: float
    consequence: Literal["exclude", "surplus", "relaxed"]
    granularity: Literal["interval", "day", "week", "month"] = "day"
    lead_days: int = 0
    author: str = ""
    handle_band: float | None = None
    relaxed: tuple[Relaxed, ...] = ()
    commitment: float = 0.0

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)
        if not self.forecast:
            raise InputError("no locked forecast", column="forecast", mend="Add a [[lock.forecast]] with file and on")
        if (self.consequence == "relaxed") != bool(self.relaxed):
            mend = "Add [[lock.relaxed]] tables" if not self.relaxed else "Leave [[lock.relaxed]] out"
            raise InputError("relaxed levels go with consequence = relaxed", column="relaxed", mend=mend)
        if self.handle_band is not None and self.consequence != "exclude":
            mend = 'Write consequence = "exclude", or leave handle_band out'
            raise InputError("longer calls are no surplus", column="handle_band", value=self.handle_band, mend=mend)
