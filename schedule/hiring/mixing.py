"""How much work the presence of several contracts gives, when the mix of recipes is chosen at its best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
        Hours of presence for an hour of work under each recipe that can be used, shape (usable, contracts).
    price
        Corners, shape (corners, contracts).
    usable
        Numbers of the recipes whose contracts the group has; others give no work.
    recipes
        How many recipes there are.
    """

    takes: np.ndarray
    price: np.ndarray
    usable: tuple[int, ...]
    recipes: int

    @classmethod
    def of(cls, recipes: Sequence[Recipe], contracts: Sequence[str], month: int) -> Mixing:
        """Return the mixing of `recipes` in `month`."""
        usable = tuple(i for i, r in enumerate(recipes) if all(c in contracts for c, s in r.share.items() if s > 0))
        takes = tuple(tuple(recipes[i].share.get(c, 0.0) * float(recipes[i].ratio[month]) for c in contracts)
                      for i in usable)  # fmt: skip
        return cls(np.array(takes), _corners(takes), usable, len(recipes))

    def work(self, presence: np.ndarray) -> np.ndarray:
        """Return the hours of work that `presence` gives, shape (contracts, …) → (…); presence below 0 counts as 0."""
        return np.asarray(np.tensordot(self.price, np.maximum(presence, 0.0), 1).min(axis=0))

    def slope(self, presence: np.ndarray) -> np.ndarray:
        """Return the work of one more hour of presence of each contract, shape (contracts,)."""
        return np.asarray(self.price[int((self.price @ presence).argmin())])

    def split(self, presence: np.ndarray) -> np.ndarray:
        """Return the hours of work under each recipe that use `presence` best, shape (recipes,).

        The best corner of ``Σ_m takes[m] · λ_m + unused = presence``; of equal ones that with most contracts unused.
        """
        have = np.maximum(presence, 0.0)
        scale = TINY * max(1.0, float(have.max(initial=0.0)))
        columns, tight = _bases(np.hstack([np.eye(len(have)), self.takes.T]))
        hours = np.linalg.solve(columns, np.broadcast_to(have[:, None], (len(columns), len(have), 1)))[..., 0]
        used = tight >= len(have)
        work = np.where((hours >= -scale).all(axis=1), (hours * used).sum(axis=1), -np.inf)
        best = int(np.argmax(work >= work.max() - scale))
        out = np.zeros(self.recipes)
        chosen = tight[best][used[best]] - len(have)
        out[np.array(self.usable)[chosen]] = np.maximum(hours[best][used[best]], 0.0)
        return out


@lru_cache(maxsize=8192)
def _corners(takes: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """Return the corners of ``price >= 0, takes · price >= 1``, shape (corners, contracts), not to be written to.

    The same ratios come back in every problem of a run, so each is enumerated once.
    """
    rows = np.array(takes)
    contracts = rows.shape[1]
    planes = np.vstack([rows, np.eye(contracts)])
    sides = np.concatenate([np.ones(len(rows)), np.zeros(contracts)])
    columns, tight = _bases(planes.T)
    found = np.linalg.solve(columns.transpose(0, 2, 1), sides[tight][..., None])[..., 0]
    fits = (found >= -TINY).all(axis=1) & (found @ rows.T >= 1.0 - TINY).all(axis=1)
    corners = np.maximum(found[fits], 0.0)
    _, first = np.unique(np.round(corners, 9), axis=0, return_index=True)
    out = np.asarray(corners[np.sort(first)])
    out.setflags(write=False)
    return out


def _bases(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all regular choices of as many columns as there are rows, (bases, rows, rows), and their numbers."""
    rows = len(columns)
    tight = np.array(list(combinations(range(columns.shape[1]), rows)))
    chosen = columns[:, tight].transpose(1, 0, 2)
    regular = np.abs(np.linalg.det(chosen)) >= TINY
    return chosen[regular], tight[regular]
