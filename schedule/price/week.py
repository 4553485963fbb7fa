"""The cost of one person's week in money: wage, hours below contract, wishes not met, spread of starts, changes.

The one definition of these prices. Models and compiled searches state the same sums in their own form; tests hold them
equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from ..problem.staff import Agent, Wish
from ..rules.limits import limits_of


class PaidShift(Protocol):
    """A worked shift, with the fields that prices read."""

    @property
    def shift(self) -> Shift:
        """Its pattern on its date."""

    @property
    def minute(self) -> int:
        """Its wall-clock start in minutes after the midnight of its day."""

    @property
    def paid_h(self) -> float:
        """Its paid hours."""

    @property
    def wage_h(self) -> float:
        """Its hours that wages are paid for, premiums included."""


@dataclass(frozen=True)
class WeekPrice:
    """The cost of one person's week, by reason.

    Attributes
    ----------
    wage
        Money.
    below_h
        Hours below the contract's minimum.
    wish
        Wish weight not met.
    spread_h
        Hours between the earliest and the latest start.
    changed
        Days that differ from a plan that is kept.
    total
        Money: wage and prices.
    """

    wage: float
    below_h: float
    wish: float
    spread_h: float
    changed: int
    total: float


def wish_lost(problem: ScheduleProblem, wish: Wish, shift: Shift | None) -> float:
    """Return the weight that `wish` loses on its day by `shift` (None = day off).

    A wish of positive weight is lost if its day is not as named; a wish of negative weight, if its day is as named.
    """
    met = wish.meets(shift, late_from_slot=problem.noon[wish.day])
    return abs(wish.weight) if met == (wish.weight < 0) else 0.0


def day_price(problem: ScheduleProblem, agent: Agent, day: int, shift: Shift | None) -> float:
    """Return the money that a day costs `agent` beside the wage if `shift` (None = day off) is worked.

    It is the price of wishes that are not met, and of a change against a plan that is kept.
    """
    lost = sum(wish_lost(problem, wish, shift) for wish in agent.wishes if wish.day == day)
    changed = any(kept.changed(shift) for kept in agent.kept if kept.day == day)
    return problem.costs.wish * lost + problem.costs.change_price * changed


def priced_days(agent: Agent) -> frozenset[int]:
    """Return the days of which `day_price` may differ from 0."""
    return frozenset(wish.day for wish in agent.wishes) | frozenset(kept.day for kept in agent.kept)


def below_contract_h(problem: ScheduleProblem, agent: Agent, paid_h: float) -> float:
    """Return the hours by which `paid_h` of a week stay below the minimum of the contract, after leave."""
    return max(0.0, limits_of(problem, agent).min_h - paid_h)


def start_spread_h(minutes: Iterable[int]) -> float:
    """Return the hours between the earliest and the latest start of a week; 0 without a start."""
    starts = list(minutes)
    return (max(starts) - min(starts)) / 60.0 if starts else 0.0


def price_week(problem: ScheduleProblem, agent: Agent, week: Sequence[PaidShift]) -> WeekPrice:
    """Return the price of `week`, one shift a day at most, for `agent`."""
    costs, on_day = problem.costs, {w.shift.day: w.shift for w in week}
    wage = agent.cost_h * sum(w.wage_h for w in week)
    below_h = below_contract_h(problem, agent, sum(w.paid_h for w in week))
    wish = sum(wish_lost(problem, wish, on_day.get(wish.day)) for wish in agent.wishes)
    spread_h = start_spread_h(w.minute for w in week)
    changed = sum(kept.changed(on_day.get(kept.day)) for kept in agent.kept)
    total = wage + costs.below_contract_h * below_h + costs.wish * wish + costs.steady_h * spread_h
    return WeekPrice(wage, below_h, wish, spread_h, changed, total + costs.change_price * changed)


def missing_day_price(problem: ScheduleProblem, wage_h: float, left_price: float) -> float:
    """Return the prohibitive price of a day missing to a contract's least days: more than any day can cost or save.

    Parameters
    ----------
    wage_h
        Most hours that wages are paid for in one shift.
    left_price
        Most that a shift left open costs.
    """
    wage = max((a.cost_h for a in problem.staff), default=0.0) * wage_h
    spread = 24 * problem.costs.steady_h
    wishes = problem.costs.wish * max((sum(abs(w.weight) for w in a.wishes) for a in problem.staff), default=0.0)
    change = problem.costs.change_price * any(a.kept for a in problem.staff)
    return 10.0 * (1.0 + wage + spread + wishes + change + left_price)
