"""Configuration, state and need become one hiring problem."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

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
from ..config.plan_toml import PLAN
from ..config.schema import Config, Shrinkage
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
    *,
    base: HiringConfig | None = None,
    closed: Mapping[str, Sequence[dt.date]] | None = None,
    holidays: Sequence[dt.date] = (),
) -> HiringProblem:
    """Join what is given into one hiring problem.

    Parameters
    ----------
    leave
        Probability to leave within each month of tenure, estimated or given, before the factor on attrition.
    base
        The configuration without scenario; None = `hiring`. Prices left out follow from its wages and hours, so that an
        hour costs the same in every scenario.
    closed
        Group → days on which it is shut though the weekday is open: they are paid, and nobody works. None = no day.
    holidays
        Public holidays: no class starts on them, nor on days on which all groups are shut.

    Raises
    ------
    InputError
        On prices that contradict each other.
    """
    shut = {name: tuple(closed.get(name, ())) if closed else () for name in needs}
    works = {name: open_share(plan, months, need.queues, shut[name]) for name, need in needs.items()}

    def kinds_of(config: HiringConfig) -> tuple[Kind, ...]:
        return tuple(_kind(n, k, config, plan, months, leave, works[k.group]) for n, k in state.kinds.items())

    kinds = kinds_of(hiring)
    own = kinds if base is None else kinds_of(base)
    groups = tuple(_group(name, need, hiring, own, months) for name, need in needs.items())
    free = set.intersection(*(set(days) for days in shut.values())).union(holidays)
    rules = rules_of(hiring, months, tuple(sorted(free)))
    given = tuple((k, start, min(n * (1.0 - rules.drop_out), float(rules.room))) for k, start, n in state.given)
    return HiringProblem(state.as_of, months, groups, kinds, rules, _transfers(hiring), given)


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


def open_share(plan: Config, months: Months, queues: Sequence[str], closed: Sequence[dt.date]) -> np.ndarray:
    """Return the days on which a group works as a share of its open weekdays, by month, shape (T,).

    Parameters
    ----------
    queues
        Of the group.
    closed
        Days on which all of them are shut though the weekday is open.
    """
    out = []
    for start, end in itertools.pairwise(months.starts()):
        days = [start + dt.timedelta(days=i) for i in range((end - start).days)]
        usual = [d for d in days if _is_open(plan, WEEKDAYS[d.weekday()], queues)]
        out.append(sum(d not in closed for d in usual) / len(usual) if usual else 1.0)
    return np.array(out)


def present(hiring: HiringConfig, plan: Config, months: Months) -> np.ndarray:
    """Return the share of the paid hours of open days at work and not in meetings, by month."""
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
    """Return the recourse with the prices that are given, the others from an own hour of work.

    Left out, time off saves no more than hours cost that fill it, and the second missing hour is as dear as the first.

    Raises
    ------
    InputError
        On prices that contradict each other.
    """
    known = {name: getattr(prices, name) for name in OWN_HOURS}
    money = {name: factor * hour if known[name] is None else known[name] for name, factor in OWN_HOURS.items()}
    if prices.time_off_h is None:
        money["time_off_h"] = min(money[name] for name in ("time_off_h", "overtime_h", "vendor_h"))
    if prices.lost_h is None:
        money["lost_h"] = max(money["lost_h"], money["short_h"])
    for name in ("overtime_h", "vendor_h"):
        if money["short_h"] < money[name]:
            what, mend = f"a missing hour costs less than {name}: nobody would pay for it", f"{name} is {money[name]:g}"
            raise InputError(what, file=FILE, column="prices.short_h", value=money["short_h"], mend=mend)
        if money[name] < money["time_off_h"]:
            what, mend = f"an hour of time off saves more than {name}", f"{name} is {money[name]:g}"
            raise InputError(what, file=FILE, column="prices.time_off_h", value=money["time_off_h"], mend=mend)
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


def _is_open(plan: Config, day: str, queues: Sequence[str] | None = None) -> bool:
    """Whether one of `queues` is open on a weekday; None = of all queues."""
    asked = [queue for name, queue in plan.queue.items() if queues is None or name in queues]
    own = [queue.opening.get(day, plan.opening.get(day, "closed")) for queue in asked if queue.opening]
    hours = own + ([] if len(own) == len(asked) else [plan.opening.get(day, "closed")])
    return any(text.strip().lower() != "closed" for text in hours)


def _kind(
    name: str,
    kind: KindState,
    hiring: HiringConfig,
    plan: Config,
    months: Months,
    leave: np.ndarray,
    works: np.ndarray,
) -> Kind:
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
        present=present(hiring, plan, months) * works,
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
    """Return a group; `kinds` are those whose hours its prices follow from where none are given."""
    own = tuple(k for k in kinds if k.group == name)
    group = Group(
        name=name,
        demand=need.demand,
        recipes=need.recipes,
        recourse=prices_of(hiring.prices, own_hour(own, float(need.ratio.mean()))),
        end_value=hiring.prices.end_value,
    )
    vendor = hiring.vendor
    if vendor.group not in (None, name):
        return group
    least = np.array(by_month(vendor.least_h, months.first, months.count))
    return replace(
        group,
        contract_h=least if least.any() else None,
        contract_cost=np.nan if vendor.price_h is None else vendor.price_h,
        contract_least=vendor.bought_least_h,
        contract_most=np.inf if vendor.bought_most_h is None else vendor.bought_most_h,
    )


def rules_of(hiring: HiringConfig, months: Months, closed: tuple[dt.date, ...] = ()) -> ClassRules:
    """Return the limits of classes; frozen months that are not planned change nothing.

    Parameters
    ----------
    closed
        Weekdays on which no class starts.
    """
    c, starts = hiring.classes, months.starts()[:-1]
    asked = {month_of(text, "classes.frozen") for text in c.frozen}
    recruits = by_month(c.recruits, months.first, months.count)
    return ClassRules(
        least=c.least,
        most=c.most,
        rooms=c.rooms,
        recruits=np.array(recruits, dtype=int),
        lead_weeks=c.lead_weeks,
        start_days=tuple(sorted(set(c.start_days))),
        frozen=tuple(t for t, start in enumerate(starts) if start in asked),
        drop_out=c.drop_out,
        trainers=c.trainers,
        nesting_weeks=c.nesting_weeks,
        nesting_heads=c.nesting_heads,
        closed=closed,
        seats=c.seats,
    )


def _transfers(hiring: HiringConfig) -> tuple[Transfer, ...]:
    return tuple(Transfer(t.source, t.target, t.weeks, np.array(t.speed), t.cost, t.most) for t in hiring.transfer)
