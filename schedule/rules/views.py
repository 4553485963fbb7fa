"""The parts of a problem, a contract and a person that rules read; rules know nothing else of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ...forecast.calendar.grid import Grid
from ..problem.shifts import Shift


class FixedView(Protocol):
    """A fixed shift or day off of a person."""

    @property
    def day(self) -> int:
        """Day of the horizon."""

    def allows(self, shift: Shift) -> bool:
        """Whether `shift` may be worked beside it."""


class AgentView(Protocol):
    """One person: contract, leave, and the state after last week."""

    @property
    def contract(self) -> str:
        """Name of the contract."""

    @property
    def leave_h(self) -> float:
        """Hours credited for leave."""

    @property
    def leave_days(self) -> int:
        """Days of leave."""

    @property
    def unemployed_h(self) -> float:
        """Hours credited for days without employment, against the minimum alone."""

    @property
    def unemployed_days(self) -> int:
        """Open days without employment."""

    @property
    def run_before(self) -> int:
        """Days worked in a row up to the day before the first."""

    @property
    def off_before(self) -> int | None:
        """Days off in a row up to the day before the first; None = unknown."""

    @property
    def weekends_before(self) -> int:
        """Weekends worked in the week before."""

    @property
    def families_before(self) -> Sequence[str]:
        """Families that the shift of the day before the first may be; () = none or unknown."""

    @property
    def fixed(self) -> Sequence[FixedView]:
        """Fixed shifts and days off."""

    def free(self, shift: Shift) -> bool:
        """Whether availability, leave and last week's rest allow `shift`."""


class ContractView(Protocol):
    """One contract."""

    @property
    def shifts(self) -> Sequence[str]:
        """Families that may be worked."""

    @property
    def min_h_week(self) -> float:
        """Least paid hours."""

    @property
    def max_h_week(self) -> float:
        """Most paid hours."""

    @property
    def min_days(self) -> int:
        """Least days worked."""

    @property
    def max_days(self) -> int:
        """Most days worked."""

    def rule(self, key: str, rules: Any) -> Any:
        """Return the contract's own value of a rule, else that of `rules`."""


class ProblemView(Protocol):
    """The days, the shifts, the contracts and the rules for everybody."""

    @property
    def grid(self) -> Grid:
        """The schedule's slots."""

    @property
    def shifts(self) -> Sequence[Shift]:
        """Every shift that may be worked."""

    @property
    def open(self) -> np.ndarray:
        """Whether any queue is open, per slot."""

    @property
    def contracts(self) -> Mapping[str, ContractView]:
        """Contracts by name."""

    @property
    def rules(self) -> Any:
        """Rules for everybody, an attribute a key."""

    @property
    def weekend(self) -> Collection[int]:
        """Weekdays of the weekend, 0 = Monday."""
