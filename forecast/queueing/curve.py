"""The service curve: what each number of agents would give, interval by interval. The border to the scheduler."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from ..errors import InputError
from ..tables import refuse_duplicates
from .measures import counted
from .targets import ServiceGoal

_TIE = 1e-9


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
        threshold, shape (T, N + 1).
    occupancy
        Expected share of the agents' time spent on calls, shape (T, N + 1).
    asa_s
        Mean wait of the answered calls in seconds, shape (T, N + 1); infinite where the queue grows without
        bound, nan where nothing is answered or the curve comes from a file that does not tell.
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

    def __post_init__(self) -> None:
        shape = (len(self.starts), self.answered_in.shape[1])
        for name in ("answered_in", "abandoned", "abandoned_in", "abandoned_short", "occupancy", "asa_s"):
            values = getattr(self, name)
            if values.shape != shape:
                raise InputError(f"Expected shape {shape}", column=name, value=values.shape)
            if name != "asa_s" and np.isnan(values).any():
                raise InputError("service curve has unknown values", column=name)
        if self.calls.shape != shape[:1] or not (self.calls >= 0).all():
            raise InputError("Expected calls of at least 0 for every interval", column="calls")

    @property
    def top(self) -> int:
        """Largest number of agents that the curve covers (N)."""
        return self.answered_in.shape[1] - 1

    def _counted(self, goal: ServiceGoal) -> tuple[np.ndarray, np.ndarray]:
        return counted(goal.definition, self.calls[:, None], self.answered_in, self.abandoned, self.abandoned_in, self.abandoned_short)

    def gain(self, goal: ServiceGoal) -> np.ndarray:
        """Return calls in time − level × calls counted, by the goal's definition, shape (T, N + 1).

        Summed over a period it is at least 0 exactly where the pooled service level reaches the goal.
        """
        above, below = self._counted(goal)
        return above - goal.level * below

    def service_level(self, goal: ServiceGoal) -> np.ndarray:
        """Return the expected service level, shape (T, N + 1): 1 without calls, 0 where calls come but none counts."""
        above, below = self._counted(goal)
        none = np.broadcast_to((self.calls == 0.0)[:, None], above.shape)
        return np.divide(above, below, out=np.where(none, 1.0, 0.0), where=(below > 0.0) & ~none)

    def smallest(self, goal: ServiceGoal) -> np.ndarray:
        """Return the least agents that meet the goal's level and caps in each interval in expectation, shape (T,).

        May exceed `top` where a cap on occupancy or the least agents ask for more.

        Raises
        ------
        InputError
            If no number of agents within the curve reaches the level or a cap.
        """
        return self._least(goal, goal.level)

    def floor(self, goal: ServiceGoal) -> np.ndarray:
        """Return the least agents with a service level of ``goal.floor`` that meet the caps, shape (T,).

        Raises
        ------
        InputError
            If no number of agents within the curve reaches the floor or a cap.
        """
        return self._least(goal, goal.floor)

    def _least(self, goal: ServiceGoal, level: float) -> np.ndarray:
        calls = self.calls[:, None]
        good = self.service_level(goal) >= level - _TIE
        if goal.max_abandon is not None:
            good &= self.abandoned <= (goal.max_abandon + _TIE) * calls
        if goal.max_asa_s is not None:
            good &= (self.asa_s <= goal.max_asa_s + _TIE) | (calls == 0.0)
        if not good[:, -1].all():
            at = int(np.argmin(good[:, -1]))
            raise InputError(f"queue {self.queue}: {self.top} agents at {self.starts[at]} do not reach the goal {goal}",
                             mend="Ask for less, or compute the curve for more agents")  # fmt: skip
        least = _first_lasting(good)
        if goal.max_occupancy is not None:
            if goal.max_occupancy <= 0.0:
                raise InputError("no number of agents meets it", column="max_occupancy", value=goal.max_occupancy, mend="Set a cap above 0")
            cool = self.occupancy <= goal.max_occupancy + _TIE
            busy = self.occupancy[:, -1] * self.top  # past the top every call is answered: the work is the same
            past = np.ceil(busy / goal.max_occupancy - _TIE * np.maximum(busy, 1.0)).astype(np.int64)
            least = np.maximum(least, np.where(cool[:, -1], _first_lasting(cool), np.maximum(past, self.top + 1)))
        return np.maximum(least, goal.min_agents)

    def agents_exact(self, goal: ServiceGoal) -> np.ndarray:
        """Return `smallest` as a fraction where the level decides: the gain interpolated to 0 below it, shape (T,)."""
        n = self.smallest(goal)
        gain = self.gain(goal)
        rows = np.arange(len(n))
        high = np.minimum(n, self.top)
        below, above = gain[rows, np.maximum(high - 1, 0)], gain[rows, high]
        inside = (n >= 1) & (n <= self.top) & (below < 0.0) & (above > below)
        part = np.divide(-below, above - below, out=np.ones_like(below), where=inside)
        return n - 1.0 + np.clip(part, 0.0, 1.0)

    def extended(self, top: int) -> Curve:
        """Return the curve for 0…`top` agents; past its end the calls stay as they are and the work is shared by more."""
        more = top - self.top
        if more <= 0:
            return self
        grown = {name: np.pad(getattr(self, name), ((0, 0), (0, more)), mode="edge") for name in _CALLS}
        spread = self.occupancy[:, -1:] * self.top / np.arange(self.top + 1, top + 1)
        asa = np.pad(self.asa_s, ((0, 0), (0, more)), mode="edge")
        return dataclasses.replace(self, **grown, asa_s=asa, occupancy=np.hstack([self.occupancy, spread]))

    def thinned(self, absent: np.ndarray) -> Curve:
        """Return the curve of scheduled heads, of whom each is absent independently.

        Row t at n is the expectation over Binomial(n, 1 − absent[t]) heads present; N grows until the thinned curve
        is as flat as this one at its end.

        Parameters
        ----------
        absent
            Share absent per interval, shape (T,), at least 0 and below 1.

        Raises
        ------
        InputError
            On a share out of range.
        """
        absent = np.broadcast_to(np.asarray(absent, dtype=float), self.calls.shape)
        if not ((absent >= 0.0) & (absent < 1.0)).all():
            raise InputError("Expected shares absent of at least 0 and below 1", column="unplanned", value=float(absent[np.argmin((absent >= 0) & (absent < 1))]))
        worst = float(absent.max(initial=0.0))
        top = self.top if worst == 0.0 else int(np.ceil((self.top + 4.0 * np.sqrt(self.top * worst / (1.0 - worst))) / (1.0 - worst)))
        whole = self.extended(top)
        answered = whole.calls[:, None] - whole.abandoned
        waits = np.where(answered > 0.0, answered * np.nan_to_num(whole.asa_s, nan=0.0, posinf=np.inf), 0.0)
        out = {name: np.empty_like(whole.occupancy) for name in (*_CALLS, "occupancy")}
        total_wait = np.empty_like(waits)
        unknown = np.isnan(whole.asa_s) & (answered > 1e-9)
        n = np.arange(top + 1)
        for share in np.unique(absent):
            rows = np.flatnonzero(absent == share)
            law = binom.pmf(n[:, None], n[None, :], 1.0 - share)  # [present, scheduled]
            for name, values in out.items():
                values[rows] = getattr(whole, name)[rows] @ law
            finite = np.where(np.isfinite(waits[rows]), waits[rows], 0.0) @ law
            total_wait[rows] = np.where((~np.isfinite(waits[rows])).astype(float) @ law > 1e-9, np.inf, finite)
            total_wait[rows] = np.where(unknown[rows].astype(float) @ law > 1e-9, np.nan, total_wait[rows])
        answered = whole.calls[:, None] - out["abandoned"]
        asa = np.divide(total_wait, answered, out=np.where(whole.calls[:, None] > 0.0, np.full_like(answered, np.nan), 0.0), where=answered > 0.0)
        return dataclasses.replace(whole, **out, asa_s=asa)

    def to_frame(self) -> pd.DataFrame:
        """Return the curve as rows of ``curve.csv``, by start and agents."""
        intervals, width = self.answered_in.shape
        return pd.DataFrame({
            "queue": self.queue,
            "start": self.starts.repeat(width),
            "agents": np.tile(np.arange(width), intervals),
            "calls": np.repeat(self.calls, width),
            **{name: getattr(self, name).ravel() for name in ("answered_in", "abandoned", "occupancy", "abandoned_in", "abandoned_short")},
        })  # fmt: skip

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, queue: str) -> Curve:
        """Read back the rows of `queue` that `to_frame` wrote; without ``abandoned_in`` and ``abandoned_short`` these are 0.

        Raises
        ------
        InputError
            If the queue has no rows, or an interval does not list 0…N agents once each.
        """
        rows = frame[frame["queue"] == queue].sort_values(["start", "agents"])
        if rows.empty:
            raise InputError("queue has no service curve", column="queue", value=queue)
        refuse_duplicates(rows, ["start", "agents"])
        width = int(rows["agents"].max()) + 1
        if len(rows) % width or not (rows["agents"].to_numpy() == np.tile(np.arange(width), len(rows) // width)).all():
            raise InputError(f"every interval must list 0 to {width - 1} agents", column="agents")

        def grid(name: str) -> np.ndarray:
            if name not in rows.columns:
                return np.zeros((len(rows) // width, width))
            return rows[name].to_numpy(dtype=float).reshape(-1, width)

        starts = pd.DatetimeIndex(rows["start"].iloc[::width])
        return cls(queue, starts, grid("calls")[:, 0], *(grid(name) for name in _CALLS), grid("occupancy"),
                   np.full((len(starts), width), np.nan))  # fmt: skip


_CALLS = ("answered_in", "abandoned", "abandoned_in", "abandoned_short")


def _first_lasting(good: np.ndarray) -> np.ndarray:
    """Return per row the first column from which on all are true."""
    bad = ~good
    return np.where(bad.any(axis=1), good.shape[1] - np.argmax(bad[:, ::-1], axis=1), 0)
