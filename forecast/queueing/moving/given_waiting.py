"""The law of a queue once somebody has counted who waits."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from .transient_law import TransientLaw, waiting

_RARE = 1e-9
"""Chance of the counted queue, above 0, below which the law tells nothing of the calls in hand: then all are busy."""


def given_waiting(law: TransientLaw, agents: int, callers: int) -> TransientLaw:
    """Return the law just after `agents` are there, given that so many callers wait.

    Raises
    ------
    InputError
        If the agents or the callers are fewer than none.
    """
    for name, value in (("agents", agents), ("waiting", callers)):
        if value < 0:
            raise InputError("Expected a whole number of at least 0", column=name, value=value)
    now = law.staffed(agents)
    p = np.where(waiting(now.p.shape, agents) == callers, now.p, 0.0)
    total = p.sum(axis=(1, 2), keepdims=True)
    if (total > _RARE).all():
        return TransientLaw(p / total, agents)
    busy = np.zeros((len(now.p), 1, agents + callers + 1))
    busy[:, 0, -1] = 1.0
    return TransientLaw(busy, agents)
