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


class WorkedShift(Protocol):
    """A worked shift, with the fields that rules read."""

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
    """Texts and numbers for schema, messages, report and manual."""


class WordRule(KeyRule, Protocol):
    """A rule that reads only the family of each day."""

    def broken(self, word: Word) -> list[str]:
        """Return the keys of plan.toml that the week breaks, by plain arithmetic."""


class WorkRule(WordRule, DayRule, Protocol):
    """A rule that reads only which days are worked; also an automaton."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> WorkRule | None:
        """Read the person's numbers; None = the rule does not bind the person."""


class FamilyRule(WordRule, Protocol):
    """A rule about families and days; also an automaton, whose states can be keys of a dict."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> FamilyRule | None:
        """Read the person's numbers; None = the rule does not bind the person."""

    @property
    def named(self) -> frozenset[str]:
        """The families that the rule names; it treats all others alike."""

    def begin(self) -> Any:
        """Return the state before the first day."""

    def step(self, state: Any, day: int, family: str) -> Any:
        """Return the state after `day` with a shift of `family` ("" = off); None where that breaks the rule."""


class ShiftRule(KeyRule, Protocol):
    """A rule that reads times and hours."""

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> ShiftRule | None:
        """Read the person's numbers; None = the rule does not bind the person."""

    def broken(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return the keys of plan.toml that the shifts break, by plain arithmetic; shifts are sorted by start."""

    def bars(self, mine: ShiftTimes, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return per key which shifts of `new` break the rule if worked beside `mine`, shape (N,).

        All of `new` lie on one day that is off in `mine`.
        """
