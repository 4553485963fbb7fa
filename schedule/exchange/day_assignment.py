"""One day re-planned exactly for everybody while the other days stay: an assignment problem in people and heads.

With the rest of the week fixed, each cell of the day has one cost per agent, whatever the shape of its prices: wage,
wishes, hours below contract and spread of starts. So the best day for all agents at once is a linear assignment (Jonker
and Volgenant, by scipy), and days in turn are a coordinate descent that never makes a roster worse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..price.week import day_price, priced_days
from ..rules.rest_min import rest_slots
from .cells import ShiftPool
from .week_check import WeekCells, word_of

FORBIDDEN = 1e12
"""Price of a cell that an agent may not take, in money: far above any cost, far below where floats lose cents."""

DUE = 1e9
"""Price of a day off that breaks a rule, in money: above any cost, below `FORBIDDEN`."""


@dataclass(frozen=True)
class DayAssignment:
    """The pool as arrays: A agents, C cells."""

    pool: ShiftPool

    @cached_property
    def linear(self) -> np.ndarray:
        """Wage, wishes and changes in money of each agent on each cell less a day off's, (A, C), or `FORBIDDEN`."""
        pool = self.pool
        out = np.full((len(pool.staff), len(pool.cells)), FORBIDDEN)
        for a, person in enumerate(pool.staff):
            priced = priced_days(person)
            idle = {day: day_price(pool.problem, person, day, None) for day in priced}
            for c in pool.options[a]:
                cell = pool.cells[c]
                out[a, c] = person.cost_h * cell.wage_h
                if cell.day in priced:
                    out[a, c] += day_price(pool.problem, person, cell.day, cell.shift) - idle[cell.day]
        return out

    @cached_property
    def of_day(self) -> tuple[np.ndarray, ...]:
        """Per day its cells."""
        days = np.array([c.day for c in self.pool.cells], dtype=int)
        return tuple(np.flatnonzero(days == d) for d in range(len(self.pool.problem.grid.dates)))

    def _column(self, name: str) -> np.ndarray:
        return np.array([getattr(c, name) for c in self.pool.cells], dtype=float)

    @cached_property
    def table(self) -> dict[str, np.ndarray]:
        """Per cell: start and end slot, start in hours, paid hours, open price, heads; shape (C,) each."""
        shifts = [c.shift for c in self.pool.cells]
        return {
            "start": np.array([s.start for s in shifts], dtype=float),
            "end": np.array([s.end for s in shifts], dtype=float),
            "hour": self._column("minute") / 60.0,
            "paid": self._column("paid_h"),
            "open": self._column("left_price"),
            "heads": np.array(self.pool.counts, dtype=int),
        }

    @cached_property
    def _legal(self) -> dict[tuple[int, tuple[str, ...]], bool]:
        """Answers of `legal` so far: agent and families by day → whether no rule is broken."""
        return {}

    def legal(self, agent: int, word: tuple[str, ...]) -> bool:
        """Whether the families that `agent` works by day break no rule, apart from rules that ask for more work."""
        key = (agent, word)
        if key not in self._legal:
            self._legal[key] = not self.pool.rules[agent].broken_by_word(word)
        return self._legal[key]

    @cached_property
    def families(self) -> tuple[tuple[str, ...], ...]:
        """Per day the shift families of its cells."""
        return tuple(tuple(dict.fromkeys(self.pool.cells[c].shift.family for c in cells)) for cells in self.of_day)

    @cached_property
    def family(self) -> np.ndarray:
        """Per cell the position of its family among those of its day, shape (C,)."""
        return np.array([self.families[c.day].index(c.shift.family) for c in self.pool.cells], dtype=int)

    def _others(self, agent: int, week: WeekCells, day: int) -> tuple[float, ...]:
        """Return what the agent's other days fix: paid hours, earliest and latest hour, free slots, days, a must."""
        pool = self.pool
        rest = [pool.cells[c] for c in week if pool.cells[c].day != day]
        hours = [c.minute / 60.0 for c in rest]
        ready = max((c.shift.end for c in rest if c.day < day), default=-(10**6)) + self.rest_slots
        due = min((c.shift.start for c in rest if c.day > day), default=10**6) - self.rest_slots
        low, high = (min(hours), max(hours)) if hours else (np.nan, np.nan)
        must = any(f.day == day for f in pool.rules[agent].fixed.musts)
        return sum(c.paid_h for c in rest), low, high, ready, due, len(rest), must

    @cached_property
    def rest_slots(self) -> int:
        """Least whole slots between a shift's end and the next start."""
        return rest_slots(self.pool.problem.rules.rest_min, self.pool.problem.grid.minutes)

    def _words(self, weeks: tuple[WeekCells, ...], day: int) -> tuple[np.ndarray, np.ndarray]:
        """Return whether the other days allow each family of the day, (A, families), and a day off, shape (A,)."""
        may = np.zeros((len(weeks), len(self.families[day])), dtype=bool)
        off = np.zeros(len(weeks), dtype=bool)
        for a, week in enumerate(weeks):
            word = word_of(self.pool, week)
            before, after = word[:day], word[day + 1 :]
            off[a] = self.legal(a, (*before, "", *after))
            may[a] = [self.legal(a, (*before, family, *after)) for family in self.families[day]]
        return may, off

    def prices(self, weeks: tuple[WeekCells, ...], day: int, anchors: np.ndarray | None = None) -> np.ndarray:
        """Return the cost of each cell of `day` for each agent beyond that of a day off, shape (A, cells of the day).

        Where a day off breaks a rule, every legal cell is `DUE` cheaper.

        Parameters
        ----------
        anchors
            Hour per agent. If given, the distance of each start to this hour is priced instead of the spread.
        """
        pool, costs, cells = self.pool, self.pool.problem.costs, self.of_day[day]
        t = {k: v[cells] for k, v in self.table.items()}
        facts = np.array([self._others(a, w, day) for a, w in enumerate(weeks)], dtype=float)
        paid, low, high, ready, due, worked, must = facts.T
        least = np.array([x.min_h for x in pool.limits])
        most = np.array([x.max_h for x in pool.limits])
        few = np.array([x.min_days for x in pool.limits])
        total = paid[:, None] + t["paid"]
        out = self.linear[:, cells].copy()
        out += costs.below_contract_h * (np.maximum(least[:, None] - total, 0) - np.maximum(least - paid, 0)[:, None])
        out -= pool.missing_day_price * ((worked < few) + must)[:, None]
        spread = np.fmax(high[:, None], t["hour"]) - np.fmin(low[:, None], t["hour"])
        if anchors is None:
            out += costs.steady_h * (spread - np.nan_to_num(high - low)[:, None])
        else:
            out += costs.steady_h * np.abs(t["hour"] - anchors[:, None])
        may, off = self._words(weeks, day)
        out[~off] -= DUE
        wrong = (total > most[:, None] + 1e-6) | ~may[:, self.family[cells]] | (self.linear[:, cells] >= FORBIDDEN)
        wrong |= (t["start"] < ready[:, None]) | (t["end"] > due[:, None])
        limit = pool.problem.rules.max_start_spread_min
        if limit is not None:
            wrong |= spread * 60 > limit + 1e-6
        out[wrong] = FORBIDDEN
        return out

    def replan(
        self, weeks: tuple[WeekCells, ...], day: int, anchors: np.ndarray | None = None
    ) -> tuple[WeekCells, ...]:
        """Return `weeks` with the best `day` for everybody."""
        cells = self.of_day[day]
        if not len(cells):
            return weeks
        prices = self.prices(weeks, day, anchors)
        heads = np.repeat(np.arange(len(cells)), self.table["heads"][cells])
        people = np.flatnonzero(prices.min(axis=1) < FORBIDDEN / 2)
        gain = prices[np.ix_(people, heads)] - self.table["open"][cells][heads]
        rows, columns = linear_sum_assignment(np.hstack([np.minimum(gain, FORBIDDEN), np.zeros((len(people),) * 2)]))
        out = [tuple(c for c in w if self.pool.cells[c].day != day) for w in weeks]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if column < len(heads) and gain[row, column] < FORBIDDEN / 2:
                a = int(people[row])
                out[a] = tuple(sorted((*out[a], int(cells[heads[column]]))))
        return tuple(out)

    def descend(
        self,
        weeks: tuple[WeekCells, ...],
        anchors: np.ndarray | None = None,
        *,
        sweeps: int,
        stop: Callable[[], bool] = bool,
    ) -> tuple[WeekCells, ...]:
        """Re-plan day after day until a whole sweep changes nothing, `sweeps` are done, or `stop` says so."""
        still = 0
        for step in range(sweeps * len(self.of_day)):
            if still >= len(self.of_day) or stop():
                break
            new = self.replan(weeks, step % len(self.of_day), anchors)
            still = still + 1 if new == weeks else 0
            weeks = new
        return weeks
