"""Legal neighbours of a plan, and what they cost, by code that shares nothing with the planner.

A neighbour differs in one person's shift or in two people's: moved in start, a break moved, removed, added, handed
over, swapped, put on another day. The judge says whether it is legal; its cost is counted here from the raw inputs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.random_desks import shift_rows
from busyhour.schedule.judge.check import Plan, read_plan, verdict_on
from busyhour.schedule.judge.counts import running_on, wages_of
from busyhour.schedule.judge.inputs import Asked, Family
from busyhour.schedule.judge.possible import fitting
from busyhour.schedule.judge.shifts import SHAPE, Row, Worked, join_rows

Weeks = dict[str, tuple[Worked, ...]]
"""New weeks of the people that a neighbour changes."""
Reading = tuple[dt.date, str]
"""Date and family that a shift is: its rows alone may tell several."""
Made = tuple[list[Row], Reading]
"""Rows of one more shift and what it is; no rows = none."""


@dataclass(frozen=True)
class Counted:
    """A plan as the judge reads it, with the need of each slot.

    Attributes
    ----------
    need
        Queue → heads needed in each slot of the week, shape (S,).
    heads
        Queue → heads on the phone, shape (S,), last week's shifts that run on included.
    """

    plan: Plan
    tables: Mapping[str, pd.DataFrame]
    need: Mapping[str, np.ndarray]
    heads: Mapping[str, np.ndarray]

    @classmethod
    def of(
        cls,
        activity: pd.DataFrame,
        inputs: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame],
        roster: pd.DataFrame,
    ) -> Counted:
        """Read a plan, its shifts as those that its roster says they are, the judge's inputs and the desk's tables."""
        plan = _as_named(read_plan(activity, inputs), roster)
        asked = plan.asked
        first, end = asked.week
        slots = int((end - first) // asked.grid_min)
        need = {queue: np.zeros(slots) for queue in asked.plan["queue"]}
        minutes = int(asked.plan["site"]["interval_min"])
        table = tables["requirement"]
        for queue, start, agents in zip(table["queue"], table["start"], table["agents_phone"], strict=True):
            at = int((asked.clock.minute(start) - first) // asked.grid_min)
            need[queue][max(at, 0) : at + minutes // asked.grid_min] = float(agents)
        counted = cls(plan, tables, need, {queue: np.zeros(slots) for queue in need})
        for w in running_on(plan):
            counted.add(counted.heads, w, 1.0)
        for shifts in plan.shifts.values():
            for w in shifts:
                counted.add(counted.heads, w, 1.0)
        return counted

    def add(self, heads: Mapping[str, np.ndarray], worked: Worked, sign: float) -> None:
        """Add a shift to heads, or take it off."""
        first, step = self.plan.asked.week[0], self.plan.asked.grid_min
        for r in worked.rows:
            if r.what == "phone" and r.queue in heads:
                low, high = (int((x - first) // step) for x in (r.start, r.end))
                heads[r.queue][max(low, 0) : max(high, 0)] += sign

    def short(self, heads: Mapping[str, np.ndarray]) -> float:
        """Return the price of the missing agent-hours."""
        hours = self.plan.asked.grid_min / 60
        price = float(self.plan.asked.plan["costs"]["under_h"])
        return price * hours * sum(float(np.maximum(self.need[q] - heads[q], 0).sum()) for q in self.need)

    def week_price(self, agent: str, shifts: Sequence[Worked]) -> float:
        """Return wage, hours below contract, wishes not met and spread of starts of one person, in money."""
        asked, week = self.plan.asked, self.plan.weeks[agent]
        costs = asked.plan["costs"]
        paid = sum(w.paid_min for w in shifts) / 60
        employed = any(week.employed(d) for d in asked.dates)
        below = max(0.0, week.least_h - paid) if employed else 0.0
        starts = [self._minute(w) for w in shifts]
        spread = (max(starts) - min(starts)) / 60 if starts else 0.0
        wages = wages_of(self.plan, {agent: shifts})
        lost = sum(self._lost(row, shifts) for row in self._wishes(agent)) if employed else 0.0
        return (
            wages
            + costs.get("below_contract_h", 15.0) * below
            + costs.get("wish", 2.0) * lost
            + costs.get("steady_h", 1.0) * spread
        )

    def cost(self) -> float:
        """Return the cost of the plan."""
        return self.short(self.heads) + sum(self.week_price(a, self.plan.shifts.get(a, ())) for a in self.plan.weeks)

    def change(self, weeks: Weeks) -> float:
        """Return by how much `weeks` change the cost."""
        heads = {q: own.copy() for q, own in self.heads.items()}
        prices = 0.0
        for agent, shifts in weeks.items():
            old = self.plan.shifts.get(agent, ())
            prices += self.week_price(agent, shifts) - self.week_price(agent, old)
            for w in old:
                self.add(heads, w, -1.0)
            for w in shifts:
                self.add(heads, w, 1.0)
        return prices + self.short(heads) - self.short(self.heads)

    def legal(self, weeks: Weeks) -> bool:
        """Whether the judge passes the changed people's weeks."""
        people = {a: self.plan.asked.people[a] for a in weeks}
        asked = replace(self.plan.asked, people=people)
        new = {a: replace(self.plan.weeks[a], asked=asked, shifts=shifts) for a, shifts in weeks.items()}
        rows = {a: [r for w in shifts for r in w.rows] for a, shifts in weeks.items()}
        return verdict_on(Plan(asked, rows, {a: list(s) for a, s in weeks.items()}, self.plan.before, new)).passed

    def doubtful(self, weeks: Weeks) -> bool:
        """Whether a shift may be read as several families: then the judge allows what it is not meant to be, too."""
        return any(len(fitting(self.plan.weeks[a], w)) > 1 for a, shifts in weeks.items() for w in shifts)

    def _minute(self, worked: Worked) -> int:
        wall = self.plan.asked.clock.wall(worked.start)
        return (wall.date() - worked.date).days * 1440 + wall.hour * 60 + wall.minute

    def _wishes(self, agent: str) -> list[Any]:
        table = self.tables.get("wishes")
        rows = [] if table is None else list(table[table["agent"] == agent].itertuples())
        return [row for row in rows if dt.date.fromisoformat(row.date) in self.plan.asked.dates]

    def _lost(self, wish: Any, shifts: Sequence[Worked]) -> float:
        """Return the weight that a wish loses."""
        mine = [w for w in shifts if str(w.date) == wish.date]
        if wish.pattern == "off" or not mine:
            met = wish.pattern == "off" and not mine
        elif wish.pattern in ("early", "late"):
            met = (self._minute(mine[0]) >= 720) == (wish.pattern == "late")
        else:
            met = wish.pattern == "" or (mine[0].family is not None and wish.pattern == mine[0].family.name)
        return abs(wish.weight) if met == (wish.weight < 0) else 0.0


def _as_named(plan: Plan, roster: pd.DataFrame) -> Plan:
    """Return the plan with its shifts read as the roster names them, where the judge may read them so."""
    asked, named = plan.asked, dict[tuple[str, float], Reading]()
    for agent, date, pattern, start in zip(*(roster[c] for c in ("agent", "date", "pattern", "start")), strict=True):
        named[str(agent), asked.clock.minute(start)] = pd.Timestamp(date).date(), str(pattern).partition("@")[0]
    shifts = {
        agent: [read_as(asked, agent, w, named.get((agent, w.start))) for w in own]
        for agent, own in plan.shifts.items()
    }
    weeks = {agent: replace(week, shifts=tuple(shifts.get(agent, ()))) for agent, week in plan.weeks.items()}
    return replace(plan, shifts=shifts, weeks=weeks)


def read_as(asked: Asked, agent: str, worked: Worked, reading: Reading | None) -> Worked:
    """Return a shift as that `reading` if it obeys the family wholly, else as it is."""
    date, name = reading or (worked.date, "")
    family = asked.families_of(asked.people.get(agent)).get(name)
    if family is None or any(test(worked, family, asked.clock) for test in SHAPE.values()):
        return worked
    fits = date in family.starts(asked.clock.wall(worked.start))
    return replace(worked, family=family, date=date, faults=()) if fits else worked


def reading_of(worked: Worked) -> Reading:
    """Return what a shift is read as."""
    return worked.date, worked.family.name if worked.family else ""


def neighbours(counted: Counted, rng: np.random.Generator, number: int) -> Iterator[tuple[str, Weeks]]:
    """Yield `number` random neighbours, legal or not, with the kind of the move."""
    people = list(counted.plan.weeks)
    kinds = ("start", "break", "remove", "add", "day", "hand over", "swap", "queue")
    for _ in range(number):
        kind, agent, other = str(rng.choice(kinds)), str(rng.choice(people)), str(rng.choice(people))
        weeks = _Move(counted, rng).made(kind, agent, other)
        if weeks:
            yield kind, weeks


@dataclass(frozen=True)
class _Move:
    counted: Counted
    rng: np.random.Generator

    def made(self, kind: str, agent: str, other: str) -> Weeks | None:
        """Return the weeks that a move changes; None where there is no such move."""
        plan = self.counted.plan
        mine, theirs = list(plan.shifts.get(agent, ())), list(plan.shifts.get(other, ()))
        off = [d for d in plan.asked.dates if all(w.date != d for w in mine)]
        if kind == "add":
            return self._week(agent, mine, self.fresh(agent, off[int(self.rng.integers(len(off)))])) if off else None
        if not mine or (kind in ("hand over", "swap") and agent == other):
            return None
        worked = mine[int(self.rng.integers(len(mine)))]
        rest = [w for w in mine if w is not worked]
        if kind == "remove":
            return {agent: tuple(rest)}
        if kind == "start":
            return self._week(agent, rest, self.fresh(agent, worked.date))
        if kind == "day":
            return self._week(agent, rest, self.fresh(agent, off[int(self.rng.integers(len(off)))])) if off else None
        if kind == "break":
            return self._week(agent, rest, self.paused(worked))
        if kind == "queue":
            queue = str(self.rng.choice(list(plan.asked.plan["queue"])))
            rows = [replace(r, queue=queue if r.queue else "") for r in worked.rows]
            return self._week(agent, rest, (rows, reading_of(worked)))
        given = [w for w in theirs if w.date == worked.date]
        if kind == "swap" and not given:
            return None
        kept = [w for w in theirs if w not in given]
        back = (list(given[0].rows), reading_of(given[0])) if kind == "swap" else ([], reading_of(worked))
        first = self._week(agent, rest, back)
        second = self._week(other, kept if kind == "swap" else theirs, (list(worked.rows), reading_of(worked)))
        return None if first is None or second is None else {**first, **second}

    def fresh(self, agent: str, date: dt.date) -> Made | None:
        """Return a random shift of the person's contract on `date`."""
        asked = self.counted.plan.asked
        name = str(self.rng.choice(asked.people[agent].contract["shifts"]))
        family = asked.families[name]
        minutes = range(family.first, family.last + 1, family.step)
        start = asked.clock.time(date, int(self.rng.choice(minutes)))
        if start is None:
            return None
        breaks = self._breaks(family)
        queue = str(self.rng.choice(sorted(asked.people[agent].skills or asked.plan["queue"])))
        return [Row(*row) for row in shift_rows(family, start, breaks, queue)], (date, name)

    def _breaks(self, family: Family) -> tuple[int, ...]:
        """Return a random start of each break on the grid, in minutes after the start of the shift."""
        step = self.counted.plan.asked.grid_min
        windows = [(int(b["earliest_min"]) // step, int(b["latest_min"]) // step) for b in family.breaks]
        return tuple(int(self.rng.integers(low, high + 1)) * step for low, high in windows)

    def paused(self, worked: Worked) -> Made | None:
        """Return the shift on one queue with its breaks elsewhere."""
        family = worked.family
        if family is None or not family.breaks:
            return None
        breaks = self._breaks(family)
        queue = next(r.queue for r in worked.rows if r.what == "phone")
        return [Row(*row) for row in shift_rows(family, worked.start, breaks, queue)], reading_of(worked)

    def _week(self, agent: str, rest: Sequence[Worked], made: Made | None) -> Weeks | None:
        """Return the person's week of shifts and one more."""
        if made is None:
            return None
        asked = self.counted.plan.asked
        rows, reading = made
        everything = sorted([*(r for w in rest for r in w.rows), *rows], key=lambda r: (r.start, r.end))
        known = {w.start: reading_of(w) for w in rest} | ({rows[0].start: reading} if rows else {})
        joined = join_rows(agent, everything, asked.families_of(asked.people[agent]), asked.clock)
        return {agent: tuple(read_as(asked, agent, w, known.get(w.start)) for w in joined)}
