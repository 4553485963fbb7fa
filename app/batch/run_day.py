"""The day of a batch at each of its sites."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class RunDay:
    """The first day that is not over: at each site the date of the moment at which the batch began, or one day for all.

    A batch that goes on after midnight keeps its days.

    Attributes
    ----------
    began_s
        When the batch began, seconds since 1970.
    fixed
        The day that was asked for; None = each site has its own.
    """

    began_s: int
    fixed: dt.date | None = None

    def at(self, zone: str | None) -> dt.date:
        """Return the day at a site; a site without a zone has the date of this machine."""
        if self.fixed is not None:
            return self.fixed
        return dt.datetime.fromtimestamp(self.began_s, None if zone is None else ZoneInfo(zone)).date()

    @property
    def here(self) -> dt.date:
        """The day by which the batch itself goes: the one asked for, or the date of this machine."""
        return self.at(None)
