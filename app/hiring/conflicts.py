"""What contradicts today's people or the limits of classes, said before anything is measured."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter

import numpy as np

from ...forecast.errors import InputError
from ...schedule.hiring.held import classes_of
from ...schedule.hiring.problem import ClassRules, Months
from ...schedule.optimise.status import Infeasible
from ..config.schema import Config
from ..intake.names import nearest
from .build import rules_of
from .config import FILE
from .schema import HiringConfig
from .state import State, offers_of


def refuse_unknown(hiring: HiringConfig, plan: Config, state: State) -> None:
    """Raise `InputError` on an unknown contract, group or kind, a transfer to nowhere else, hours for no one group."""
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
    group = hiring.vendor.group
    if group is not None and group not in state.groups:
        mend = nearest(group, state.groups)
        raise InputError("unknown group", file=FILE, column="vendor.group", value=group, mend=mend)
    if group is None and hiring.vendor.is_used and len(state.groups) > 1:
        raise InputError("nobody knows for which group the vendor's hours are", file=FILE, column="vendor.group",
                         mend=f"Name one of {', '.join(state.groups)}")  # fmt: skip


def refuse_conflicts(hiring: HiringConfig, state: State, months: Months) -> None:
    """Refuse limits that leave no class possible, and classes on their way that break one.

    The starts of the latter cannot be decided any more.

    Raises
    ------
    Infeasible
        If no month has the people of the smallest class, or a class on its way starts in a frozen month, is larger than
        its room, or finds none.
    """
    rules, starts = rules_of(hiring, months), months.starts()
    _refuse_few(rules)
    offers, arrive = offers_of(rules.room, rules.drop_out), 1.0 - rules.drop_out
    weeks = dt.timedelta(weeks=hiring.people.training_weeks)
    frozen = {starts[t] for t in rules.frozen}
    for kind, start, size in state.given:
        first = start.replace(day=1)
        told = f"class of {size} people for {kind}, on its way for {start}"
        if first in frozen:
            month = f"{first:%Y-%m}"
            later = next((s for s in starts[:-1] if s > first and s not in frozen), None)
            moved = f"; or let the class start on {later}" if later is not None else ""
            raise Infeasible([told, f"classes.frozen holds {month}"], [f"take {month} out of classes.frozen{moved}"])
        if size > offers:
            more, key = math.ceil(size * arrive - 1e-9) - rules.room, "most" if rules.seats is None else "seats"
            limits = [told, f"classes.{key} is {rules.room}, enough for {offers} accepted offers"]
            raise Infeasible(limits, [f"{more} more seats, or {size - offers} people fewer"])
    _refuse_crowd(hiring, rules, state, weeks)


def _refuse_few(rules: ClassRules) -> None:
    """Refuse a smallest class that is larger than the people found in any month; none at all is a freeze."""
    most = int(np.max(rules.recruits))
    if 0 < most < rules.least:
        raise Infeasible(
            [f"classes.least is {rules.least}", f"classes.recruits is {most} in the best month"],
            [f"classes.least = {most}, or {rules.least - most} more recruits in one month"],
        )


def _refuse_crowd(hiring: HiringConfig, rules: ClassRules, state: State, weeks: dt.timedelta) -> None:
    """Refuse a class on its way that finds all rooms taken, by others on their way and by people in training.

    Smaller ones than a class has at least join a class, or learn beside the others.
    """
    coming = [(start, f"class for {kind}, on its way for {start}") for kind, start, size in state.given
              if size >= rules.least]  # fmt: skip
    running = []
    for name, kind in state.kinds.items():
        counted = Counter(h.since for h in kind.staff if h.since is not None and h.since + weeks > state.as_of)
        running += [(start, f"class for {name}, in training since {start}") for start, people in counted.items()
                    if people >= rules.least for _ in range(classes_of(rules, people))]  # fmt: skip
    for start, _ in sorted(coming):
        together = sorted((s, told) for s, told in [*running, *coming] if s <= start < s + weeks)
        lack = len(together) - hiring.classes.rooms
        if lack > 0:
            raise Infeasible(
                [*(told for _, told in together), f"classes.rooms is {hiring.classes.rooms}"],
                [f"{lack} more room{'s' * (lack > 1)} on {start}, or let {lack} of these classes start later"],
            )
