"""The shortfall of a plan in heads, calls and money: one definition for all searches, prices and tables.

Under its floor (with a goal per interval: under its need) each open slot misses heads, and each head missing costs
`Costs.under_h` an hour. A goal pooled over a longer period misses the calls that its slots gain less than its margin
by the service curve, and each call missing costs `Costs.call_price`, or what the ladder of the period pays less.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..problem.period_price import PeriodPrice
from ..problem.problem import Demand, ScheduleProblem


def head_price(problem: ScheduleProblem) -> float:
    """Return the price of one head missing in one slot."""
    return problem.costs.under_h * problem.grid.hours


def call_price(problem: ScheduleProblem) -> float:
    """Return the price of one call missing to a goal pooled over a day or a week."""
    return problem.costs.call_price


def ladder_of(demand: Demand, number: int) -> PeriodPrice | None:
    """Return the price of a period of a pooled goal by its ladder; None where each call missing has the same price."""
    return demand.ladders[number] if demand.ladders else None


def period_price(problem: ScheduleProblem, demand: Demand, number: int) -> PeriodPrice:
    """Return what a period of a pooled goal costs by the calls that it misses."""
    return ladder_of(demand, number) or PeriodPrice.straight(call_price(problem))


def most_missing(demand: Demand, number: int) -> float:
    """Return the most calls that any plan misses to the margin of a period."""
    if demand.gain is None:
        return 0.0
    return demand.margin[number] - float(demand.gain[demand.periods[number]].min(axis=1).sum())


def gap_in_slots(problem: ScheduleProblem, cost: float | None, bound: float | None) -> float | None:
    """Return how many slots with one head missing cost as much as `cost` lies above its proven `bound`.

    Of a few people one slot missing is 1 or 2 % of the week's cost: where shortage cannot be avoided, a gap in percent
    says less than this number. "Gap 250 EUR = 2 missing quarter-hours" reads: at most two of the slots (of
    `Grid.minutes` each) that the plan leaves short could be filled by a better one at no further cost.

    Returns
    -------
    float | None
        0 or more; None where cost or bound is unknown, or a head missing has no price.
    """
    price = head_price(problem)
    return None if cost is None or bound is None or price <= 0.0 else max(0.0, cost - bound) / price


def heads_missing(demand: Demand, heads: np.ndarray) -> np.ndarray:
    """Return the heads missing with `heads` on the phone, slot by slot, shape (S,); closed slots miss nobody."""
    return np.asarray(np.maximum(demand.least - heads, 0.0))


def calls_gained(demand: Demand, heads: np.ndarray, *, at_least: bool = False) -> np.ndarray:
    """Return the calls that `heads` gain towards a pooled goal, slot by slot, shape (S,).

    Between whole heads the curve is straight, beyond its end and below nobody it is level. Closed slots, and queues
    whose goal holds per interval, gain nothing.

    Parameters
    ----------
    at_least
        Whether to take the curve's ceiling: no plan with some of these heads gains more.
    """
    if demand.gain is None or demand.by_interval:
        return np.zeros(len(demand.open))
    curve = demand.ceiling if at_least else demand.gain
    last, row = curve.shape[1] - 1, np.arange(len(curve))
    inside = np.clip(heads, 0, last)
    low = inside.astype(np.int64)
    here, following = curve[row, low], curve[row, np.minimum(low + 1, last)]
    return np.where(demand.open, here + (inside - low) * (following - here), 0.0)


def calls_missing(gained: np.ndarray, margin: float) -> float:
    """Return the calls by which the slots of a period miss its `margin`."""
    return max(0.0, margin - float(gained.sum()))


def lost_calls(demand: Demand, gained: np.ndarray) -> tuple[float, ...]:
    """Return per period of a pooled goal the calls missing when its slots gain `gained`, shape (S,)."""
    if demand.by_interval:
        return ()
    return tuple(calls_missing(gained[p], m) for p, m in zip(demand.periods, demand.margin, strict=True))


def shortfall(heads: Mapping[str, np.ndarray], problem: ScheduleProblem, *, at_least: bool = False) -> dict[str, float]:
    """Return the shortfall of a plan in money: ``lost_call`` and ``under``, and ``ladder`` where a goal has one.

    Parameters
    ----------
    heads
        Queue → heads on the phone per slot.
    at_least
        Whether to take the curve's ceiling: no plan with some of these heads leaves less short.
    """
    lost = missing = forgone = 0.0
    for d in problem.demands:
        here = heads.get(d.queue, np.zeros(len(problem.grid), dtype=np.int64))
        missing += float(heads_missing(d, here).sum())
        calls = lost_calls(d, calls_gained(d, here, at_least=at_least))
        lost += sum(n for k, n in enumerate(calls) if ladder_of(d, k) is None)
        forgone += by_ladders(d, calls)
    out = {"lost_call": lost * call_price(problem), "under": missing * head_price(problem)}
    return out | {"ladder": forgone} if has_ladders(problem) else out


def has_ladders(problem: ScheduleProblem) -> bool:
    """Whether a goal of `problem` is priced by a ladder."""
    return any(ladder is not None for d in problem.demands for ladder in d.ladders)


def by_ladders(demand: Demand, lost: tuple[float, ...]) -> float:
    """Return what the ladders pay less than the most for the calls missing per period, `lost`."""
    return sum(ladder.at(calls) for ladder, calls in zip(demand.ladders, lost, strict=False) if ladder is not None)
