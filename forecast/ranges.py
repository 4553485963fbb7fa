"""Checks of ranges that the frozen dataclasses of searches and models share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
