"""The fewest agents of each interval that meet the goal by the transient law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from ...progress import Watch
from ..formulas.erlang import numbers
from ..formulas.performance import performance
from ..goal.required import required_agents
from ..goal.targets import ServiceGoal
from .day_course import DayCourse, bins_of
from .passage import passage
from .transient import Transient, follow, start
from .transient_law import TransientLaw

_TIE = 1e-9
"""Share, or seconds, by which a level or a cap may be missed and still count as met: rounding of the law's sums."""

_TOP = 1_000_000
"""Most agents tried: more means that no number of agents meets the goal."""

_FOLLOWED = 5_000
"""Most agents of an interval: one try of more takes many seconds, a week hours."""


@dataclass(frozen=True)
class DayStaffing:
    """The outcome of `staff_day`.

    Attributes
    ----------
    agents
        Agents on the phone, shape (I,); 0 while closed.
    first_guess
        First staff of the search: Erlang A at the modified offered load, shape (I,).
    service
        Service by `agents`.
    """

    agents: np.ndarray
    first_guess: np.ndarray
    service: Transient


def staff_day(
    calls_per_s: ArrayLike,
    goal: ServiceGoal,
    *,
    interval_s: float = 1800.0,
    aht_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    cv: ArrayLike = 0.0,
    is_open: ArrayLike | None = None,
    closes: bool = True,
    waiting: int = 0,
    law: TransientLaw | None = None,
    nodes: int = 5,
    watch: Watch | None = None,
) -> DayStaffing:
    """Return the fewest agents with which every interval meets the goal and its caps, one after the other.

    Forward in time: each interval takes the smallest staff whose exact transient service meets the goal, from the law
    at the end of the interval before. The search is the deterministic counterpart of the iterative simulation of
    Feldman, Mandelbaum, Massey and Whitt (2008); the search begins at Erlang A for the modified offered load, its
    service level averaged over the interval (Jennings, Mandelbaum, Massey and Whitt 1996).

    Parameters
    ----------
    calls_per_s
        Call rate, shape (I,), or (I, m): m equal bins an interval.
    goal
        Goal of every interval; its basis and floor play no part. An interval with calls has at least 1 agent.
    interval_s, aht_s, patience_s, cv, is_open, closes, waiting, law, nodes
        As in `transient`.
    watch
        Told of progress; tells of a stop.

    Raises
    ------
    InputError
        As `transient`, on a goal that no number of agents meets, on the caps `max_wait_share` and `max_asa_all_s`,
        which the transient law does not tell, or on a queue of more than 5,000 agents, which follows its calls at once.
    Stopped
        If the user stopped the run.

    Notes
    -----
    A caller who arrives just before a change of staff feels the change. While the next interval is not staffed yet, its
    staff is assumed to change like the first guess. If the staff found later leaves an interval short, the interval
    gets one agent more and the following intervals are staffed again. In our trials an early agent never saved two
    agents later, so the search only goes forward. The many parameters are those of `transient`.

    Examples
    --------
    >>> calls = np.array([20, 40, 80, 60, 20]) / 1800
    >>> day = staff_day(calls, ServiceGoal(0.8, 20), aht_s=300, patience_s=120)
    >>> day.agents
    array([ 5,  8, 15, 13,  7])
    >>> day.service.service_level().round(3)
    array([0.875, 0.815, 0.842, 0.846, 0.867])
    """
    course = DayCourse.read(
        bins_of(numbers(calls_per_s, "calls_per_s"), "calls_per_s"), interval_s=interval_s, aht_s=aht_s,
        patience_s=patience_s, within_s=goal.within_s, short_s=goal.short_s, cv=cv, nodes=nodes, is_open=is_open,
        closes=closes,
    )  # fmt: skip
    if goal.max_occupancy is not None and goal.max_occupancy <= 0.0:
        raise InputError("no number of agents meets it", column="max_occupancy", value=goal.max_occupancy,
                         mend="Set a cap above 0")  # fmt: skip
    for cap in ("max_wait_share", "max_asa_all_s"):
        if getattr(goal, cap) is not None:
            raise InputError("the moving queue does not know this cap", column=cap, value=getattr(goal, cap),
                             mend="Leave it out, or take the stationary requirement")  # fmt: skip
    refuse_too_large(max(goal.min_agents, float(course.loads().max(initial=0.0))))
    first, guess = start(course, waiting, law), first_guess(course, goal)
    least = np.maximum(goal.min_agents, course.mean_rates.any(axis=1))
    day = StaffedDay(course, goal, guess, np.where(course.is_open, least, 0), [first], watch or Watch())
    while True:
        day.finish()
        service = follow(course, day.in_bins, first)
        short = course.is_open & ~meets(service, goal)
        if not short.any():
            return DayStaffing(day.agents, guess, service)
        day.raise_from(int(np.argmax(short)))


def refuse_too_large(agents: float) -> None:
    """Refuse more agents than can be followed.

    Raises
    ------
    InputError
        Naming how many.
    """
    if agents > _FOLLOWED:
        raise InputError(f"the moving queue is followed up to {_FOLLOWED:,} agents", column="moving",
                         value=round(agents), mend="Ask for less, or take the stationary requirement")  # fmt: skip


def meets(service: Transient, goal: ServiceGoal) -> np.ndarray:
    """Return which intervals meet the level and the caps of a goal, shape (I,); without calls all do."""
    calls = service.calls
    good = service.service_level(goal.definition) >= goal.level - _TIE
    if goal.max_abandon is not None:
        good &= service.abandoned <= (goal.max_abandon + _TIE) * calls
    if goal.max_occupancy is not None:
        good &= service.occupancy <= goal.max_occupancy + _TIE
    if goal.max_asa_s is not None:
        good &= service.asa_s <= goal.max_asa_s + _TIE
    return np.asarray(good | (calls == 0.0))


def first_guess(course: DayCourse, goal: ServiceGoal) -> np.ndarray:
    """Return Erlang A's agents for the modified offered load, the service level an interval's average, shape (I,)."""
    loads, rates = course.loads(), course.mean_rates
    with np.errstate(divide="ignore"):
        h, patience = 1.0 / course.handle_rate[:, None], 1.0 / course.leave_rate[:, None]
    need = np.asarray(required_agents("erlang_a", loads, h, patience, goal))
    out = np.zeros(len(loads), dtype=np.int64)
    for i in np.flatnonzero(course.is_open & rates.any(axis=1)):
        out[i] = need[i].max()
        some = np.arange(need[i].min(), out[i])
        if len(some):
            found = performance(
                "erlang_a", np.repeat(some[:, None], rates.shape[1], axis=1), load_erl=loads[i], aht_s=h[i],
                patience_s=patience[i], within_s=goal.within_s, short_s=goal.short_s,
            )  # fmt: skip
            level = found.service_level(goal.definition) @ rates[i] / rates[i].sum()
            out[i] -= int(np.sum(level >= goal.level - _TIE))
    return np.where(course.is_open, np.maximum(out, goal.min_agents), 0)


class StaffedDay:
    """A partly staffed day: agents of all intervals, and the laws of the intervals that are final."""

    def __init__(
        self,
        course: DayCourse,
        goal: ServiceGoal,
        guess: np.ndarray,
        least: np.ndarray,
        laws: list[TransientLaw],
        watch: Watch,
    ) -> None:
        # one threshold less to follow, where the goal does not count short abandons
        self.course = course if goal.definition == "excl_short" else replace(course, short_s=course.within_s)
        self.goal, self.guess, self.least, self.laws = goal, guess, least, laws
        self.agents, self.watch = np.maximum(guess, least), watch

    @property
    def in_bins(self) -> np.ndarray:
        """Agents per bin, shape (I, m)."""
        return np.repeat(self.agents[:, None], self.course.rates.shape[2], axis=1)

    def finish(self) -> None:
        """Staff the intervals that are left, each with the smallest number that meets the goal."""
        for i in range(len(self.laws) - 1, len(self.agents)):
            self.watch.tell("require", share=i / len(self.agents))
            tried: dict[int, TransientLaw] = {}
            if self.course.is_open[i]:
                good = partial(self._good, i, tried)
                n = fewest(good, int(self.least[i]), int(max(self.agents[i], self.least[i])))
            else:
                n = 0
            if n not in tried:
                self._good(i, tried, n)
            self._take(i, n)
            self.laws.append(tried[n])

    def raise_from(self, i: int) -> None:
        """Give interval `i` one agent more, and drop the laws after it."""
        self.least[i] = self.agents[i] + 1
        del self.laws[i + 1 :]

    def _good(self, i: int, tried: dict[int, TransientLaw], n: int) -> bool:
        self.watch.raise_if_stopped()
        refuse_too_large(n)
        self._take(i, n)
        tried[n], sums = passage(self.course, self.laws[i], i, self.in_bins)
        service = Transient.of(sums[None], self.course.weights, 1.0, tried[n])
        return bool(meets(service, self.goal)[0])

    def _take(self, i: int, n: int) -> None:
        """Give interval `i` `n` agents; the following intervals change like the guess."""
        rest = slice(i + 1, None)
        changed = np.maximum(self.guess[rest] + n - self.guess[i], self.least[rest])
        self.agents[i], self.agents[rest] = n, np.where(self.course.is_open[rest], changed, 0)


def fewest(good: Callable[[int], bool], least: int, guess: int) -> int:
    """Return the smallest n of at least `least` from which on `good` holds, searched around `guess`.

    Raises
    ------
    InputError
        If a million agents are not enough.
    """
    step = 1
    if good(guess):
        high = guess
        low = max(high - step, least)
        while low < high and good(low):
            high, step = low, 2 * step
            low = max(high - step, least)
        if low == high:
            return high
    else:
        low, high = guess, guess + step
        while not good(high):
            low, step = high, 2 * step
            high = low + step
            if high > _TOP:
                raise InputError("a million agents do not reach the goal and its caps", mend="Ask for less")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle, high)
    return high
