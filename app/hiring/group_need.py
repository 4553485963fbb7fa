"""The need of the months ahead, by group: hours of work, mixes of contracts, and the spreadsheet formula beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...forecast.months.far import QUANTILES, FarForecast
from ...schedule.hiring.loss import LossPoint
from ...schedule.hiring.problem import Months, Recipe
from .work_curve import WorkCurve

OCCUPANCY = 0.85
"""Occupancy of the spreadsheet formula FTE = workload / occupancy / (1 - shrinkage): the figure most often used."""


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
        Name of the recipe that `presence_h` and `fte` are told for: today's mix, else the cheapest.
    absent, planned
        Unplanned and planned shrinkage, 0 to 1.
    breaks
        Paid breaks as a share of paid time: the formula counts them as shrinkage.
    fte_h
        Paid hours of a full-time head in each month, shape (T,).
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
    planned: float
    breaks: float
    fte_h: np.ndarray

    @property
    def ratio(self) -> np.ndarray:
        """Hours of presence for one hour of work with the usual recipe, shape (T,)."""
        return next(r.ratio for r in self.recipes if r.name == self.usual)

    @property
    def presence_h(self) -> np.ndarray:
        """Hours of presence needed at the mean, shape (T,)."""
        return np.asarray(self.demand.mean(axis=0) * self.ratio)

    @property
    def paid_h(self) -> np.ndarray:
        """Paid hours needed at the mean, absence and planned time off the phone included, vacation not, shape (T,)."""
        return np.asarray(self.presence_h / (1.0 - self.absent) / (1.0 - self.planned))

    @property
    def fte(self) -> np.ndarray:
        """Full-time heads that `paid_h` pays, shape (T,)."""
        return np.asarray(self.paid_h / self.fte_h)

    @property
    def formula_fte(self) -> np.ndarray:
        """FTE by the spreadsheet formula: workload / occupancy / (1 - shrinkage), shape (T,)."""
        kept = (1.0 - self.absent) * (1.0 - self.planned) * (1.0 - self.breaks)
        return np.asarray(self.load_h / OCCUPANCY / kept / self.fte_h)

    @property
    def formula_error(self) -> np.ndarray:
        """Error of the formula as a share of `fte`; below 0 = too few people, shape (T,)."""
        return np.asarray(self.formula_fte / self.fte - 1.0)

    def quantiles(self) -> dict[float, np.ndarray]:
        """Return quantiles of the hours of work, each of shape (T,)."""
        return {q: np.quantile(self.demand, q, axis=0) for q in QUANTILES}


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
    """

    months: Months
    groups: Mapping[str, GroupNeed]
    far: FarForecast
    notes: tuple[str, ...] = ()

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
            }
            for name, need in self.groups.items()
            for p in need.loss
        ]
        columns = ["group", "week", "mix", "share", "work_h", "presence_h", "ratio", "how", "missed"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Need by group and month: hours with quantiles, FTE, and the spreadsheet formula with its error."""
        starts = self.months.starts()[:-1]
        rows = []
        for name, need in self.groups.items():
            quantiles = need.quantiles()
            for t, start in enumerate(starts):
                row = {"group": name, "month": start, "load_h": need.load_h[t], "work_h": need.demand[:, t].mean()}
                row |= {f"work_h_q{q:g}": v[t] for q, v in quantiles.items()}
                row |= {"ratio": need.ratio[t], "paid_h": need.paid_h[t], "required_fte": need.fte[t]}
                row |= {"formula_fte": need.formula_fte[t], "formula_error": need.formula_error[t]}
                rows.append(row)
        return pd.DataFrame(rows)
