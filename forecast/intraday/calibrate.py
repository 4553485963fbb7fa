"""Limits of the tests at a stated rate of false alarms, from the desk's own past days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .change_tests import Limits, peaks
from .changes import changes_of
from .innovations import Innovations
from .params import WatchParams

TOP_SHARE = 0.3
"""Share of the days whose peaks tell the tail, between 0 and 1: a week's alarm asks for one day in five."""
ROUNDS = 2
"""Times that limits are set again for days with several alarms, at least 0."""


@dataclass(frozen=True)
class Tail:
    """Upper tail of the days' peaks: beyond `edge` their share falls as exp(-excess / scale).

    The scale comes from the median excess, so that one odd day among them hardly moves it.

    Attributes
    ----------
    edge, scale
        In the test's own units; the scale is above 0.
    share
        Share of the days beyond the edge.
    """

    edge: float
    scale: float
    share: float

    @classmethod
    def of(cls, values: np.ndarray, share: float) -> Tail:
        """Return the tail of the days' peaks, shape (D,), from the top `share` of them."""
        ordered = np.sort(values)[::-1]
        top = int(np.clip(round(share * len(ordered)), 2, len(ordered) - 1))
        edge = float((ordered[top - 1] + ordered[top]) / 2.0)
        scale = float(np.median(ordered[:top] - edge)) / np.log(2.0)
        return cls(edge, max(scale, 1e-6), top / len(ordered))

    def rarity(self, values: np.ndarray) -> np.ndarray:
        """Return minus the log of the share of days whose peak is beyond `values`."""
        return np.asarray((values - self.edge) / self.scale - np.log(self.share))

    def value(self, rarity: float) -> float:
        """Return the value that is so rare."""
        return float(self.edge + self.scale * (rarity + np.log(self.share)))


def limits_of(
    days: Sequence[Innovations],
    alarms_per_day: float,
    params: WatchParams,
    counts: bool,
    stop: Callable[[], None] = lambda: None,
) -> Limits:
    """Return the limits that raise so many alarms a day on days like these.

    Rises and drops have half of the alarms each. Where two tests stand side by side they share these: both limits are
    equally rare on these days.

    Parameters
    ----------
    days
        Quiet days, at least three.
    alarms_per_day
        Above 0.
    counts
        Whether the test for counts is used.
    stop
        Raises where the user asked to stop.
    """
    top = np.stack([peaks(day, params, counts) for day in days])
    share = float(np.clip(alarms_per_day, TOP_SHARE, 0.8))
    limits = _limits(top, share, alarms_per_day)
    for _ in range(ROUNDS):
        stop()
        found = [len(changes_of(day, limits, params)) for day in days]
        alarmed = sum(n > 0 for n in found)
        if not alarmed:
            break
        limits = _limits(top, share, alarms_per_day * alarmed / sum(found))
    return limits


def _limits(top: np.ndarray, share: float, alarmed: float) -> Limits:
    """Return the limits beyond which the peaks, (days, tests, directions), of the share `alarmed` of the days lie."""
    up, down = (_one_way(top[:, :, way], share, min(alarmed, 0.95) / 2.0) for way in (0, 1))
    return Limits((up[0], down[0]), (up[1], down[1]) if len(up) > 1 else None)


def _one_way(top: np.ndarray, share: float, alarmed: float) -> list[float]:
    """Return the limits of the tests of one direction; peaks have the shape (days, tests)."""
    tails = [Tail.of(column, share) for column in top.T]
    joint = Tail.of(np.max([tail.rarity(column) for tail, column in zip(tails, top.T, strict=True)], axis=0), share)
    return [tail.value(joint.value(-np.log(alarmed))) for tail in tails]


def alarms_on(days: Sequence[Innovations], limits: Limits, params: WatchParams) -> int:
    """Return how many alarms days bring."""
    return sum(len(changes_of(day, limits, params)) for day in days)
