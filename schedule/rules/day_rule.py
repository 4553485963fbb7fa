"""The form of a rule that reads only a person's days of work."""

from __future__ import annotations

from typing import Any, Protocol


class DayRule(Protocol):
    """A small automaton that reads one person's days from first to last; its states can be keys of a dict."""

    def begin(self) -> Any:
        """Return the state before the first day, set by last week."""

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Return the state after `day`, worked or not; None where that breaks the rule."""

    def accepts(self, state: Any) -> bool:
        """Whether the days may end in `state`."""
