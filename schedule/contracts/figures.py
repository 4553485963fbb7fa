"""Figures of a goal per unit, from numerators and denominators."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .goal import Goal
from .ladder import SLACK, holds
from .units import labels

NO_CALLS = "nothing to divide by"


@dataclass(frozen=True)
class Figure:
    """A goal in one unit.

    Attributes
    ----------
    goal, unit
        Name of the goal, and label of the unit.
    numerator, denominator
        What is divided. With aggregation ``mean`` the sum of the parts' figures and their number; with ``share`` the
        number of parts that reach the level, and of all that count.
    figure
        Rounded as the contract says; None where there is nothing to divide by.
    wanted
        What the figure is compared with.
    met
        None where the unit does not count.
    why
        Why the unit does not count; "" where it does.
    pooled
        Numerators of all intervals divided by their denominators, whatever the aggregation; None without denominator.
    excluded, unknown
        Number of intervals (or scores) that a clause excludes, and that have no figure.
    """

    goal: str
    unit: str
    numerator: float
    denominator: float
    figure: float | None
    wanted: float
    met: bool | None
    why: str
    pooled: float | None
    excluded: int
    unknown: int


def rounded(value: float, step: float | None) -> float:
    """Return a figure rounded half up to a multiple of `step`; as it is without a step.

    Examples
    --------
    >>> rounded(0.6995, 0.001), rounded(30.4, 1.0)
    (0.7, 30.0)
    """
    if step is None:
        return value
    steps = math.floor(value / step + 0.5 + SLACK)
    return round(steps * step, 12)


def figure_of(goal: Goal, unit: str, rows: pd.DataFrame, wanted: float | None = None) -> Figure:
    """Return the figure of the rows of one unit (see `counting.counted`).

    Parameters
    ----------
    wanted
        Level that holds in this unit; None = the goal's own.
    """
    wanted = goal.wanted if wanted is None else wanted
    used = rows[(rows["clause"] == "") & (rows["unknown"] == "")]
    excluded, unknown = int((rows["clause"] != "").sum()), int(((rows["clause"] == "") & (rows["unknown"] != "")).sum())
    numerator, denominator = float(used["numerator"].sum()), float(used["denominator"].sum())
    pooled = numerator / denominator if denominator > 0 else None
    volume = float(used["offered"].sum()) if not goal.counted else denominator
    why = "" if denominator > 0 else NO_CALLS
    if goal.aggregation == "volume":
        if denominator > 0 and volume < goal.min_volume:
            why = f"{volume:g} are fewer than the {goal.min_volume:g} with which a {goal.unit} counts"
    else:
        numerator, denominator = _of_parts(goal, used, wanted if goal.aggregation == "mean" else goal.level)
        if denominator == 0 and not why:
            why = f"no {goal.part} has the {goal.min_volume:g} with which one counts"
    figure = rounded(numerator / denominator, goal.round_to) if denominator > 0 else None
    met = None if why or figure is None else holds(figure, wanted, goal.way)
    return Figure(goal.name, unit, numerator, denominator, figure, wanted, met, why, pooled, excluded, unknown)


def _of_parts(goal: Goal, used: pd.DataFrame, level: float) -> tuple[float, float]:
    """Return sum and number of the parts' figures, or number of those that reach `level` and of all."""
    if used.empty or goal.part is None:
        return 0.0, 0.0
    sums = used.groupby(labels(used["start"], goal.part))[["numerator", "denominator", "offered"]].sum()
    volume = sums["denominator"] if goal.counted else sums["offered"]
    sums = sums[(sums["denominator"] > 0) & (volume >= goal.min_volume)]
    figures = (sums["numerator"] / sums["denominator"]).to_numpy(float)
    if goal.aggregation == "mean":
        return float(figures.sum()), float(len(figures))
    hits = [holds(rounded(float(f), goal.round_to), level, goal.part_way) for f in figures]
    return float(np.sum(hits)), float(len(hits))


def figures_of(goal: Goal, counted: pd.DataFrame, wanted: dict[str, float] | None = None) -> list[Figure]:
    """Return the figure of every unit that has rows, in order; `wanted` = levels of units where they are relaxed."""
    if counted.empty:
        return []
    unit = labels(counted["start"], goal.unit)
    return [figure_of(goal, str(u), rows, (wanted or {}).get(str(u))) for u, rows in counted.groupby(unit)]
