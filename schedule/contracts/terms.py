"""What a contract says of money and of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...forecast.errors import InputError
from ...forecast.ranges import MOST_PRICE, Range, refuse_beyond
from .goal import Unit

FEES = ("fixed", "per_offered", "per_answered", "per_minute", "per_quantity")
"""What a fee is paid for."""
RANGES = {
    "fee": Range(0, MOST_PRICE),
    "at_risk": Range(0, 1, "A share of the fee: 10 % is 0.1"),
    "cap": Range(0, 10, "A share of the fee: 15 % is 0.15"),
    "bonus_cap": Range(0, 10, "A share of the fee: 5 % is 0.05"),
}
"""Ranges of the numbers of money."""


@dataclass(frozen=True)
class Gate:
    """A goal that must be met in a period, or no bonus of the period is paid.

    Parameters
    ----------
    goal
        Name of the goal, often one of quality. While its figure is unknown the bonus is withheld.
    clause
        Clause of the contract that says so.
    """

    goal: str
    clause: str = ""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked


@dataclass(frozen=True)
class Critical:
    """A figure so bad that it counts by itself.

    Parameters
    ----------
    goal
        Name of the goal.
    level
        The failure is critical where the figure does not meet this level.
    share
        Share of the whole amount at risk that is lost, if that is more than what the ladders take; no bonus of the
        period is paid.
    clause
        Clause of the contract that says so.
    """

    goal: str
    level: float
    share: float = 1.0
    clause: str = ""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, {"share": Range(0, 10, "A share of the amount at risk: all of it is 1")})


@dataclass(frozen=True)
class EarnBack:
    """A malus that is given back when the goal does better afterwards.

    Parameters
    ----------
    goal
        Name of the goal.
    level
        Figure that must be met in later periods, at least as good as the goal's own level.
    window
        Periods after the miss that count.
    needed
        How many of them must meet `level`.
    clause
        Clause of the contract that says so.
    """

    goal: str
    level: float
    window: int = 1
    needed: int = 1
    clause: str = ""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= self.window <= 60:
            what = f"Expected 1 ≤ needed ≤ window ≤ 60, window is {self.window}"
            raise InputError(what, column="needed", value=self.needed, mend="Periods that must meet the level")


@dataclass(frozen=True)
class Money:
    """The fee, what of it is at risk, and how it is settled.

    Parameters
    ----------
    fee
        Money: of a period with ``fixed``, else of one call, minute or piece.
    fee_per
        ``fixed``; ``per_offered`` or ``per_answered`` call; ``per_minute`` of handle time; ``per_quantity``: hours,
        people or whatever `quantity` counts.
    quantity
        Period → what is paid for with ``per_quantity``, like ``"2026-10" = 5200``.
    currency
        How money is written.
    period
        Span that is settled; goals with a weight, gates and critical failures are measured on this unit.
    at_risk
        Share of the fee that is at risk: what weights and ladders are applied to.
    cap
        Share of the fee that all malus of a period together may reach; without it: as far as the ladders go.
    bonus_cap
        The same for all bonus.
    critical
        Failures that count by themselves.
    gates
        Goals that void a bonus.
    earn_back
        How malus is given back.
    """

    fee: float
    at_risk: float
    fee_per: Literal["fixed", "per_offered", "per_answered", "per_minute", "per_quantity"] = "fixed"
    quantity: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""
    period: Unit = "month"
    cap: float | None = None
    bonus_cap: float | None = None
    critical: tuple[Critical, ...] = ()
    gates: tuple[Gate, ...] = ()
    earn_back: tuple[EarnBack, ...] = ()

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)
        if (self.fee_per == "per_quantity") != bool(self.quantity):
            mend = 'Write it like quantity = {"2026-10" = 5200}' if not self.quantity else "Leave it out"
            raise InputError("quantity goes with fee_per = per_quantity", column="quantity", mend=mend)
        if self.period in ("interval", "hour"):
            mend = "Settle by day, week, month, quarter or year"
            raise InputError("too short a period to settle", column="period", value=self.period, mend=mend)


@dataclass(frozen=True)
class Termination:
    """When a client may end the contract.

    Parameters
    ----------
    missed, of
        The client may end it when `missed` of the last `of` periods are missed.
    goals
        A period is missed when any of these is missed; without it: any goal measured on `period`.
    period
        Span that is met or missed.
    clause
        Clause of the contract that says so.
    """

    missed: int
    of: int
    goals: tuple[str, ...] = ()
    period: Unit = "month"
    clause: str = ""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        if not 1 <= self.missed <= self.of <= 120:
            what = f"Expected 1 ≤ missed ≤ of ≤ 120, of is {self.of}"
            mend = "Three of the last twelve: missed = 3, of = 12"
            raise InputError(what, column="missed", value=self.missed, mend=mend)
        if self.period in ("interval", "hour"):
            mend = "Count by day, week, month, quarter or year"
            raise InputError("too short a period to miss", column="period", value=self.period, mend=mend)
