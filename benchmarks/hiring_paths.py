"""Paths of demand around a forecast: centred, in opposite pairs, correlated over months and groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Paths:
    """Demand whose level wanders: ``demand = mean · exp(level)``, ``level[t] = rho · level[t − 1] + change[t]``.

    Parameters
    ----------
    mean
        Expected hours of work by group and month, shape (G, T).
    sd
        Standard deviation of a month's change of level, as a share.
    rho
        How much of a level remains a month later. 0 to 1.
    shared
        Share of the variance of changes that all groups have in common. 0 to 1.
    """

    mean: np.ndarray
    sd: float
    rho: float = 0.97
    shared: float = 0.4

    def levels(self, count: int, seed: int, first: int = 0, level: np.ndarray | None = None) -> np.ndarray:
        """Return levels of `count` paths, shape (count, G, T); `level`, (G,), is known of month `first` − 1.

        Paths come in opposite pairs; with an odd count the last one has no changes.
        """
        rng, (groups, months) = np.random.default_rng(seed), self.mean.shape
        half = count // 2
        common = rng.standard_normal((half, 1, months))
        own = rng.standard_normal((half, groups, months))
        change = self.sd * (np.sqrt(self.shared) * common + np.sqrt(1.0 - self.shared) * own)
        change = np.concatenate([change, -change, np.zeros((count - 2 * half, groups, months))])
        out = np.zeros((count, groups, months))
        at = np.zeros((count, groups)) if level is None else np.broadcast_to(level, (count, groups))
        for t in range(first, months):
            at = self.rho * at + change[:, :, t]
            out[:, :, t] = at
        return out

    def draw(self, count: int, seed: int, first: int = 0, level: np.ndarray | None = None) -> np.ndarray:
        """Return `count` paths of demand, shape (count, G, T), whose mean is exactly the expected demand.

        Scenarios that are not centred move the promised cost by more than all planning is worth.
        """
        factor = np.exp(self.levels(count, seed, first, level))
        return np.asarray(self.mean * factor * (self._expected(first, level) / factor.mean(axis=0)))

    def fresh(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return paths of demand as they may come true, without matching their mean, and their levels."""
        rng, (groups, months) = np.random.default_rng(seed), self.mean.shape
        common = rng.standard_normal((count, 1, months))
        own = rng.standard_normal((count, groups, months))
        change = self.sd * (np.sqrt(self.shared) * common + np.sqrt(1.0 - self.shared) * own)
        levels = np.zeros((count, groups, months))
        at = np.zeros((count, groups))
        for t in range(months):
            at = self.rho * at + change[:, :, t]
            levels[:, :, t] = at
        return self.mean * np.exp(levels) / self._drift(), levels

    def _variance(self, first: int) -> np.ndarray:
        """Return the variance of levels whose changes begin in month `first`, shape (T,)."""
        out, at = np.zeros(self.mean.shape[1]), 0.0
        for t in range(first, len(out)):
            at = self.rho**2 * at + self.sd**2
            out[t] = at
        return out

    def _drift(self) -> np.ndarray:
        """Return the mean of exp(level) seen from month 0, shape (T,)."""
        return np.asarray(np.exp(0.5 * self._variance(0)))

    def _expected(self, first: int, level: np.ndarray | None) -> np.ndarray:
        """Return expected demand as a share of `mean`, given the level before month `first`, shape (G, T)."""
        groups, months = self.mean.shape
        at = np.zeros(groups) if level is None else np.asarray(level, dtype=float)
        ahead = np.maximum(np.arange(months) - first + 1, 0)
        known = np.exp(at[:, None] * self.rho**ahead + 0.5 * self._variance(first))
        return np.asarray(known / self._drift())
