r"""The level of handle times from day to day: the data decide how fast it moves.

A local level with a damped slope (Durbin & Koopman 2012, chapter 3; Gardner & McKenzie 1985):

.. math:: r_d = ℓ_d + ε_d, \quad ℓ_{d+1} = ℓ_d + φ b_d + η_d, \quad b_{d+1} = φ b_d + ζ_d

with r_d the day's mean handle time over what its calls' weekdays and intervals would give. The variance of ε_d is
that of a mean of so many calls plus a day's own. The variances are those of the least AIC on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from ..ranges import check_ranges


@dataclass(frozen=True)
class LevelParams:
    """How the level may move.

    Parameters
    ----------
    damping
        Share of the slope that is left a day later, above 0 and below 1: a slope halves in three weeks, since no
        handle time rises for ever.
    steps_sd
        Standard deviations tried for a day's lasting change, shares of the level, at least 0.
    days_sd
        Tried for a day's own deviation, shares of the level, at least 0.
    slopes_sd
        Tried for a day's change of the slope, shares of the level, at least 0.
    clip_sd
        Standard deviations to which a day's surprise is drawn in, above 0: one odd day must not move the level.
    """

    damping: float = 0.97
    steps_sd: tuple[float, ...] = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)
    days_sd: tuple[float, ...] = (0.0, 0.02, 0.05)
    slopes_sd: tuple[float, ...] = (0.0, 0.0003, 0.001)
    clip_sd: float = 4.0

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("damping", "clip_sd"),
            damping=(0.0, 0.999),
            steps_sd=(0.0, np.inf),
            days_sd=(0.0, np.inf),
            slopes_sd=(0.0, np.inf),
        )

    @property
    def grid(self) -> np.ndarray:
        """All triples of standard deviations, shape (N, 3)."""
        return np.array(list(product(self.steps_sd, self.days_sd, self.slopes_sd)))


PARAMS = LevelParams()


@dataclass(frozen=True)
class Level:
    """Where the level of a queue stands, as a share of its mean, and how it moves.

    Attributes
    ----------
    last, slope
        Level on the last day, and its rise a day.
    step_sd, day_sd, slope_sd
        Standard deviations of a day's lasting change, of a day's own deviation, and of the slope's change.
    damping
        Share of the slope that is left a day later.
    """

    last: float
    slope: float
    step_sd: float
    day_sd: float
    slope_sd: float
    damping: float = PARAMS.damping

    def ahead(self, days: np.ndarray) -> np.ndarray:
        """Return the level expected `days` days after the last; the slope fades by `damping` a day."""
        rise = self.damping * (1.0 - self.damping ** np.asarray(days, dtype=float)) / (1.0 - self.damping)
        return np.asarray(np.maximum(self.last + self.slope * rise, 0.5 * self.last))


def follow(ratio: np.ndarray, variance: np.ndarray, params: LevelParams = PARAMS) -> Level:
    """Return the level behind daily ratios.

    Parameters
    ----------
    ratio
        Per calendar day the handle time over its usual, near 1; NaN = no calls.
    variance
        Sampling variance of each ratio, shape of `ratio`.
    """
    grid, damping = params.grid, params.damping
    step, own, turn = (grid**2).T
    level, slope = np.ones(len(grid)), np.zeros(len(grid))
    p, pq, q = np.full(len(grid), 1.0), np.zeros(len(grid)), turn / (1.0 - damping**2)
    cost = 2.0 * (grid > 0).sum(axis=1)
    for r, s in zip(ratio, variance, strict=True):
        if np.isfinite(r):
            total = p + own + s
            off = r - level
            cost = cost + np.log(total) + off * off / total
            off = np.clip(off, -params.clip_sd * np.sqrt(total), params.clip_sd * np.sqrt(total))
            gain, turned = p / total, pq / total
            level, slope = level + gain * off, slope + turned * off
            q, pq, p = q - turned * pq, pq - gain * pq, p - gain * p
        level, slope = level + damping * slope, damping * slope
        p = p + 2.0 * damping * pq + damping**2 * q + step
        pq = damping * pq + damping**2 * q
        q = damping**2 * q + turn
    best = int(np.argmin(cost))
    back = slope[best] / damping  # the filter stands on the day after the last
    step_sd, day_sd, slope_sd = (float(x) for x in grid[best])
    return Level(float(level[best] - slope[best]), float(back), step_sd, day_sd, slope_sd, damping)
