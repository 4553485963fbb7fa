"""One agent's week judged by plain arithmetic: rules broken, and days and shifts missing."""

from __future__ import annotations

from collections.abc import Sequence

from .cells import Cell, ShiftPool

WeekCells = tuple[int, ...]
"""Positions of an agent's cells, by start."""


def missing_days(pool: ShiftPool, agent: int, week: Sequence[int]) -> int:
    """Return the days missing to the contract's least days, plus the shifts missing that must be worked."""
    cells = [pool.cells[c] for c in week]
    return max(0, pool.limits[agent].min_days - len(cells)) + pool.rules[agent].fixed.missing(cells)


def word_of(pool: ShiftPool, week: Sequence[int]) -> tuple[str, ...]:
    """Return the shift family of each day, "" = off."""
    word = [""] * len(pool.problem.grid.dates)
    for c in week:
        word[pool.cells[c].day] = pool.cells[c].shift.family
    return tuple(word)


def broken(pool: ShiftPool, agent: int, week: Sequence[int]) -> list[str]:
    """Return the names of the hard rules that `week` breaks, apart from those that ask for more (`missing_days`)."""
    rules = pool.rules[agent]
    cells: list[Cell] = sorted((pool.cells[c] for c in week), key=lambda c: c.shift.start)
    word = word_of(pool, week)
    out = []
    if not set(week) <= set(pool.options[agent]):
        out.append("availability")
    if sum(map(bool, word)) < len(cells):
        out.append("one shift a day")
    return out + rules.broken_by_word(word) + rules.broken_by_shifts(cells)
