"""Figures of several vendors on the same mix of demand.

A vendor who takes the quiet hours meets a goal more easily than one who takes the busy ones. Direct standardisation
weighs each class of intervals as all vendors together have it, so that figures differ by the vendors alone (J. L.
Fleiss, Statistical Methods for Rates and Proportions, 3rd edition, 2003, chapter 19). Days, which share their weather
and their staff, are drawn with replacement for the intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from .figures import rounded
from .goal import Goal
from .ladder import holds
from .sampling import LEVEL, Z
from .units import labels

LEAST_DAYS = 5
"""Days, at least, from which the spread between days is told."""
LEAST_OF_CLASS = 20.0
"""Calls of a vendor, at least, in a class of intervals that is compared."""
WEEKDAY, SATURDAY, SUNDAY = "weekday", "Saturday", "Sunday"


@dataclass(frozen=True, eq=False)
class Ratio:
    """A ratio of sums over intervals, with its 95 % interval.

    Attributes
    ----------
    value, low, high
        The figure; limits are NaN where too few days are known. Unit: that of the numerator per that of the
        denominator.
    numerator, denominator
        The sums.
    days
        Days that are counted.
    drawn
        Figures that days drawn with replacement give, widened for few days; shape (draws,). NaN where limits are.
    """

    value: float
    low: float
    high: float
    numerator: float
    denominator: float
    days: int
    drawn: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Mixed:
    """Figures of vendors, each on its own mix and on the common one.

    Attributes
    ----------
    own
        Vendor → figure of its own calls.
    equal
        Vendor → figure on the mix of all vendors together; empty for one vendor, or where no class is common to all.
    covered
        Vendor → share of its calls that lie in the classes compared.
    classes
        Classes that are compared: queue, kind of day, hour, and the share of the common mix.
    """

    own: Mapping[str, Ratio]
    equal: Mapping[str, Ratio]
    covered: Mapping[str, float]
    classes: pd.DataFrame = field(repr=False)


def compared_rows(goal: Goal, counted: pd.DataFrame) -> pd.DataFrame:
    """Return what of a counted goal is compared: ``queue, start, numerator, denominator``; what does not count is left.

    With aggregation ``mean`` a part has its figure as numerator, with ``share`` 1 where it reaches the level, else 0;
    the denominator is 1 then.

    Parameters
    ----------
    counted
        As `counting.counted` returns it.
    """
    used = counted[(counted["clause"] == "") & (counted["unknown"] == "")]
    rows = used[["queue", "start", "numerator", "denominator"]]
    if goal.aggregation == "volume" or goal.part is None:
        return rows[rows["denominator"] > 0].reset_index(drop=True)
    parts = rows.groupby(labels(rows["start"], goal.part)).agg(
        start=("start", "min"), numerator=("numerator", "sum"), denominator=("denominator", "sum")
    )
    parts = parts[(parts["denominator"] > 0) & (parts["denominator"] >= goal.min_volume)].reset_index(drop=True)
    figures = [rounded(float(f), goal.round_to) for f in parts["numerator"] / parts["denominator"]]
    if goal.aggregation == "share":
        figures = [float(holds(figure, goal.level, goal.part_way)) for figure in figures]
    return parts.assign(queue="", numerator=np.array(figures, dtype=float), denominator=1.0)


def day_kind(dates: pd.Series) -> pd.Series:
    """Return what kind of day each date is: weekday, Saturday or Sunday."""
    number = dates.dt.day_of_week
    return pd.Series(np.select([number == 5, number == 6], [SATURDAY, SUNDAY], WEEKDAY), index=dates.index)


def equal_mix(counts: Mapping[str, pd.DataFrame], *, draws: int, seed: int) -> Mixed:
    """Compare vendors at equal demand mix.

    Parameters
    ----------
    counts
        Vendor → rows of intervals with ``queue``, ``start`` (local time), ``numerator`` and ``denominator``.
    draws
        How often days are drawn.
    seed
        Of the draws. Goals of one vendor that have the same days draw the same days: a bad day is bad for all of them.

    Returns
    -------
    Mixed
        Classes are queue × kind of day × hour; compared are those in which every vendor has at least `LEAST_OF_CLASS`
        in the denominator on at least `LEAST_DAYS` days.
    """
    tables = {vendor: _by_day_and_class(rows) for vendor, rows in counts.items()}
    drawn = {
        vendor: _days_drawn(len(of[0]), draws, np.random.default_rng([seed, place]))
        for place, (vendor, of) in enumerate(sorted(tables.items()))
    }
    own = {
        vendor: _ratio(top.sum(axis=1, keepdims=True), bottom.sum(axis=1, keepdims=True), np.ones(1), drawn[vendor])
        for vendor, (top, bottom) in ((v, (t.to_numpy(), b.to_numpy())) for v, (t, b) in tables.items())
    }
    common = _common({vendor: bottom for vendor, (_, bottom) in tables.items()} if len(tables) > 1 else {})
    none = pd.DataFrame(columns=["queue", "day", "hour", "share"])
    if common.empty:
        return Mixed(own, {}, dict.fromkeys(tables, 0.0), none)
    totals = sum(bottom[common].sum() for _, bottom in tables.values())
    weights = totals / totals.sum()
    equal, covered = {}, {}
    for vendor, (top, bottom) in tables.items():
        equal[vendor] = _ratio(top[common].to_numpy(), bottom[common].to_numpy(), weights.to_numpy(), drawn[vendor])
        covered[vendor] = float(bottom[common].to_numpy().sum() / bottom.to_numpy().sum())
    classes = common.to_frame(index=False).assign(share=weights.to_numpy())
    return Mixed(own, equal, covered, classes)


def _by_day_and_class(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return numerators and denominators, a row per day and a column per class of intervals."""
    known = rows[rows["denominator"] > 0]
    keyed = pd.DataFrame(
        {
            "date": known["start"].dt.date,
            "queue": known["queue"].astype(str),
            "day": day_kind(known["start"]),
            "hour": known["start"].dt.hour,
            "numerator": known["numerator"].astype(float),
            "denominator": known["denominator"].astype(float),
        }
    )
    wide = keyed.pivot_table(
        index="date",
        columns=["queue", "day", "hour"],
        values=["numerator", "denominator"],
        aggfunc="sum",
        fill_value=0.0,
    )
    return wide["numerator"], wide["denominator"]


def _common(bottoms: Mapping[str, pd.DataFrame]) -> pd.MultiIndex:
    """Return the classes in which every vendor has enough calls on enough days, in a fixed order."""
    enough = [
        {*bottom.columns[((bottom > 0).sum() >= LEAST_DAYS).to_numpy() & (bottom.sum() >= LEAST_OF_CLASS).to_numpy()]}
        for bottom in bottoms.values()
    ]
    common = sorted(set.intersection(*enough)) if enough else []
    return pd.MultiIndex.from_tuples(common, names=["queue", "day", "hour"])


def _days_drawn(days: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each day is drawn, shape (draws, days)."""
    return rng.multinomial(days, np.full(days, 1 / days), size=draws).astype(float) if days else np.empty((draws, 0))


def _ratio(top: np.ndarray, bottom: np.ndarray, weights: np.ndarray, drawn: np.ndarray) -> Ratio:
    """Return the weighted sum over classes of Σ numerators / Σ denominators.

    Parameters
    ----------
    top, bottom
        Shape (days, classes).
    weights
        Shape (classes,); they sum to 1.
    drawn
        How often each day is drawn, shape (draws, days).
    """
    days = len(top)
    if not days:
        nothing = np.full(len(drawn), np.nan)
        return Ratio(np.nan, np.nan, np.nan, 0.0, 0.0, 0, nothing)
    by_class = top.sum(axis=0) / bottom.sum(axis=0)
    value = float(weights @ by_class)
    sums = float(top.sum()), float(bottom.sum())
    if days < LEAST_DAYS:
        return Ratio(value, np.nan, np.nan, *sums, days, np.full(len(drawn), np.nan))
    tops, bottoms = drawn @ top, drawn @ bottom
    ratios = np.where(bottoms > 0, tops / np.where(bottoms > 0, bottoms, 1.0), by_class)  # a class that no draw hit
    wider = np.sqrt(days / (days - 1)) * float(stats.t.ppf(0.5 + LEVEL / 2, days - 1)) / Z
    every = value + (ratios @ weights - value) * wider
    low, high = np.quantile(every, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Ratio(value, float(low), float(high), *sums, days, every)
