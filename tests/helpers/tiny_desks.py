"""Desks so small that every roster can be listed, drawn by chance, and the least cost of all of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from people_rules import last_week, legal

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.best_week import ChosenWeek
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract, Wish
from busyhour.schedule.rules.rules import Rules

HOURS = 24
WEEK = dt.date(2026, 11, 30)


def families(night: bool) -> dict[str, ShiftFamily]:
    """Return families with a wide break, with two breaks, without one, and maybe one over midnight."""
    out = {
        "long": ShiftFamily("long", 360, "06:00", "08:00", 120, breaks=(Break(60, 60, 180),)),
        "short": ShiftFamily("short", 240, "10:00", "14:00", 240),
        "two": ShiftFamily("two", 420, "12:00", "12:00", 60, breaks=(Break(60, 60, 60), Break(60, 180, 240))),
    }
    return out | (
        {"night": ShiftFamily("night", 480, "22:00", "22:00", 60, breaks=(Break(60, 120, 300),))} if night else {}
    )


def desk(
    seed: int, *, people: int = 2, alike: bool = False, queues: int = 1, cyclic: bool = False, days: int = 3,
    spread: bool = False, week: dt.date = WEEK,
) -> ScheduleProblem:  # fmt: skip
    """Draw a desk with a goal per interval."""
    rng = np.random.default_rng(seed)
    grid = Grid(week, days, 60)
    hours = np.arange(len(grid)) % HOURS
    night = cyclic or bool(rng.random() < 0.3)
    is_open = np.ones(len(grid), dtype=bool) if night else (hours >= 6) & (hours < 20)
    names = ("a", "b")[:queues]
    demands = []
    for name in names:
        need = np.where(is_open, rng.integers(0, people + 1, len(grid)) / rng.choice([1, 1, 2]), 0.0)
        nothing = np.zeros(len(grid))
        goal = ServiceGoal(0.8, 20, basis="interval")
        demands.append(Demand(name, goal, is_open, need, nothing.astype(np.int64), nothing))
    kinds = families(night)
    contracts = {
        "all": Contract("all", tuple(kinds), 19, 12, days, int(rng.integers(0, 2))),
        "some": Contract("some", ("short", "two"), 15, float(rng.choice([0, 9, 12.5])), 3),
    }
    rules = Rules(
        rest_min=int(rng.choice([0, 660, 1000, 1500, 2300])), max_run_days=int(rng.integers(2, 4)),
        days_off_together=int(rng.integers(0, 2)), min_run_off_days=int(rng.choice([1, 2])),
        max_start_spread_min=int(rng.choice([0, 120, 360])) if spread else None,
        max_shifts={"long": 1} if rng.random() < 0.3 else {},
        not_next_day={"two": ("long", "short")} if rng.random() < 0.3 else {},
    )  # fmt: skip
    skills = [dict.fromkeys(names[:1] if rng.random() < 0.4 else names, 1.0) for _ in range(people)]

    kept = ("off", "long", "short", "")

    def agent(i: int) -> Agent:
        away = tuple((s, s + 4) for s in rng.integers(0, len(grid), 1).tolist())
        wish = Wish(int(rng.integers(days)), str(rng.choice(["off", "early", "short", ""])), float(rng.choice([-2, 3])))
        return Agent(f"p{i}", str(rng.choice(["all", "some"])), skills[i], 10.0 + int(rng.integers(3)), away=away,
                     wishes=(wish,), earliest=int(rng.integers(0, 9)), **last_week(rng, days, kept))  # fmt: skip

    first = agent(0)
    staff = [dataclasses.replace(first, id=f"p{i}") if alike else agent(i) for i in range(people)]
    costs = Costs(cost_h=10.0, under_h=25.0, below_contract_h=4.0, wish=2.0, steady_h=0.0, lost_call=3.0)
    before = {name: (hours < 3) * (np.arange(len(grid)) < 24) * 1 for name in names} if not cyclic else {}
    return ScheduleProblem(Horizon(grid), tuple(demands), kinds, contracts, tuple(staff), rules, costs, cyclic, before)


def by_day(problem: ScheduleProblem, seed: int) -> ScheduleProblem:
    """Return the desk with goals over each day, by curves with steps that rise, fall and lie below 0."""
    rng = np.random.default_rng(seed)
    most = len(problem.staff) + 1
    demands = []
    for d in problem.demands:
        steps = rng.integers(-2, 9, (len(d.open), most)).astype(float)
        steps[rng.random(len(d.open)) < 0.5] = np.array([6.0, 2.0, *[0.0] * (most - 2)])
        gain = np.concatenate([rng.integers(-6, 0, (len(d.open), 1)), steps], axis=1).cumsum(axis=1)
        periods = tuple(np.flatnonzero(d.open & (problem.day_of_slot == day)) for day in range(problem.horizon.days))
        goal = dataclasses.replace(d.goal, basis="day")
        margin = tuple(rng.integers(-5, 6, len(periods)).astype(float).tolist())
        lower = np.where(d.open & (rng.random(len(d.open)) < 0.3), 1, 0)
        demands.append(dataclasses.replace(d, goal=goal, gain=gain, periods=periods, margin=margin, lower=lower))
    return dataclasses.replace(problem, demands=tuple(demands))


Week = tuple[float, np.ndarray]
"""Money of one person's week, and heads on the phone, shape (S,)."""


def weeks_of(problem: ScheduleProblem, agent: Agent) -> dict[tuple[Any, ...], Week]:
    """Return every legal week of one person, by its shifts and breaks."""
    contract, size = problem.contracts[agent.contract], len(problem.grid)
    queue = next(iter(agent.skills))
    out: dict[tuple[Any, ...], Week] = {}
    mine = [s for s in problem.shifts if s.family in contract.shifts]
    for week in itertools.product(*([None, *(s for s in mine if s.day == d)] for d in range(problem.horizon.days))):
        worked = [s for s in week if s]
        cells = [s and (s.start, s.length, s.family, queue, s.pattern, s.paid_min / 60) for s in week]
        if len(worked) < contract.min_days or not legal(problem, agent, cells):
            continue
        if problem.cyclic and len(worked) > 1 and worked[-1].end - size > worked[0].start:
            continue
        paid = sum(s.paid_min for s in worked) / 60
        money = agent.cost_h * paid + problem.costs.below_contract_h * max(0.0, contract.min_h_week - paid)
        for wish in agent.wishes:
            met = wish.meets(week[wish.day], late_from_slot=problem.noon[wish.day])
            money += problem.costs.wish * abs(wish.weight) * (met == (wish.weight < 0))
        places = [itertools.product(*(range(a, b + 1) for a, b, _, _ in s.breaks)) for s in worked]
        for breaks in itertools.product(*places):
            heads = np.zeros(size + 2 * HOURS, dtype=np.int64)
            for s, at in zip(worked, breaks, strict=True):
                heads[s.start : s.end] += 1
                for begin, (_, _, slots, _) in zip(at, s.breaks, strict=True):
                    heads[s.start + begin : s.start + begin + slots] -= 1
            if problem.cyclic:
                heads[:HOURS] += heads[size : size + HOURS]
            key = tuple((s.start, s.pattern, at) for s, at in zip(worked, breaks, strict=True))
            out[key] = money, heads[:size]
    return out


def key_of(staff: CompiledStaff, number: int, week: ChosenWeek) -> tuple[Any, ...]:
    """Return the key of a chosen week in `weeks_of`."""
    shifts = staff.people[number].options.shifts
    return tuple(
        (shifts[o].start, shifts[o].pattern, tuple(at[: len(shifts[o].breaks)]))
        for o, at in zip(week.options.tolist(), week.breaks.tolist(), strict=True)
        if o >= 0
    )


def short(problem: ScheduleProblem, q: int, heads: np.ndarray) -> np.ndarray:
    """Return the price of what `heads`, shape (..., S), leave short of queue number `q`, shape (...)."""
    d = problem.demands[q]
    heads = heads + problem.before.get(d.queue, 0)
    if d.gain is None:
        return np.asarray(25.0 * np.where(d.open, np.maximum(0.0, d.need - heads), 0.0).sum(axis=-1))
    asked = np.where(d.lower > np.ceil(d.need), np.maximum(d.need, d.lower), 0.0) if not d.periods else d.lower
    total = 25.0 * np.where(d.open, np.maximum(0.0, asked - heads), 0.0).sum(axis=-1)
    gained = d.gain[np.arange(heads.shape[-1]), np.minimum(heads, d.gain.shape[1] - 1)]
    for at, margin in zip(d.periods, d.margin, strict=True):
        total = total + 3.0 * np.maximum(0.0, margin - gained[..., at].sum(axis=-1))
    return np.asarray(total)


def shortfalls(problem: ScheduleProblem, heads: Sequence[np.ndarray]) -> np.ndarray:
    """Return the least price of what people leave short, each one's heads of shape (..., S); splits are tried out.

    With goals per interval the best split of each slot is found by itself, else all splits of a day are tried.
    """
    groups: dict[tuple[str, ...], np.ndarray] = {}
    for agent, mine in zip(problem.staff, heads, strict=True):
        key = tuple(sorted(agent.skills))
        groups[key] = groups.get(key, 0) + mine
    shape = np.broadcast_shapes(*(h.shape for h in heads))
    none = np.zeros(shape, dtype=np.int64)
    if len(problem.demands) == 1:
        return short(problem, 0, none + groups.get(("a",), none))
    a, both = none + groups.get(("a",), none), none + groups.get(("a", "b"), none)
    if not problem.demands[0].by_interval:
        rows = zip(a.reshape(-1, shape[-1]), both.reshape(-1, shape[-1]), strict=True)
        return np.array([_best_split(problem, *row) for row in rows]).reshape(shape[:-1])
    total = np.zeros(shape[:-1])
    for t in range(shape[-1]):
        best = np.full(shape[:-1], np.inf)
        for k in range(int(both[..., t].max(initial=0)) + 1):
            cost = sum(
                25.0 * np.maximum(0.0, d.need[t] - n - problem.before.get(d.queue, np.zeros(shape[-1]))[t])
                for d, n in zip(problem.demands, (a[..., t] + k, both[..., t] - k), strict=True)
            )
            best = np.where(k <= both[..., t], np.minimum(best, cost), best)
        total += best
    return total


def _best_split(problem: ScheduleProblem, a: np.ndarray, both: np.ndarray) -> float:
    """Return the least price of a roster with `a` heads of the first queue only and `both` of both, shape (S,) each."""
    at = np.flatnonzero(both)
    splits = np.array(list(itertools.product(*(range(n + 1) for n in both[at]))))
    first = np.zeros((len(splits), len(a)), dtype=np.int64)
    first[:, at] = splits
    return float((short(problem, 0, a + first) + short(problem, 1, both - first)).min())


def least_cost(problem: ScheduleProblem) -> float:
    """Return the least cost over all rosters; infinite where somebody has no legal week."""
    every = [_best_of(weeks_of(problem, a)) for a in problem.staff]
    if not all(len(money) for money, _ in every):
        return float("inf")
    least = np.inf
    *others, (money, heads) = every
    for chosen in itertools.product(*(zip(m.tolist(), h, strict=True) for m, h in others)):
        mine = [h for _, h in chosen]
        least = min(least, float((sum(m for m, _ in chosen) + money + shortfalls(problem, [*mine, heads])).min()))
    return least


def _best_of(weeks: dict[tuple[Any, ...], Week]) -> tuple[np.ndarray, np.ndarray]:
    """Return money and heads of the cheapest week of each shape of heads."""
    best: dict[bytes, Week] = {}
    for money, heads in weeks.values():
        if money < best.get(heads.tobytes(), (np.inf, heads))[0]:
            best[heads.tobytes()] = money, heads
    return np.array([m for m, _ in best.values()]), np.array([h for _, h in best.values()])


def roster_cost(problem: ScheduleProblem, staff: CompiledStaff, weeks: Sequence[ChosenWeek]) -> float:
    """Return the cost of a roster whose weeks must all be legal."""
    found = [
        weeks_of(problem, a)[key_of(staff, i, w)] for i, (a, w) in enumerate(zip(problem.staff, weeks, strict=True))
    ]
    return sum(m for m, _ in found) + float(shortfalls(problem, [h for _, h in found]))
