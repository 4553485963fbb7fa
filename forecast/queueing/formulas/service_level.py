"""Service level: what each definition counts as in time, and what it counts at all."""

from __future__ import annotations

import numpy as np

from ...errors import InputError

DEFINITIONS = ("offered", "answered", "total", "excl_short")
"""Ways to count a service level; `goal.targets.ServiceGoal` says what each divides by what."""


def counted(
    definition: str,
    offered: np.ndarray,
    answered_in: np.ndarray,
    abandoned: np.ndarray,
    abandoned_in: np.ndarray,
    abandoned_short: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a definition of service level counts as in time, and what it counts at all, in one shape.

    Raises
    ------
    InputError
        If there is no such definition.
    """
    offered = np.broadcast_to(offered, answered_in.shape)
    if definition == "offered":
        return answered_in, offered
    if definition == "answered":
        return answered_in, offered - abandoned
    if definition == "total":
        return answered_in + abandoned_in, offered
    if definition == "excl_short":
        return answered_in, offered - abandoned_short
    raise InputError("unknown definition of service level", column="definition", value=definition,
                     mend=f"One of {', '.join(DEFINITIONS)}")  # fmt: skip
