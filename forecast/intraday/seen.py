"""What a watched day shows: the rest of the day, alarms, changes that are over, and how far an alarm can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

Kind = Literal["volume", "handle_time", "outage"]
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Alarm:
    """One change of the calls, or of the handle times, against the forecast updated with the day so far.

    Whether a change will stay for minutes or for the rest of the day cannot be known when the alarm is raised.

    Attributes
    ----------
    kind
        ``volume``: more or fewer calls. ``outage``: hardly any calls. ``handle_time``: longer or shorter handle times.
    direction
        ``up`` = more, or longer.
    since
        Wall-clock interval of the day in which the change most likely began.
    raised
        Interval at whose end the alarm was raised.
    size
        Estimated change as a share of the updated forecast, of all intervals known now: 0.3 = 30 % more, −0.5 = half.
    size_low, size_high
        Bounds of 80 % of `size`. Changes that are found at the edge of what can be seen are told larger than they are.
    statistic
        Value of the test when the alarm was raised.
    threshold
        The value beyond which the test raises an alarm.
    """

    kind: Kind
    direction: Direction
    since: int
    raised: int
    size: float
    size_low: float
    size_high: float
    statistic: float
    threshold: float


@dataclass(frozen=True)
class Over:
    """The end of a change: the intervals since `ended` are as they would be without it.

    Attributes
    ----------
    alarm
        The alarm that is over.
    ended
        First wall-clock interval without the change, most likely.
    told
        Interval at whose end this was known.
    lead
        Log likelihood by which a change that ended explains the day better than one that goes on.
    """

    alarm: Alarm
    ended: int
    told: int
    lead: float


@dataclass(frozen=True)
class Seen:
    """What a day shows so far.

    Attributes
    ----------
    mean, low, high
        Calls per wall-clock interval of the day, and bounds of 80 %, each of shape (P,): the forecast updated with the
        day so far, a change that stands going on for the rest of the day. Intervals already known hold their actual
        calls; closed ones are 0.
    usual
        The same without the changes that stand: what the rest of the day would bring if they ended now, shape (P,).
    alarms
        All alarms of the day, in the order in which they were raised.
    overs
        Those that are over.
    handle_factor, handle_low, handle_high
        Factor on the forecast handle times for the rest of the day, and bounds of 80 %; 1 where they are not watched.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    usual: np.ndarray
    alarms: tuple[Alarm, ...] = ()
    overs: tuple[Over, ...] = ()
    handle_factor: float = 1.0
    handle_low: float = 1.0
    handle_high: float = 1.0

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """Alarms that are not over."""
        ended = [over.alarm for over in self.overs]
        return tuple(alarm for alarm in self.alarms if alarm not in ended)


@dataclass(frozen=True)
class Visible:
    """What size of change can be seen at a desk at its rate of false alarms, from changes planted into its own past.

    Attributes
    ----------
    up, down
        Smallest changes of the calls tried, as shares above 0, that are found within `within_min` in at least `share`
        of the trials; NaN where even the largest tried is not.
    calls_per_half_hour
        Mean calls of a half-hour in which the desk is open.
    sizes
        Changes tried, as shares, ascending: −0.5 = half of the calls left out.
    found
        Share of the trials of each size found in time.
    share, within_min
        What counts as seen.
    """

    up: float
    down: float
    calls_per_half_hour: float
    sizes: tuple[float, ...]
    found: tuple[float, ...]
    share: float = 0.9
    within_min: float = 60.0


@dataclass(frozen=True)
class Meter:
    """Alarms that were raised on days, against the rate of false alarms that is promised.

    Attributes
    ----------
    promised_per_week
        False alarms in a week of open days.
    days, days_per_week
        Days watched, and open days of a week.
    alarms
        Alarms raised on these days.
    """

    promised_per_week: float
    days: int
    days_per_week: float
    alarms: int

    @property
    def per_week(self) -> float:
        """Alarms in a week of open days; NaN before any day was watched."""
        return self.alarms * self.days_per_week / self.days if self.days else float("nan")

    @property
    def expected(self) -> float:
        """False alarms that the promise allows on as many days."""
        return self.promised_per_week * self.days / self.days_per_week

    @property
    def chance(self) -> tuple[int, int]:
        """Bounds of 95 % of the alarms that chance brings at the promised rate."""
        low, high = stats.poisson.ppf([0.025, 0.975], self.expected)
        return int(low), int(high)

    def and_also(self, days: int, alarms: int) -> Meter:
        """Return the meter with more days watched and their alarms."""
        return Meter(self.promised_per_week, self.days + days, self.days_per_week, self.alarms + alarms)
