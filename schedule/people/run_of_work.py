"""Days worked in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunOfWork:
    """Ensures least ≤ days worked in a row ≤ most; a run that goes on past the last day is never too short.

    Parameters
    ----------
    before
        Days in a row worked up to the day before the first.
    open_start
        Whether the days before are unknown, so that a run from the first day on is never too short.
    """

    most: int
    least: int = 1
    before: int = 0
    open_start: bool = False

    def begin(self) -> Any:
        """Return the run so far, and whether it is long enough."""
        return (min(self.before, self.most), self.open_start or self.before >= self.least)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked, or end the run."""
        run, enough = state
        if works:
            return (run + 1, enough or run + 1 >= self.least) if run < self.most else None
        return None if run and not enough else (0, self.least <= 1)

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True
