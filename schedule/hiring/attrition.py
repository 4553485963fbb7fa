"""Leaving by tenure, estimated from the dates on which people came and went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from ...forecast.errors import InputError
from .problem import Head
from .tenure import MONTH_DAYS

BUCKETS = (0, 1, 4, 7, 12)
"""First month of tenure of each bucket; the last is open."""
LEAVE = (0.06, 0.05, 0.035, 0.025, 0.018)
"""Example: probability to leave within a month, by bucket. A fifth of experienced people leaves in a year, and more
than a third of newcomers in their first. Public figures by tenure are thin."""
PRIOR_MONTHS = 60.0
"""Months of one person's work that the example counts for beside people's own dates: five years of one head."""
FAIL_DAYS = 7
"""Days on either side of the end of a training within which who leaves is taken as having failed."""
PRIOR_TRAINEES = 20
"""Trainees that the default share of those who fail counts for beside people's own dates."""


@dataclass(frozen=True)
class Attrition:
    """Probability to leave within a month of tenure, by bucket.

    Parameters
    ----------
    buckets
        First month of tenure of each.
    leave, low, high
        Estimate and its 95 % interval, shapes (buckets,).
    exposure
        Months of work seen, shape (buckets,).
    leavers
        People seen to leave, shape (buckets,).
    """

    buckets: tuple[int, ...]
    leave: np.ndarray
    low: np.ndarray
    high: np.ndarray
    exposure: np.ndarray
    leavers: np.ndarray

    def by_month(self) -> np.ndarray:
        """Return the probabilities by month of tenure as `Learning` takes them."""
        repeat = np.diff([*self.buckets, self.buckets[-1] + 1])
        return np.repeat(self.leave, repeat)


def estimate(
    people: Sequence[Head],
    as_of: dt.date,
    *,
    seen_from: dt.date | None = None,
    training_days: int | None = None,
    buckets: tuple[int, ...] = BUCKETS,
    default: Sequence[float] = LEAVE,
    prior_months: float = PRIOR_MONTHS,
) -> Attrition:
    """Return leaving by tenure: in each bucket leavers divided by months of work, drawn towards the default.

    With a hazard that is constant within each bucket, leavers and months of work (occurrence and exposure) are all that
    matters; those still there on `as_of` are censored. A gamma law of `prior_months` of work at the default's hazard
    stands for what is known before, so its posterior gives estimate and interval: a bucket without dates keeps the
    default, a bucket with many forgets it.

    Parameters
    ----------
    people
        Everybody with a known start who was there at some time; ``until`` is the first day on which they were gone.
    seen_from
        First day from which everybody's leaving is on file; None = all days. Work before does not count: those who left
        before are missing in the list, and those who stayed would count too much.
    training_days
        Days from the start to the end of a training. Who leaves about then has failed: leavers and work of those days
        do not count, see `failing`. None = nobody fails.

    Raises
    ------
    InputError
        If somebody left before they came.
    """
    starts = np.array(buckets, dtype=float)
    ends = np.append(starts[1:], np.inf)
    around = None if training_days is None else ((training_days - FAIL_DAYS) / MONTH_DAYS,
                                                 (training_days + FAIL_DAYS) / MONTH_DAYS)  # fmt: skip
    exposure, leavers = np.zeros(len(buckets)), np.zeros(len(buckets))
    for head in people:
        if head.since is None or head.since > as_of:
            continue
        if head.until is not None and head.until < head.since:
            raise InputError(
                "somebody left before they came", column="until", value=str(head.until),
                mend=f"A day after {head.since}",
            )  # fmt: skip
        gone = head.until is not None and head.until <= as_of
        last = head.until if gone and head.until is not None else as_of
        end = (last - head.since).days / MONTH_DAYS
        begin = 0.0 if seen_from is None else max(0.0, (seen_from - head.since).days / MONTH_DAYS)
        if end < begin:
            continue
        for low, high in _without(begin, end, around):
            exposure += np.clip(np.minimum(high, ends) - np.maximum(low, starts), 0.0, None)
            if gone and high == end:
                leavers[int(np.searchsorted(starts, end, side="right")) - 1] += 1
    hazard = -np.log1p(-np.asarray(default, dtype=float))
    shape, rate = leavers + prior_months * hazard, exposure + prior_months
    low, high = gamma.ppf(0.025, shape) / rate, gamma.ppf(0.975, shape) / rate
    return Attrition(
        tuple(buckets), -np.expm1(-shape / rate), -np.expm1(-low), -np.expm1(-high), exposure, leavers.astype(int)
    )


def failing(
    people: Sequence[Head],
    as_of: dt.date,
    found: Attrition,
    training_days: int,
    default: float,
    *,
    seen_from: dt.date | None = None,
) -> tuple[float, int, int]:
    """Return the share of trainees who fail, those who left about the end of their training, and those who came so far.

    Of those who left, as many as leave within so many days anyway are taken off. The share is drawn towards the
    default, which counts for `PRIOR_TRAINEES`.
    """
    first, last = max(0, training_days - FAIL_DAYS), training_days + FAIL_DAYS
    came = left = 0
    for head in people:
        if head.since is None:
            continue
        days = (min(head.until or as_of, as_of) - head.since).days
        gone = head.until is not None and head.until <= as_of
        late = seen_from is not None and (seen_from - head.since).days > first
        if late or days <= first or (days < last and not gone):
            continue  # not seen from before the end of the training to after it
        came += 1
        left += gone and days < last
    month = int(np.searchsorted(found.buckets, training_days / MONTH_DAYS, side="right")) - 1
    usual = came * -np.expm1(np.log1p(-found.leave[month]) * (last - first) / MONTH_DAYS)
    share = (max(0.0, left - usual) + PRIOR_TRAINEES * default) / (came + PRIOR_TRAINEES)
    return float(share), int(left), came


def _without(begin: float, end: float, around: tuple[float, float] | None) -> list[tuple[float, float]]:
    """Return a stretch of tenure without the part `around`.

    Examples
    --------
    >>> _without(0.0, 5.0, (1.0, 1.5)), _without(0.0, 1.2, (1.0, 1.5)), _without(0.0, 0.5, None)
    ([(0.0, 1.0), (1.5, 5.0)], [(0.0, 1.0)], [(0.0, 0.5)])
    """
    low, high = around or (np.inf, np.inf)
    return [(a, b) for a, b in ((begin, min(end, low)), (max(begin, high), end)) if a <= b]
