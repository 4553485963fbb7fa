"""Figures of several vendors on the same mix of demand.

A vendor who takes the quiet hours meets a goal more easily than one who takes the busy ones. Direct standardisation
weighs each class of intervals as all vendors together have it, so that figures differ by the vendors alone (J. L.
Fleiss, Statistical Methods for Rates and Proportions, 3rd edition, 2003, chapter 19). Days, which share their weather
and their staff, are drawn with replacement for the intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
Class = tuple[str, str, int]
"""Intervals that are compared: queue, kind of day, hour."""


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


def equal_mix(counts: Mapping[str, pd.DataFrame], *, draws: int, seed: int, of_calls: bool = False) -> Mixed:
    """Compare vendors at equal demand mix.

    Parameters
    ----------
    counts
        Vendor → rows of intervals with ``queue``, ``start`` (local time), ``numerator`` and ``denominator``.
    draws
        How often days are drawn.
    seed
        Of the draws. Goals of one vendor that have the same days draw the same days: a bad day is bad for all of them.
    of_calls
        Whether a numerator counts some of the calls, or parts, of its denominator. Days that are all alike, such as
        days on which all calls were in time, then tell no less than that share of so many calls does.

    Returns
    -------
    Mixed
        Classes are queue × kind of day × hour; compared are those in which every vendor has at least `LEAST_OF_CLASS`
        in the denominator on at least `LEAST_DAYS` days.
    """
    tables = {vendor: _Sums.of(rows) for vendor, rows in counts.items()}
    drawn = {
        vendor: _Draws.of(len(sums.top), draws, np.random.default_rng([seed, place]))
        for place, (vendor, sums) in enumerate(sorted(tables.items()))
    }
    own = {v: _ratio(*sums.whole, np.ones(1), drawn[v], of_calls=of_calls) for v, sums in tables.items()}
    common = _common(list(tables.values())) if len(tables) > 1 else []
    none = pd.DataFrame(columns=["queue", "day", "hour", "share"])
    if not common:
        return Mixed(own, {}, dict.fromkeys(tables, 0.0), none)
    chosen = {vendor: sums.of_classes(common) for vendor, sums in tables.items()}
    totals = np.sum([bottom.sum(axis=0) for _, bottom in chosen.values()], axis=0)
    weights = totals / totals.sum()
    equal = {v: _ratio(*own_days, weights, drawn[v], of_calls=of_calls) for v, own_days in chosen.items()}
    covered = {vendor: float(chosen[vendor][1].sum() / sums.bottom.sum()) for vendor, sums in tables.items()}
    classes = pd.DataFrame(common, columns=["queue", "day", "hour"]).assign(share=weights)
    return Mixed(own, equal, covered, classes)


def by_days(rows: pd.DataFrame, *, draws: int, seed: int, of_calls: bool = False) -> Ratio:
    """Return the figure of rows of intervals, with the interval that its days give; arguments as for `equal_mix`."""
    sums = _Sums.of(rows)
    drawn = _Draws.of(len(sums.top), draws, np.random.default_rng(seed))
    return _ratio(*sums.whole, np.ones(1), drawn, of_calls=of_calls)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Numerators and denominators of one vendor, shape (days, classes), and the classes: queue, kind of day, hour."""

    top: np.ndarray
    bottom: np.ndarray
    classes: tuple[Class, ...]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Sums:
        """Add rows of intervals up."""
        known = rows[rows["denominator"] > 0]
        starts = known["start"].dt.tz_localize(None)
        days, dates = pd.factorize(starts.dt.normalize(), sort=True)
        keys = zip(known["queue"].astype(str), day_kind(starts), starts.dt.hour, strict=True)
        places: dict[Class, int] = {}
        columns = [places.setdefault((str(queue), str(kind), int(hour)), len(places)) for queue, kind, hour in keys]
        top, bottom = np.zeros((2, len(dates), len(places)))
        np.add.at(top, (days, columns), known["numerator"].to_numpy(dtype=float))
        np.add.at(bottom, (days, columns), known["denominator"].to_numpy(dtype=float))
        return cls(top, bottom, tuple(places))

    @property
    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        """Numerators and denominators of the days, all classes together, shape (days, 1)."""
        return self.top.sum(axis=1, keepdims=True), self.bottom.sum(axis=1, keepdims=True)

    def of_classes(self, classes: Sequence[Class]) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns of some classes."""
        columns = [self.classes.index(one) for one in classes]
        return self.top[:, columns], self.bottom[:, columns]

    @property
    def enough(self) -> set[Class]:
        """Classes with enough calls on enough days to be compared."""
        good = ((self.bottom > 0).sum(axis=0) >= LEAST_DAYS) & (self.bottom.sum(axis=0) >= LEAST_OF_CLASS)
        return {one for one, is_good in zip(self.classes, good, strict=True) if is_good}


def _common(tables: Sequence[_Sums]) -> list[Class]:
    """Return the classes in which every vendor has enough calls on enough days, in a fixed order."""
    return sorted(set.intersection(*(sums.enough for sums in tables)))


@dataclass(frozen=True, eq=False)
class _Draws:
    """Days drawn with replacement: how often each day, shape (draws, days), and what orders draws that are alike."""

    days: np.ndarray
    ties: np.ndarray

    @classmethod
    def of(cls, days: int, draws: int, rng: np.random.Generator) -> _Draws:
        """Draw as many days as there are, `draws` times."""
        if not days:
            return cls(np.empty((draws, 0)), np.empty(draws))
        drawn = rng.multinomial(days, np.full(days, 1 / days), size=draws).astype(float)
        return cls(drawn, rng.random(draws))


def _ratio(top: np.ndarray, bottom: np.ndarray, weights: np.ndarray, drawn: _Draws, *, of_calls: bool) -> Ratio:
    """Return the weighted sum over classes of Σ numerators / Σ denominators.

    Parameters
    ----------
    top, bottom
        Shape (days, classes).
    weights
        Shape (classes,); they sum to 1.
    drawn, of_calls
        As `equal_mix` tells.
    """
    days = len(top)
    if not days:
        nothing = np.full(len(drawn.ties), np.nan)
        return Ratio(np.nan, np.nan, np.nan, 0.0, 0.0, 0, nothing)
    by_class = top.sum(axis=0) / bottom.sum(axis=0)
    value = float(weights @ by_class)
    sums = float(top.sum()), float(bottom.sum())
    if days < LEAST_DAYS:
        return Ratio(value, np.nan, np.nan, *sums, days, np.full(len(drawn.ties), np.nan))
    tops, bottoms = drawn.days @ top, drawn.days @ bottom
    ratios = np.where(bottoms > 0, tops / np.where(bottoms > 0, bottoms, 1.0), by_class)  # a class that no draw hit
    wider = np.sqrt(days / (days - 1)) * float(stats.t.ppf(0.5 + LEVEL / 2, days - 1)) / Z
    every = value + (ratios @ weights - value) * wider
    if of_calls:
        every = _at_least_of_calls(every, value, float(1.0 / np.sum(weights**2 / bottom.sum(axis=0))), drawn.ties)
    low, high = np.quantile(every, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Ratio(value, float(low), float(high), *sums, days, every)


def _at_least_of_calls(every: np.ndarray, value: float, calls: float, ties: np.ndarray) -> np.ndarray:
    """Return figures drawn by days, or those that so many independent calls give where these spread further.

    The share of calls has Jeffreys' law (Brown, Cai and DasGupta, Statistical Science 16, 2001), in the order of the
    figures by days.
    """
    share = min(max(value, 0.0), 1.0)
    law = stats.beta(share * calls + 0.5, (1.0 - share) * calls + 0.5)
    if np.std(every) >= law.std():
        return every
    order = np.argsort(np.lexsort((ties, every)))
    return np.asarray(law.ppf((order + 0.5) / len(every)), dtype=float)
