"""Figures of vendors from period to period: what the contract counts, intervals round it, and the trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .equal_mix import by_days, compared_rows
from .figures import Figure, figures_of
from .goal import Goal, Unit
from .sampling import ScorerSpread, samples
from .trend import LEAST_PERIODS, Trend, trend
from .units import labels

DRAWS = 1000
"""Draws of days behind the interval of one period: enough for limits to about a tenth of the half width."""


@dataclass(frozen=True)
class Point:
    """A goal of a vendor in one period.

    Attributes
    ----------
    period
        Label, like ``2026-10`` or ``2026-W43``.
    place
        Number of the period, counted from the first that any vendor has.
    value, low, high
        In the unit of the goal; limits are NaN where too few days are known.
    count
        Calls or scores.
    """

    period: str
    place: int
    value: float
    low: float
    high: float
    count: float


@dataclass(frozen=True, eq=False)
class History:
    """A goal of a vendor from period to period.

    Attributes
    ----------
    figures
        What the contract counts, by unit of the goal.
    points
        Figures with intervals by month, or by week where there are few months.
    trend
        Change from point to point; None where there are too few.
    """

    figures: tuple[Figure, ...]
    points: tuple[Point, ...] = field(repr=False)
    trend: Trend | None

    @property
    def met(self) -> int:
        """Units that are met."""
        return sum(figure.met is True for figure in self.figures)

    @property
    def judged(self) -> int:
        """Units that count."""
        return sum(figure.met is not None for figure in self.figures)


def span_of(starts: Sequence[pd.Series]) -> Unit:
    """Return the span by which trends are told: months, or weeks where there are fewer than `LEAST_PERIODS` months."""
    months: set[str] = set()
    for times in starts:
        months |= {*labels(times, "month").unique()} if len(times) else set()
    return "month" if len(months) >= LEAST_PERIODS else "week"


def history_of_counts(goal: Goal, counted: Mapping[str, pd.DataFrame], span: Unit, seed: int) -> dict[str, History]:
    """Return the history of a goal counted from calls, by vendor; `counted` as `counting.counted` returns it."""
    found: dict[str, list[tuple[str, float, float, float, float]]] = {vendor: [] for vendor in counted}
    rows = {vendor: compared_rows(goal, table) for vendor, table in counted.items()}
    for vendor, own in rows.items():
        for period, part in own.groupby(labels(own["start"], span)) if len(own) else ():
            one = by_days(part, draws=DRAWS, seed=seed, of_calls=goal.of_calls)
            low, high = np.clip([one.low, one.high], 0, 1) if goal.is_share else (one.low, one.high)
            found[vendor].append((str(period), one.value, float(low), float(high), one.denominator))
    return _histories(goal, counted, found)


def history_of_scores(
    goal: Goal, measured: Mapping[str, pd.DataFrame], rows: pd.DataFrame, span: Unit, assumed: ScorerSpread
) -> dict[str, History]:
    """Return the history of a goal that people score, by vendor.

    Parameters
    ----------
    measured
        Vendor → scores as `counting.measured` returns them.
    rows
        ``vendor, date, scorer, share`` of the scores of all vendors that count.
    """
    found: dict[str, list[tuple[str, float, float, float, float]]] = {vendor: [] for vendor in measured}
    for period, part in rows.groupby(labels(rows["date"], span)) if len(rows) else ():
        for vendor, one in samples(part["vendor"], part["scorer"], part["share"], assumed).items():
            found[vendor].append((str(period), one.mean, one.low, one.high, float(one.scores)))
    return _histories(goal, measured, found)


def _histories(
    goal: Goal, tables: Mapping[str, pd.DataFrame], found: Mapping[str, list[tuple[str, float, float, float, float]]]
) -> dict[str, History]:
    """Return histories of points given as (period, value, low, high, count)."""
    places = {period: k for k, period in enumerate(sorted({one[0] for own in found.values() for one in own}))}
    out = {}
    for vendor, table in tables.items():
        points = tuple(Point(one[0], places[one[0]], *one[1:]) for one in sorted(found[vendor]))
        columns = [[getattr(p, name) for p in points] for name in ("place", "value", "low", "high")]
        out[vendor] = History(tuple(figures_of(goal, table)), points, trend(*columns))
    return out
