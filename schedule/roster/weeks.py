"""One agent's week judged by plain arithmetic: rules broken and prices to pay. Shares nothing with the model's rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ..staff import Wish
from .cells import Cell, Pool

Week = tuple[int, ...]
"""Positions of an agent's cells, by start."""

TINY = 1e-6


@dataclass(frozen=True)
class WeekPrice:
    """What one agent's week costs, and why.

    Attributes
    ----------
    wage
        Money.
    below_h
        Hours below the contract's minimum.
    wish
        Wish weight not met.
    spread_h
        Hours between the earliest and the latest start.
    few_days
        Days missing to the contract's least days: a broken rule, kept apart from the price.
    total
        Money: wage and prices.
    """

    wage: float
    below_h: float
    wish: float
    spread_h: float
    few_days: int
    total: float


def unmet(wish: Wish, met: bool) -> float:
    """Return the weight that a wish loses: wanted and not met, or avoided and met."""
    if wish.weight >= 0:
        return 0.0 if met else wish.weight
    return -wish.weight if met else 0.0


def price_week(pool: Pool, agent: int, week: Sequence[int]) -> WeekPrice:
    """Return the price of `week` for `agent`."""
    costs, person, limits = pool.problem.costs, pool.staff[agent], pool.limits[agent]
    cells = [pool.cells[c] for c in week]
    on_day = {c.day: c.shift for c in cells}
    noon = pool.problem.noon
    wage = person.cost_h * sum(c.wage_h for c in cells)
    below_h = max(0.0, limits.min_h - sum(c.paid_h for c in cells))
    wish = sum(unmet(w, w.meets(on_day.get(w.day), late_from_slot=noon[w.day])) for w in person.wishes)
    starts = [c.minute for c in cells]
    wish += sum(map(person.start_price, starts))
    spread_h = (max(starts) - min(starts)) / 60.0 if starts else 0.0
    total = wage + costs.below_contract_h * below_h + costs.wish * wish + costs.steady_h * spread_h
    return WeekPrice(wage, below_h, wish, spread_h, max(0, limits.min_days - len(cells)), total)


def longest_off(worked: Sequence[bool]) -> int:
    """Return the longest run of days off."""
    best = run = 0
    for w in worked:
        run = 0 if w else run + 1
        best = max(best, run)
    return best


def longest_run(worked: Sequence[bool], before: int) -> int:
    """Return the longest run of days worked that touches this week, `before` days worked just before it."""
    best, run = 0, before
    for w in worked:
        run = run + 1 if w else 0
        best = max(best, run)
    return best


def broken(pool: Pool, agent: int, week: Sequence[int]) -> list[str]:
    """Return the names of the hard rules that `week` breaks (the least number of days apart: see `WeekPrice`)."""
    rules, limits, person = pool.problem.rules, pool.limits[agent], pool.staff[agent]
    cells: list[Cell] = sorted((pool.cells[c] for c in week), key=lambda c: c.shift.start)
    worked = [False] * len(pool.problem.grid.dates)
    for c in cells:
        worked[c.day] = True
    out = []
    if not set(week) <= set(pool.options[agent]):
        out.append("availability")
    if sum(worked) < len(cells):
        out.append("one shift a day")
    if any(b.shift.start - a.shift.end < pool.rest_slots for a, b in itertools.pairwise(cells)):
        out.append("rest")
    if len(cells) > limits.max_days:
        out.append("max_days")
    if sum(c.paid_h for c in cells) > limits.max_h + TINY:
        out.append("max_h_week")
    if longest_run(worked, person.run_before) > rules.max_run_days:
        out.append("max_run_days")
    if longest_off(worked) < min(rules.days_off_together, len(worked)):
        out.append("days_off_together")
    starts = [c.minute for c in cells]
    if rules.max_start_spread_min is not None and starts and max(starts) - min(starts) > rules.max_start_spread_min:
        out.append("max_start_spread_min")
    return out
