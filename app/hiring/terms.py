"""The tables of `hiring.toml` that are there only where they are given: vendor, contracts, groups, transfers, steps."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ...forecast.errors import InputError
from .values import YEAR, ByMonth, Money, Strict, refuse_beyond


class Vendor(Strict):
    """Hours of work from a vendor, agreed ahead.

    Parameters
    ----------
    group
        The group that these hours are for; where there is one group it may be left out.
    least_h
        Hours of work that the contract takes in every month: one value, or twelve from January on. Their money is paid
        whatever is decided, and is not part of the cost.
    price_h
        Money per hour that is bought ahead in addition; without it none can be bought.
    bought_least_h, bought_most_h
        Fewest hours that can be bought ahead in a month in which any are, and most; without the latter: as many as are
        wanted.
    """

    group: str | None = None
    least_h: ByMonth = 0.0
    price_h: Money | None = None
    bought_least_h: float = Field(default=0.0, ge=0, le=10_000_000)
    bought_most_h: float | None = Field(default=None, ge=0, le=10_000_000)

    @field_validator("least_h")
    @classmethod
    def _hours(cls, value: ByMonth) -> ByMonth:
        refuse_beyond(value, 0, 10_000_000, "Hours of work in a month", YEAR)
        return value

    @model_validator(mode="after")
    def _fits(self) -> Vendor:
        if self.bought_most_h is not None and self.bought_most_h < self.bought_least_h:
            raise InputError("the most hours bought ahead lie below the fewest", column="bought_most_h",
                             value=self.bought_most_h, mend=f"bought_least_h is {self.bought_least_h:g}")  # fmt: skip
        return self

    @property
    def takes_any(self) -> bool:
        """Whether there are hours that the contract takes in any case."""
        return any(self.least_h) if isinstance(self.least_h, tuple) else self.least_h > 0

    @property
    def is_used(self) -> bool:
        """Whether there are any hours from a vendor ahead."""
        return self.takes_any or self.price_h is not None


class ContractTerms(Strict):
    """One contract of plan.toml, as it counts for everybody on it, today's people too.

    Parameters
    ----------
    hours_week
        Paid hours of a head in a week; without it max_h_week.
    cost_h
        Money per paid hour, in place of everybody's own; without it the mean of today's people.
    hire
        For each head that starts on it, in place of ``[prices] hire``.
    hired
        Whether people are hired on this contract.
    """

    hours_week: float | None = Field(default=None, gt=0, le=168)
    cost_h: Money | None = None
    hire: Money | None = None
    hired: bool = True


class GroupQueues(Strict):
    """The queues of a group.

    Parameters
    ----------
    queues
        Whose calls the group's people serve together.
    """

    queues: tuple[str, ...]


class TransferTerms(Strict):
    """Experienced people of one kind may become people of another one.

    Parameters
    ----------
    source, target
        Kinds as ``group/contract``.
    weeks
        Off the phone while they learn.
    speed
        As in ``[people]``, in the new work.
    cost
        Money per head.
    most
        Heads per month.
    """

    source: str
    target: str
    weeks: float = Field(default=2.0, ge=0, le=52)
    speed: tuple[float, ...] = (0.8, 0.9, 1.0)
    cost: Money = 500.0
    most: int = Field(default=5, ge=0, le=10_000)

    @field_validator("speed")
    @classmethod
    def _speeds(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        refuse_beyond(value, 0.05, 2, "Half as fast as experienced people is 0.5", None)
        return value


class StepTerms(Strict):
    """A known change of the calls: a new client, a closed shop.

    Parameters
    ----------
    date
        First day of the new level.
    factor
        On the calls from then on; a tenth more is 1.1.
    queue
        Without it: every queue.
    """

    date: dt.date
    factor: Annotated[float, Field(gt=0, le=100)]
    queue: str | None = None
