"""Whether the intervals of stored calls fit those of a forecast."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .actuals import EVEN
from .times import days_of

ENOUGH = 24
"""Different starts whose common step is the length of the intervals: fewer may leave some out by chance."""


def refuse_odd_step(starts: np.ndarray, interval_min: int, zone: str | None) -> None:
    """Raise `InputError` where the rows' intervals, or those of some days, do not divide `interval_min`."""
    moments = np.unique(starts)
    step = int(np.gcd.reduce(np.diff(moments))) // 60 if len(moments) >= ENOUGH else 0
    if step and interval_min % step:
        raise InputError(
            f"the store has intervals of {step} min, which do not divide interval_min",
            column="site.interval_min",
            value=interval_min,
            mend=f"Set interval_min = {step} in [site]",
        )
    days = pd.Series(days_of(moments, zone))
    gaps = pd.Series(moments).groupby(days).diff().groupby(days).agg(["min", "max", "count"])
    even = gaps[(gaps["min"] == gaps["max"]) & (gaps["count"] >= EVEN)]
    odd = even[interval_min * 60 % even["min"] != 0]
    if odd["count"].sum() >= ENOUGH:
        minutes = int(odd["min"].iloc[0]) // 60
        steps = [int(seconds) // 60 for seconds in even["min"].unique()]
        raise InputError(
            f"the store has intervals of {minutes} min on {odd.index[0]:%Y-%m-%d}, which do not divide interval_min",
            column="site.interval_min",
            value=interval_min,
            mend=f"Set interval_min = {math.lcm(*steps)} in [site], or begin a new store with shorter intervals",
        )
