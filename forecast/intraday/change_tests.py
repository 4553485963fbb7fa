"""The tests for a change: likelihood ratio of a lasting step, and the cumulative sum for small counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .innovations import Innovations
from .params import WatchParams

SIGNS = (1, -1)


@dataclass(frozen=True)
class Limits:
    """Values beyond which the tests raise an alarm, for a rise and for a drop.

    Attributes
    ----------
    step
        Of the likelihood ratio of a lasting step, in standard deviations.
    counts
        Of the cumulative sum for counts, a log likelihood; None = not used.
    """

    step: tuple[float, float]
    counts: tuple[float, float] | None = None


@dataclass(frozen=True)
class Raised:
    """The first interval whose end finds a test beyond its limit.

    Attributes
    ----------
    at
        Position of that interval among the known ones.
    begin
        Position of the interval in which the change most likely began.
    sign
        1 = more, -1 = less.
    statistic, threshold
        The test's value, and the limit that it passed.
    """

    at: int
    begin: int
    sign: int
    statistic: float
    threshold: float


def step_scores(day: Innovations, params: WatchParams) -> np.ndarray:
    r"""Return the test values of a lasting step by the end of interval k from the beginning of t, shape (n, n).

    :math:`\sum_{i \le k} e_i h_{ti} / \sqrt{\sum_{i \le k} h_{ti}^2}`: the root of twice the log likelihood ratio of
    the best step against none, with its sign (Willsky and Jones 1976, IEEE Transactions on Automatic Control 21).
    """
    clip = params.clips(day.frame.minutes)
    e = np.clip(day.e, -clip, clip)
    return np.asarray(np.cumsum(e[:, None] * day.frame.steps, axis=0) * day.weight)


def count_sums(day: Innovations, params: WatchParams) -> tuple[np.ndarray, np.ndarray]:
    """Return the cumulative sums for counts by the end of each interval, and where each began, both of shape (2, n).

    Calls are Poisson with a gamma rate whose mean and variance are those of the updated forecast. The sum of their log
    likelihood ratios, for a rate higher (row 0) or lower (row 1) by `planned_step`, starts again at 0 when it would
    fall below (Page 1954, Biometrika 41; Höhle and Paul 2008, Computational Statistics & Data Analysis 52).
    """
    n = len(day)
    sums, begins = np.zeros((2, n)), np.zeros((2, n), dtype=int)
    ratios = count_ratios(day.figures, day.predicted, np.diag(day.frame.lower), params.planned_step)
    for row, log_ratio in enumerate(ratios):
        total, begin = 0.0, 0
        for k, ratio in enumerate(log_ratio):
            if total <= 0.0:
                total, begin = 0.0, k
            total += ratio
            sums[row, k], begins[row, k] = max(total, 0.0), begin
    return sums, begins


def count_ratios(roots: np.ndarray, predicted: np.ndarray, sd: np.ndarray, step: float) -> np.ndarray:
    """Return the log likelihood ratios of calls at a rate higher and lower by `step`, shape (2, …).

    Parameters
    ----------
    roots, predicted, sd
        Roots of calls plus 1/4, their mean and standard deviation by the updated forecast, of one shape.
    step
        Change of the rate as a share.
    """
    calls = np.maximum(roots**2 - 0.25, 0.0)
    mean = np.maximum(np.maximum(predicted, 0.0) ** 2 + sd**2 - 0.25, 1e-3)
    shape = mean / np.maximum(4.0 * (sd**2 - 0.25), 1e-3)  # variance of the rate = 4 · mean · (variance of root - 1/4)
    out = []
    for sign in SIGNS:
        other = mean * (1.0 + sign * step)
        log = np.log((shape + mean) / (shape + other))
        out.append(calls * (np.log(other / mean) + log) + shape * log)
    return np.stack(out)


def first_raised(day: Innovations, limits: Limits, params: WatchParams, least: int = 0) -> Raised | None:
    """Return the first alarm of a day at or after position `least`, None where there is none."""
    found = [r for r in (_by_step(day, limits.step, params, least), _outage(day, params, least)) if r]
    if limits.counts is not None:
        found += [r for r in (_by_counts(day, limits.counts, params, least),) if r]
    return min(found, key=lambda r: r.at, default=None)


def peaks(day: Innovations, params: WatchParams, counts: bool) -> np.ndarray:
    """Return the day's greatest value of each test, shape (tests, 2), for a rise and for a drop."""
    scores = step_scores(day, params)
    best = [[float((sign * scores).max(initial=0.0)) for sign in SIGNS]]
    if counts:
        best.append(count_sums(day, params)[0].max(axis=1, initial=0.0).tolist())
    return np.array(best)


def beyond(scores: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return signed test values as multiples of the limit of their direction, at least 0."""
    return np.asarray(np.where(scores > 0.0, scores / limits[0], -scores / limits[1]))


def _by_step(day: Innovations, limits: tuple[float, float], params: WatchParams, least: int) -> Raised | None:
    scores = step_scores(day, params)
    ratio = beyond(scores, limits)
    late = np.flatnonzero(ratio[least:].max(axis=1, initial=0.0) > 1.0)
    if not len(late):
        return None
    at = least + int(late[0])
    return raised_by_step(at, scores[at], limits)


def raised_by_step(at: int, scores: np.ndarray, limits: tuple[float, float]) -> Raised | None:
    """Return the alarm that the scores of one interval raise, shape (n,) by beginning, None where they raise none."""
    ratio = beyond(scores, limits)
    begin = int(ratio.argmax())
    value = float(scores[begin])
    if ratio[begin] <= 1.0:
        return None
    return Raised(at, begin, 1, value, limits[0]) if value > 0.0 else Raised(at, begin, -1, -value, limits[1])


def _by_counts(day: Innovations, limits: tuple[float, float], params: WatchParams, least: int) -> Raised | None:
    sums, begins = count_sums(day, params)
    late = np.flatnonzero((sums[:, least:] > np.array(limits)[:, None]).any(axis=0))
    if not len(late):
        return None
    at = least + int(late[0])
    return raised_by_counts(at, sums[:, at], begins[:, at], limits)


def raised_by_counts(at: int, sums: np.ndarray, begins: np.ndarray, limits: tuple[float, float]) -> Raised | None:
    """Return the alarm that the sums of one interval raise, (2,) with their beginnings, None where they raise none."""
    row = int((sums / np.array(limits)).argmax())
    if sums[row] <= limits[row]:
        return None
    return Raised(at, int(begins[row]), SIGNS[row], float(sums[row]), limits[row])


def _outage(day: Innovations, params: WatchParams, least: int) -> Raised | None:
    """Return the first single interval with hardly any calls, further below than chance brings."""
    if day.frame.power != 2:
        return None
    few = (day.figures**2 <= params.outage_share * day.predicted**2) & (day.e < -params.outage_sd)
    at = np.flatnonzero(few[least:])
    if not len(at):
        return None
    k = least + int(at[0])
    return Raised(k, k, -1, float(-day.e[k]), params.outage_sd)
