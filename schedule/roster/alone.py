"""What one person alone could work in the week, by dynamic programming over its days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .cells import Pool


@dataclass(frozen=True)
class _Day:
    """Where a partial week stands: days worked, days in a row, days off in a row, whether the long run off is had."""

    worked: int
    run: int
    off: int
    rested: bool


Labels = list[tuple[int, float]]
"""(first slot at which the next shift may start, paid hours so far), none better than another in both."""


def least_hours(pool: Pool, agent: int = 0) -> tuple[float, ...]:
    """Return, for 0, 1, 2, … days worked, the least paid hours of a week of that many days; as far as there are weeks.

    Every rule is obeyed but the contract's limits of hours and days: a week of k days within both exists
    exactly when k and the k-th value lie within them (leaving out a shift never breaks a rule).
    """
    most = pool.problem.rules.max_start_spread_min
    options = pool.options[agent]
    if most is None:
        return _least_hours(pool, agent, options)
    minutes = sorted({pool.cells[c].minute for c in options})
    bands = [tuple(c for c in options if low <= pool.cells[c].minute <= low + most) for low in minutes]
    found = [_least_hours(pool, agent, band) for band in bands] or [(0.0,)]
    return tuple(min(hours[k] for hours in found if k < len(hours)) for k in range(max(map(len, found))))


def _least_hours(pool: Pool, agent: int, options: tuple[int, ...]) -> tuple[float, ...]:
    rules, days = pool.problem.rules, len(pool.problem.grid.dates)
    together = min(rules.days_off_together, days)
    before = pool.staff[agent].run_before
    states: dict[_Day, Labels] = {_Day(0, before, 0, together == 0): [(pool.staff[agent].earliest, 0.0)]}
    for day in range(days):
        shifts = _essential(pool, tuple(c for c in options if pool.cells[c].day == day))
        after: dict[_Day, Labels] = defaultdict(list)
        for at, labels in states.items():
            off = at.off + 1
            after[_Day(at.worked, 0, min(off, together), at.rested or off >= together)] += labels
            if at.run < rules.max_run_days:
                work = _Day(at.worked + 1, at.run + 1, 0, at.rested)
                after[work] += [
                    (end + pool.rest_slots, paid + more)
                    for ready, paid in labels
                    for start, end, more in shifts
                    if start >= ready
                ]
        states = {at: _best(labels) for at, labels in after.items() if labels}
    least: dict[int, float] = {}
    for at, labels in states.items():
        if at.rested:
            least[at.worked] = min(least.get(at.worked, float("inf")), min(paid for _, paid in labels))
    return tuple(least[k] for k in sorted(least))


def _essential(pool: Pool, options: tuple[int, ...]) -> list[tuple[int, int, float]]:
    """Return (start, end, paid hours) of the cells, without those that another one of the same start beats in both."""
    out: list[tuple[int, int, float]] = []
    for start, end, paid in sorted(
        (pool.cells[c].shift.start, pool.cells[c].shift.end, pool.cells[c].paid_h) for c in options
    ):
        if not out or out[-1][0] != start or paid < out[-1][2]:
            out.append((start, end, paid))
    return out


def _best(labels: Labels) -> Labels:
    """Return the labels that no other one beats: free again earlier, or with fewer paid hours."""
    out: Labels = []
    for ready, paid in sorted(set(labels)):
        if not out or paid < out[-1][1] - 1e-9:
            out.append((ready, paid))
    return out
