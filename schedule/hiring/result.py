"""Decisions as a hiring plan that people can read."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ..optimise.status import Solved
from .case import Case
from .cohort import PerHead
from .plan import GroupMonths, HiringPlan, KindMonths, PlannedClass
from .problem import Months
from .rule import HireUpTo, level
from .supply import Decisions, Option, Supply


def make_plan(
    case: Case, made: Decisions, bought: np.ndarray, solved: Solved, rule: HireUpTo, pays: bool, by: str
) -> HiringPlan:
    """Return the plan of `made` and `bought` hours, (G, T), with everything it is expected to give and cost.

    `rule` is the tuned one, and `pays` whether it costs less than hiring nobody.
    """
    supply, problem = case.supply, case.problem
    work = case.work(supply.presence(made))
    groups = {g.name: _group(case, i, made, work[i], bought[i]) for i, g in enumerate(case.groups)}
    cost = case.money.lines(made) | {"contract": float(case.contract_price() @ bought.sum(axis=1))}
    expected = case.expected(work, bought)
    for name, price, hours in (
        ("overtime", "overtime_cost", "overtime"), ("vendor", "vendor_cost", "vendor"),
        ("time_off", "off_saving", "time_off"),
    ):  # fmt: skip
        sign = -1.0 if name == "time_off" else 1.0
        cost[name] = sign * sum(
            getattr(g.recourse, price) * float(getattr(e, hours).sum())
            for g, e in zip(case.groups, expected, strict=True)
        )
    cost["missing"] = sum(
        g.recourse.short_cost * float(e.short.sum()) + g.recourse.lost_cost * float((e.missing - e.short).sum())
        for g, e in zip(case.groups, expected, strict=True)
    )
    transfers = tuple(
        (problem.transfers[m.way].source, problem.transfers[m.way].target, m.month, round(float(x)))
        for m, x in zip(supply.moves, made.moved, strict=True)
        if round(float(x)) > 0
    )
    classes = [
        _class(case, option, float(heads), float(count))
        for option, heads, count in zip(supply.options, made.heads, made.classes, strict=True)
    ]
    return HiringPlan(
        classes=tuple(sorted((c for many in classes for c in many), key=lambda c: (c.start, c.kind))),
        transfers=transfers,
        kinds={k.name: _kind(case, i, made) for i, k in enumerate(problem.kinds)},
        groups=groups,
        solved=solved,
        cost=cost,
        hire_up_to={
            k.name: level(case, i, rule.buffer)
            for i, g in enumerate(case.groups)
            for k in problem.kinds
            if k.group == g.name
        },
        buffer=rule.buffer,
        by=by,
        look=rule.look,
        pays=pays,
    )


def decisions_of(supply: Supply, plan: HiringPlan) -> Decisions:
    """Return what `plan` decides of the options of `supply`."""
    made, names = supply.nothing(), [k.name for k in supply.problem.kinds]
    place = {(names[o.kind], o.start): j for j, o in enumerate(supply.options)}
    for one in plan.classes:
        made.heads[place[one.kind, one.start]] += one.size
        made.classes[place[one.kind, one.start]] += 1
    ways = {(w.source, w.target): i for i, w in enumerate(supply.problem.transfers)}
    moves = {(m.way, m.month): j for j, m in enumerate(supply.moves)}
    for source, target, month, heads in plan.transfers:
        made.moved[moves[ways[source, target], month]] += heads
    return made


def next_planning(as_of: dt.date) -> dt.date:
    """Return the day of the next planning, a month after `as_of`."""
    _, first, after = Months(as_of.replace(day=1), 2).starts()
    return min(first + dt.timedelta(days=as_of.day - 1), after - dt.timedelta(days=1))


def sizes(people: float, classes: float) -> list[int]:
    """Return the people of each class of nearly equal size; whole numbers of both are meant.

    Examples
    --------
    >>> sizes(23.0, 2.0), sizes(0.0, 0.0)
    ([11, 12], [])
    """
    whole, count = round(people), max(round(classes), 1)
    return [n for i in range(count) if (n := whole * (i + 1) // count - whole * i // count) > 0]


def _class(case: Case, option: Option, heads: float, count: float) -> list[PlannedClass]:
    """Return the classes of one option, of nearly equal size."""
    problem, kind = case.problem, case.problem.kinds[option.kind]
    decide = problem.rules.decide_by(option.start, problem.as_of)
    return [
        PlannedClass(
            kind=kind.name,
            start=option.start,
            size=size,
            offers=int(np.ceil(size / (1.0 - problem.rules.drop_out) - 1e-9)),
            decide_by=decide,
            firm=decide < next_planning(problem.as_of),
            cost=size * (kind.hire_cost + float(option.head.training_wages.sum())),
        )
        for size in sizes(heads, count)
    ]


def _kind(case: Case, k: int, made: Decisions) -> KindMonths:
    """Return the expected people of kind `k`."""
    supply = case.supply
    months = supply.today[k].plus(supply.given[k])
    for heads, option in zip(made.heads, supply.options, strict=True):
        if option.kind == k and heads:
            months = months.plus(option.head.times(float(heads)))
    moved = PerHead.nobody(supply.days.months)
    for heads, move in zip(made.moved, supply.moves, strict=True):
        source, target = supply.ends(move)
        if heads and k in (source, target):
            moved = moved.plus((move.loss if k == source else move.gain).times(float(heads)))
    return KindMonths(
        opening=months.opening + moved.opening,
        hires=months.hires,
        leavers=months.leavers + moved.leavers,
        transferred=moved.hires,
        training=months.training + moved.training,
        work_h=months.work_h + moved.work_h,
        wages=months.wages + months.training_wages + moved.wages + moved.training_wages,
    )


def _group(case: Case, g: int, made: Decisions, work: np.ndarray, bought: np.ndarray) -> GroupMonths:
    """Return what group `g` can do and needs."""
    presence = case.supply.presence(made)[list(case.pools[g])]
    found = case.costs[g].at(work, case.contract[g] + bought)
    return GroupMonths(
        supply=work,
        spread=case.costs[g].spread,
        contract=case.contract[g] + bought,
        mix=_shares(np.array([m.split(presence[:, t]) for t, m in enumerate(case.mixing[g])]).T),
        probability=found.met,
        overtime=found.overtime,
        time_off=found.time_off,
        vendor=found.vendor,
        missing=found.missing,
        recourse=found.cost,
    )


def _shares(hours: np.ndarray) -> np.ndarray:
    """Return hours under each recipe as shares of the month, (recipes, T); 0 in a month without work."""
    total = hours.sum(axis=0)
    return np.asarray(np.divide(hours, total, out=np.zeros_like(hours), where=total > 0))
