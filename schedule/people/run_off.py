"""Days off in a row: how few, and one run that is long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunOff:
    """Ensures that no run of days off is shorter than `least`; one that touches the first or last day never is.

    Parameters
    ----------
    before
        Days off in a row up to the day before the first; None = unknown, long enough.
    """

    least: int
    before: int | None = None

    def begin(self) -> Any:
        """Return the run so far, at most `least`."""
        return self.least if self.before is None else min(self.before, self.least)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day off, or end the run; 0 = working."""
        run = state
        if works:
            return 0 if run == 0 or run >= self.least else None
        return min(run + 1, self.least)

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True


@dataclass(frozen=True)
class DaysOffTogether:
    """Ensures one run of `length` days off inside the week."""

    length: int

    def begin(self) -> Any:
        """Return no day off so far."""
        return 0

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count days off; once long enough the run stays found."""
        run = state
        if run >= self.length:
            return self.length
        return 0 if works else run + 1

    def accepts(self, state: Any) -> bool:
        """Whether the run was found."""
        return bool(state >= self.length)
