"""Ranges of numbers: those of a planner's words, and those of the parameters of searches and models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .errors import InputError

DAY_S = 86_400
"""Seconds of a day: no call, wait or threshold of a call centre is longer."""
MOST_CALLS = 10_000_000
"""Calls of one interval, at most: a hundred times what the largest centres see in an hour."""
MOST_AGENTS = 100_000
"""Agents at one time, at most: more than any centre employs, and what a requirement can still be computed for."""
MOST_PATIENCE_S = 10_000_000
"""Seconds of mean patience, at most: beyond four months nobody hangs up, which is written otherwise."""
MOST_WAGE = 10_000_000
"""Money per hour, at most: an hour in the smallest currencies costs about a million."""
MOST_PRICE = 1_000_000_000
"""Money for one of what is missing, at most: a hundred of the highest wages."""
MOST_SEED = 2**31 - 1
"""Largest seed: the solver holds seeds in 32 bits with a sign."""
MOST_SECONDS = 7 * DAY_S
"""Seconds that a search may last, at most: after a week the planned week has passed."""


@dataclass(frozen=True)
class Range:
    """The range of a number that a planner sets; NaN lies in none.

    Parameters
    ----------
    low, high
        Least and greatest value, both allowed unless `above` or `below`.
    mend
        How to mend a number outside.
    above, below
        Whether the number must lie above `low`, below `high`.
    """

    low: float
    high: float
    mend: str | None = None
    above: bool = False
    below: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the range."""
        over = value > self.low if self.above else value >= self.low
        return bool(over and (value < self.high if self.below else value <= self.high))

    def __str__(self) -> str:
        if not self.above and not self.below:
            return f"between {self.low:.12g} and {self.high:.12g}"
        over = f"above {self.low:.12g}" if self.above else f"at least {self.low:.12g}"
        return f"{over} and {'below' if self.below else 'at most'} {self.high:.12g}"


def refuse_beyond(holder: object, ranges: Mapping[str, Range], table: str = "") -> None:
    """Raise `InputError` where a number of `holder` lies outside its range; None is no number.

    Parameters
    ----------
    ranges
        By the name of the field.
    table
        What stands before the name in the key that the error tells, with its dot.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> refuse_beyond(SimpleNamespace(wish=-1.0), {"wish": Range(0, 10)}, "costs.")
    Traceback (most recent call last):
    ...
    busyhour.forecast.errors.InputError: column costs.wish: Expected wish between 0 and 10 (got -1.0).
    """
    for name, range_ in ranges.items():
        value = getattr(holder, name)
        if value is not None and not range_.holds(value):
            raise InputError(f"Expected {name} {range_}", column=f"{table}{name}", value=value, mend=range_.mend)


def refuse_odd_patience(value: float | None, column: str | None = None) -> None:
    """Raise `InputError` where a mean patience is neither above 0 and at most `MOST_PATIENCE_S` nor infinite."""
    if value is not None and value != np.inf and not Range(0, MOST_PATIENCE_S, above=True).holds(value):
        what = f"Expected a patience above 0 and at most {MOST_PATIENCE_S} s"
        raise InputError(what, column=column, value=value, mend="For callers who never hang up write inf")


def check_ranges(params: object, positive: Sequence[str] = (), **ranges: tuple[float, float]) -> None:
    """Raise an error where a field of `params` lies outside its range.

    Parameters
    ----------
    params
        A dataclass with numbers, or tuples of numbers.
    positive
        Fields that must be above 0.
    ranges
        Per field its least and greatest value, both allowed; infinite = no bound.

    Raises
    ------
    ValueError
        Naming the first field out of range.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> check_ranges(SimpleNamespace(share=1.5), share=(0.0, 1.0))
    Traceback (most recent call last):
    ...
    ValueError: Expected 0 ≤ share ≤ 1, got 1.5.
    """
    for name in positive:
        value = np.asarray(getattr(params, name), dtype=float)
        if not (value > 0.0).all():
            raise ValueError(f"Expected {name} > 0, got {getattr(params, name)}.")
    for name, (low, high) in ranges.items():
        value = np.asarray(getattr(params, name), dtype=float)
        if not ((value >= low) & (value <= high)).all():
            bounds = f"{name} ≥ {low:g}" if np.isinf(high) else f"{low:g} ≤ {name} ≤ {high:g}"
            raise ValueError(f"Expected {bounds}, got {getattr(params, name)}.")


def expect(holds: bool, what: str, value: object) -> None:
    """Raise an error where a parameter breaks a condition that is no plain range.

    Raises
    ------
    ValueError
        "Expected `what`, got `value`."
    """
    if not holds:
        raise ValueError(f"Expected {what}, got {value}.")
