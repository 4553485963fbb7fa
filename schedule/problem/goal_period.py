"""One period of a goal that reaches beyond the planned week: what is banked, what is planned, what is still to come."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...forecast.calendar.grid import Grid
from .period_price import PeriodPrice

NEAR_FIGURE = 1e-9
"""Share by which a step of a ladder may be missed: rounding."""


@dataclass(frozen=True)
class GoalPeriod:
    """One period of a goal that reaches beyond the planned week.

    Attributes
    ----------
    first, last
        Its first and last day.
    days
        Positions of its planned days.
    banked_in, banked_counted
        Calls in time, and calls counted, so far.
    rest_calls
        Calls expected on its days that are neither banked nor planned.
    rest
        How these fare (see `PeriodTerms`).
    ladder, between
        Money by the figure; () = none.
    banked_until
        Last day of what is banked; None = nothing is.
    """

    first: dt.date
    last: dt.date
    days: tuple[int, ...]
    banked_in: float = 0.0
    banked_counted: float = 0.0
    rest_calls: float = 0.0
    rest: str = "goal"
    ladder: tuple[tuple[float, float], ...] = ()
    between: str = "steps"
    banked_until: dt.date | None = None

    def share(self, calls: float) -> float:
        """Return this week's share of what the days from now on must gain; `calls` are those of this week."""
        return 1.0 if self.rest == "goal" or calls <= 0.0 else calls / (calls + self.rest_calls)

    def best(self, calls: float) -> float:
        """Return the period's figure if every call from now on is in time; 1 without any call."""
        total = self.banked_counted + calls + self.rest_calls
        return 1.0 if total <= 0.0 else (self.banked_in + calls + self.rest_calls) / total

    def lost(self, level: float, calls: float) -> bool:
        """Whether not even every call in time brings the period to `level`."""
        return self.best(calls) < level

    def margin(self, level: float, calls: float) -> float:
        """Return the calls that this week must gain beyond `level` for the period to reach it.

        A period that cannot reach the level any more asks nothing more than the level of the week.
        """
        if self.lost(level, calls):
            return 0.0
        return (level * self.banked_counted - self.banked_in) * self.share(calls)

    def needed(self, level: float, calls: float, counted: float) -> float:
        """Return the level that this week must reach, 0 to 1; `counted` of its `calls` count by the definition."""
        return level if counted <= 0.0 else min(1.0, max(0.0, level + self.margin(level, calls) / counted))

    def figure(self, level: float, calls: float, gained: float) -> float:
        """Return the period's figure if this week gains so many calls beyond `level`, of calls that all count."""
        total = self.banked_counted + calls + self.rest_calls
        gain = self.banked_in - level * self.banked_counted + gained / self.share(calls)
        return level if total <= 0.0 else level + gain / total

    def asked(self, level: float, calls: float, figure: float) -> float:
        """Return the calls that this week must gain beyond `level` for the period's `figure`."""
        total = self.banked_counted + calls + self.rest_calls
        return (level * self.banked_counted - self.banked_in + (figure - level) * total) * self.share(calls)

    def money(self, figure: float) -> float:
        """Return what the ladder pays (negative: takes) for the period's figure; 0 without a ladder."""
        out = 0.0
        for (low, amount), (high, above) in zip(self.ladder, (*self.ladder[1:], (math.inf, 0.0)), strict=True):
            if figure >= low - NEAR_FIGURE:
                share = min(1.0, max(0.0, (figure - low) / (high - low)))
                out = amount + (share * (above - amount) if self.between == "linear" else 0.0)
        return out

    def price(self, level: float, calls: float) -> tuple[float, PeriodPrice] | None:
        """Return the margin at which the ladder pays most, and its cost below: what it would pay there, less what it
        pays; None without a ladder.
        """
        if not self.ladder or calls <= 0.0:
            return None
        at = [self.asked(level, calls, share) for share, _ in self.ladder]
        money = [m for _, m in self.ladder]
        pieces: list[tuple[float, float, float]] = []  # calls missing, jump, slope
        for high in range(len(at) - 1, 0, -1):
            fall, width = money[high] - money[high - 1], at[high] - at[high - 1]
            steps = self.between == "steps"
            pieces.append((at[-1] - at[high], fall if steps else 0.0, 0.0 if steps or width <= 0.0 else fall / width))
        start, jump, slope = zip(*pieces, strict=True)
        return at[-1], PeriodPrice(start, jump, slope)

    def slots(self, day_slots: Sequence[slice], is_open: np.ndarray) -> np.ndarray:
        """Return the open slots of its planned days."""
        parts = [np.arange(day_slots[day].start, day_slots[day].stop) for day in self.days]
        slots = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        return np.asarray(slots[is_open[slots]])


def part_dates(periods: Sequence[GoalPeriod], grid: Grid) -> tuple[dt.date, ...]:
    """Return the first planned day of each period."""
    return tuple(grid.dates[p.days[0]] for p in periods)
