"""Requirements by table: for many intervals with the same handle time, patience and goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from ..formulas.erlang import numbers
from ..formulas.performance import TINY, impatience, waiting_places
from .meeting import Bounds, bounds_of, thresholds
from .targets import ServiceGoal

_CHECKS = 45
"""Checks of the goal per agent of a table, roughly: they decide whether compiling pays."""

_CELL = 0.25
"""Width of the cells of loads in erlang, a power of two: loads fall into cells without rounding."""


@dataclass(frozen=True)
class AgentsTable:
    """The largest load that each number of agents carries within a goal, and so the agents that any load requires.

    Attributes
    ----------
    carried_erl
        Largest load in erlangs, up to `top_erl`, that n = 0…N agents carry, shape (N + 1,), rising; to the last digit,
        so that the table and `required_agents` agree, ties included.
    top_erl
        Largest load that the table answers.
    min_agents
        Least agents, whatever the load.

    Examples
    --------
    >>> table = AgentsTable.build("erlang_c", 200.0, 180, None, ServiceGoal(0.8, 20))
    >>> table.required([0.0, 10.0, 64.0])
    array([ 0, 14, 70])
    >>> round(float(table.carried_erl[14]), 2)
    10.87
    """

    carried_erl: np.ndarray
    top_erl: float
    min_agents: int = 0

    @classmethod
    def build(
        cls,
        model: str,
        top_erl: float,
        aht_s: float,
        patience_s: float | None,
        goal: ServiceGoal,
        *,
        queue_places: int | None = None,
    ) -> AgentsTable:
        """Return the table for loads up to `top_erl`, the other parameters as in `required_agents`.

        Raises
        ------
        InputError
            On a number out of range, or a cap that no number of agents can meet.
        """
        refuse_no_occupancy(goal)
        h = numbers(aht_s, "aht_s", above=TINY)
        theta, places = impatience(model, h, patience_s), waiting_places(model, queue_places)
        if h.ndim or theta.ndim or places.ndim:
            raise InputError("a table holds for one handle time, patience and number of places", column="aht_s",
                             mend="Use required_agents where they vary")  # fmt: skip
        return cls.of(float(numbers(top_erl, "top_erl")), float(theta), float(places), float(h), goal)

    @classmethod
    def of(cls, top: float, theta: float, places: float, h: float, goal: ServiceGoal) -> AgentsTable:
        """Return the table of checked parameters, `theta` = handling time / patience."""
        # up to a power of two, so that the next loads find it made
        up_to = 2.0 ** math.ceil(math.log2(max(top, 1.0)))
        return cls(_thresholds(up_to, theta, places, h, bounds_of(goal)), up_to, goal.min_agents)

    def required(self, load_erl: ArrayLike) -> int | np.ndarray:
        """Return the smallest number of agents for each load.

        Raises
        ------
        InputError
            On a load that is negative, unknown, or beyond the table.
        """
        a = numbers(load_erl, "load_erl")
        if a.size and a.max() > self.top_erl:
            raise InputError("load beyond the table", column="load_erl", value=float(a.max()),
                             mend="Build the table up to the largest load")  # fmt: skip
        found = self._first[(a / _CELL).astype(np.intp)]
        for _ in range(self._most):
            found = found + (self.carried_erl[found] < a)
        found = np.maximum(found, self.min_agents)
        return int(found) if a.ndim == 0 else found

    @cached_property
    def _first(self) -> np.ndarray:
        """The agents for the lower end of each cell of loads."""
        return np.searchsorted(self.carried_erl, _CELL * np.arange(int(self.top_erl / _CELL) + 1))

    @cached_property
    def _most(self) -> int:
        """How many more a load of the same cell may require."""
        return int(np.diff(self._first, append=len(self.carried_erl) - 1).max())


def refuse_no_occupancy(goal: ServiceGoal) -> None:
    """Refuse a goal that no number of agents meets.

    Raises
    ------
    InputError
        If agents may not be busy at all.
    """
    if goal.max_occupancy is not None and goal.max_occupancy <= 0.0:
        raise InputError("no number of agents meets it", column="max_occupancy", value=goal.max_occupancy,
                         mend="Set a cap above 0")  # fmt: skip


@lru_cache(maxsize=32)
def _thresholds(top: float, theta: float, places: float, h: float, bounds: Bounds) -> np.ndarray:
    found = thresholds.suited(int(_CHECKS * top))(top, theta, places, h, bounds)
    found.flags.writeable = False
    return found
