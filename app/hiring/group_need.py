"""The need of the months ahead, by group: hours of work, and mixes of contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...forecast.months.far import FarForecast
from ...schedule.hiring.loss import LossPoint
from ...schedule.hiring.problem import Months, Recipe
from .work_curve import WorkCurve


@dataclass(frozen=True, eq=False)
class GroupNeed:
    """What a group needs, by scenario and month, and the mixes of contracts to choose from (S scenarios, T months).

    Attributes
    ----------
    queues
        Its queues.
    demand
        Hours of work, shape (S, T).
    recipes
        Mixes of contracts, at least one.
    load_h
        Hours of calls at the mean of the forecast, shape (T,).
    loss
        What the sample weeks told.
    kinds
        Kind of week → its share of the work of each month, shape (T,).
    weeks
        Weeks ahead: ``week`` (first day), ``days``, ``kind``, and means of ``calls`` and ``work_h``. The first week may
        be cut by its month's start, the last one runs on beyond the last month.
    curves
        Queue → hours of work by weekday and calls.
    usual
        Name of the recipe of the usual mix: today's, else the cheapest.
    absent
        Unplanned shrinkage of the sample week, 0 to 1.
    breaks
        Paid breaks as a share of paid time: the spreadsheet formula counts them as shrinkage.
    """

    queues: tuple[str, ...]
    demand: np.ndarray
    recipes: tuple[Recipe, ...]
    load_h: np.ndarray
    loss: tuple[LossPoint, ...]
    kinds: Mapping[str, np.ndarray]
    weeks: pd.DataFrame
    curves: Mapping[str, WorkCurve]
    usual: str
    absent: float
    breaks: float

    @property
    def ratio(self) -> np.ndarray:
        """Hours of presence for one hour of work with the usual recipe, shape (T,)."""
        return next(r.ratio for r in self.recipes if r.name == self.usual)


@dataclass(frozen=True, eq=False)
class Need:
    """What the months ahead need.

    Attributes
    ----------
    months
        The months.
    groups
        By name.
    far
        Calls behind it.
    notes
        What the reader should know, a sentence each.
    closed
        Planned days on which all is shut though the weekday is open as a rule: closures of the calendar, and public
        holidays that were shut before.
    """

    months: Months
    groups: Mapping[str, GroupNeed]
    far: FarForecast
    notes: tuple[str, ...] = ()
    closed: tuple[dt.date, ...] = ()

    @property
    def load_h(self) -> dict[str, np.ndarray]:
        """Group → hours of calls in each month, at the mean of the forecast, shape (T,)."""
        return {name: need.load_h for name, need in self.groups.items()}

    @cached_property
    def loss(self) -> pd.DataFrame:
        """Schedule loss as measured: a row a group, kind of week and mix of contracts."""
        rows = [
            {
                "group": name,
                "week": p.kind,
                "mix": p.mix,
                "share": ", ".join(f"{c} {s:.0%}" for c, s in p.share.items() if s > 0.0005),
                "work_h": p.work_h,
                "presence_h": p.presence_h,
                "ratio": p.ratio,
                "how": p.how,
                "missed": p.missed,
                "unfilled": p.unfilled,
            }
            for name, need in self.groups.items()
            for p in need.loss
        ]
        columns = ["group", "week", "mix", "share", "work_h", "presence_h", "ratio", "how", "missed", "unfilled"]
        return pd.DataFrame(rows, columns=columns)
