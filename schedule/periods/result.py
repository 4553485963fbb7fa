"""A roster over periods with its cost and bound."""

from __future__ import annotations

from dataclasses import dataclass

from ..optimise.status import Solved
from .problem import PeriodRoster


@dataclass(frozen=True)
class PeriodPlan:
    """A legal roster, judged apart from the engine; `solved` holds its cost, the proven bound and how it ended."""

    roster: PeriodRoster
    solved: Solved
