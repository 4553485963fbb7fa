"""The schema of `hiring.toml`: its tables, their keys, defaults and ranges."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...forecast.errors import InputError

YEAR = 12
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0, le=10)]
Growth = Annotated[float, Field(gt=-1, le=10)]
Money = Annotated[float, Field(ge=0, le=10_000_000)]
ByMonth = float | tuple[float, ...]
"""One value for every month, or twelve, January first."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _refuse_beyond(values: float | tuple[float, ...], low: float, high: float, mend: str, months: int | None) -> None:
    """Raise `InputError` where a value lies out of range, or there are not as many as `months`."""
    several = values if isinstance(values, tuple) else (values,)
    if not several or (isinstance(values, tuple) and months is not None and len(values) != months):
        raise InputError(f"Expected one value or {months or 'more'}", value=len(several), mend="January comes first")
    for value in several:
        if not low <= value <= high:
            raise InputError(f"Expected {low:g} to {high:g}", value=value, mend=mend)


class People(_Strict):
    """How people of every kind come to work at full speed, and how they leave.

    Parameters
    ----------
    attrition
        Probability to leave within each month of tenure, from the start of training on; the last value holds for every
        later month. Or ``"estimate"``: from hire_date and leave_date in staff.csv.
    training_weeks
        From the start of a class to the first call.
    fails
        Share of a class that leaves at the end of its training.
    speed
        Work of an hour on the phone beside that of an experienced agent, by month after training; the last value holds
        for every later month.
    speed_noise
        Standard deviation of a class's speed around `speed`, as a share.
    """

    attrition: Literal["estimate"] | tuple[float, ...] = (0.06,) + (0.05,) * 3 + (0.035,) * 3 + (0.025,) * 5 + (0.018,)
    training_weeks: float = Field(default=5.0, ge=0, le=52)
    fails: Share = 0.10
    speed: tuple[float, ...] = (0.55, 0.72, 0.84, 0.92, 0.97, 1.0)
    speed_noise: float = Field(default=0.08, ge=0, le=1)

    @field_validator("attrition")
    @classmethod
    def _probabilities(cls, value: str | tuple[float, ...]) -> str | tuple[float, ...]:
        if not isinstance(value, str):
            _refuse_beyond(value, 0, 1, "A probability by month: 5 % is 0.05", None)
        return value

    @field_validator("speed")
    @classmethod
    def _speeds(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        _refuse_beyond(value, 0.05, 2, "Half as fast as experienced people is 0.5", None)
        return value


class Hours(_Strict):
    """What is left of paid hours.

    Parameters
    ----------
    vacation
        Share of the paid hours on vacation or other planned leave: one value, or twelve from January on.
    absence
        Share of the other paid hours away from work, sickness above all; without it ``[shrinkage] unplanned`` of
        plan.toml.
    meetings
        Share of the hours at work off the phone, meetings and coaching; without it ``[shrinkage] planned``.
    """

    vacation: ByMonth = 0.08
    absence: ByMonth | None = None
    meetings: ByMonth | None = None

    @field_validator("vacation", "absence", "meetings")
    @classmethod
    def _shares(cls, value: ByMonth | None) -> ByMonth | None:
        if value is not None:
            _refuse_beyond(value, 0, 0.9, "8 % is 0.08", YEAR)
        return value


class Classes(_Strict):
    """Limits of classes and of hiring.

    Parameters
    ----------
    least, most
        People of one class.
    seats
        Seats of a training room; without it: as many as a class may have.
    rooms
        Classes in training at the same time.
    recruits
        People who can be found for the starts of one month: one value, or twelve from January on.
    lead_weeks
        From the decision to a class's first day.
    start_days
        Days of the month on which classes may start, or on the first working day after.
    frozen
        Months without any start, like ``"2026-12"``.
    drop_out
        Share of accepted offers that do not turn up.
    trainers
        Experienced people off the phone for each class.
    nesting_weeks, nesting_heads
        Weeks after training in which newcomers are accompanied, and experienced people that each of them takes off the
        phone meanwhile.
    """

    least: int = Field(default=8, ge=1, le=10_000)
    most: int = Field(default=20, ge=1, le=10_000)
    seats: int | None = Field(default=None, ge=1, le=10_000)
    rooms: int = Field(default=2, ge=0, le=1000)
    recruits: int | tuple[int, ...] = 60
    lead_weeks: float = Field(default=6.0, ge=0, le=104)
    start_days: tuple[int, ...] = (1,)
    frozen: tuple[str, ...] = ()
    drop_out: float = Field(default=0.10, ge=0, lt=1)
    trainers: float = Field(default=1.0, ge=0, le=100)
    nesting_weeks: float = Field(default=2.0, ge=0, le=52)
    nesting_heads: float = Field(default=0.2, ge=0, le=10)

    @field_validator("recruits")
    @classmethod
    def _heads(cls, value: int | tuple[int, ...]) -> int | tuple[int, ...]:
        _refuse_beyond(value, 0, 100_000, "Write how many people can be found in a month", YEAR)
        return value

    @field_validator("start_days")
    @classmethod
    def _days(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        _refuse_beyond(value, 1, 28, "Days that every month has", None)
        return value

    @field_validator("frozen")
    @classmethod
    def _months(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            month_of(text, "frozen")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Classes:
        if self.least > self.most:
            raise InputError("the smallest class is larger than the largest", column="least", value=self.least,
                             mend=f"most is {self.most}")  # fmt: skip
        if self.seats is not None and self.most > self.seats:
            raise InputError(
                "a class is larger than its room", column="most", value=self.most, mend=f"seats is {self.seats}"
            )
        return self


class Prices(_Strict):
    """What hiring costs, and what is done in a month once its calls are known. Prices left out follow from the wage.

    Parameters
    ----------
    hire
        Money per head that starts: recruiting, equipment, the class; wages in training come on top.
    overtime_share, overtime_h
        Most overtime as a share of the group's work, and money per hour of work; without it: 1.5 own hours.
    time_off_share, time_off_h
        Voluntary time off as the same share, and money saved per hour of work; without it: 0.65 own hours.
    vendor_share, vendor_h
        Hours bought at short notice as a share of the need, and money per hour; without it: 1.8 own hours.
    short_share, short_h
        First share of the need that may be missing, and money per missing hour; without it: 2.9 own hours.
    lost_h
        Money per missing hour beyond that; without it: 5.8 own hours.
    end_value
        Money that an experienced head is worth after the last month; without it: what replacing one costs.
    """

    hire: Money = 6700.0
    overtime_share: Share = 0.08
    overtime_h: Money | None = None
    time_off_share: Share = 0.05
    time_off_h: Money | None = None
    vendor_share: Share = 0.15
    vendor_h: Money | None = None
    short_share: Share = 0.05
    short_h: Money | None = None
    lost_h: Money | None = None
    end_value: Money | None = None


class Vendor(_Strict):
    """Hours of work from a vendor, agreed ahead.

    Parameters
    ----------
    least_h
        Hours of work that the contract takes in every month: one value, or twelve from January on.
    price_h
        Money per hour that is bought ahead in addition; without it none can be bought.
    bought_least_h, bought_most_h
        Fewest hours that can be bought ahead in a month in which any are, and most; without the latter: as many as are
        wanted.
    """

    least_h: ByMonth = 0.0
    price_h: Money | None = None
    bought_least_h: float = Field(default=0.0, ge=0, le=10_000_000)
    bought_most_h: float | None = Field(default=None, ge=0, le=10_000_000)

    @field_validator("least_h")
    @classmethod
    def _hours(cls, value: ByMonth) -> ByMonth:
        _refuse_beyond(value, 0, 10_000_000, "Hours of work in a month", YEAR)
        return value


class ContractTerms(_Strict):
    """One contract of plan.toml as new people get it.

    Parameters
    ----------
    hours_week
        Paid hours of a head in a week; without it max_h_week.
    cost_h
        Money per paid hour; without it the mean of today's people.
    hire
        In place of ``[prices] hire``.
    hired
        Whether people are hired on this contract.
    """

    hours_week: float | None = Field(default=None, gt=0, le=168)
    cost_h: Money | None = None
    hire: Money | None = None
    hired: bool = True


class GroupQueues(_Strict):
    """The queues of a group.

    Parameters
    ----------
    queues
        Whose calls the group's people serve together.
    """

    queues: tuple[str, ...]


class TransferTerms(_Strict):
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
        _refuse_beyond(value, 0.05, 2, "Half as fast as experienced people is 0.5", None)
        return value


class StepTerms(_Strict):
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


class Factors(_Strict):
    """Factors on what is given elsewhere, for scenarios above all.

    Parameters
    ----------
    volume, handle_time
        On the calls and on their handle times.
    attrition, wages
        On the probabilities to leave and on the money per paid hour.
    """

    volume: Factor = 1.0
    handle_time: Factor = 1.0
    attrition: Factor = 1.0
    wages: Factor = 1.0


class HiringConfig(_Strict):
    """All of `hiring.toml`.

    Parameters
    ----------
    months
        Months to plan.
    growth
        Growth of the calls per year as a share: one number, or by queue. The forecast carries no trend on by itself.
    draws
        Scenarios of the demand.
    sample_s
        Seconds for scheduling sample weeks.
    time_limit_s, gap, seed, threads
        As in ``[solve]`` of plan.toml; the gap is a share of the decidable cost.
    people, hours, classes, prices, vendor, factors, contract, group, transfer, step
        Tables, see there.
    plan
        Tables laid over plan.toml, in scenarios above all.
    """

    months: int = Field(default=12, ge=3, le=36)
    growth: Growth | Mapping[str, Growth] = 0.0
    draws: int = Field(default=200, ge=1, le=2000)
    sample_s: float = Field(default=15.0, ge=1, le=86_400)
    time_limit_s: float = Field(default=30.0, ge=1, le=604_800)
    gap: float = Field(default=0.01, ge=0, le=0.999)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    threads: int = Field(default=1, ge=1, le=256)
    people: People = People()
    hours: Hours = Hours()
    classes: Classes = Classes()
    prices: Prices = Prices()
    vendor: Vendor = Vendor()
    factors: Factors = Factors()
    contract: Mapping[str, ContractTerms] = Field(default_factory=dict)
    group: Mapping[str, GroupQueues] = Field(default_factory=dict)
    transfer: tuple[TransferTerms, ...] = ()
    step: tuple[StepTerms, ...] = ()
    plan: Mapping[str, Any] = Field(default_factory=dict)


def month_of(text: str, column: str) -> dt.date:
    """Return the first day of a month written like ``2026-12``.

    Raises
    ------
    InputError
        If the text is no month.
    """
    try:
        year, _, month = text.partition("-")
        return dt.date(int(year), int(month), 1)
    except ValueError:
        raise InputError("not a month", column=column, value=text, mend='Write it like "2026-12"') from None


def by_month(values: ByMonth | None, first: dt.date, count: int, otherwise: float = math.nan) -> list[float]:
    """Return a value for each of `count` months from `first` on.

    Examples
    --------
    >>> by_month((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), dt.date(2026, 11, 1), 3)
    [11.0, 12.0, 1.0]
    """
    if values is None:
        return [otherwise] * count
    if not isinstance(values, tuple):
        return [float(values)] * count
    return [float(values[(first.month - 1 + t) % YEAR]) for t in range(count)]
