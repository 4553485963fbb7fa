"""Annealing by small moves: one shift, break or day off at a time, a hundred times as many as whole weeks chosen anew.

It needs everybody to work one queue only: then a move's change of the cost is a sum over the slots that it touches.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from ..price.worth import Service
from .annealing import Cooling
from .best_week import ChosenWeek
from .compile import CompiledStaff
from .descent import Descent
from .dual import DualPrices
from .flat import FlatStaff, flat_staff, week_cost
from .moves import small_moves
from .params import AnnealingParams, MovesParams
from .present import Present, Worth
from .tiny_problem import tiny_problem


def move_shifts(descent: Descent, cooling: Cooling, tell: Callable[[str], None], params: MovesParams) -> bool:
    """Improve the plan of `descent` by small moves until `cooling` is done; it ends with its best plan, settled.

    Returns whether the moves could be made: nothing is done where somebody works several queues, or the plan breaks a
    rule already.

    Parameters
    ----------
    cooling
        Counts moves as its steps.
    tell
        Called with the stage's name now and then.
    """
    flat = flat_staff(descent.staff)
    if flat is None:
        return False
    present = _present(descent, flat)
    if not np.isfinite(_cost(descent, flat, present)):
        return False
    service = descent.service
    worth = Worth(*service.totals, service.period, *service.missed, *service.convex[::2], service.unit)
    crowd = min(1.0, params.crowd / len(descent.weeks))
    cold = descent.staff.wage * params.cold * crowd
    hot = descent.staff.wage * params.hot * crowd
    shares = np.cumsum([params.breaks, params.shifts, params.days_off, params.exchanges, params.stretches])
    state = descent.rng.integers(1, 2**63, 1).astype(np.uint64)
    told = 0.0
    for chunk in itertools.count():
        done = cooling.done(chunk * params.chunk)
        if descent.over() or done >= 1.0:
            break
        then = min(1.0, done + params.chunk / max(cooling.steps, 1))
        begins, ends = (hot * (cold / hot) ** share for share in (done, then))
        small_moves(flat, present, worth, params.chunk, begins, ends, shares, params.reach, params.far, state)
        cost = _cost(descent, flat, present)
        if cost < descent.best_cost - 1e-6:
            descent.best, descent.best_cost = _weeks(descent, present), cost
        if done > told:
            told = done + 0.02
            tell("annealing")
    descent.weeks = list(descent.best)
    descent.settle()
    return True


@cache
def compile_moves() -> None:
    """Compile the kernels of small moves: seconds on the very first use, nothing after that."""
    problem = tiny_problem()
    problem = replace(problem, staff=problem.staff[:1])
    descent = Descent(DualPrices(CompiledStaff.of(problem), Service.of(problem)), seed=1, over=lambda: False)
    move_shifts(descent, Cooling(lambda: 0.0, 10, 1.0, AnnealingParams()), lambda text: None, MovesParams(chunk=10))


def _present(descent: Descent, flat: FlatStaff) -> Present:
    """Return the present plan of `descent` as arrays."""
    service, weeks = descent.service, descent.weeks
    options = np.array([w.options for w in weeks], dtype=np.int64)
    breaks = np.zeros((*options.shape, flat.break_slots.shape[1]), dtype=np.int64)
    for a, week in enumerate(weeks):
        breaks[a, :, : week.breaks.shape[1]] = week.breaks
    heads = descent.flow(descent.head_worth()).heads
    return Present(options, breaks, heads, service.margin - service.gained(heads))


def _weeks(descent: Descent, present: Present) -> list[ChosenWeek]:
    """Return everybody's week, copied."""
    return [
        ChosenWeek(present.options[a].copy(), present.breaks[a, :, : person.options.break_slots.shape[1]].copy())
        for a, person in enumerate(descent.staff.people)
    ]


def _cost(descent: Descent, flat: FlatStaff, present: Present) -> float:
    """Return the cost of the plan, added up anew: small changes do not add up their rounding."""
    own = sum(week_cost(flat, a, week) for a, week in enumerate(present.options))
    return float(own + descent.service.cost(present.heads))
