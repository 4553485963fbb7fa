"""The changes of a day, one after another: found, told apart from those already known, and seen to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .change_tests import Limits, Raised, count_ratios, first_raised, raised_by_counts, raised_by_step
from .innovations import Innovations
from .params import WatchParams

LEAST_ENERGY = 0.05
"""Share of a step's energy that must remain beside the known changes for a further one to be looked for, above 0: with
less the two cannot be told apart."""


@dataclass(frozen=True)
class Change:
    """One change of a day; positions count the known intervals.

    Attributes
    ----------
    raised
        How and when the alarm was raised.
    begin
        Position in which the change most likely began, by all intervals up to its end or to now.
    end
        First position without the change; None = it goes on.
    told
        Position at whose end the end was known; None = it goes on.
    lead
        Log likelihood by which the end was told; 0 = it goes on.
    """

    raised: Raised
    begin: int
    end: int | None = None
    told: int | None = None
    lead: float = 0.0

    def column(self, steps: np.ndarray) -> np.ndarray:
        """Return what the change does to the surprises for a size of 1, shape (n,)."""
        return steps[:, self.begin] if self.end is None else steps[:, self.begin] - steps[:, self.end]


def changes_of(day: Innovations, limits: Limits, params: WatchParams) -> tuple[Change, ...]:
    """Return the changes of a day as they become known, interval by interval.

    After the first alarm each further interval is asked twice. Is a known change over? A box, the step that ended,
    must explain the day better than the step that goes on, by `over_lead`. Is there another change? The same tests,
    beside the known changes, whose sizes are left free, so that their ends and errors are not taken for changes.
    """
    first = first_raised(day, limits, params)
    if first is None:
        return ()
    run = _Run(day, limits, params, first)
    for k in range(first.at + 1, len(day)):
        run.go(k)
    return tuple(run.changes)


@dataclass(frozen=True)
class Sizes:
    """Sizes of changes by least squares, on the scale of the figures.

    Attributes
    ----------
    size
        Shape (changes,).
    covariance
        Shape (changes, changes).
    """

    size: np.ndarray
    covariance: np.ndarray


def sizes_of(day: Innovations, changes: Sequence[Change]) -> Sizes:
    """Return the sizes of a day's changes, together."""
    columns = np.stack([c.column(day.frame.steps) for c in changes], axis=1)
    inverse = np.linalg.pinv(columns.T @ columns)
    return Sizes(inverse @ (columns.T @ day.e), inverse)


class _Run:
    """A day followed from its first alarm on."""

    def __init__(self, day: Innovations, limits: Limits, params: WatchParams, first: Raised) -> None:
        self.day, self.limits, self.params = day, limits, params
        self.steps = day.frame.steps
        clip = params.clips(day.frame.minutes)
        self.e = np.clip(day.e, -clip, clip)
        self.near = day.frame.gap(params.near_min) if params.near_min else 0
        self.changes = [Change(first, first.begin)]
        self.sums, self.begins = np.zeros(2), np.full(2, first.at + 1)

    def go(self, k: int) -> None:
        """Take in position k."""
        for i, change in enumerate(self.changes):
            if change.end is None:
                self.changes[i] = self._followed(i, k)
        raised = self._further(k)
        if raised is not None:
            self.changes.append(Change(raised, raised.begin))
            self.sums[:], self.begins[:] = 0.0, k + 1

    def _beside(self, others: Sequence[Change], k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return surprises (k+1,) and steps (k+1, k+1) up to k, what `others` explain taken out of both."""
        e, steps = self.e[: k + 1], self.steps[: k + 1, : k + 1]
        if not others:
            return e, steps
        q = np.linalg.qr(np.stack([c.column(self.steps)[: k + 1] for c in others], axis=1))[0]
        return e - q @ (q.T @ e), steps - q @ (q.T @ steps)

    def _followed(self, i: int, k: int) -> Change:
        """Return a change that went on until now with its beginning sought again, ended if that is clear."""
        change = self.changes[i]
        e, steps = self._beside([c for j, c in enumerate(self.changes) if j != i], k)
        sign, at = change.raised.sign, change.raised.begin
        begins = np.arange(max(at - self.near, 0), min(at + self.near, change.raised.at) + 1)
        own, along, energy = steps[:, begins], sign * (e @ steps), (steps**2).sum(axis=0)
        going = _explained(along[begins], energy[begins])
        begin = int(begins[going.argmax()]) if going.max() > 0.0 else change.begin
        ends = np.arange(k + 1)
        box_energy = energy[begins][:, None] + energy - 2.0 * own.T @ steps
        box = _explained(along[begins][:, None] - along, box_energy) * (ends > begins[:, None])
        best = np.unravel_index(int(box.argmax()), box.shape)
        lead = float(box[best] - going.max())
        if lead <= self.params.over_lead:
            return replace(change, begin=begin)
        return replace(change, begin=int(begins[best[0]]), end=int(best[1]), told=k, lead=lead)

    def _further(self, k: int) -> Raised | None:
        """Return another change that the end of k shows, beside those known."""
        day = self.day
        least = max(max(c.raised.at, c.end or 0) for c in self.changes) + 1
        if least > k:
            return None
        e, steps = self._beside(self.changes, k)
        energy = (steps**2).sum(axis=0)
        usable = (np.arange(k + 1) >= least) & (day.weight[k, : k + 1] > 0.0)
        usable &= energy > LEAST_ENERGY * day.frame.energy[k, : k + 1]
        scores = np.where(usable, (e @ steps) / np.sqrt(np.where(usable, energy, 1.0)), 0.0)
        return raised_by_step(k, scores, self.limits.step) or self._further_by_counts(k, least)

    def _further_by_counts(self, k: int, least: int) -> Raised | None:
        """Go on with the sums for counts, from the forecast that the known changes have moved."""
        day = self.day
        if self.limits.counts is None:
            return None
        e = self._uncut(k)
        sd = day.frame.lower[k, k]
        ratios = count_ratios(day.figures[k], day.figures[k] - sd * e, sd, self.params.planned_step)
        for row in range(2):
            if self.sums[row] <= 0.0 or self.begins[row] < least:
                self.sums[row], self.begins[row] = 0.0, k
            self.sums[row] = max(self.sums[row] + float(ratios[row]), 0.0)
        return raised_by_counts(k, self.sums, self.begins, self.limits.counts)

    def _uncut(self, k: int) -> float:
        """Return the uncut surprise of k without what the known changes explain of it."""
        columns = np.stack([c.column(self.steps)[: k + 1] for c in self.changes], axis=1)
        size = np.linalg.lstsq(columns, self.day.e[: k + 1], rcond=None)[0]
        return float(self.day.e[k] - columns[k] @ size)


def _explained(along: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Return the log likelihood that changes gain, 0 where they point the other way."""
    usable = (along > 0.0) & (energy > 1e-9)
    return np.asarray(np.where(usable, 0.5 * along**2 / np.where(usable, energy, 1.0), 0.0))
