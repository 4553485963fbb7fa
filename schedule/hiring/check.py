"""Whether a hiring problem can be planned: what contradicts itself is said in one sentence."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ...forecast.errors import InputError
from .problem import Group, HiringProblem, Kind, Recourse


def checked(problem: HiringProblem) -> HiringProblem:
    """Return `problem`.

    Raises
    ------
    InputError
        If a number lies outside its range, a shape does not fit, or a name is unknown.
    """
    count = problem.months.count
    if count < 1:
        raise InputError("no months to plan", column="months", value=count, mend="Ask for at least one month")
    if problem.months.first.day != 1:
        raise InputError("months begin on their first day", column="months.first", value=problem.months.first)
    if not problem.groups:
        raise InputError("no groups to plan", column="groups")
    _unique([g.name for g in problem.groups], "groups")
    _unique([k.name for k in problem.kinds], "kinds")
    names = {g.name for g in problem.groups}
    for kind in problem.kinds:
        if kind.group not in names:
            raise InputError(
                f"kind {kind.name} serves an unknown group", column="group", value=kind.group,
                mend=f"One of {', '.join(sorted(names))}",
            )  # fmt: skip
        _kind(kind, count, problem.as_of)
    scenarios = {np.shape(g.demand)[0] for g in problem.groups if np.ndim(g.demand) == 2}
    if len(scenarios) > 1:
        raise InputError("groups have different numbers of scenarios", column="demand", value=sorted(scenarios))
    for group in problem.groups:
        _group(group, problem, count)
    _rules(problem, count)
    _transfers(problem)
    _given(problem)
    return problem


def _unique(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InputError("a name comes twice", column=what, value=name, mend="Give each its own name")


def _numbers(values: object, what: str, low: float, high: float, shape: tuple[int, ...] | None = None) -> None:
    """Refuse numbers that are not finite or not within low … high, and shapes that do not fit."""
    array = np.asarray(values, dtype=float)
    if shape is not None and array.shape != shape:
        raise InputError(f"expected shape {shape}", column=what, value=array.shape)
    if not array.size:
        raise InputError("no values", column=what, mend="Give at least one")
    bad = ~(np.isfinite(array) & (array >= low) & (array <= high))
    if bad.any():
        text = f"at least {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
        raise InputError(f"expected a number {text}", column=what, value=float(array[bad].flat[0]))


def _kind(kind: Kind, count: int, as_of: dt.date) -> None:
    name, learning = f"{kind.name}.", kind.learning
    _numbers(kind.paid_h, name + "paid_h", 0.0, np.inf, (count,))
    _numbers(kind.present, name + "present", 0.0, 1.0, (count,))
    _numbers(kind.cost_h, name + "cost_h", 0.0, np.inf)
    _numbers(kind.hire_cost, name + "hire_cost", 0.0, np.inf)
    _numbers(learning.leave, name + "leave", 0.0, 1.0)
    _numbers(learning.fails, name + "fails", 0.0, 1.0)
    _numbers(learning.speed, name + "speed", 1e-6, np.inf)
    _numbers(learning.training_weeks, name + "training_weeks", 0.0, 520.0)
    _numbers(learning.noise, name + "noise", 0.0, 1.0)
    for head in kind.staff:
        if head.since is not None and head.since > as_of:
            raise InputError(
                f"a head of {kind.name} has negative tenure: it starts after {as_of}",
                column="since", value=str(head.since),
                mend="List future starts as classes on their way",
            )  # fmt: skip
        if head.since is not None and head.until is not None and head.until < head.since:
            raise InputError(
                f"a head of {kind.name} leaves before it starts", column="until", value=str(head.until),
                mend=f"A day after {head.since}",
            )  # fmt: skip


def _group(group: Group, problem: HiringProblem, count: int) -> None:
    name = f"{group.name}."
    demand = np.asarray(group.demand, dtype=float)
    if demand.ndim != 2 or not demand.shape[0] or demand.shape[1] != count:
        raise InputError(
            "expected the demand of each scenario in each month", column=name + "demand", value=demand.shape,
            mend=f"Give a forecast for all {count} months",
        )  # fmt: skip
    _numbers(demand, name + "demand", 0.0, np.inf)
    own = {k.contract for k in problem.kinds if k.group == group.name}
    if not own:
        raise InputError("a group without any kind of people", column="group", value=group.name, mend="Add a kind")
    if not group.recipes:
        raise InputError(
            "a group without a recipe", column="recipes", value=group.name, mend="Give one mix of contracts"
        )
    for recipe in group.recipes:
        _numbers(recipe.ratio, f"{name}{recipe.name}.ratio", 1e-6, np.inf, (count,))
        _numbers(list(recipe.share.values()), f"{name}{recipe.name}.share", 0.0, 1.0)
        if abs(sum(recipe.share.values()) - 1.0) > 1e-6:
            raise InputError("shares of contracts do not sum to 1", column=f"{name}{recipe.name}", value=recipe.share)
    usable = [r for r in group.recipes if all(c in own for c, s in r.share.items() if s > 0)]
    if not usable:
        raise InputError(
            f"no recipe of group {group.name} can be made from its contracts {', '.join(sorted(own))}",
            column="recipes",
            mend="Add kinds of these contracts, or a recipe without them",
        )  # fmt: skip
    if group.contract_h is not None:
        _numbers(group.contract_h, name + "contract_h", 0.0, np.inf, (count,))
    if not np.isnan(group.contract_cost):
        _numbers(group.contract_cost, name + "contract_cost", 0.0, np.inf)
    _numbers(group.contract_least, name + "contract_least", 0.0, np.inf)
    if not group.contract_most >= group.contract_least:
        raise InputError("the most hours of a contract lie below its least", column=name + "contract_most",
                         value=group.contract_most, mend=f"At least {group.contract_least:g}")  # fmt: skip
    if group.end_value is not None:
        _numbers(group.end_value, name + "end_value", 0.0, np.inf)
    _recourse(group.recourse, name)


def _recourse(rules: Recourse, name: str) -> None:
    for key in ("overtime_share", "off_share", "vendor_share", "short_share"):
        _numbers(getattr(rules, key), name + key, 0.0, 1.0)
    for key in ("overtime_cost", "off_saving", "vendor_cost", "short_cost", "lost_cost"):
        _numbers(getattr(rules, key), name + key, 0.0, np.inf)
    if rules.lost_cost < rules.short_cost:
        raise InputError("hours missing beyond the first share cost less than these", column=name + "lost_cost",
                         value=rules.lost_cost, mend=f"At least {rules.short_cost:g}")  # fmt: skip
    dear = {"overtime_cost": rules.overtime_cost, "vendor_cost": rules.vendor_cost}
    for key, price in dear.items():
        if price > rules.short_cost:
            raise InputError(f"a missing hour costs less than {key}: nobody would pay for it", column=name + key,
                             value=price, mend=f"At most the short_cost {rules.short_cost:g}")  # fmt: skip
        if price < rules.off_saving:
            raise InputError("an hour of time off saves more than it costs to fill", column=name + "off_saving",
                             value=rules.off_saving, mend=f"At most {price:g}")  # fmt: skip


def _rules(problem: HiringProblem, count: int) -> None:
    rules = problem.rules
    if not 1 <= rules.least <= rules.most:
        raise InputError("expected 1 <= least <= most people of a class", column="rules.least", value=rules.least,
                         mend=f"From 1 to {rules.most}")  # fmt: skip
    if rules.seats is not None:
        _numbers(rules.seats, "rules.seats", 1, np.inf)
    for key in ("rooms", "recruits"):
        value = np.asarray(getattr(rules, key), dtype=float)
        _numbers(value, f"rules.{key}", 0.0, np.inf, None if value.ndim == 0 else (count,))
    for key in ("lead_weeks", "trainers", "nesting_weeks", "nesting_heads"):
        _numbers(getattr(rules, key), f"rules.{key}", 0.0, np.inf)
    _numbers(rules.drop_out, "rules.drop_out", 0.0, 0.99)
    _numbers(rules.start_days, "rules.start_days", 1, 31)
    for month in rules.frozen:
        if not 0 <= month < count:
            raise InputError("a frozen month is not planned", column="rules.frozen", value=month,
                             mend=f"From 0 to {count - 1}")  # fmt: skip


def _transfers(problem: HiringProblem) -> None:
    names = {k.name for k in problem.kinds}
    for way in problem.transfers:
        for end in (way.source, way.target):
            if end not in names:
                raise InputError("a transfer of an unknown kind", column="transfers", value=end,
                                 mend=f"One of {', '.join(sorted(names))}")  # fmt: skip
        if way.source == way.target:
            raise InputError("a transfer leads to where it starts", column="transfers", value=way.source)
        _numbers(way.weeks, "transfers.weeks", 0.0, 520.0)
        _numbers(way.speed, "transfers.speed", 1e-6, np.inf)
        _numbers(way.cost, "transfers.cost", 0.0, np.inf)
        _numbers(way.most, "transfers.most", 0.0, np.inf)


def _given(problem: HiringProblem) -> None:
    names = {k.name for k in problem.kinds}
    for name, start, people in problem.given:
        if name not in names:
            raise InputError("a class on its way of an unknown kind", column="given", value=name,
                             mend=f"One of {', '.join(sorted(names))}")  # fmt: skip
        if people < 0:
            raise InputError("a class on its way without people", column="given", value=people)
        if people > problem.rules.room:
            raise InputError("a class on its way is larger than its room", column="given", value=people,
                             mend=f"At most {problem.rules.room} people a class: split it, or raise seats")  # fmt: skip
        if start < problem.as_of:
            raise InputError("a class on its way has started already", column="given", value=str(start),
                             mend="Count its people as staff")  # fmt: skip
