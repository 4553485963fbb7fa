"""What the changes of a day, and all its surprises, say about figures that are not yet known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from .changes import Change, sizes_of
from .innovations import Innovations


@dataclass(frozen=True)
class Rest:
    """Figures to come, given those known.

    Attributes
    ----------
    usual, usual_spread
        Mean and variance if every change that stands ended now, shape (r,).
    mean, spread
        The same if they go on.
    """

    usual: np.ndarray
    usual_spread: np.ndarray
    mean: np.ndarray
    spread: np.ndarray


def rest_of(
    day: Innovations,
    changes: Sequence[Change],
    ahead: np.ndarray,
    variance: np.ndarray,
    cross: np.ndarray,
    update_sd: float,
) -> Rest:
    """Return the figures to come, whose part of each known change is taken out of the update, not swallowed by it.

    Parameters
    ----------
    day, changes
        The day so far, and its changes.
    ahead, variance
        What was expected of the figures to come, shape (r,), and its variance.
    cross
        Covariance of known figures with those to come, shape (n, r).
    update_sd
        Standard deviations to which a surprise is cut.
    """
    if not len(day):
        return Rest(ahead, variance, ahead, variance)
    weights = linalg.solve_triangular(day.frame.lower, cross, lower=True, check_finite=False)
    e, pull, doubt = day.e, np.zeros((len(ahead), 0)), np.zeros((0, 0))
    on, size = np.zeros(0), np.zeros(0)
    if changes:
        found = sizes_of(day, changes)
        columns = np.stack([c.column(day.frame.steps) for c in changes], axis=1)
        e, size, doubt = e - columns @ found.size, found.size, found.covariance
        pull, on = -weights.T @ columns, np.array([float(c.end is None) for c in changes])
    usual = ahead + weights.T @ np.clip(e, -update_sd, update_sd)
    plain = np.maximum(variance - (weights**2).sum(axis=0), 0.0)
    going = pull + ahead[:, None] * on
    return Rest(
        usual,
        plain + np.einsum("rc,cd,rd->r", pull, doubt, pull),
        usual + ahead * float(on @ size),
        plain + np.einsum("rc,cd,rd->r", going, doubt, going),
    )
