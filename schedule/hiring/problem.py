"""What a hiring plan is made from, frozen.

Months are numbered 0 … T-1. Hours of *work* are hours on the phone as the service goal asks
for them; hours of *presence* are paid hours less every absence; a recipe tells how many hours of presence one hour of
work takes, breaks and the shapes of shifts included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Months:
    """Consecutive calendar months.

    Parameters
    ----------
    first
        First day of the first month.
    count
        How many. ≥ 1.
    """

    first: dt.date
    count: int

    def starts(self) -> tuple[dt.date, ...]:
        """Return the first day of each month and of the month after the last, count + 1 dates."""
        at = self.first.year * 12 + self.first.month - 1
        return tuple(dt.date((at + t) // 12, (at + t) % 12 + 1, 1) for t in range(self.count + 1))


@dataclass(frozen=True)
class Learning:
    """How newcomers of a kind become experienced, and how long people stay.

    Parameters
    ----------
    training_weeks
        From the start of a class to the first call, off the phone. ≥ 0.
    fails
        Share of a class that leaves at the end of its training, beyond `leave`. 0 to 1.
    leave
        Probability to leave within each month of tenure, from the start of the class on, shape (A,); the last value
        holds for every later month. 0 to 1.
    speed
        Work of an hour on the phone beside that of an experienced agent, by month after training, shape (B,); the last
        value holds for every later month. Above 0.
    noise
        Standard deviation of a class's speed around `speed`, as a share, until the class is experienced. ≥ 0.
    """

    training_weeks: float
    fails: float
    leave: np.ndarray
    speed: np.ndarray
    noise: float = 0.08


@dataclass(frozen=True)
class Head:
    """One of today's people.

    Parameters
    ----------
    since
        Start of their training; None = unknown, taken as experienced.
    until
        First day on which they are known to be gone (notice given, end of contract); None = open.
    """

    since: dt.date | None
    until: dt.date | None = None


@dataclass(frozen=True)
class Kind:
    """People of one group on one contract: what a class trains, and what a head gives.

    Parameters
    ----------
    name
        Unique, for example ``main/full``.
    group, contract
        Whose demand they serve, and the contract by which recipes know them.
    paid_h
        Paid hours of a head in each month, shape (T,).
    present
        Share of them at work: less vacation, sickness, meetings, shape (T,). 0 to 1.
    cost_h
        Money per paid hour.
    hire_cost
        Money per head that starts: recruiting, equipment, the class.
    learning
        Of the people hired.
    staff
        Today's people.
    hired
        Whether classes of this kind may be planned.
    """

    name: str
    group: str
    contract: str
    paid_h: np.ndarray
    present: np.ndarray
    cost_h: float
    hire_cost: float
    learning: Learning
    staff: tuple[Head, ...] = ()
    hired: bool = True


@dataclass(frozen=True)
class Recipe:
    """A mix of contracts, and what one hour of work takes with this mix: measured on weeks scheduled for real.

    Parameters
    ----------
    name
        For example ``30 % part time``.
    share
        Contract → share of the hours of presence; they sum to 1.
    ratio
        Hours of presence for one hour of work, shape (T,). ≥ 1 as a rule.
    """

    name: str
    share: dict[str, float]
    ratio: np.ndarray


@dataclass(frozen=True)
class Recourse:
    """What is done in a month once its demand is known, and what each of these costs.

    Parameters
    ----------
    overtime_share, overtime_cost
        Most hours of work by overtime as a share of the work that the group's people give, and money per hour of work.
    off_share, off_saving
        Voluntary time off: most hours as the same share, and money saved per hour of work.
    vendor_share, vendor_cost
        Hours of work bought at short notice, as a share of the demand, and money per hour.
    short_share, short_cost
        First share of the demand that may be missing, and money per missing hour.
    lost_cost
        Money per missing hour beyond that; at least `short_cost`.
    """

    overtime_share: float = 0.08
    overtime_cost: float = 46.5
    off_share: float = 0.05
    off_saving: float = 20.0
    vendor_share: float = 0.15
    vendor_cost: float = 55.0
    short_share: float = 0.05
    short_cost: float = 90.0
    lost_cost: float = 180.0


@dataclass(frozen=True)
class Group:
    """A group whose demand is met by its own people.

    Parameters
    ----------
    name
        Unique.
    demand
        Hours of work in each scenario and month, shape (S, T); scenarios belong together across groups.
    recipes
        Mixes of contracts to choose from in each month, at least one.
    recourse
        What can be done once the demand is known.
    contract_h, contract_cost
        Hours of work already bought from a vendor in each month, and money per hour that could be bought ahead in
        addition; NaN = none to buy. Shapes (T,) and scalar.
    contract_least, contract_most
        Fewest hours that can be bought ahead in a month in which any are, and most.
    end_value
        Money that an experienced head is worth after the last month, so that hiring does not stop near the end; None =
        what it costs to replace one: hiring, wages in training, slow months.
    """

    name: str
    demand: np.ndarray
    recipes: tuple[Recipe, ...]
    recourse: Recourse = field(default_factory=Recourse)
    contract_h: np.ndarray | None = None
    contract_cost: float = float("nan")
    contract_least: float = 0.0
    contract_most: float = float("inf")
    end_value: float | None = None


@dataclass(frozen=True)
class ClassRules:
    """Limits of classes and of hiring; shapes (T,) where a limit may differ by month.

    Parameters
    ----------
    least, most
        People of one class who are expected to start. Offers are more, by `drop_out`: by chance a few more than `most`
        turn up, or fewer than `least`.
    rooms
        Classes in training at the same time.
    recruits
        People who start in one month, at most.
    lead_weeks
        From the decision to a class's first day.
    start_days
        Days of the month on which classes may start, or on the first working day after.
    frozen
        Months without any start.
    drop_out
        Share of accepted offers that do not turn up. 0 to 1.
    trainers
        Experienced heads of the group off the phone for each class while the class trains; a group without people today
        gets them from elsewhere, and a group with too few for one class gets the rest.
    nesting_weeks, nesting_heads
        Weeks after training in which newcomers are accompanied, and experienced heads that each newcomer takes off the
        phone meanwhile. Share ≥ 0.
    closed
        Days, beside Saturdays and Sundays, on which no class starts and nothing is decided, public holidays as a rule.
    seats
        Most people of a class that is on its way already, for whom a room was found; None = `most`. People on their way
        who are more are no one class.
    """

    least: int = 8
    most: int = 20
    rooms: int | np.ndarray = 2
    recruits: int | np.ndarray = 60
    lead_weeks: float = 6.0
    start_days: tuple[int, ...] = (1,)
    frozen: tuple[int, ...] = ()
    drop_out: float = 0.1
    trainers: float = 1.0
    nesting_weeks: float = 0.0
    nesting_heads: float = 0.0
    closed: tuple[dt.date, ...] = ()
    seats: int | None = None

    @property
    def room(self) -> int:
        """Most people of a class that is on its way already."""
        return self.most if self.seats is None else self.seats

    def works(self, day: dt.date) -> bool:
        """Whether `day` is a working day: Monday to Friday, and not closed."""
        return day.weekday() < 5 and day not in self.closed

    def open_from(self, day: dt.date) -> dt.date:
        """Return the first working day from `day` on."""
        while not self.works(day):
            day += dt.timedelta(days=1)
        return day

    def decide_by(self, start: dt.date, as_of: dt.date) -> dt.date:
        """Return the last working day on which a class that begins on `start` can be decided, not before `as_of`."""
        day = start - dt.timedelta(days=round(7 * self.lead_weeks))
        if day < as_of:
            return day
        while not self.works(day) and day > as_of:
            day -= dt.timedelta(days=1)
        return day


@dataclass(frozen=True)
class Transfer:
    """Experienced people of one kind may become people of another one.

    Parameters
    ----------
    source, target
        Names of kinds; other groups (cross-training) or other contracts of one group.
    weeks
        Off the phone while they learn. ≥ 0.
    speed
        As of `Learning`, in the new work, shape (B,).
    cost
        Money per head.
    most
        Heads per month.
    """

    source: str
    target: str
    weeks: float
    speed: np.ndarray
    cost: float
    most: int


@dataclass(frozen=True)
class HiringProblem:
    """Everything that a hiring plan is made from.

    Parameters
    ----------
    as_of
        The day on which is planned: starts before ``as_of + lead_weeks`` cannot be decided any more.
    months
        The planned months.
    groups, kinds, transfers, rules
        See there.
    given
        Classes already on their way: kind's name, first day, people expected to start; they start whatever is decided.
    """

    as_of: dt.date
    months: Months
    groups: tuple[Group, ...]
    kinds: tuple[Kind, ...]
    rules: ClassRules
    transfers: tuple[Transfer, ...] = ()
    given: tuple[tuple[str, dt.date, int], ...] = ()
