"""Weekends worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Weekends:
    """Ensures that at most `most` weekends are worked: ones with work on Saturday or Sunday.

    Parameters
    ----------
    saturdays
        Indices of the Saturdays; each is followed by its Sunday.
    """

    most: int
    saturdays: frozenset[int]

    def begin(self) -> Any:
        """Return no weekend worked, none begun."""
        return (0, False)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a weekend on the first of its days that is worked."""
        worked, counted = state
        if day not in self.saturdays and day - 1 not in self.saturdays:
            return (worked, False)
        fresh = works and not (counted and day - 1 in self.saturdays)
        if worked + fresh > self.most:
            return None
        return (worked + fresh, day in self.saturdays and works)

    def accepts(self, state: Any) -> bool:
        """Whether the count may stand."""
        return True
