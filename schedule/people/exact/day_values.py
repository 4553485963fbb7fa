"""Lower bounds on a day's cost, one for every numbers of people of its teams."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .one_day import Team


@dataclass
class DayValues:
    """What is known of a day.

    Attributes
    ----------
    counts
        All numbers of people of each team that can be, shape (V, C).
    low
        Lower bound on the day's cost at each, shape (V,).
    known
        Where no more can be learnt, shape (V,).
    taken
        Places of the numbers among which the programme of the week chooses at present.
    """

    counts: np.ndarray
    low: np.ndarray = field(repr=False)
    known: np.ndarray = field(repr=False)
    taken: list[int] = field(repr=False)

    @classmethod
    def of(cls, teams: Sequence[Team]) -> DayValues:
        """Return the numbers, with nothing known yet."""
        who = [set(team.members) for team in teams]
        counts = np.indices([len(w) + 1 for w in who]).reshape(len(who), sizes(teams)).T
        fits = counts.sum(axis=1) <= len(set().union(*who))
        for i, j in itertools.combinations(range(len(who)), 2):
            fits &= counts[:, i] + counts[:, j] <= len(who[i] | who[j])
        counts = counts[fits]
        ends = sorted({0, int(counts.sum(axis=1).argmax())})
        return cls(counts, np.zeros(len(counts)), np.zeros(len(counts), dtype=bool), ends)

    def raise_all(self, low: np.ndarray) -> None:
        """Raise the bounds to `low`, shape (V,), where that is more."""
        np.maximum(self.low, low, out=self.low)

    def raise_fewer(self, place: int, low: float) -> None:
        """Raise the bounds of all numbers of which none is larger than at `place`: fewer people cost no less."""
        fewer = (self.counts <= self.counts[place]).all(axis=1)
        self.low[fewer] = np.maximum(self.low[fewer], low)

    def reduced(self, price: np.ndarray, share: float) -> np.ndarray:
        """Return what each choice adds to the bound of the week at these prices of people, shape (V,)."""
        return np.asarray(self.low - self.counts @ price - share)


def sizes(teams: Sequence[Team]) -> int:
    """Return how many numbers there are at most."""
    out = 1
    for team in teams:
        out *= len(team.members) + 1
    return out
