"""The spread of one person's starts, as windows: every start of the week lies in the one that is chosen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem.problem import ScheduleProblem
from ..compile import CompiledPerson
from .program import Pairs, Program


def windows_of_starts(minutes: list[int], most: int) -> list[int]:
    """Return the first minutes of the windows of `most` minutes that hold all that any window holds.

    Parameters
    ----------
    minutes
        The different starts, rising.
    """
    return [
        low
        for i, low in enumerate(minutes)
        if low + most <= minutes[-1] or i == 0 or minutes[i - 1] + most < minutes[-1]
    ]


@dataclass(frozen=True)
class SpreadColumns:
    """Which window holds a person's starts.

    Attributes
    ----------
    lows
        First minute of each window, rising.
    chosen
        Whole columns, one per window but the last: whether the window is this one or an earlier one.
    most
        Minutes from a window's first to its last start.
    """

    lows: list[int]
    chosen: list[Any]
    most: int

    def start(self, minutes: list[int]) -> dict[str, float]:
        """Return a value of every column such that the window holds `minutes`."""
        first = max((i for i, low in enumerate(self.lows) if low <= min(minutes, default=low)), default=0)
        return {x.name: float(i >= first) for i, x in enumerate(self.chosen)}


def add_spread(
    program: Program, problem: ScheduleProblem, person: CompiledPerson, number: int, work: dict[int, Any]
) -> SpreadColumns | None:
    """Add the windows of a person's starts; None where the spread has no limit, or none that binds.

    With ``chosen[h]`` = the window is h or an earlier one, for each start m and day:
    ``Σ_{start <= m} x <= chosen[last h that begins at m or before]``,
    ``Σ_{start >= m} x <= 1 − chosen[last h that ends before m]``
    """
    most, minute, day_of = problem.rules.max_start_spread_min, person.options.minute, person.options.day
    minutes = sorted({int(minute[o]) for o in work})
    if most is None or not minutes or minutes[-1] - minutes[0] <= most:
        return None
    lows = windows_of_starts(minutes, most)
    chosen = [program.column(f"window_{number}_{h}", 1, whole=True) for h in range(len(lows) - 1)]
    for h in range(1, len(chosen)):
        program.row(f"window_{number}_{h}", [(chosen[h - 1], 1.0), (chosen[h], -1.0)], "<=", 0.0)
    of_day: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    for o, x in work.items():
        of_day[int(day_of[o])].append((int(minute[o]), x))
    for day, starts in of_day.items():
        for m in sorted({m for m, _ in starts}):
            begun = int(np.searchsorted(lows, m, side="right")) - 1
            over = int(np.searchsorted(np.array(lows) + most, m, side="left")) - 1
            name = f"{number}_{day}_{m}"
            if begun < len(chosen):
                pairs: Pairs = [(x, 1.0) for at, x in starts if at <= m]
                program.row(f"early_{name}", [*pairs, (chosen[begun], -1.0)], "<=", 0.0)
            if over >= 0:
                pairs = [(x, 1.0) for at, x in starts if at >= m]
                program.row(f"late_{name}", [*pairs, (chosen[over], 1.0)], "<=", 1.0)
    return SpreadColumns(lows, chosen, most)
