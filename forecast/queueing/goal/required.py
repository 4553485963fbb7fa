"""The smallest number of agents that meets a goal, interval by interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from ..formulas.erlang import like_input, numbers
from ..formulas.patience import Patience
from ..formulas.performance import TINY, impatience, performance, shares, waiting_places
from .meeting import bounds_of, met, smallest_of_each
from .table import AgentsTable, refuse_no_occupancy
from .targets import ServiceGoal

_TRIES, _HALVINGS = 3, 60
"""Checks of the goal per requirement, whole and fractional, roughly: they decide whether compiling pays."""

_WORTH = 25.0
"""Loads per erlang of the largest load from which on a table takes less time than a search per load."""


@overload
def required_agents(
    model: str,
    load_erl: ArrayLike,
    aht_s: ArrayLike,
    patience_s: ArrayLike | Patience | None,
    goal: ServiceGoal,
    *,
    queue_places: ArrayLike | None = None,
    redial: ArrayLike = 0.0,
    fractional: Literal[False] = False,
) -> int | np.ndarray: ...


@overload
def required_agents(
    model: str,
    load_erl: ArrayLike,
    aht_s: ArrayLike,
    patience_s: ArrayLike | Patience | None,
    goal: ServiceGoal,
    *,
    queue_places: ArrayLike | None = None,
    redial: ArrayLike = 0.0,
    fractional: Literal[True],
) -> float | np.ndarray: ...


def required_agents(
    model: str,
    load_erl: ArrayLike,
    aht_s: ArrayLike,
    patience_s: ArrayLike | Patience | None,
    goal: ServiceGoal,
    *,
    queue_places: ArrayLike | None = None,
    redial: ArrayLike = 0.0,
    fractional: bool = False,
) -> float | np.ndarray:
    """Return the smallest number of agents that meets every target of `goal`.

    Targets are met when they are reached to within 1e-12, so that decimal ties (an occupancy of exactly 0.85) count
    as met. Without calls the answer is ``goal.min_agents``, with calls at least 1. The goal's basis and floor play no
    part here. Many loads with one handle time and patience are looked up in an `AgentsTable`, with the same answers.

    Parameters
    ----------
    model
        ``erlang_b``, ``erlang_c`` or ``erlang_a``.
    load_erl
        Offered load in erlangs, of first attempts.
    aht_s, patience_s
        Mean handling time and patience in seconds; `patience_s` may be a law as in `performance` (only ``erlang_a``
        uses it).
    goal
        The targets: service level, and any cap on abandonment, occupancy, mean waits and the share that waits.
    queue_places, redial
        As in `performance`.
    fractional
        Return the real number of agents at which the last target is just met, by the continuation of the formulas to
        fractions of agents; the whole number of agents is the next one above.

    Raises
    ------
    InputError
        On a number out of range, or a cap that no number of agents can meet.

    Examples
    --------
    >>> required_agents("erlang_c", [0.0, 10.0, 64.0], 180, None, ServiceGoal(0.8, 20))
    array([ 0, 14, 70])
    >>> required_agents("erlang_a", 100.0, 300, 120, ServiceGoal(0.5, 20))
    86
    >>> round(required_agents("erlang_c", 10.0, 180, None, ServiceGoal(0.8, 20), fractional=True), 2)
    13.04
    """
    refuse_no_occupancy(goal)
    a, h, again = numbers(load_erl, "load_erl"), numbers(aht_s, "aht_s", above=TINY), shares(redial)
    law = model == "erlang_a" and isinstance(patience_s, Patience)
    theta = impatience(model, h, None if isinstance(patience_s, Patience) else patience_s, law=law)
    places = waiting_places(model, queue_places)
    shape = np.broadcast_shapes(a.shape, h.shape, theta.shape, places.shape, again.shape)
    if law or again.any():

        def good(agents: np.ndarray) -> np.ndarray:
            found = performance(model, agents, load_erl=a, aht_s=h, patience_s=patience_s, within_s=goal.within_s,
                                short_s=goal.short_s, queue_places=queue_places, redial=again)  # fmt: skip
            return met(found, goal)

        found = _sought(np.broadcast_to(a, shape), good, fractional)
    elif not fractional and not (h.ndim or theta.ndim or places.ndim) and a.size > _WORTH * a.max(initial=1.0):
        return AgentsTable.of(float(a.max()), float(theta), float(places), float(h), goal).required(a)
    else:
        a, theta, places, h = (np.broadcast_to(x, shape).ravel() for x in (a, theta, places, h))
        find = smallest_of_each.suited(a.size * (_HALVINGS if fractional else _TRIES))
        found = find(a, theta, places, h, bounds_of(goal), fractional).reshape(shape)
    found = np.maximum(found if fractional else found.astype(np.int64), goal.min_agents)
    return like_input(found) if fractional or found.ndim else int(found)


def _sought(a: np.ndarray, good: Callable[[np.ndarray], np.ndarray], fractional: bool) -> np.ndarray:
    """Return the least agents that are `good`, by doubling and halving all at once; 0 without calls."""
    low, high = np.zeros(a.shape), np.maximum(np.ceil(a), 1.0)
    while not (enough := good(high)).all():
        low, high = np.where(enough, low, high), np.where(enough, high, 2.0 * high)
    while (high - low > 1.0).any():
        middle = np.where(high - low > 1.0, np.floor(0.5 * (low + high)), high)
        enough = good(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    low = high - 1.0
    while fractional and ((middle := 0.5 * (low + high)) > low).any() and (middle < high).any():
        enough = good(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        if (high - low <= 4e-16 * high).all():
            break
    return np.where(a > 0.0, high, 0.0)
