"""Configuration, state and need become one hiring problem."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...schedule.hiring.problem import (
    ClassRules,
    Group,
    HiringProblem,
    Kind,
    Learning,
    Months,
    Recourse,
    Transfer,
)
from ...schedule.optimise.status import Infeasible
from ..config.plan_toml import PLAN
from ..config.schema import Config, Shrinkage, nearest
from .config import FILE
from .group_need import GroupNeed
from .schema import HiringConfig, Prices
from .state import KindState, State
from .values import by_month, month_of

OWN_HOURS = {"overtime_h": 1.5, "time_off_h": 0.65, "vendor_h": 1.8, "short_h": 2.9, "lost_h": 5.8}
"""Prices of recourse where none are given, as multiples of what an hour of work by own people costs."""
WEEK_DAYS = 7


def months_after(as_of: dt.date, count: int) -> Months:
    """Return the `count` whole months that follow the day `as_of`."""
    at = as_of.year * 12 + as_of.month - (1 if as_of.day == 1 else 0)
    return Months(dt.date(at // 12, at % 12 + 1, 1), count)


def problem_of(
    hiring: HiringConfig,
    plan: Config,
    state: State,
    months: Months,
    needs: Mapping[str, GroupNeed],
    leave: np.ndarray,
) -> HiringProblem:
    """Join what is given into one hiring problem.

    Parameters
    ----------
    leave
        Probability to leave within each month of tenure, estimated or given, before the factor on attrition.

    Raises
    ------
    InputError
        On prices that contradict each other.
    """
    kinds = tuple(_kind(name, kind, hiring, plan, months, leave) for name, kind in state.kinds.items())
    groups = tuple(_group(name, need, hiring, kinds, months) for name, need in needs.items())
    rules = rules_of(hiring, months)
    return HiringProblem(state.as_of, months, groups, kinds, rules, _transfers(hiring), state.given)


def paid_hours(plan: Config, hours_week: float, months: Months) -> np.ndarray:
    """Return the paid hours of a head in each month: the hours of a week, spread over its open weekdays.

    A month with five Mondays has more of them than one with four. Public holidays are paid.
    """
    opened = np.array([_is_open(plan, day) for day in WEEKDAYS])
    if not opened.any():
        raise InputError("never open", file=PLAN, column="opening.", mend="Give at least one weekday its hours")
    starts = months.starts()
    out = []
    for start, end in itertools.pairwise(starts):
        days = [(start.toordinal() + i - 1) % WEEK_DAYS for i in range((end - start).days)]
        out.append(hours_week * opened[days].sum() / opened.sum())
    return np.array(out)


def present(hiring: HiringConfig, plan: Config, months: Months) -> np.ndarray:
    """Return the share of paid hours at work and not in meetings, by month."""
    first, count, hours = months.first, months.count, hiring.hours
    away = by_month(hours.vacation, first, count)
    sick = by_month(hours.absence, first, count, mean_absence(plan.shrinkage))
    meetings = by_month(hours.meetings, first, count, plan.shrinkage.planned)
    return np.asarray((1 - np.array(away)) * (1 - np.array(sick)) * (1 - np.array(meetings)))


def mean_absence(shrinkage: Shrinkage) -> float:
    """Return the unplanned shrinkage of a mean weekday."""
    if not isinstance(shrinkage.unplanned, Mapping):
        return shrinkage.unplanned
    other = shrinkage.unplanned.get("default", 0.0)
    return sum(shrinkage.unplanned.get(day, other) for day in WEEKDAYS) / WEEK_DAYS


def own_hour(kinds: tuple[Kind, ...], ratio: float) -> float:
    """Return what an hour of work by these kinds' people costs, experienced and at work.

    Parameters
    ----------
    ratio
        Hours of presence for one hour of work.
    """
    weights = np.array([max(1, len(k.staff)) for k in kinds], dtype=float)
    cost = np.array([k.cost_h / k.present.mean() for k in kinds])
    return float(weights @ cost / weights.sum() * ratio)


def prices_of(prices: Prices, hour: float) -> Recourse:
    """Return the recourse with the prices that are given, the others from an own hour of work."""
    known = {name: getattr(prices, name) for name in OWN_HOURS}
    money = {name: factor * hour if known[name] is None else known[name] for name, factor in OWN_HOURS.items()}
    for name in ("overtime_h", "vendor_h"):
        if money["short_h"] < money[name]:
            what, mend = f"a missing hour costs less than {name}: nobody would pay for it", f"{name} is {money[name]:g}"
            raise InputError(what, file=FILE, column="prices.short_h", value=money["short_h"], mend=mend)
    if money["lost_h"] < money["short_h"]:
        raise InputError("the second missing hour is cheaper than the first", file=FILE, column="prices.lost_h",
                         value=money["lost_h"], mend=f"short_h is {money['short_h']:g}")  # fmt: skip
    return Recourse(
        overtime_share=prices.overtime_share,
        overtime_cost=money["overtime_h"],
        off_share=prices.time_off_share,
        off_saving=money["time_off_h"],
        vendor_share=prices.vendor_share,
        vendor_cost=money["vendor_h"],
        short_share=prices.short_share,
        short_cost=money["short_h"],
        lost_cost=money["lost_h"],
    )


def priced(prices: Prices, recourse: Recourse) -> Prices:
    """Return `prices` with those left out at the values that they have in `recourse`."""
    values = (
        recourse.overtime_cost,
        recourse.off_saving,
        recourse.vendor_cost,
        recourse.short_cost,
        recourse.lost_cost,
    )
    return prices.model_copy(update=dict(zip(OWN_HOURS, values, strict=True)))


def _is_open(plan: Config, day: str) -> bool:
    own = [queue.opening.get(day, plan.opening.get(day, "closed")) for queue in plan.queue.values() if queue.opening]
    hours = own + ([] if len(own) == len(plan.queue) else [plan.opening.get(day, "closed")])
    return any(text.strip().lower() != "closed" for text in hours)


def _kind(name: str, kind: KindState, hiring: HiringConfig, plan: Config, months: Months, leave: np.ndarray) -> Kind:
    terms = hiring.contract.get(kind.contract)
    week = terms.hours_week if terms is not None and terms.hours_week is not None else None
    wage = terms.cost_h if terms is not None and terms.cost_h is not None else kind.cost_h
    hire = terms.hire if terms is not None and terms.hire is not None else hiring.prices.hire
    people = hiring.people
    return Kind(
        name=name,
        group=kind.group,
        contract=kind.contract,
        paid_h=paid_hours(plan, plan.contract[kind.contract].max_h_week if week is None else week, months),
        present=present(hiring, plan, months),
        cost_h=wage * hiring.factors.wages,
        hire_cost=hire,
        learning=Learning(
            training_weeks=people.training_weeks,
            fails=people.fails,
            leave=np.minimum(1.0, leave * hiring.factors.attrition),
            speed=np.array(people.speed),
            noise=people.speed_noise,
        ),
        staff=kind.staff,
        hired=terms is None or terms.hired,
    )


def _group(name: str, need: GroupNeed, hiring: HiringConfig, kinds: tuple[Kind, ...], months: Months) -> Group:
    own = tuple(k for k in kinds if k.group == name)
    ratio = float(np.mean([r.ratio.mean() for r in need.recipes]))
    least = np.array(by_month(hiring.vendor.least_h, months.first, months.count))
    prices = hiring.prices
    return Group(
        name=name,
        demand=need.demand,
        recipes=need.recipes,
        recourse=prices_of(prices, own_hour(own, ratio)),
        contract_h=least if least.any() else None,
        contract_cost=np.nan if hiring.vendor.price_h is None else hiring.vendor.price_h,
        contract_least=hiring.vendor.bought_least_h,
        contract_most=np.inf if hiring.vendor.bought_most_h is None else hiring.vendor.bought_most_h,
        end_value=prices.end_value,
    )


def rules_of(hiring: HiringConfig, months: Months) -> ClassRules:
    """Return the limits of classes.

    Raises
    ------
    InputError
        If a frozen month is not planned.
    """
    c, starts = hiring.classes, months.starts()[:-1]
    asked = [month_of(text, "classes.frozen") for text in c.frozen]
    for text, month in zip(c.frozen, asked, strict=True):
        if month not in starts:
            mend = f"The plan runs from {starts[0]:%Y-%m} to {starts[-1]:%Y-%m}"
            raise InputError("not a planned month", file=FILE, column="classes.frozen", value=text, mend=mend)
    recruits = by_month(c.recruits, months.first, months.count)
    return ClassRules(
        least=c.least,
        most=c.most,
        seats=c.seats,
        rooms=c.rooms,
        recruits=np.array(recruits, dtype=int),
        lead_weeks=c.lead_weeks,
        start_days=tuple(sorted(set(c.start_days))),
        frozen=tuple(starts.index(m) for m in sorted(set(asked))),
        drop_out=c.drop_out,
        trainers=c.trainers,
        nesting_weeks=c.nesting_weeks,
        nesting_heads=c.nesting_heads,
    )


def _transfers(hiring: HiringConfig) -> tuple[Transfer, ...]:
    return tuple(Transfer(t.source, t.target, t.weeks, np.array(t.speed), t.cost, t.most) for t in hiring.transfer)


def refuse_unknown(hiring: HiringConfig, plan: Config, state: State) -> None:
    """Raise `InputError` on terms of an unknown contract, and on a transfer of an unknown kind or to nowhere else."""
    for name in hiring.contract:
        if name not in plan.contract:
            mend = nearest(name, plan.contract)
            raise InputError("unknown contract", file=FILE, column=f"contract.{name}", value=name, mend=mend)
    for i, t in enumerate(hiring.transfer):
        for end in ("source", "target"):
            if getattr(t, end) not in state.kinds:
                raise InputError("unknown kind", file=FILE, column=f"transfer.{i}.{end}", value=getattr(t, end),
                                 mend=nearest(getattr(t, end), state.kinds))  # fmt: skip
        if t.source == t.target:
            raise InputError("a transfer to where people are", file=FILE, column=f"transfer.{i}.target", value=t.target)


def refuse_conflicts(hiring: HiringConfig, state: State, months: Months) -> None:
    """Refuse classes on their way that break a limit: their starts cannot be decided any more.

    Raises
    ------
    Infeasible
        If a class starts in a frozen month, is larger than its room, or finds none.
    """
    rules, starts = rules_of(hiring, months), months.starts()
    seats = hiring.classes.most if hiring.classes.seats is None else hiring.classes.seats
    weeks = dt.timedelta(weeks=hiring.people.training_weeks)
    frozen = {starts[t]: hiring.classes.frozen for t in rules.frozen}
    for kind, start, size in state.given:
        first = start.replace(day=1)
        told = f"class of {size} people for {kind}, on its way for {start}"
        if first in frozen:
            month = f"{first:%Y-%m}"
            later = next((s for s in starts[:-1] if s > first and s not in frozen), None)
            moved = f"; or let the class start on {later}" if later is not None else ""
            raise Infeasible([told, f"classes.frozen holds {month}"], [f"take {month} out of classes.frozen{moved}"])
        if size > seats:
            more, key = size - seats, "most" if hiring.classes.seats is None else "seats"
            raise Infeasible([told, f"classes.{key} is {seats}"], [f"{more} more seats, or {more} people fewer"])
    classes = [c for c in state.given if c[2] >= rules.least]  # fewer join a class or learn beside the others
    firsts = sorted({(start, kind) for kind, start, _ in classes})
    for start, _ in firsts:
        together = [(s, k) for s, k in firsts if s <= start < s + weeks]
        if len(together) > hiring.classes.rooms:
            names = [f"class for {kind}, on its way for {begin}" for begin, kind in together]
            lack = len(together) - hiring.classes.rooms
            raise Infeasible(
                [*names, f"classes.rooms is {hiring.classes.rooms}"],
                [f"{lack} more room{'s' * (lack > 1)} on {start}, or let {lack} of these classes start later"],
            )
