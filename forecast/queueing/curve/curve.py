"""The service curve of a queue of calls: what each number of agents would give, interval by interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import InputError
from ..formulas.service_level import counted
from ..goal.targets import ServiceGoal
from .absence import NONE, expected_of_present, shares_of_absent, top_for_absence
from .correction import between
from .envelope import concave_from, concave_majorant
from .rows import grids_of_rows

_TIE = 1e-9
"""Share, or seconds, by which a level or a cap may be missed and still count as met: rounding of averages."""

_CALLS = ("answered_in", "abandoned", "abandoned_in", "abandoned_short", "waited")
_ALL = (*_CALLS, "occupancy", "asa_s", "asa_all_s")
_READ = ("answered_in", "abandoned", "abandoned_in", "abandoned_short", "occupancy", "asa_s", "waited", "asa_all_s")


def _unknown() -> np.ndarray:
    return np.array(np.nan)


@dataclass(frozen=True)
class Curve:
    """Expected service of one queue in each open interval (T of them) with n = 0…N agents.

    Attributes
    ----------
    queue, starts
        The queue and the starts of its open intervals, shape (T,).
    calls
        Expected calls offered, shape (T,).
    answered_in, abandoned, abandoned_in, abandoned_short
        Expected calls answered in time, abandoned, abandoned in time, and abandoned within the short-abandon
        threshold, shape (T, N + 1); the last two nan where a file does not tell them.
    occupancy
        Expected share of the agents' time spent on calls, shape (T, N + 1).
    asa_s
        Mean wait of the answered calls in seconds, shape (T, N + 1); infinite where the queue grows without
        bound, nan where no call is answered or a file does not tell.
    waited, asa_all_s
        Expected calls not answered at once, and the mean wait of all calls in seconds, shape (T, N + 1); unknown
        (nan) when left out.
    as_agents
        Agents whose service in an interval that lasts for ever is what n agents give here, shape (T, N + 1), where the
        curve is corrected for the queue that moves (`served_as`); None = n themselves.
    """

    queue: str
    starts: pd.DatetimeIndex
    calls: np.ndarray
    answered_in: np.ndarray
    abandoned: np.ndarray
    abandoned_in: np.ndarray
    abandoned_short: np.ndarray
    occupancy: np.ndarray
    asa_s: np.ndarray
    waited: np.ndarray = field(default_factory=_unknown)
    asa_all_s: np.ndarray = field(default_factory=_unknown)
    as_agents: np.ndarray | None = None

    def __post_init__(self) -> None:
        shape = (len(self.starts), self.answered_in.shape[1])
        for name in ("waited", "asa_all_s"):
            if getattr(self, name).ndim == 0:
                object.__setattr__(self, name, np.full(shape, np.nan))
        for name in _ALL:
            if getattr(self, name).shape != shape:
                raise InputError(f"Expected shape {shape}", column=name, value=getattr(self, name).shape)
        for name in ("answered_in", "abandoned", "occupancy"):
            if np.isnan(getattr(self, name)).any():
                raise InputError("service curve has unknown values", column=name)
        if self.calls.shape != shape[:1] or not (self.calls >= 0.0).all():
            raise InputError("Expected calls of at least 0 for every interval", column="calls")

    @property
    def top(self) -> int:
        """Largest number of agents that the curve covers (N)."""
        return int(self.answered_in.shape[1]) - 1

    def _counted(self, goal: ServiceGoal) -> tuple[np.ndarray, np.ndarray]:
        parts = (self.answered_in, self.abandoned, self.abandoned_in, self.abandoned_short)
        above, below = counted(goal.definition, self.calls[:, None], *parts)
        if np.isnan(above).any() or np.isnan(below).any():
            raise InputError(f"the curve does not tell what the definition {goal.definition} counts",
                             column="definition", mend="Add abandoned_in and abandoned_short")  # fmt: skip
        return above, below

    def gain(self, goal: ServiceGoal) -> np.ndarray:
        """Return calls in time − level × calls counted, by the goal's definition, shape (T, N + 1).

        Summed over a period it is at least 0 exactly where the pooled service level reaches the goal.

        Raises
        ------
        InputError
            If the curve does not hold what the definition counts.
        """
        above, below = self._counted(goal)
        gain: np.ndarray = above - goal.level * below
        return gain

    def service_level(self, goal: ServiceGoal) -> np.ndarray:
        """Return the expected service level, shape (T, N + 1): 1 without calls, 0 where calls come but none counts.

        Raises
        ------
        InputError
            If the curve does not hold what the definition counts.
        """
        above, below = self._counted(goal)
        blank = np.where(np.broadcast_to(self.calls[:, None], above.shape) > 0.0, 0.0, 1.0)
        level: np.ndarray = np.divide(above, below, out=blank, where=below > NONE * self.calls[:, None])
        return level

    def envelope(self, goal: ServiceGoal, lower: int = 0) -> np.ndarray:
        """Return `gain` raised, from `lower` agents on, to its least concave majorant, shape (T, N + 1).

        Raises
        ------
        InputError
            If the curve does not hold what the definition counts.
        """
        gain = self.gain(goal)
        for row in gain:
            row[lower:] = concave_majorant(row[lower:])
        return gain

    def concave_from(self, goal: ServiceGoal) -> np.ndarray:
        """Return the least agents from which on `gain` is concave in each interval, shape (T,).

        From there on each further head adds no more than the one before, and the envelope is the gain itself.

        Raises
        ------
        InputError
            If the curve does not hold what the definition counts.
        """
        gain = self.gain(goal)
        exact = _TIE * np.maximum(self.calls, 1.0)
        return np.array([concave_from(*row) for row in zip(gain, exact, strict=True)], dtype=np.int64)

    def smallest(self, goal: ServiceGoal, above: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the least agents that meet the goal's level and caps in each interval in expectation, shape (T,).

        May exceed `top` where a cap on occupancy or the least agents ask for more.

        Parameters
        ----------
        above
            Share by which the level is to be exceeded, as far as the curve reaches, one number or shape (T,).

        Raises
        ------
        InputError
            If no number of agents within the curve reaches the level or a cap.
        """
        return self._least(goal, goal.level, above)

    def floor(self, goal: ServiceGoal, above: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the least agents with a service level of ``goal.floor`` that meet the caps, shape (T,).

        Parameters
        ----------
        above
            As for `smallest`.

        Raises
        ------
        InputError
            If no number of agents within the curve reaches the floor or a cap.
        """
        return self._least(goal, goal.floor, above)

    def _least(self, goal: ServiceGoal, level: float, above: np.ndarray | float) -> np.ndarray:
        calls, reached = self.calls[:, None], self.service_level(goal)
        wanted = np.maximum(level, np.minimum(level + np.asarray(above), reached[:, -1]))
        good = reached >= wanted[:, None] - _TIE
        if goal.max_abandon is not None:
            good &= self.abandoned <= (goal.max_abandon + _TIE) * calls
        if goal.max_asa_s is not None:
            good &= (self.asa_s <= goal.max_asa_s + _TIE) | (calls == 0.0)
        if goal.max_asa_all_s is not None:
            good &= self._told("asa_all_s", "max_asa_all_s") <= goal.max_asa_all_s + _TIE
        if goal.max_wait_share is not None:
            good &= self._told("waited", "max_wait_share") <= (goal.max_wait_share + _TIE) * calls
        if not good[:, -1].all():
            at = self.starts[int(np.argmin(good[:, -1]))]
            raise InputError(f"queue {self.queue}: {self.top} agents at {at} do not reach the goal {goal} and its caps",
                             mend="Ask for less, or compute the curve for more agents")  # fmt: skip
        least: np.ndarray = np.maximum(_from_here_on(good), goal.min_agents)
        if goal.max_occupancy is not None:
            least = np.maximum(least, self._cool_enough(goal.max_occupancy))
        return least

    def _told(self, name: str, cap: str) -> np.ndarray:
        values: np.ndarray = getattr(self, name)
        if np.isnan(values[:, -1]).any():
            raise InputError(f"the curve does not tell what {cap} asks for", column=cap, mend=f"Add {name}")
        return values

    def _cool_enough(self, cap: float) -> np.ndarray:
        if cap <= 0.0:
            raise InputError("no number of agents meets it", column="max_occupancy", value=cap,
                             mend="Set a cap above 0")  # fmt: skip
        cool = self.occupancy <= cap + _TIE
        work = self.occupancy[:, -1] * self.top  # past the top every call is answered: the work stays as it is
        past = np.ceil(work / (cap + _TIE)).astype(np.int64)
        return np.where(cool[:, -1], _from_here_on(cool), np.maximum(past, self.top + 1))

    def agents_exact(self, goal: ServiceGoal) -> np.ndarray:
        """Return `smallest` as a fraction where the level decides: the gain interpolated to 0 below it, shape (T,)."""
        n = self.smallest(goal)
        gain = self.gain(goal)
        rows, at = np.arange(len(n)), np.clip(n, 1, self.top)
        before, there = gain[rows, at - 1], gain[rows, at]
        decides = (n == at) & (before < 0.0) & (there >= 0.0)
        fraction = np.divide(-before, there - before, out=np.ones(len(n)), where=decides)
        exact: np.ndarray = n - 1.0 + fraction
        return exact

    def extended(self, top: int) -> Curve:
        """Return the curve for 0…`top` agents: past its end calls fare as at its end, and more share the work."""
        more = top - self.top
        if more <= 0:
            return self

        def grown(values: np.ndarray) -> np.ndarray:
            return np.pad(values, ((0, 0), (0, more)), mode="edge")

        spread = self.occupancy[:, -1:] * self.top / np.arange(self.top + 1, top + 1)
        occupancy = np.hstack([self.occupancy, spread])
        return self._with(
            *(grown(getattr(self, name)) for name in _CALLS), occupancy, grown(self.asa_s), grown(self.asa_all_s)
        )

    def thinned(self, absent: np.ndarray) -> Curve:
        """Return the curve of scheduled heads, of whom each is absent independently.

        Row t at n is the expectation over Binomial(n, 1 − absent[t]) heads present; N grows until the thinned curve
        is as flat at its end as this one.

        Parameters
        ----------
        absent
            Share absent per interval, shape (T,) or one number, at least 0 and below 1.

        Raises
        ------
        InputError
            On a share out of range.
        """
        absent = shares_of_absent(absent, len(self.calls))
        worst = float(absent.max(initial=0.0))
        if worst == 0.0:
            return self
        whole = self.extended(top_for_absence(self.top, worst))
        return whole._averaged(lambda values: expected_of_present(values, absent))  # noqa: SLF001

    def served_as(self, agents: np.ndarray) -> Curve:
        """Return the curve on which n agents of interval t give the service of ``agents[t, n]`` agents of this one.

        Between whole agents calls and waits are straight; the occupancy stays that of n agents.

        Parameters
        ----------
        agents
            Shape (T, M + 1) with M at least `top`; 0 or more and never falling in n.

        Raises
        ------
        InputError
            On numbers that are out of range, or fall.
        """
        if agents.shape[0] != len(self.calls) or agents.shape[1] <= self.top:
            raise InputError(f"Expected {len(self.calls)} rows of at least {self.top + 1}", column="as_agents",
                             value=str(agents.shape))  # fmt: skip
        if not ((agents[:, 0] >= 0.0).all() and (np.diff(agents, axis=1) >= 0.0).all() and np.isfinite(agents).all()):
            raise InputError("Expected agents of 0 or more that never fall", column="as_agents")
        whole = self.extended(agents.shape[1] - 1)
        served = whole._averaged(lambda values: between(values, agents))  # noqa: SLF001
        return dataclasses.replace(served, occupancy=whole.occupancy, as_agents=agents)

    def _averaged(self, average: Callable[[Sequence[np.ndarray]], list[np.ndarray]]) -> Curve:
        """Return the curve of an `average` of measures by agents; the mean wait is weighted by answered calls."""
        answered = self.calls[:, None] - self.abandoned
        wait: np.ndarray = np.where(answered > NONE * self.calls[:, None], self.asa_s * answered, 0.0)
        values = [*(getattr(self, name) for name in _CALLS), self.occupancy, wait, self.asa_all_s]
        *calls, occupancy, wait, asa_all = average(values)
        answered = np.maximum(self.calls[:, None] - calls[1], 0.0)
        blank = np.where(np.broadcast_to(self.calls[:, None], wait.shape) > 0.0, np.nan, 0.0)
        asa = np.divide(wait, answered, out=blank, where=answered > 0.0)
        return self._with(*calls, occupancy, asa, asa_all)

    def _with(self, *values: np.ndarray) -> Curve:
        """Return the curve with other values by agents, which tell no `as_agents`."""
        return dataclasses.replace(self, as_agents=None, **dict(zip(_ALL, values, strict=True)))  # type: ignore[arg-type]

    def to_frame(self) -> pd.DataFrame:
        """Return the curve as rows of ``curve.csv``, by start and agents; an infinite wait is blank there."""
        intervals, width = self.answered_in.shape
        told = ("answered_in", "abandoned", "occupancy", "abandoned_in", "abandoned_short", "waited")
        waits = {"asa_s": self.asa_s, "asa_all_s": self.asa_all_s}
        return pd.DataFrame({
            "queue": self.queue,
            "start": self.starts.repeat(width),
            "agents": np.tile(np.arange(width), intervals),
            "calls": np.repeat(self.calls, width),
            **{name: getattr(self, name).ravel() for name in told},
            **{k: np.where(np.isfinite(v), v, np.nan).ravel() for k, v in waits.items()},
            **({} if self.as_agents is None else {"as_agents": self.as_agents.ravel()}),
        })  # fmt: skip

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, queue: str) -> Curve:
        """Read back the rows of `queue` that `to_frame` wrote; all rows where there is no column ``queue``.

        Raises
        ------
        InputError
            If the queue has no rows, or an interval does not list 0…N agents once each.
        """
        starts, grids = grids_of_rows(frame, queue, ("calls", *_READ))
        return cls(queue, starts, grids["calls"][:, 0], *(grids[name] for name in _READ))


def _from_here_on(good: np.ndarray) -> np.ndarray:
    """Return per row the first column from which on all are true."""
    bad = ~good
    return np.where(bad.any(axis=1), good.shape[1] - np.argmax(bad[:, ::-1], axis=1), 0)
