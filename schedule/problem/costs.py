"""What things cost: wages, premiums, and the prices of what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.ranges import MOST_PRICE, MOST_WAGE, Range, refuse_beyond
from .shift_families import minute_of

_PRICE = Range(0, MOST_PRICE)
CALL_HOURS, LEAST_CALL_PRICE = 10.0, 200.0
"""Hours of `Costs.cost_h` that a call is worth by which a goal is missed, and the least price, where none is given.

At ten hours a shift of four or five hours pays as soon as half a call of the day is missing: less than half a point of
a day of a hundred calls, which is as much as a simulation can tell. The least price keeps goals where wages are left
out or are counted in another unit.
"""
CHANGE_HOURS, LEAST_CHANGE_PRICE = 4.0, 80.0
"""Hours of `Costs.cost_h` that a changed day of one person is worth, and the least price, where none is given.

Half a shift: laws on fair schedules ask one to four hours' pay for a late change, and what a search can still gain on a
plan within one per cent of the best one is less than that for each day it would change. So a plan stays as it is until
something in its inputs pays for a change. The least price holds where wages are left out or counted in another unit.
"""
RANGES = {
    "cost_h": Range(0, MOST_WAGE),
    **dict.fromkeys(("lost_call", "under_h", "open_shift_h", "below_contract_h", "wish", "steady_h", "change"), _PRICE),
}
"""Ranges of wages and prices."""
PREMIUM_RANGES = {"share": Range(0, 10, "25 % is 0.25")}
"""Range of a premium: a shift at eleven times its wage is surely a percentage."""


@dataclass(frozen=True)
class Premium:
    """A wage premium: `share` of the wage on top for paid time between `start` and `end` (``HH:MM``) on `days`."""

    share: float
    days: tuple[str, ...] = WEEKDAYS
    start: str = "00:00"
    end: str = "24:00"

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, PREMIUM_RANGES, "costs.premium.")
        for day in self.days:
            if day not in WEEKDAYS:
                raise InputError(
                    "unknown weekday", column="costs.premium.days", value=day, mend=f"One of {', '.join(WEEKDAYS)}"
                )
        if minute_of(self.end, column="costs.premium.end") <= minute_of(self.start, column="costs.premium.start"):
            raise InputError(
                "premium ends before it starts", column="costs.premium.end", value=self.end, mend="Split it at midnight"
            )


OVERTIME_RANGES = {"share": PREMIUM_RANGES["share"], "after_h": Range(0, 24)}
"""Ranges of daily overtime."""


@dataclass(frozen=True)
class Overtime:
    """Daily overtime: `share` of the wage on top for each paid hour of a shift beyond its first `after_h`."""

    after_h: float
    share: float

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, OVERTIME_RANGES, "costs.overtime.")

    def extra_h(self, paid_h: float) -> float:
        """Return the hours that are paid on top for a shift of so many paid hours."""
        return self.share * max(0.0, paid_h - self.after_h)


@dataclass(frozen=True)
class Costs:
    """Wages and prices, in the centre's currency.

    Parameters
    ----------
    cost_h
        Wage per paid hour where neither agent nor contract has one.
    currency
        Shown in reports.
    lost_call
        Price of each call by which a day or week falls short of its goal; without it: ten hours of `cost_h`, and at
        least 200.
    under_h
        Price of an agent-hour missing where the goal holds per interval, or below the floor.
    open_shift_h
        Price per paid hour of somebody from outside: open shifts are those worth it.
    below_contract_h
        Price per paid hour below a contract's weekly minimum.
    wish
        Price of one unit of wish weight not met.
    steady_h
        Price per hour between a person's earliest and latest start of the week.
    change
        Price of each day of a person that differs from a plan that is kept (``--keep``); without it: four hours of
        `cost_h`, and at least 80.
    """

    cost_h: float = 20.0
    currency: str = "EUR"
    lost_call: float | None = None
    under_h: float = 500.0
    open_shift_h: float = 60.0
    below_contract_h: float = 15.0
    wish: float = 2.0
    steady_h: float = 1.0
    change: float | None = None
    premium: tuple[Premium, ...] = ()
    overtime: tuple[Overtime, ...] = ()

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES, "costs.")

    @property
    def call_price(self) -> float:
        """Price of each call by which a day or week falls short of its goal."""
        return max(CALL_HOURS * self.cost_h, LEAST_CALL_PRICE) if self.lost_call is None else self.lost_call

    @property
    def change_price(self) -> float:
        """Price of each day of a person that differs from a plan that is kept."""
        return max(CHANGE_HOURS * self.cost_h, LEAST_CHANGE_PRICE) if self.change is None else self.change
