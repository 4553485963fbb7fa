"""Calls of the simulation: a Poisson stream whose rate is the forecast times the busyness of the day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special

from ...errors import InputError
from ..formulas.uncertain_rate import CERTAIN, rate_cv


@dataclass(frozen=True)
class Arrivals:
    """The calls of one queue over I open intervals in order of time and D local days.

    Attributes
    ----------
    queue
        Its name.
    begin, end
        Bounds of each interval in seconds since the first local midnight, shape (I,).
    close
        End of the unbroken opening that each interval belongs to, in the same seconds, shape (I,).
    calls, cv
        Mean calls and coefficient of variation of their rate, shape (I,).
    handle_s, patience_s
        Mean handle time and mean patience (inf = callers wait for ever), shape (I,).
    dates, day
        The local days, and per interval its day's position in them, shape (I,).
    """

    queue: str
    begin: np.ndarray
    end: np.ndarray
    calls: np.ndarray
    cv: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    dates: tuple[dt.date, ...]
    day: np.ndarray

    @classmethod
    def read(
        cls, queue: str, volume: pd.DataFrame, begin: np.ndarray, seconds: float, patience_s: float = np.inf
    ) -> Arrivals:
        """Take the rows of one queue, which start at `begin` and last `seconds` each.

        A blank patience means `patience_s`.

        Raises
        ------
        InputError
            If two intervals overlap.
        """
        order = np.argsort(begin, kind="stable")
        volume, begin = volume.iloc[order], begin[order]
        early = np.flatnonzero(np.diff(begin) < seconds)
        if len(early):
            raise InputError(
                f"intervals of queue {queue!r} overlap",
                column="start",
                value=str(volume["start"].iloc[early[0] + 1]),
                mend=f"Give each interval once, {seconds / 60:g} minutes or more apart, or set interval_min",
            )
        dates, day = np.unique(volume["start"].dt.date.to_numpy(), return_inverse=True)
        blank = pd.Series(np.nan, index=volume.index)
        calls, handle_s = volume["calls"].to_numpy(float), volume["handle_s"].to_numpy(float)
        patience = volume.get("patience_s", blank).fillna(patience_s).to_numpy(float)
        return cls(queue, begin, begin + seconds, calls, rate_cv(volume), handle_s, patience, tuple(dates), day)

    @cached_property
    def close(self) -> np.ndarray:
        """End of the unbroken opening that each interval belongs to, seconds, shape (I,)."""
        last = np.flatnonzero(np.append(self.begin[1:] > self.end[:-1], True))
        return np.asarray(self.end[last][np.searchsorted(last, np.arange(len(self.begin)))])

    def rates(self, busyness: np.ndarray) -> np.ndarray:
        """Return calls per second for `busyness` uniform on (0, 1), shape (D, R) → (R, I).

        All intervals of a day share its busyness u: the rate is the mean times the u-quantile of the gamma
        distribution of mean 1 and the interval's CV, so that a busy day is busy in all its intervals (comonotone).
        """
        out = np.repeat(self.calls / (self.end - self.begin), busyness.shape[1]).reshape(-1, busyness.shape[1])
        unsure = self.cv >= CERTAIN
        shape = 1.0 / self.cv[unsure, None] ** 2
        out[unsure] *= special.gammaincinv(shape, busyness[self.day[unsure]]) / shape
        return np.ascontiguousarray(out.T)
