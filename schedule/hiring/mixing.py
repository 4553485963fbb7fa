"""How much work the presence of several contracts gives, when the mix of recipes is chosen at its best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .problem import Recipe

TINY = 1e-9


@dataclass(frozen=True)
class Mixing:
    """The work of one group in one month as the least of a few linear functions of presence.

    With λ hours of work under each recipe, ``work = max Σ_m λ_m`` under
    ``Σ_m share[m, c] · ratio[m] · λ_m <= presence[c]``. By duality ``work = min_i price[i] · presence`` over the
    corners of ``price >= 0, Σ_c price[c] · share[m, c] · ratio[m] >= 1`` for each m.

    Parameters
    ----------
    takes
        Hours of presence for an hour of work, shape (recipes, contracts).
    price
        Corners, shape (corners, contracts).
    """

    takes: np.ndarray
    price: np.ndarray

    @classmethod
    def of(cls, recipes: Sequence[Recipe], contracts: Sequence[str], month: int) -> Mixing:
        """Return the mixing of `recipes` in `month`."""
        takes = np.array([[r.share.get(c, 0.0) * r.ratio[month] for c in contracts] for r in recipes])
        planes = np.vstack([takes, np.eye(len(contracts))])
        sides = np.concatenate([np.ones(len(recipes)), np.zeros(len(contracts))])
        corners: list[np.ndarray] = []
        for tight in combinations(range(len(planes)), len(contracts)):
            rows = planes[list(tight)]
            if abs(np.linalg.det(rows)) < TINY:
                continue
            corner = np.linalg.solve(rows, sides[list(tight)])
            fits = (corner >= -TINY).all() and (takes @ corner >= 1.0 - TINY).all()
            if fits and not any(np.allclose(corner, c) for c in corners):
                corners.append(np.maximum(corner, 0.0))
        return cls(takes, np.array(corners))

    def work(self, presence: np.ndarray) -> np.ndarray:
        """Return the hours of work that `presence` gives, shape (contracts, …) → (…).

        Presence below 0, of trainers whom nobody is there to replace, is work owed.
        """
        return np.asarray(np.tensordot(self.price, presence, 1).min(axis=0))

    def slope(self, presence: np.ndarray) -> np.ndarray:
        """Return the work of one more hour of presence of each contract, shape (contracts,)."""
        return np.asarray(self.price[int((self.price @ presence).argmin())])

    def split(self, presence: np.ndarray) -> np.ndarray:
        """Return the hours of work under each recipe that use `presence` best, shape (recipes,)."""
        have = np.maximum(presence, 0.0)
        best, work = np.zeros(len(self.takes)), -1.0
        for size in range(1, len(have) + 1):
            for used in combinations(range(len(self.takes)), size):
                for full in combinations(range(len(have)), size):
                    rows = self.takes[np.ix_(used, full)].T
                    if abs(np.linalg.det(rows)) < TINY:
                        continue
                    hours = np.linalg.solve(rows, have[list(full)])
                    scale = TINY * max(1.0, float(have.max(initial=0.0)))
                    if (hours < -scale).any() or (hours @ self.takes[list(used)] > have + scale).any():
                        continue
                    if hours.sum() > work + scale:
                        best, work = np.zeros(len(self.takes)), float(hours.sum())
                        best[list(used)] = np.maximum(hours, 0.0)
        return best
