"""Rows of the roster model: one function per rule, the rule in one sentence, its inequality in one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulp

from ..linear import add_row
from .cells import Pool
from .variables import Variables


@dataclass(frozen=True)
class Rows:
    """Where rows go: the model, the data, the columns, and the heads of each cell that these agents share."""

    model: pulp.LpProblem
    pool: Pool
    columns: Variables
    agents: Sequence[int]
    supply: Sequence[int]

    def add(self, name: str, pairs: list[tuple[pulp.LpVariable, float]], sense: str, limit: float) -> None:
        """Add ``Σ coefficient · column  sense  limit``; without columns there is nothing to ask."""
        if pairs:
            add_row(self.model, name, pairs, sense, limit)

    def day(self, agent: int, day: int) -> list[tuple[int, pulp.LpVariable]]:
        """Return the agent's (cell, column) pairs of a day."""
        return self.columns.day.get((agent, day), [])

    @property
    def days(self) -> int:
        """Days of the week."""
        return len(self.pool.problem.grid.dates)


def supply(rows: Rows) -> None:
    """Ensures each head is taken by one agent or left open.

    Σ_a take[a, c] + left[c] = heads[c]
    """
    pairs: dict[int, list[tuple[pulp.LpVariable, float]]] = {c: [(v, 1.0)] for c, v in rows.columns.left.items()}
    for (_, c), column in rows.columns.take.items():
        pairs[c].append((column, 1.0))
    for c, row in pairs.items():
        rows.add(f"supply_{c}", row, "==", rows.supply[c])


def one_a_day(rows: Rows) -> None:
    """Ensures at most one shift a day, and none on the days of the run of days off.

    Σ_{c of d} take[a, c] + Σ_{p whose run holds d} off[a, p] ≤ 1
    """
    length = min(rows.pool.problem.rules.days_off_together, rows.days)
    for (a, d), pairs in rows.columns.day.items():
        off = [rows.columns.off[a, p] for p in range(d - length + 1, d + 1) if (a, p) in rows.columns.off]
        rows.add(f"one_a_day_{a}_{d}", [*((v, 1.0) for _, v in pairs), *((v, 1.0) for v in off)], "<=", 1.0)


def days_off_together(rows: Rows) -> None:
    """Ensures one run of days off of the asked length inside the week.

    Σ_p off[a, p] = 1
    """
    places: dict[int, list[tuple[pulp.LpVariable, float]]] = {}
    for (a, _), column in rows.columns.off.items():
        places.setdefault(a, []).append((column, 1.0))
    for a, pairs in places.items():
        rows.add(f"days_off_together_{a}", pairs, "==", 1.0)


def rest(rows: Rows) -> None:
    """Ensures the rest between shifts of days d < d', for each slot t at which the answer changes.

    Σ_{c of d, end + rest ≥ t} take[a, c] + Σ_{c of d', start < t} take[a, c] ≤ 1
    """
    reach = 1 + math.ceil(rows.pool.problem.rules.rest_min / 1440)
    for a in rows.agents:
        for d in range(rows.days):
            for later in range(d + 1, min(d + 1 + reach, rows.days)):
                _rest_between(rows, a, d, later)


def _rest_between(rows: Rows, agent: int, day: int, later: int) -> None:
    cells, slots = rows.pool.cells, rows.pool.rest_slots
    ready = [(cells[c].shift.end + slots, v) for c, v in rows.day(agent, day)]
    starts = [(cells[c].shift.start, v) for c, v in rows.day(agent, later)]
    seen = 0
    for t in sorted({r for r, _ in ready}):
        early = [v for s, v in starts if s < t]
        if len(early) > seen:
            seen = len(early)
            late = [v for r, v in ready if r >= t]
            rows.add(f"rest_{agent}_{day}_{later}_{t}", [(v, 1.0) for v in (*late, *early)], "<=", 1.0)


def max_days(rows: Rows) -> None:
    """Ensures the contract's most days less leave; hours that fit into fewer days tighten it.

    Σ_c take[a, c] ≤ min(max_days − leave days, ⌊max_h / shortest paid[c]⌋)
    """
    for a in rows.agents:
        pairs, limits = rows.columns.week[a], rows.pool.limits[a]
        shortest = min((rows.pool.cells[c].paid_h for c, _ in pairs), default=1.0)
        most = min(limits.max_days, math.floor(limits.max_h / shortest + 1e-9))
        if most < sum((a, d) in rows.columns.day for d in range(rows.days)):
            rows.add(f"max_days_{a}", [(v, 1.0) for _, v in pairs], "<=", most)


def min_days(rows: Rows) -> None:
    """Ensures the contract's least days less leave; `few` is driven to 0.

    Σ_c take[a, c] + few[a] ≥ min_days − leave days
    """
    for a, few in rows.columns.few.items():
        pairs = [(few, 1.0), *((v, 1.0) for _, v in rows.columns.week[a])]
        rows.add(f"min_days_{a}", pairs, ">=", rows.pool.limits[a].min_days)


def max_hours(rows: Rows) -> None:
    """Ensures the contract's most hours less leave, in units of g, the common divisor of the paid times.

    Σ_c paid[c] / g · take[a, c] ≤ ⌊max_h / g⌋
    """
    for a in rows.agents:
        pairs = rows.columns.week[a]
        unit = _unit(rows.pool, pairs)
        steps = [(v, float(rows.pool.cells[c].shift.paid_min // unit)) for c, v in pairs]
        rows.add(f"max_h_week_{a}", steps, "<=", math.floor(rows.pool.limits[a].max_h * 60 / unit + 1e-9))


def min_hours(rows: Rows) -> None:
    """Ensures hours below the contract's minimum are counted.

    below[a] ≥ min_h − Σ_c paid[c] · take[a, c]; with paid times in steps of g the shortfall is a step function
    of the steps worked, k, whose hull adds below[a] ≥ (min_h − g·⌊min_h / g⌋) · (⌈min_h / g⌉ − k)
    """
    for a, below in rows.columns.below.items():
        pairs, least = rows.columns.week[a], rows.pool.limits[a].min_h
        paid = [(v, rows.pool.cells[c].paid_h) for c, v in pairs]
        rows.add(f"min_h_week_{a}", [(below, 1.0), *paid], ">=", least)
        unit = _unit(rows.pool, pairs) / 60.0
        part = least - unit * math.floor(least / unit + 1e-9)
        if part > 1e-6:
            steps = [(v, part * round(h / unit)) for v, h in paid]
            rows.add(f"min_h_week_cut_{a}", [(below, 1.0), *steps], ">=", part * math.ceil(least / unit - 1e-9))


def _unit(pool: Pool, pairs: list[tuple[int, pulp.LpVariable]]) -> int:
    """Return the common divisor of the paid minutes (60 without any)."""
    return math.gcd(*(pool.cells[c].shift.paid_min for c, _ in pairs)) or 60


def max_run(rows: Rows) -> None:
    """Ensures no more than `max_run_days` days in a row, last week's counted, in each window of one day more.

    Σ_{d in window} work[a, d] ≤ max_run_days − days of the window worked last week
    """
    most = rows.pool.problem.rules.max_run_days
    for a in rows.agents:
        before = min(rows.pool.staff[a].run_before, most)
        for begin in range(-before, rows.days - most):
            window = range(max(begin, 0), begin + most + 1)
            if all((a, d) in rows.columns.day for d in window):
                pairs = [(v, 1.0) for d in window for _, v in rows.day(a, d)]
                rows.add(f"max_run_{a}_{begin}", pairs, "<=", most + min(begin, 0))


def spread(rows: Rows) -> None:
    """Ensures first and last embrace the hours h of the week's starts, low ≤ h ≤ high, on each day.

    last[a] ≥ low + Σ_c (h[c] − low) · take[a, c];  first[a] ≤ high − Σ_c (high − h[c]) · take[a, c]
    """
    for a, first in rows.columns.first.items():
        last = rows.columns.last[a]
        low, high = first.lowBound, first.upBound
        for d in range(rows.days):
            pairs = [(rows.pool.cells[c].minute / 60.0, v) for c, v in rows.day(a, d)]
            if pairs:
                rows.add(f"last_{a}_{d}", [(last, 1.0), *((v, low - h) for h, v in pairs if h > low)], ">=", low)
                rows.add(f"first_{a}_{d}", [(first, 1.0), *((v, high - h) for h, v in pairs if h < high)], "<=", high)
        rows.add(f"spread_{a}", [(last, 1.0), (first, -1.0)], ">=", 0.0)


def max_spread(rows: Rows) -> None:
    """Ensures starts lie close together.

    last[a] − first[a] ≤ max_start_spread
    """
    limit = rows.pool.problem.rules.max_start_spread_min
    if limit is not None:
        for a, first in rows.columns.first.items():
            rows.add(f"max_start_spread_{a}", [(rows.columns.last[a], 1.0), (first, -1.0)], "<=", limit / 60.0)


RULES: dict[str, Callable[[Rows], None]] = {
    "supply": supply,
    "one shift a day": one_a_day,
    "days_off_together": days_off_together,
    "rest": rest,
    "max_days": max_days,
    "min_days": min_days,
    "max_h_week": max_hours,
    "min_h_week": min_hours,
    "max_run_days": max_run,
    "spread": spread,
    "max_start_spread_min": max_spread,
}
"""Every rule by its name, in the order of the manual."""
