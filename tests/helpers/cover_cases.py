"""Small centres whose cover is planned, and what every cover promises."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

MONDAY = dt.date(2026, 11, 30)
REFERENCE = Path(__file__).parents[1] / "reference" / "cover_monday.csv"


def family(name, paid, start_from, start_to, *breaks, step=30):
    return ShiftFamily(name, paid, start_from, start_to, step, breaks=breaks)


def lunch(duration, earliest, latest):
    return Break(duration, earliest, latest, "lunch", paid=False)


FULL = family("full", 450, "08:00", "10:00", Break(15, 60, 150), lunch(30, 180, 270), Break(15, 345, 420))
PART = family("part", 240, "08:00", "14:00", Break(15, 90, 150))
NIGHT = family("night", 480, "20:00", "22:00", Break(15, 90, 180), lunch(30, 210, 300))


def by_need(need, days, families, *, opens=None, contracts=None, staff=(), costs=None, cyclic=False, rules=None):
    """A centre whose goal holds per interval; `need` over its slots of 15 minutes."""
    grid = Grid(MONDAY, days, 15)
    need = np.asarray(need, dtype=float)
    opens = need > 0 if opens is None else opens
    demand = Demand("calls", ServiceGoal(0.8, 20, basis="interval"), opens, need, np.ceil(need).astype(int), need * 0)
    return ScheduleProblem(
        Horizon(grid), (demand,), {f.name: f for f in families}, contracts or {}, tuple(staff), rules or Rules(),
        costs or Costs(cost_h=1.0, under_h=1000.0), cyclic,
    )  # fmt: skip


def day(level, opens=8, closes=18):
    """A day's need: a flat level with a hump at noon while open."""
    hour = np.arange(96) / 4
    return np.where((hour >= opens) & (hour < closes), np.round(level * (1 + 0.5 * np.exp(-((hour - 12) ** 2)))), 0.0)


def pooled(level, days, *, queues=("calls",), goal=0.8, basis="day", margin=0.0, curve=None, **more):
    """A centre whose goal is pooled over the day (or week), with a concave service curve above its floor."""
    grid = Grid(MONDAY, days, 15)
    heads = np.arange(60)
    demands = []
    for queue in queues:
        calls = np.tile(day(level), days) * 4.0
        is_open = calls > 0
        at = np.where(is_open, calls / 4.0, 1.0)[:, None]
        share = 1 - np.exp(-1.6 * heads / at) if curve is None else curve(heads, at)
        gain = np.where(is_open[:, None], calls[:, None] * (share - goal), 0.0)
        lower = np.where(is_open, np.argmax(share >= 0.5, axis=1), 0)
        need = np.where(is_open, np.argmax(share >= goal, axis=1), 0).astype(float)
        periods = tuple(np.flatnonzero(is_open[s]) + s.start for s in grid.day_slices)
        if basis == "week":
            periods = (np.concatenate(periods),)
        demands.append(
            Demand(
                queue,
                ServiceGoal(goal, 20, basis=basis),
                is_open,
                need,
                lower,
                calls,
                gain,
                periods,
                (margin,) * len(periods),
            )
        )
    costs = more.pop("costs", Costs(cost_h=20.0, lost_call=15.0, under_h=100.0))
    return ScheduleProblem(
        Horizon(grid),
        tuple(demands),
        {"full": FULL, "part": PART},
        more.pop("contracts", {}),
        tuple(more.pop("staff", ())),
        Rules(days_off_together=0),
        costs,
    )


def run(problem, gap=0.03, limit=20.0, **more):
    return solve_cover(problem, watch=Watch(), time_limit_s=limit, gap=gap, **more)


def check(problem, cover):
    """Assert what every cover promises, counted anew from its single heads."""
    phone = {d.queue: np.zeros(len(problem.grid)) for d in problem.demands}
    wages = 0.0
    known = {s.key for s in problem.shifts}
    for p in cover.planned:
        assert p.shift.key in known
        assert len(p.breaks) == len(p.shift.breaks)
        for start, (first, last, _, _) in zip(p.breaks, p.shift.breaks, strict=True):
            assert first <= start <= last
        for begin, end, what, queue in p.stretches:
            for s in range(begin, end) if what == "phone" else ():
                if problem.cyclic or s < len(problem.grid):
                    phone[queue][s % len(problem.grid)] += 1
        if p.contract is None:
            wages += problem.costs.cost_h * problem.paid_weight(p.shift)
    if not problem.staff:
        assert wages == pytest.approx(cover.cost_wages)
    short = 0.0
    for d in problem.demands:
        least = d.need if d.by_interval else d.lower
        short += np.maximum(0, least - phone[d.queue])[d.open].sum() * problem.grid.hours
        for p, (slots, margin) in enumerate(zip(d.periods, d.margin, strict=True)):
            got = sum(d.gain[s, min(int(phone[d.queue][s]), d.gain.shape[1] - 1)] for s in slots)
            assert cover.lost_calls[d.queue, p] == pytest.approx(max(0.0, margin - got), abs=1e-6)
    assert cover.under_hours == pytest.approx(short)
    assert cover.solved.cost == pytest.approx(cover.cost_wages + cover.cost_prices)
    assert cover.solved.bound <= cover.solved.cost + 1e-9
    return phone


def monday(shortest, longest):
    """The Monday of the test week of peak 50, with its shift families from `shortest` to `longest` minutes."""
    rows = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
    need = np.zeros(96)
    for row in rows:
        hours, minutes = row["start"].split(":")
        need[int(hours) * 4 + int(minutes) // 15] = float(row["agents_phone"])
    families = []
    for length in range(240, 541, 30):
        if length <= 300:
            breaks = [Break(15, 90, 150)]
        elif length <= 390:
            breaks = [Break(15, 60, 120), lunch(30, 165, 225)]
        else:
            last = {420: (300, 360), 450: (315, 390), 480: (345, 420), 510: (360, 450), 540: (390, 480)}[length]
            breaks = [Break(15, 60, 150), lunch(60 if length > 480 else 30, 180, 270), Break(15, *last)]
        paid = length - sum(b.duration_min for b in breaks if not b.paid)
        if shortest <= length <= longest:
            families.append(family(f"f{length}", paid, "00:00", "23:30", *breaks))
    return by_need(need, 1, families)


def people(number, contracts, **more):
    names = list(contracts)
    return [
        Agent(f"a{i:02d}", names[i % len(names)], {"calls": 1.0}, 20.0, **more) for i in range(number)
    ]  # fmt: skip


CONTRACTS = {
    "full": Contract("full", ("full",), max_h_week=37.5, min_h_week=30, max_days=5),
    "part": Contract("part", ("part",), max_h_week=16, min_h_week=8, max_days=4),
}
