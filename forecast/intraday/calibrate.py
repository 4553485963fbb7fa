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

    Where two tests stand side by side they share the alarms: both limits are equally rare on these days.

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
    share = float(np.clip(1.5 * alarms_per_day, TOP_SHARE, 0.8))
    tails = [Tail.of(column, share) for column in top.T]
    joint = Tail.of(np.max([tail.rarity(column) for tail, column in zip(tails, top.T, strict=True)], axis=0), share)
    wanted = alarms_per_day
    limits = _limits(tails, joint, wanted)
    for _ in range(ROUNDS):
        stop()
        found = [len(changes_of(day, limits, params)) for day in days]
        alarmed = sum(n > 0 for n in found)
        if not alarmed:
            break
        wanted = alarms_per_day * alarmed / sum(found)
        limits = _limits(tails, joint, wanted)
    return limits


def _limits(tails: Sequence[Tail], joint: Tail, share: float) -> Limits:
    """Return the limits beyond which the peaks of a `share` of the days lie."""
    rarity = joint.value(-np.log(min(share, 0.95)))
    return Limits(*(tail.value(rarity) for tail in tails))


def alarms_on(days: Sequence[Innovations], limits: Limits, params: WatchParams) -> int:
    """Return how many alarms days bring."""
    return sum(len(changes_of(day, limits, params)) for day in days)
