"""Days that two people exchange for the sake of their own weeks: the heads on the phone stay what they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.kernels import kernel
from .best_week import ChosenWeek
from .compile import CompiledStaff
from .flat import FlatStaff, flat_staff, meets_itself, week_cost


@kernel
def _best_partners(f: FlatStaff, weeks: np.ndarray, costs: np.ndarray, position: np.ndarray, option: np.ndarray,
                   table: np.ndarray, a: int, size: int) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return for each person the change of the own costs, and the day, of the best exchange of a day with person `a`.

    Eight parameters: compiled code gets no objects but arrays.

    Parameters
    ----------
    weeks
        Option of each day, −1 = off, shape (A, D).
    costs
        Own cost of each week, shape (A,).
    position
        Place of each option among the problem's shifts, shape (options of all tables,).
    option
        Option of each of the problem's shifts in each table, −1 = none, shape (T, shifts).
    table
        Number of each person's table, shape (A,).
    size
        Slots of the grid.
    """
    people, days = weeks.shape
    change, day = np.zeros(people), np.full(people, -1)
    mine, other = weeks[a].copy(), np.empty(days, np.int64)
    for b in range(people):
        if a == b:
            continue
        other[:] = weeks[b]
        for d in range(days):
            had, has = weeks[a, d], weeks[b, d]
            shift = position[f.table[a] + had] if had >= 0 else -1
            theirs = position[f.table[b] + has] if has >= 0 else -1
            if shift == theirs:
                continue
            new = option[table[a], theirs] if theirs >= 0 else -1
            back = option[table[b], shift] if shift >= 0 else -1
            if (theirs >= 0 and new < 0) or (shift >= 0 and back < 0):
                continue
            mine[d], other[d] = new, back
            by = week_cost(f, a, mine) - costs[a]
            if by < np.inf:
                by += week_cost(f, b, other) - costs[b]
            if by < change[b] and not (
                f.cyclic and (meets_itself(f, a, mine, size) or meets_itself(f, b, other, size))
            ):
                change[b], day[b] = by, d
            mine[d], other[d] = had, has
    return change, day


@dataclass(frozen=True)
class Partners:
    """Looks for days that somebody had better exchange, a day off for a shift too."""

    staff: CompiledStaff
    flat: FlatStaff
    position: np.ndarray
    option: np.ndarray
    table: np.ndarray

    @classmethod
    def of(cls, staff: CompiledStaff) -> Partners | None:
        """Lay out the staff; None where nobody has a shift to work."""
        flat = flat_staff(staff, several=True)
        if flat is None:
            return None
        tables = {id(p.options): p.options for p in staff.people}
        number = {key: i for i, key in enumerate(tables)}
        option = np.full((len(tables), len(staff.problem.shifts)), -1, dtype=np.int64)
        for i, options in enumerate(tables.values()):
            option[i, options.position] = np.arange(len(options.position))
        position = np.concatenate([t.position for t in tables.values()]).astype(np.int64)
        return cls(staff, flat, position, option, np.array([number[id(p.options)] for p in staff.people]))

    def best(self, a: int, weeks: np.ndarray, costs: np.ndarray) -> list[tuple[int, int]]:
        """Return whom person `a` had better exchange a day with, and which one, the best first.

        Parameters
        ----------
        weeks
            Option of each day, −1 = off, shape (A, D).
        costs
            Own cost of each week, shape (A,).
        """
        size = len(self.staff.problem.grid)
        change, day = _best_partners(self.flat, weeks, costs, self.position, self.option, self.table, a, size)
        return [(b, int(day[b])) for b in np.argsort(change, kind="stable").tolist() if change[b] < -1e-9]

    def exchanged(self, a: int, b: int, day: int, mine: ChosenWeek, other: ChosenWeek) -> tuple[ChosenWeek, ChosenWeek]:
        """Return the weeks of `a` and `b` after the exchange of a day, breaks with the shifts."""
        return self._with(a, day, mine, b, other), self._with(b, day, other, a, mine)

    def _with(self, a: int, day: int, mine: ChosenWeek, b: int, other: ChosenWeek) -> ChosenWeek:
        """Return the week of `a` with the day of `b`."""
        options, breaks = mine.options.copy(), mine.breaks.copy()
        has = int(other.options[day])
        options[day] = self.option[self.table[a], self.position[self.flat.table[b] + has]] if has >= 0 else -1
        width = min(breaks.shape[1], other.breaks.shape[1])
        breaks[day] = 0
        breaks[day, :width] = other.breaks[day, :width]
        return ChosenWeek(options, breaks)
