"""What a rule about one person's week is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from ..problem.shifts import Shift
from .day_rule import DayRule
from .rows import Rows
from .shift_times import ShiftTimes
from .spec import RuleSpec
from .views import AgentView, ProblemView

Word = Sequence[str]
"""The shift family of each day, "" = off."""


class Worked(Protocol):
    """A shift as worked, as far as rules ask for it."""

    @property
    def shift(self) -> Shift:
        """Its pattern on its date."""

    @property
    def day(self) -> int:
        """The day it counts on."""

    @property
    def minute(self) -> int:
        """Its wall-clock start in minutes after that day's midnight."""

    @property
    def paid_h(self) -> float:
        """Its paid hours."""


class Rule(Protocol):
    """A rule with its numbers read for one person."""

    def constrain(self, rows: Rows, agent: int) -> None:
        """Add the rule's rows for the person at position `agent` to a roster model."""


class KeyRule(Rule, Protocol):
    """A rule that keys of plan.toml set."""

    keys: ClassVar[tuple[RuleSpec[Any], ...]]
    """What schema, messages, report and manual say of them."""


class WordRule(KeyRule, Protocol):
    """A rule that asks only which family is worked on which day."""

    def broken(self, word: Word) -> list[str]:
        """Return the keys of plan.toml that the week breaks, by plain arithmetic."""


class WorkRule(WordRule, DayRule, Protocol):
    """A rule that asks only which days are worked, as an automaton too."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> WorkRule | None:
        """Read the person's numbers; None = nothing is asked of them."""


class FamilyRule(WordRule, Protocol):
    """A rule about families and days, as an automaton too; its states can be keys of a dict."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> FamilyRule | None:
        """Read the person's numbers; None = nothing is asked of them."""

    @property
    def named(self) -> frozenset[str]:
        """The families it asks for; all others are alike to it."""

    def begin(self) -> Any:
        """Return the state before the first day."""

    def step(self, state: Any, day: int, family: str) -> Any:
        """Return the state after `day` with a shift of `family` ("" = off); None where that breaks the rule."""


class ShiftRule(KeyRule, Protocol):
    """A rule that asks for times and hours."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> ShiftRule | None:
        """Read the person's numbers; None = nothing is asked of them."""

    def broken(self, week: Sequence[Worked]) -> list[str]:
        """Return the keys of plan.toml that the shifts, by start, break, by plain arithmetic."""

    def bars(self, mine: ShiftTimes, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return per key which of `new`, all of a day off and one beside `mine`, break it, shape (N,)."""
