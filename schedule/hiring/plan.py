"""A hiring plan: classes, transfers, hours bought ahead, and what all of it costs and promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..optimise.status import Solved


@dataclass(frozen=True)
class PlannedClass:
    """One class.

    Parameters
    ----------
    kind, start, size
        Name of the kind, first day, people expected to start.
    offers
        Offers to make, so that `size` people are expected to turn up.
    decide_by
        Last working day on which the class can still be decided: `start` less the lead, or before; the day of planning
        where that is the last one.
    firm
        Whether it has to be decided before the next planning, a month from now; else the class is an intent.
    cost
        Money for hiring and training it, wages in training included, as far as the training lies in the planned months.
    """

    kind: str
    start: dt.date
    size: int
    offers: int
    decide_by: dt.date
    firm: bool
    cost: float


@dataclass(frozen=True)
class KindMonths:
    """Expected people of one kind, by month; all shapes (T,).

    Parameters
    ----------
    opening
        Heads on the first day of the month, those in training included.
    hires, leavers, transferred
        Heads that start, leave, and come from other kinds (less those that go) within the month.
    training
        Mean heads in training.
    work_h
        Hours of presence on the phone, at the speed of experienced agents.
    wages
        Money for all paid hours.
    """

    opening: np.ndarray
    hires: np.ndarray
    leavers: np.ndarray
    transferred: np.ndarray
    training: np.ndarray
    work_h: np.ndarray
    wages: np.ndarray


@dataclass(frozen=True)
class GroupMonths:
    """What a group can do and needs, by month.

    Parameters
    ----------
    supply
        Hours of work that its people are expected to give, shape (T,); without contract, overtime and vendor.
    spread
        Standard deviation of the work under the tuned rule's classes, taken for all plans of a problem, shape (T,): who
        leaves, turns up and learns how fast is chance. That of this plan's own `supply` differs a little.
    contract
        Hours of work of the contract, those bought ahead in addition included, shape (T,).
    mix
        Share of the work done by each recipe, shape (recipes, T).
    probability
        Probability that no hour is missing after overtime and vendor hours, over the scenarios and over the chance in
        `supply`, shape (T,).
    overtime, time_off, vendor, missing
        Expected hours of each, shapes (T,).
    recourse
        Expected money for all four, shape (T,).
    """

    supply: np.ndarray
    spread: np.ndarray
    contract: np.ndarray
    mix: np.ndarray
    probability: np.ndarray
    overtime: np.ndarray
    time_off: np.ndarray
    vendor: np.ndarray
    missing: np.ndarray
    recourse: np.ndarray


@dataclass(frozen=True)
class HiringPlan:
    """A hiring plan.

    Parameters
    ----------
    classes, transfers
        In order of their start; a transfer is source, target, month, heads.
    kinds, groups
        By name.
    solved
        Status, expected cost and proven bound, both of the decidable cost: all of `cost` but ``wages_today`` and
        ``given``, which are paid whatever is decided.
    cost
        Money by what it is paid for: ``wages_today``, ``given`` (classes on their way: hiring and wages),
        ``wages_hired`` (after training), ``hiring``, ``training`` (wages in training), ``transfers`` (their cost, and
        the wages that they change), ``contract`` (hours bought ahead in addition), ``overtime``, ``vendor``,
        ``time_off`` (negative), ``missing``, ``end_value`` (negative; of people hired or transferred).
    hire_up_to
        Kind → hours of work of its group that should be in the house or on their way once the lead is over, (T,):
        the rule that a manager can read.
        Mean demand times `buffer`, less the contract.
    buffer
        Share of the mean demand that the tuned rule hires to: of the levels tried that which costs least.
    by
        ``optimiser`` or ``rule``: which of the two gave the plan.
    look
        Months after a class's training in which the tuned rule compares the work with its level.
    pays
        Whether the tuned rule costs less than hiring nobody. Else no level pays, and the rule's is one that hires
        nobody, or costs more.
    """

    classes: tuple[PlannedClass, ...]
    transfers: tuple[tuple[str, str, int, int], ...]
    kinds: Mapping[str, KindMonths]
    groups: Mapping[str, GroupMonths]
    solved: Solved
    cost: Mapping[str, float]
    hire_up_to: Mapping[str, np.ndarray]
    buffer: float
    look: int
    pays: bool
    by: str

    @property
    def total(self) -> float:
        """All of `cost`: expected money over the planned months."""
        return float(sum(self.cost.values()))
