"""How far the level of the calls may wander in the months ahead, and scenario paths that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges
from .day_model import LEVEL_HALF_LIFE_WEEKS

MONTH_WEEKS = 365.25 / 12.0 / 7.0
"""Weeks of a mean month."""
LONG_WEEKS = 104
"""Weeks of history from which on the change of the level is estimated."""
PRIOR_MONTHS = 12.0
"""Months of history that the default weighs as much as, above 0."""


@dataclass(frozen=True)
class LevelError:
    """How the level of the calls departs from its forecast: an AR(1) in logs, partly shared by all queues.

    Parameters
    ----------
    month_sd
        Standard deviation of a month's new change, as a share from 0: 2.5 % is common where nothing else is known.
    rho
        How much of a departure is left a month later, 0 to 1.
    shared
        Part of the change's variance that all queues share, 0 to 1: campaigns and faults move them together.
    week_sd
        Noise of a single week, as a share from 0.
    estimated
        Whether `month_sd`, `shared` and `week_sd` come from the history; else they are defaults.
    """

    month_sd: float = 0.025
    rho: float = 0.97
    shared: float = 0.4
    week_sd: float = 0.02
    estimated: bool = False

    def __post_init__(self) -> None:
        check_ranges(self, month_sd=(0.0, 1.0), rho=(0.0, 1.0), shared=(0.0, 1.0), week_sd=(0.0, 1.0))

    def label(self) -> str:
        """Return the numbers in words, with where they come from."""
        origin = "estimated from the history" if self.estimated else "default values, the history is too short"
        return (
            f"level error {self.month_sd:.1%} a month, rho {self.rho:g}, {self.shared:.0%} shared by all queues, "
            f"weekly noise {self.week_sd:.1%} ({origin})"
        )


def estimate(weeks: Sequence[np.ndarray]) -> LevelError:
    """Return the level error of queues from the log levels of their past weeks, each of shape (weeks,), NaN = unknown.

    A local level model (random walk and noise) is fitted to each queue that has two years; its variance per month is
    averaged with the default, which weighs as much as a year. Shorter histories cannot tell a wandering level from
    noise: the default stands.
    """
    # statsmodels takes a second to import
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    default = LevelError()
    long = [w for w in weeks if np.isfinite(w).sum() >= LONG_WEEKS]
    if not long:
        return default
    walks, noises, months = [], [], []
    for w in long:
        found = UnobservedComponents(100.0 * (w - np.nanmean(w)), "local level").fit(disp=0)
        noise, walk = (float(v) / 1e4 for v in found.params)
        walks.append(walk * MONTH_WEEKS)
        noises.append(noise)
        months.append(np.isfinite(w).sum() / MONTH_WEEKS)
    n = float(np.mean(months))
    variance = (n * float(np.mean(walks)) + PRIOR_MONTHS * default.month_sd**2) / (n + PRIOR_MONTHS)
    together = _correlation(long)
    shared = default.shared if together is None else (n * together + PRIOR_MONTHS * default.shared) / (n + PRIOR_MONTHS)
    return LevelError(float(np.sqrt(variance)), default.rho, shared, float(np.sqrt(np.mean(noises))), estimated=True)


def _correlation(weeks: Sequence[np.ndarray]) -> float | None:
    """Return the mean correlation, 0 to 1, of the quarterly changes of levels of every two queues; None for one."""
    size = min(len(w) for w in weeks)
    if len(weeks) < 2:
        return None
    steps = np.array([w[-size:] for w in weeks])
    blocks = np.nanmean(steps[:, : size // 13 * 13].reshape(len(weeks), -1, 13), axis=2)
    changes = np.diff(blocks, axis=1)
    both = np.corrcoef(changes[:, np.isfinite(changes).all(axis=0)])
    return float(np.clip(both[np.triu_indices(len(weeks), 1)].mean(), 0.0, 1.0))


def level_paths(error: LevelError, queues: int, lead: int, weeks: int, scenarios: int, seed: int) -> np.ndarray:
    """Return scenario paths of the level as factors on the forecast, shape (scenarios, queues, weeks).

    Paths come in pairs that mirror each other in logs, and their mean is 1 in every week and queue: a plan made on them
    is made on the forecast's own mean. The departure in week k is an AR(1) whose step is a week's part of a month's.

    Parameters
    ----------
    lead
        Weeks between the end of the history and the first of `weeks`, from 0.
    scenarios
        At least 1; an odd number has one path without any departure.

    Examples
    --------
    >>> paths = level_paths(LevelError(), queues=2, lead=0, weeks=50, scenarios=10, seed=1)
    >>> bool(np.allclose(paths.mean(axis=0), 1.0))
    True
    """
    rng = np.random.default_rng(seed)
    half, size = scenarios // 2, lead + weeks
    rho = error.rho ** (1.0 / MONTH_WEEKS)
    weights = rho ** (2.0 * np.arange(round(MONTH_WEEKS)))  # of a month's steps, at its end
    step_sd = error.month_sd / np.sqrt(MONTH_WEEKS * weights.mean())
    common, own = rng.standard_normal((half, 1, size)), rng.standard_normal((half, queues, size))
    steps = step_sd * (np.sqrt(error.shared) * common + np.sqrt(1.0 - error.shared) * own)
    seen = max(LEVEL_HALF_LIFE_WEEKS / np.log(2.0) * 2.0, 1.0)  # weeks that today's level rests on
    at = error.week_sd / np.sqrt(seen) * rng.standard_normal((half, queues))
    log = np.empty((half, queues, size))
    for w in range(size):
        at = rho * at + steps[:, :, w]
        log[:, :, w] = at
    log = log + error.week_sd * rng.standard_normal(log.shape)
    paths = np.exp(np.concatenate([log, -log, np.zeros((scenarios % 2, queues, size))]))[:, :, lead:]
    return np.asarray(paths / paths.mean(axis=0, keepdims=True))
