"""The schema of `hiring.toml`: its tables, their keys, defaults and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from ...forecast.errors import InputError
from ...schedule.hiring.attrition import BUCKETS, LEAVE
from .terms import ContractTerms, GroupQueues, StepTerms, TransferTerms, Vendor
from .values import YEAR, ByMonth, Factor, Growth, Money, Share, Strict, month_of, refuse_beyond

EXAMPLE_LEAVE = tuple(float(q) for q in np.repeat(LEAVE, np.diff([*BUCKETS, BUCKETS[-1] + 1])))
"""Probability to leave by month of tenure, where nothing is told."""
NOT_BELOW = {
    "short_h": ("overtime_h", "vendor_h"),
    "lost_h": ("short_h",),
    "overtime_h": ("time_off_h",),
    "vendor_h": ("time_off_h",),
}
"""Price → prices that it may not lie below."""


class People(Strict):
    """How people of every kind come to work at full speed, and how they leave.

    Parameters
    ----------
    attrition
        Probability to leave within each month of tenure, from the start of training on; the last value holds for every
        later month. Or ``"estimate"``: from hire_date and leave_date in staff.csv; `fails` is then estimated too where
        it is left out.
    training_weeks
        From the start of a class to the first call.
    fails
        Share of a class that leaves at the end of its training, beyond `attrition`.
    speed
        Work of an hour on the phone beside that of an experienced agent, by month after training; the last value holds
        for every later month.
    speed_noise
        Standard deviation of a class's speed around `speed`, as a share.
    """

    attrition: Literal["estimate"] | tuple[float, ...] = EXAMPLE_LEAVE
    training_weeks: float = Field(default=5.0, ge=0, le=52)
    fails: Share = 0.10
    speed: tuple[float, ...] = (0.55, 0.72, 0.84, 0.92, 0.97, 1.0)
    speed_noise: float = Field(default=0.08, ge=0, le=1)

    @field_validator("attrition")
    @classmethod
    def _probabilities(cls, value: str | tuple[float, ...]) -> str | tuple[float, ...]:
        if not isinstance(value, str):
            refuse_beyond(value, 0, 1, "A probability by month: 5 % is 0.05", None)
        return value

    @field_validator("speed")
    @classmethod
    def _speeds(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        refuse_beyond(value, 0.05, 2, "Half as fast as experienced people is 0.5", None)
        return value


class Hours(Strict):
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
            refuse_beyond(value, 0, 0.9, "8 % is 0.08", YEAR)
        return value


class Classes(Strict):
    """Limits of classes and of hiring.

    Parameters
    ----------
    least, most
        People of one class, those expected to start.
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
        Months without any start, like ``"2026-12"``; months that are not planned are told and left aside.
    drop_out
        Share of accepted offers that do not turn up; of people on their way too, in staff.csv or in a state file, since
        each of them has accepted an offer.
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
        refuse_beyond(value, 0, 100_000, "Write how many people can be found in a month", YEAR)
        return value

    @field_validator("start_days")
    @classmethod
    def _days(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        refuse_beyond(value, 1, 28, "Days that every month has", None)
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


class Prices(Strict):
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

    @model_validator(mode="after")
    def _rise(self) -> Prices:
        for name, others in NOT_BELOW.items():
            for other in others:
                high, low = getattr(self, name), getattr(self, other)
                if high is not None and low is not None and high < low:
                    raise InputError(f"an hour costs less than one of {other}: nobody would pay for that",
                                     column=name, value=high, mend=f"{other} is {low:g}")  # fmt: skip
        return self


class Factors(Strict):
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


class HiringConfig(Strict):
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
        Seconds for scheduling the sample weeks of each group; of all groups at most three tenths of `time_limit_s`.
    time_limit_s
        Seconds for everything: forecast, sample weeks, plan; what is left goes to what changes are worth.
    gap
        Proven gap at which the search for the plan may end, as a share of the decidable cost.
    chance
        Chance that no hour is missing below which a month is taken as missed: limits in the way are named, and the
        cheapest relief.
    seed, threads
        As in ``[solve]`` of plan.toml.
    people, hours, classes, prices, vendor, factors, contract, group, transfer, step
        Tables, see there.
    plan
        Tables laid over plan.toml, in scenarios above all.
    """

    months: int = Field(default=12, ge=3, le=36)
    growth: Growth | Mapping[str, Growth] = 0.0
    draws: int = Field(default=200, ge=1, le=2000)
    sample_s: float = Field(default=15.0, ge=1, le=86_400)
    time_limit_s: float = Field(default=50.0, ge=1, le=604_800)
    gap: float = Field(default=0.01, ge=0, le=0.999)
    chance: Share = 0.5
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
