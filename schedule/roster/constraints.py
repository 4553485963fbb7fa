"""Rows of the roster model: one function per rule, the rule in one sentence, its inequality in one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulp

from .cells import Pool
from .variables import Variables


@dataclass(frozen=True)
class Rows:
    """Where rows go: the model, the data, the columns, and what is left of each cell."""

    model: pulp.LpProblem
    pool: Pool
    columns: Variables
    agents: Sequence[int]
    supply: Sequence[int]

    def at_most(self, name: str, pairs: list[tuple[pulp.LpVariable, float]], limit: float) -> None:
        """Add ``Σ coefficient · column ≤ limit``."""
        self.add(name, pairs, pulp.LpConstraintLE, limit)

    def at_least(self, name: str, pairs: list[tuple[pulp.LpVariable, float]], limit: float) -> None:
        """Add ``Σ coefficient · column ≥ limit``."""
        self.add(name, pairs, pulp.LpConstraintGE, limit)

    def add(self, name: str, pairs: list[tuple[pulp.LpVariable, float]], sense: int, limit: float) -> None:
        """Add a row from (column, coefficient) pairs; a row without columns is left out when it holds, else kept."""
        if pairs:
            self.model.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(pairs), sense, name, limit))

    def day(self, agent: int, day: int) -> list[tuple[int, pulp.LpVariable]]:
        """Return the agent's (cell, column) pairs of a day."""
        return self.columns.day.get((agent, day), [])

    @property
    def days(self) -> int:
        """Days of the week."""
        return len(self.pool.problem.grid.dates)


def supply(rows: Rows) -> None:
    """Ensures each head is taken by one agent or left open: Σ_a take[a, c] + left[c] = heads[c]."""
    pairs: dict[int, list[tuple[pulp.LpVariable, float]]] = {c: [(v, 1.0)] for c, v in rows.columns.left.items()}
    for (_, c), column in rows.columns.take.items():
        pairs[c].append((column, 1.0))
    for c, row in pairs.items():
        rows.add(f"supply_{c}", row, pulp.LpConstraintEQ, rows.supply[c])


def one_a_day(rows: Rows) -> None:
    """Ensures at most one shift a day, none on the days of the long run off: Σ_c take[a, c of d] + Σ_{p covers d} off[a, p] ≤ 1."""
    length = min(rows.pool.problem.rules.days_off_together, rows.days)
    for (a, d), pairs in rows.columns.day.items():
        off = [rows.columns.off[a, p] for p in range(d - length + 1, d + 1) if (a, p) in rows.columns.off]
        rows.at_most(f"one_a_day_{a}_{d}", [*((v, 1.0) for _, v in pairs), *((v, 1.0) for v in off)], 1.0)


def days_off_together(rows: Rows) -> None:
    """Ensures one run of days off of the asked length inside the week: Σ_p off[a, p] = 1."""
    places: dict[int, list[tuple[pulp.LpVariable, float]]] = {}
    for (a, _), column in rows.columns.off.items():
        places.setdefault(a, []).append((column, 1.0))
    for a, pairs in places.items():
        rows.add(f"days_off_together_{a}", pairs, pulp.LpConstraintEQ, 1.0)


def rest(rows: Rows) -> None:
    """Ensures the rest between shifts: Σ take[a, c of d ending after t − rest] + Σ take[a, c of d' starting before t] ≤ 1 for each t that matters."""
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
            rows.at_most(f"rest_{agent}_{day}_{later}_{t}", [(v, 1.0) for v in (*late, *early)], 1.0)


def max_days(rows: Rows) -> None:
    """Ensures the contract's most days, leave counted: Σ_c take[a, c] ≤ max_days − leave days; hours that fit in fewer days tighten it."""
    for a in rows.agents:
        pairs = rows.columns.week[a]
        shortest = min((rows.pool.cells[c].paid_h for c, _ in pairs), default=1.0)
        limit = rows.pool.limits[a]
        most = min(limit.max_days, math.floor(limit.max_h / shortest + 1e-9))
        if most < sum((a, d) in rows.columns.day for d in range(rows.days)):
            rows.at_most(f"max_days_{a}", [(v, 1.0) for _, v in pairs], most)


def min_days(rows: Rows) -> None:
    """Ensures the contract's least days, leave counted: Σ_c take[a, c] + few[a] ≥ min_days − leave days."""
    for a, few in rows.columns.few.items():
        rows.at_least(
            f"min_days_{a}", [(few, 1.0), *((v, 1.0) for _, v in rows.columns.week[a])], rows.pool.limits[a].min_days
        )


def max_hours(rows: Rows) -> None:
    """Ensures the contract's most hours, leave credited: Σ_c paid[c]/g · take[a, c] ≤ ⌊(max_h_week − leave) / g⌋, g = common divisor of the paid times."""
    for a in rows.agents:
        pairs = rows.columns.week[a]
        unit = _unit(rows.pool, pairs)
        most = math.floor(rows.pool.limits[a].max_h * 60 / unit + 1e-9)
        rows.at_most(
            f"max_h_week_{a}", [(v, float(round(rows.pool.cells[c].paid_h * 60 / unit))) for c, v in pairs], most
        )


def min_hours(rows: Rows) -> None:
    """Ensures hours below the contract's minimum are counted: below[a] ≥ min_h − Σ_c paid[c] · take[a, c], and its rounding cut.

    With paid times in steps of g the shortfall is a step function of the steps worked, k; its hull adds
    below ≥ (min_h − g·⌊min_h/g⌋) · (⌈min_h/g⌉ − k).
    """
    for a, below in rows.columns.below.items():
        pairs, least = rows.columns.week[a], rows.pool.limits[a].min_h
        rows.at_least(f"min_h_week_{a}", [(below, 1.0), *((v, rows.pool.cells[c].paid_h) for c, v in pairs)], least)
        unit = _unit(rows.pool, pairs) / 60.0
        rest_h = least - unit * math.floor(least / unit + 1e-9)
        if rest_h > 1e-6:
            steps = math.ceil(least / unit - 1e-9)
            part = [(v, rest_h * round(rows.pool.cells[c].paid_h / unit)) for c, v in pairs]
            rows.at_least(f"min_h_week_cut_{a}", [(below, 1.0), *part], rest_h * steps)


def _unit(pool: Pool, pairs: list[tuple[int, pulp.LpVariable]]) -> int:
    """Return the common divisor of the paid minutes (60 without any)."""
    return math.gcd(*(pool.cells[c].shift.paid_min for c, _ in pairs)) or 60


def max_run(rows: Rows) -> None:
    """Ensures no more than `max_run_days` days in a row, last week's counted: Σ_{d in window} work[a, d] ≤ max_run − days of it worked last week."""
    most = rows.pool.problem.rules.max_run_days
    for a in rows.agents:
        before = min(rows.pool.staff[a].run_before, most)
        for begin in range(-before, rows.days - most):
            window = range(max(begin, 0), begin + most + 1)
            worked = [d for d in window if (a, d) in rows.columns.day]
            limit = most + min(begin, 0)
            if len(worked) == len(window) and len(window) > limit:
                rows.at_most(f"max_run_{a}_{begin}", [(v, 1.0) for d in worked for _, v in rows.day(a, d)], limit)


def spread(rows: Rows) -> None:
    """Ensures first and last embrace every start: last[a] ≥ low + Σ (h[c] − low) take, first[a] ≤ high − Σ (high − h[c]) take on each day."""
    for a, first in rows.columns.first.items():
        last = rows.columns.last[a]
        low, high = first.lowBound, first.upBound
        for d in range(rows.days):
            pairs = [(rows.pool.cells[c].minute / 60.0, v) for c, v in rows.day(a, d)]
            if pairs:
                rows.at_least(f"last_{a}_{d}", [(last, 1.0), *((v, low - h) for h, v in pairs if h > low)], low)
                rows.at_most(f"first_{a}_{d}", [(first, 1.0), *((v, high - h) for h, v in pairs if h < high)], high)
        rows.at_least(f"spread_{a}", [(last, 1.0), (first, -1.0)], 0.0)


def max_spread(rows: Rows) -> None:
    """Ensures starts lie close together: last[a] − first[a] ≤ max_start_spread."""
    limit = rows.pool.problem.rules.max_start_spread_min
    if limit is not None:
        for a, first in rows.columns.first.items():
            rows.at_most(f"max_start_spread_{a}", [(rows.columns.last[a], 1.0), (first, -1.0)], limit / 60.0)


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
