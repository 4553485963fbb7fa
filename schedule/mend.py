"""Mend a named plan: more or longer shifts for people who may work them, where a period misses its goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .coverage import heads_planned
from .problem import Demand, ScheduleProblem
from .roster.cells import Pool, pool_of
from .roster.weeks import broken, price_week
from .shifts import PlannedShift, Shift

Assigned = Mapping[str, tuple[PlannedShift, ...]]

TINY = 1e-9


@dataclass(frozen=True)
class Change:
    """Agent number `agent` works `after` in place of `before` (None = a day off), which gains calls and costs money."""

    agent: int
    before: PlannedShift | None
    after: PlannedShift
    gain: float
    cost: float

    def worth(self, lack: float) -> float:
        """Return calls gained, as far as they are lacking, per money; what costs nothing comes first."""
        return min(self.gain, lack) / max(self.cost, 0.01)


def mend(
    problem: ScheduleProblem, assigned: Assigned, lacking: Mapping[tuple[str, int], float]
) -> dict[str, tuple[PlannedShift, ...]]:
    """Return `assigned` with shifts added or lengthened until each period gains the calls it lacks, or nobody can help.

    One change at a time, the one with most calls per money first; each keeps every rule of that person's week.

    Parameters
    ----------
    assigned
        Agent → shifts by start, legal.
    lacking
        (queue, number of the period of its goal) → calls answered in time to gain, by the service curve.
    """
    out = {name: tuple(shifts) for name, shifts in assigned.items()}
    for (queue, period), calls in sorted(lacking.items()):
        d = next(d for d in problem.demands if d.queue == queue)
        days = set(problem.day_of_slot[d.periods[period]].tolist())
        pool = pool_of(problem, [*_flat(out), *_offers(problem, queue, days)])
        lack = calls
        while lack > TINY:
            best = max(
                _changes(pool, d, d.periods[period], days, out), key=lambda c: (c.worth(lack), -c.agent), default=None
            )
            if best is None:
                break
            name = problem.staff[best.agent].id
            kept = [p for p in out[name] if p is not best.before]
            out[name] = tuple(sorted([*kept, best.after], key=lambda p: p.shift.start))
            lack -= best.gain
    return out


def _flat(assigned: Assigned) -> Iterator[PlannedShift]:
    for shifts in assigned.values():
        yield from shifts


def _offers(problem: ScheduleProblem, queue: str, days: set[int]) -> Iterator[PlannedShift]:
    """Yield one head of every shift that starts on `days`; its breaks are placed later."""
    for shift in problem.shifts:
        if shift.day in days:
            yield PlannedShift(shift, tuple(first for first, _, _, _ in shift.breaks), queue)


def _changes(pool: Pool, d: Demand, slots: np.ndarray, days: set[int], assigned: Assigned) -> Iterator[Change]:
    """Yield per agent and day the legal change with most calls per money."""
    assert d.gain is not None
    problem, top = pool.problem, d.gain.shape[1] - 1
    heads = np.minimum(heads_planned(problem, _flat(assigned))[d.queue], top)
    one_more, one_less = np.zeros(len(problem.grid)), np.zeros(len(problem.grid))
    one_more[slots] = d.gain[slots, np.minimum(heads[slots] + 1, top)] - d.gain[slots, heads[slots]]
    one_less[slots] = d.gain[slots, heads[slots]] - d.gain[slots, np.maximum(heads[slots] - 1, 0)]
    place = {(c.shift.key, c.queue): i for i, c in enumerate(pool.cells)}
    for number, person in enumerate(pool.staff):
        mine = assigned[person.id]
        week = [place[p.shift.key, p.queue] for p in mine]
        price = price_week(pool, number, week).total
        for day in sorted(days):
            before = next((p for p in mine if p.shift.day == day), None)
            rest = [c for c in week if pool.cells[c].day != day]
            value, lost = one_more, 0.0
            if before is not None:
                if before.queue != d.queue:
                    continue  # another queue's head is not ours to move
                own = [s for s in before.phone if s < len(value)]
                value = one_more.copy()
                value[own] = one_less[own]
                lost = float(value[own].sum())
            found: list[Change] = []
            for cell in pool.options[number]:
                c = pool.cells[cell]
                if (
                    c.day != day
                    or c.queue != d.queue
                    or (before is not None and c.paid_h <= before.shift.paid_min / 60)
                ):
                    continue
                after, gain = _placed(c.shift, d.queue, value, person.contract)
                if gain - lost > TINY:
                    cost = price_week(pool, number, [*rest, cell]).total - price
                    found.append(Change(number, before, after, gain - lost, cost))
            legal = (
                c
                for c in sorted(found, key=lambda c: -c.worth(c.gain))
                if not broken(pool, number, [*rest, place[c.after.shift.key, d.queue]])
            )
            yield from (c for c, _ in zip(legal, range(1), strict=False))


def _placed(shift: Shift, queue: str, value: np.ndarray, contract: str) -> tuple[PlannedShift, float]:
    """Return the shift with its breaks where they cost least of `value` per slot, and what its phone time gains."""
    worth = np.zeros(shift.length)
    known = value[shift.start : shift.end]
    worth[: len(known)] = known
    total, breaks = float(worth.sum()), []
    for first, last, length, _ in shift.breaks:
        losses = [float(worth[b : b + length].sum()) for b in range(first, last + 1)]
        best = int(np.argmin(losses))
        breaks.append(first + best)
        total -= losses[best]
    return PlannedShift(shift, tuple(breaks), queue, contract), total
