"""Paid hours of the week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..problem.horizon import WEEK_DAYS
from .limits import limits_of
from .rows import Rows
from .rule import WorkedShift
from .shift_times import ShiftTimes
from .spec import RuleSpec
from .views import AgentView, ProblemView

TINY = 1e-6
"""Hours (or minutes) of tolerance for sums of floats: far below the minute that paid times count in."""

MAX_H_WEEK = RuleSpec[float](
    key="max_h_week",
    default=24.0 * WEEK_DAYS,
    loosest=24.0 * WEEK_DAYS,
    holder="contract",
    low=0,
    high=24 * WEEK_DAYS,
    meaning="Paid hours a week; below the minimum each hour costs `Costs.below_contract_h`.",
    label="hours a week",
)
MIN_H_WEEK = RuleSpec[float](
    key="min_h_week",
    default=0.0,
    loosest=0.0,
    holder="contract",
    low=0,
    high=24 * WEEK_DAYS,
    meaning="Paid hours a week; below the minimum each hour costs `Costs.below_contract_h`.",
    label="",
)


@dataclass(frozen=True)
class Hours:
    """Ensures the most paid hours; those below `least` are only priced."""

    least: float
    most: float

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_H_WEEK, MIN_H_WEEK)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> Hours:
        """Read the contract's hours less those credited for leave."""
        limits = limits_of(problem, agent)
        return cls(limits.min_h, limits.max_h)

    def broken(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return ``max_h_week`` where too many hours are paid."""
        return ["max_h_week"] * (sum(c.paid_h for c in week) > self.most + TINY)

    def bars(self, mine: ShiftTimes, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return under ``max_h_week`` which new shifts pay too many hours."""
        return {"max_h_week": new.paid_min > 60 * self.most - mine.paid_min.sum() + TINY}

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures the contract's hours less leave, in units of g, the common divisor of the paid times.

        Σ_c paid[c] / g · take[a, c] ≤ ⌊max_h / g⌋;  below[a] ≥ min_h − Σ_c paid[c] · take[a, c];  with paid times in
        steps of g the shortfall is a step function of the steps worked, k, whose hull adds below[a] ≥
        (min_h − g·⌊min_h / g⌋) · (⌈min_h / g⌉ − k)
        """
        pairs = rows.columns.week[agent]
        step = math.gcd(*(rows.paid_min[c] for c, _ in pairs)) or 60
        steps = [(v, float(rows.paid_min[c] // step)) for c, v in pairs]
        rows.add(f"max_h_week_{agent}", steps, "<=", math.floor(self.most * 60 / step + 1e-9))
        below = rows.columns.below.get(agent)
        if below is None:
            return
        unit = step / 60.0
        rows.add(f"min_h_week_{agent}", [(below, 1.0), *((v, n * unit) for v, n in steps)], ">=", self.least)
        part = self.least - unit * math.floor(self.least / unit + 1e-9)
        if part > TINY:
            cut = [(v, part * n) for v, n in steps]
            least = part * math.ceil(self.least / unit - 1e-9)
            rows.add(f"min_h_week_cut_{agent}", [(below, 1.0), *cut], ">=", least)
