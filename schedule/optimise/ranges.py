"""Ranges that the parameters of a search must keep."""

from __future__ import annotations


def above_zero(params: object, *names: str) -> None:
    """Raise ValueError unless each named field of `params` is above 0."""
    for name in names:
        if not getattr(params, name) > 0:
            raise ValueError(f"Expected {name} > 0, got {getattr(params, name)}.")


def at_least_zero(params: object, *names: str) -> None:
    """Raise ValueError unless each named field of `params` is at least 0."""
    for name in names:
        if not getattr(params, name) >= 0:
            raise ValueError(f"Expected {name} >= 0, got {getattr(params, name)}.")


def share(params: object, *names: str) -> None:
    """Raise ValueError unless each named field of `params` lies between 0 and 1."""
    for name in names:
        if not 0 <= getattr(params, name) <= 1:
            raise ValueError(f"Expected {name} between 0 and 1, got {getattr(params, name)}.")
