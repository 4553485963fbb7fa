"""One agent's week judged by plain arithmetic: rules broken and prices to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..problem.staff import Wish
from .cells import Cell, Pool

Week = tuple[int, ...]
"""Positions of an agent's cells, by start."""


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
        Days missing to the contract's least days, and shifts missing that must be worked: kept apart from the price.
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
    spread_h = (max(starts) - min(starts)) / 60.0 if starts else 0.0
    total = wage + costs.below_contract_h * below_h + costs.wish * wish + costs.steady_h * spread_h
    missing = max(0, limits.min_days - len(cells)) + pool.rules[agent].fixed.missing(cells)
    return WeekPrice(wage, below_h, wish, spread_h, missing, total)


def word_of(pool: Pool, week: Sequence[int]) -> tuple[str, ...]:
    """Return the shift family of each day, "" = off."""
    word = [""] * len(pool.problem.grid.dates)
    for c in week:
        word[pool.cells[c].day] = pool.cells[c].shift.family
    return tuple(word)


def broken(pool: Pool, agent: int, week: Sequence[int]) -> list[str]:
    """Return the names of the hard rules that `week` breaks (what is missing apart: see `WeekPrice`)."""
    rules = pool.rules[agent]
    cells: list[Cell] = sorted((pool.cells[c] for c in week), key=lambda c: c.shift.start)
    word = word_of(pool, week)
    out = []
    if not set(week) <= set(pool.options[agent]):
        out.append("availability")
    if sum(map(bool, word)) < len(cells):
        out.append("one shift a day")
    return out + rules.broken_by_word(word) + rules.broken_by_shifts(cells)
