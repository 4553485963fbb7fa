"""The number of days worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NumberOfDays:
    """Ensures least ≤ days worked ≤ most."""

    least: int
    most: int

    def begin(self) -> Any:
        """Return no day worked."""
        return 0

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked."""
        worked = state + works
        return worked if worked <= self.most else None

    def accepts(self, state: Any) -> bool:
        """Whether enough days are worked."""
        return bool(state >= self.least)
