"""What the parameters of every search share: a check of their ranges."""

from __future__ import annotations


def expect(holds: bool, what: str, value: object) -> None:
    """Raise where a parameter is out of its range.

    Raises
    ------
    ValueError
        "Expected `what`, got `value`."
    """
    if not holds:
        raise ValueError(f"Expected {what}, got {value}.")
