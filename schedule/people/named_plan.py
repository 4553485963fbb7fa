"""A plan of named people, and the prices that prove how near the best one it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..optimise.status import Solved
from ..problem.shifts import PlannedShift


@dataclass(frozen=True)
class ProvenPrices:
    """Prices at the end of a search, with their proven bound.

    Attributes
    ----------
    head
        Of a head, shape (Q, S).
    goal
        Of a call towards each pooled goal, shape (P,).
    bound
        Lower bound on the cost of every plan; None when none is known.
    guessed
        Whether no search has raised them yet.
    """

    head: np.ndarray
    goal: np.ndarray
    bound: float | None
    guessed: bool = False


@dataclass(frozen=True)
class NamedPlan:
    """Who works when.

    Attributes
    ----------
    assigned
        Agent → shifts by start, breaks placed; everybody has an entry.
    solved
        Wages, wishes, hours below contract, spread of starts and all that is left short; the bound is proven.
    prices
        First prices for a search for another plan of this week.
    stages
        Seconds for prices and bound (``pricing``) and for the plan (``descent``).
    """

    assigned: Mapping[str, tuple[PlannedShift, ...]]
    solved: Solved
    prices: ProvenPrices = field(repr=False)
    stages: Mapping[str, float] = field(default_factory=dict)
