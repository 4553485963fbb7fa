"""A hiring run as the judge reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

MONTH_DAYS = 365.25 / 12
"""Days of a month of tenure."""
LOOSE = 1e-5
"""Difference of a figure that rounding in files explains, as a share of the figure or of one."""

Found = Iterator[str]


def differs(have: float | None, want: float | None) -> bool:
    """Whether a figure is not what it should be; None = unknown."""
    if have is None or want is None:
        return (have is None) != (want is None)
    return not abs(have - want) <= LOOSE * (1.0 + abs(want))


@dataclass(frozen=True, eq=False)
class Hires:
    """A hiring run.

    Parameters
    ----------
    summary
        summary.json.
    headcount, classes, state
        The tables of these names.
    transfers
        Columns month, source, target, heads; empty without any.
    terms
        hiring.toml as it was planned with, every default filled in.
    """

    summary: Mapping[str, Any] = field(repr=False)
    headcount: pd.DataFrame = field(repr=False)
    classes: pd.DataFrame = field(repr=False)
    state: pd.DataFrame = field(repr=False)
    transfers: pd.DataFrame = field(repr=False)
    terms: Mapping[str, Any] = field(repr=False)

    @cached_property
    def as_of(self) -> dt.date:
        """The day of planning."""
        return dt.date.fromisoformat(self.summary["as_of"])

    @cached_property
    def starts(self) -> list[dt.date]:
        """First day of each month, and of the month after the last."""
        firsts = [dt.date.fromisoformat(f"{text}-01") for text in self.summary["months"]]
        return [*firsts, (firsts[-1] + dt.timedelta(days=32)).replace(day=1)]

    @cached_property
    def bounds(self) -> np.ndarray:
        """Number of the first day of each month, and of the month after the last, day 0 being the first one."""
        return np.array([(d - self.starts[0]).days for d in self.starts])

    @property
    def kinds(self) -> Mapping[str, Mapping[str, Any]]:
        """Kinds of people by name."""
        found: Mapping[str, Mapping[str, Any]] = self.summary["kinds"]
        return found

    @property
    def tells_money(self) -> bool:
        """Whether the run was published with wages and costs."""
        return self.summary.get("wages_shown") is not False

    def month_of(self, day: dt.date) -> int | None:
        """Return the planned month that holds `day`; None for another one."""
        at = int(np.searchsorted(self.bounds, (day - self.starts[0]).days, side="right")) - 1
        return at if 0 <= at < len(self.starts) - 1 else None

    def of_group(self, name: str) -> pd.DataFrame:
        """Return the rows of headcount.csv of a group, month by month."""
        return self.headcount[self.headcount["group"] == name].reset_index(drop=True)


def date_of(value: Any) -> dt.date | None:
    """Return the date of a cell; None for a blank one."""
    return None if pd.isna(value) else pd.Timestamp(value).date()
