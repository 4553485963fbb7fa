"""The curve corrected for the queue that moves: which agents of a steady queue give the service that was simulated.

A curve tells the service of an interval that lasts for ever. A queue that moves carries callers over from interval to
interval, opens empty and closes with callers in line. n agents then serve like n − d agents of a steady queue: d agents
are busy with what came before (d > 0), or the empty beginning counts like −d more. The number d is found where n agents
were simulated, and holds for the agents near them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..formulas.service_level import counted
from ..goal.targets import ServiceGoal
from .service_curve import ServiceCurve

ENOUGH = 4.0
"""Calls, at least 0, that count as if seen on the curve as it is: below that many lost, chance decides most."""

MOST = 0.9
"""Largest share of the agents, 0 to 1, that what came before may keep busy: above it the curve tells nothing."""

_HALVINGS = 45
"""Halvings of the range of d, at least 1: a millionth of an agent among millions."""


def between(values: Sequence[np.ndarray], agents: np.ndarray) -> list[np.ndarray]:
    """Return each of `values`, by whole agents, at broken numbers of agents, straight in between.

    Parameters
    ----------
    values
        Shape (T, N + 1) each; infinite where a part of what is mixed is.
    agents
        Shape (T, M); past N as at N.
    """
    top = values[0].shape[1] - 1
    low = np.clip(agents, 0.0, top).astype(np.int64)
    high, part, row = np.minimum(low + 1, top), np.clip(agents, 0.0, top) - low, np.arange(len(agents))[:, None]
    out = []
    for value in values:
        here, next_ = value[row, low], value[row, high]
        mixed = np.where(part > 0.0, (1.0 - part) * here + part * np.where(part > 0.0, next_, 0.0), here)
        out.append(mixed)
    return out


def as_agents(busy: np.ndarray, near: np.ndarray, top: int) -> np.ndarray:
    """Return the agents of a steady queue that serve like n = 0…`top` agents, shape (T, top + 1), in millionths.

    Parameters
    ----------
    busy
        Agents busy with what came before (d), below 0 where the beginning is empty, shape (T,).
    near
        Agents at which that was found, shape (T,): fewer agents gain a share of −d, for nobody serves nobody.
    """
    n = np.arange(top + 1)
    share = np.minimum(1.0, n / np.maximum(near, 1e-9)[:, None])
    less = np.where(busy[:, None] > 0.0, busy[:, None], busy[:, None] * share)
    return np.asarray(np.round(np.maximum(n - less, 0.0), 6))


def busy_with_before(
    curve: ServiceCurve,
    goal: ServiceGoal,
    present: np.ndarray,
    simulated: np.ndarray,
    runs: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the agents busy with what came before, shape (T,), and the mean agents present, shape (T,).

    Parameters
    ----------
    curve
        Of intervals that last for ever, in agents on the phone.
    present
        Chance of n = 0…M agents on the phone, a mean over the interval, shape (T, M + 1).
    simulated
        Service level by the simulation, shape (T,); nan where no call came.
    runs
        Runs of the simulation.

    Notes
    -----
    Where few calls are lost, their number is mostly chance: the simulated level is drawn towards that of the curve as
    if `ENOUGH` further lost calls had been seen there, and as many answered in time.
    """
    count = present.shape[1]
    near = present @ np.arange(count)
    whole = curve.extended(count - 1)
    parts = (whole.answered_in, whole.abandoned, whole.abandoned_in, whole.abandoned_short)
    above, below = counted(goal.definition, whole.calls[:, None], *parts)

    def at(busy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        agents = as_agents(busy, near, count - 1)
        in_time, all_calls = between((above, below), agents)
        return (present * in_time).sum(axis=1), (present * all_calls).sum(axis=1)

    steady, all_ = at(np.zeros(len(near)))
    told = np.divide(steady, all_, out=np.zeros(len(near)), where=all_ > 0.0)
    known = np.isfinite(simulated) & (all_ > 0.0) & (near > 0.0)
    level = _drawn(np.where(known, simulated, told), told, runs * all_)
    low, high = -near, MOST * near
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        in_time, total = at(middle)
        enough = in_time >= level * total  # so many may be busy
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    return np.where(known, (low + high) / 2.0, 0.0), near


def _drawn(seen: np.ndarray, told: np.ndarray, calls: np.ndarray) -> np.ndarray:
    """Return the simulated level drawn towards that of the curve where few calls were lost, or few in time."""
    lost, in_time = calls * (1.0 - seen), calls * seen
    part = ENOUGH / np.maximum(
        np.minimum(lost, in_time) + np.minimum(calls * (1.0 - told), calls * told) + ENOUGH, 1e-9
    )
    return np.asarray(seen + part * (told - seen))
