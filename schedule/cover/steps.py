"""A concave service curve as steps: what each further head adds, from the floor upwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Steps:
    """Calls gained with n heads: at most ``base + Σ slope · filled``, each step filled from 0 to its width.

    Slopes fall, so that a model that maximises fills them in order and one row per slot suffices:
    ``heads on the phone + short − Σ filled >= level``.

    Attributes
    ----------
    level
        Heads at which the steps begin.
    base
        Gain at `level` (by the steps: not below the curve).
    widths, slopes
        Of the steps, shape (n,).
    below
        Gain lost per head under `level`: never more than the curve loses.
    """

    level: int
    base: float
    widths: np.ndarray
    slopes: np.ndarray
    below: float

    def steep(self) -> Steps:
        """Return the same, but a head under `level` loses at least what the first step gains."""
        return replace(self, below=max(self.below, *self.slopes[:1].tolist(), 0.0))

    @property
    def least(self) -> float:
        """The least gain of any number of heads."""
        return min(self.gain(0.0), self.base, self.base + float(self.widths @ self.slopes))

    def gain(self, heads: float) -> float:
        """Return the gain that the steps allow `heads`."""
        if heads < self.level:
            return self.base - self.below * (self.level - heads)
        filled = np.clip(heads - self.level - np.concatenate([[0.0], np.cumsum(self.widths)[:-1]]), 0.0, self.widths)
        return self.base + float(filled @ self.slopes)


def steps(curve: np.ndarray, level: int, *, tolerance: float, exact: tuple[int, int] = (0, -1)) -> Steps:
    """Return steps that lie on or above `curve` and, from `level` upwards, at most `tolerance` above it.

    They are the lower hull of some of the curve's tangents (the pieces between neighbouring whole heads):
    enough of them for the tolerance, and all between the heads ``exact[0]`` and ``exact[1]``.

    Parameters
    ----------
    curve
        Gain with 0, 1, 2, … heads, concave from `level` upwards.
    """
    level = min(level, len(curve) - 1)
    tail = curve[level:]
    slopes = np.maximum(np.diff(tail), 0.0)
    rising = int(np.count_nonzero(slopes > 0.0))  # concave: the pieces that rise come first
    if not rising:
        return Steps(level, float(tail.max()), np.empty(0), np.empty(0), _below(curve, level, float(tail.max())))
    slopes = slopes[:rising]
    heights = tail[0] + np.concatenate([[0.0], np.cumsum(slopes)])
    kept = _chosen(heights, slopes, tolerance, exact[0] - level, exact[1] - level)
    lines, offsets = slopes[kept], heights[kept] - slopes[kept] * kept
    meet = (offsets[1:] - offsets[:-1]) / (lines[:-1] - lines[1:])
    widths = np.diff(np.concatenate([[0.0], meet, [float(rising)]]))
    return Steps(level, float(offsets[0]), widths, lines, _below(curve, level, float(offsets[0])))


def _chosen(heights: np.ndarray, slopes: np.ndarray, tolerance: float, first: int, last: int) -> np.ndarray:
    """Return the pieces whose lines are kept: as few as the tolerance allows, and all from `first` to `last`."""
    falls = slopes[1:] < slopes[:-1] - 1e-9 * slopes[0]
    pieces = np.concatenate([[0], np.flatnonzero(falls) + 1]).tolist()
    kept = pieces[:1]
    for piece, following in pairwise(pieces[1:]):
        if first <= piece <= last or _over(heights, slopes, kept[-1], following) > tolerance:
            kept.append(piece)
    return np.array(kept + pieces[1:][-1:])


def _over(heights: np.ndarray, slopes: np.ndarray, i: int, j: int) -> float:
    """Return the height above the curve at which the lines of pieces i < j meet: their largest error in between."""
    meet = i + (heights[j] - heights[i] - slopes[j] * (j - i)) / (slopes[i] - slopes[j])
    low = min(int(meet), j - 1)
    curve = heights[low] + (heights[low + 1] - heights[low]) * (meet - low)
    return float(heights[i] + slopes[i] * (meet - i) - curve)


def _below(curve: np.ndarray, level: int, base: float) -> float:
    """Return the loss per head under `level` that a straight line from `base` needs to stay above the curve there."""
    return float(((base - curve[:level]) / (level - np.arange(level))).min()) if level else 0.0
