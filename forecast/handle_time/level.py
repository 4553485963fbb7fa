r"""The level of handle times from day to day: how fast it moves is told by the data.

A local level with a damped slope (Durbin & Koopman 2012, chapter 3; Gardner & McKenzie 1985):

.. math:: r_d = ℓ_d + ε_d, \quad ℓ_{d+1} = ℓ_d + φ b_d + η_d, \quad b_{d+1} = φ b_d + ζ_d

with r_d the day's mean handle time over what its calls' weekdays and intervals would give. The variance of ε_d is
that of a mean of so many calls plus a day's own. The variances are those of the least AIC on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

DAMPING = 0.97
STEPS_SD = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)
DAYS_SD = (0.0, 0.02, 0.05)
SLOPES_SD = (0.0, 0.0003, 0.001)
GRID = np.array(list(product(STEPS_SD, DAYS_SD, SLOPES_SD)))
CLIP = 4.0


@dataclass(frozen=True)
class Level:
    """Where the level of a queue stands, as a share of its mean, and how it moves.

    Attributes
    ----------
    last, slope
        Level on the last day, and its rise a day.
    step_sd, day_sd, slope_sd
        Standard deviations of a day's lasting change, of a day's own deviation, and of the slope's change.
    """

    last: float
    slope: float
    step_sd: float
    day_sd: float
    slope_sd: float

    def ahead(self, days: np.ndarray) -> np.ndarray:
        """Return the level expected `days` days after the last; the slope fades by `DAMPING` a day."""
        rise = DAMPING * (1.0 - DAMPING ** np.asarray(days, dtype=float)) / (1.0 - DAMPING)
        return np.asarray(np.maximum(self.last + self.slope * rise, 0.5 * self.last))


def follow(ratio: np.ndarray, variance: np.ndarray) -> Level:
    """Return the level behind daily ratios.

    Parameters
    ----------
    ratio
        Per calendar day the handle time over its usual, near 1; NaN = no calls.
    variance
        Sampling variance of each ratio, shape of `ratio`.
    """
    step, own, turn = (GRID**2).T
    level, slope = np.ones(len(GRID)), np.zeros(len(GRID))
    p, pq, q = np.full(len(GRID), 1.0), np.zeros(len(GRID)), turn / (1.0 - DAMPING**2)
    cost = 2.0 * (GRID > 0).sum(axis=1)
    for r, s in zip(ratio, variance, strict=True):
        if np.isfinite(r):
            total = p + own + s
            off = r - level
            cost = cost + np.log(total) + off * off / total
            off = np.clip(off, -CLIP * np.sqrt(total), CLIP * np.sqrt(total))
            gain, turned = p / total, pq / total
            level, slope = level + gain * off, slope + turned * off
            q, pq, p = q - turned * pq, pq - gain * pq, p - gain * p
        level, slope = level + DAMPING * slope, DAMPING * slope
        p = p + 2.0 * DAMPING * pq + DAMPING**2 * q + step
        pq = DAMPING * pq + DAMPING**2 * q
        q = DAMPING**2 * q + turn
    best = int(np.argmin(cost))
    back = slope[best] / DAMPING  # the filter stands on the day after the last
    return Level(float(level[best] - slope[best]), float(back), *(float(x) for x in GRID[best]))
