"""Start times of the week that lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .rows import Rows
from .rule import WorkedShift
from .shift_times import ShiftTimes
from .spec import RuleSpec
from .views import AgentView, ProblemView

MAX_START_SPREAD_MIN = RuleSpec[int | None](
    key="max_start_spread_min",
    default=None,
    loosest=None,
    holder="everybody",
    low=0,
    high=2880,
    meaning=(
        "Most minutes between a person's earliest and latest start of the week; None = only priced (`Costs.steady_h`)."
    ),
    label="steady starts",
    row="Spread of start times in the week, at most",
    unset="no limit",
)
"""Starts of a week lie two days apart at most, since a window of starts ends at 48:00."""


@dataclass(frozen=True)
class MaxStartSpread:
    """Ensures at most `most` minutes between the earliest and the latest start; None = it is only priced."""

    most: int | None

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_START_SPREAD_MIN,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MaxStartSpread:
        """Read `max_start_spread_min`."""
        return cls(MAX_START_SPREAD_MIN.of(problem, agent))

    def broken(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return ``max_start_spread_min`` where starts lie too far apart."""
        starts = [c.minute for c in week]
        wide = self.most is not None and bool(starts) and max(starts) - min(starts) > self.most
        return ["max_start_spread_min"] * wide

    def bars(self, mine: ShiftTimes, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return under ``max_start_spread_min`` which new shifts start too far from the others."""
        if self.most is None or not mine.shifts:
            return {"max_start_spread_min": np.zeros(len(new.shifts), dtype=bool)}
        first, last = np.minimum(new.minute, mine.minute.min()), np.maximum(new.minute, mine.minute.max())
        return {"max_start_spread_min": last - first > self.most}

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures first and last embrace the hours h of the week's starts, low ≤ h ≤ high, and lie close together.

        last[a] ≥ low + Σ_{c of d} (h[c] − low) · take[a, c];  first[a] ≤ high − Σ_{c of d} (high − h[c]) · take[a, c];
        0 ≤ last[a] − first[a] ≤ max_start_spread
        """
        first, last = rows.columns.first.get(agent), rows.columns.last.get(agent)
        if first is None or last is None:
            return
        low, high = first.lowBound, first.upBound
        for d in range(rows.days):
            pairs = [(rows.minute[c] / 60.0, v) for c, v in rows.day(agent, d)]
            if pairs:
                rows.add(f"last_{agent}_{d}", [(last, 1.0), *((v, low - h) for h, v in pairs if h > low)], ">=", low)
                rows.add(
                    f"first_{agent}_{d}", [(first, 1.0), *((v, high - h) for h, v in pairs if h < high)], "<=", high
                )
        rows.add(f"spread_{agent}", [(last, 1.0), (first, -1.0)], ">=", 0.0)
        if self.most is not None:
            rows.add(f"max_start_spread_{agent}", [(last, 1.0), (first, -1.0)], "<=", self.most / 60.0)
