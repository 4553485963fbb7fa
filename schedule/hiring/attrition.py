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

    Raises
    ------
    InputError
        If somebody left before they came.
    """
    starts = np.array(buckets, dtype=float)
    ends = np.append(starts[1:], np.inf)
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
        exposure += np.clip(np.minimum(end, ends) - np.maximum(begin, starts), 0.0, None)
        if gone:
            leavers[int(np.searchsorted(starts, end, side="right")) - 1] += 1
    hazard = -np.log1p(-np.asarray(default, dtype=float))
    shape, rate = leavers + prior_months * hazard, exposure + prior_months
    low, high = gamma.ppf(0.025, shape) / rate, gamma.ppf(0.975, shape) / rate
    return Attrition(
        tuple(buckets), -np.expm1(-shape / rate), -np.expm1(-low), -np.expm1(-high), exposure, leavers.astype(int)
    )
