"""What the planner should have known: requirement and service curves made anew, laid on the schedule's slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ....forecast.queueing.curve.curve import Curve
from ....forecast.queueing.formulas.service_level import counted
from ....forecast.queueing.goal.targets import ServiceGoal
from ....forecast.require import require
from .run import Published, minutes


@dataclass(frozen=True, eq=False)
class Need:
    """What one queue asks for, slot by slot of the planned days (S slots).

    Attributes
    ----------
    open
        Shape (S,).
    row
        Interval of the curve or the requirement that a slot lies in, shape (S,); −1 while closed.
    need
        Heads scheduled that hold the goal in the slot, shape (S,).
    floor
        Heads below which an hour is priced, shape (S,).
    curve
        In scheduled heads; None where only a requirement is known.
    decides
        Whether the plan was made by the curve, and its goal is pooled over days or the week.
    starts
        Starts of the intervals.
    """

    goal: ServiceGoal
    open: np.ndarray
    row: np.ndarray
    need: np.ndarray
    floor: np.ndarray
    curve: Curve | None
    decides: bool
    starts: pd.DatetimeIndex

    @cached_property
    def share(self) -> np.ndarray:
        """Part of its interval's calls that falls on each open slot, shape (S,)."""
        sizes = np.bincount(self.row[self.open], minlength=len(self.starts))
        return np.where(self.open, 1.0 / np.maximum(sizes, 1)[self.row], 0.0)

    def at(self, values: np.ndarray, heads: np.ndarray) -> np.ndarray:
        """Return per open slot a curve's value with the heads there; past the curve's end the last one."""
        return np.asarray(
            values[self.row[self.open], np.minimum(heads[self.open].astype(np.int64), values.shape[1] - 1)]
        )

    def calls(self) -> np.ndarray:
        """Return the expected calls of each open slot."""
        if self.curve is None:
            return np.zeros(int(self.open.sum()))
        return np.asarray(self.curve.calls[self.row[self.open]] * self.share[self.open])

    def counted(self, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the calls in time and the calls counted of each open slot with `heads`, by the goal's definition."""
        if self.curve is None:
            nothing = np.zeros(int(self.open.sum()))
            return nothing, nothing
        c, share = self.curve, self.share[self.open]
        parts = (self.at(v, heads) * share for v in (c.answered_in, c.abandoned, c.abandoned_in, c.abandoned_short))
        return counted(self.goal.definition, self.calls(), *parts)


@dataclass(frozen=True, eq=False)
class Expected:
    """Requirement and curves as they should stand in the folder, and what they ask of each queue.

    Attributes
    ----------
    curves
        In agents on the phone; None where only a requirement was given.
    """

    run: Published
    requirement: pd.DataFrame
    curves: Mapping[str, Curve] | None

    @classmethod
    def of(cls, run: Published, factor: float = 1.0) -> Expected:
        """Make requirement and curves from the calls of volume.csv times `factor`, or take those that were given.

        Raises
        ------
        InputError
            If the volume cannot be read, or no number of agents meets a goal.
        """
        if run.requirement is not None:
            return cls(run, _opened(run, run.requirement), _given(run))
        volume, grid = run.tables["volume"], run.intervals
        volume = volume if factor == 1.0 else volume.assign(calls=volume["calls"] * factor)
        hang_up = volume["patience_s"].notna().groupby(volume["queue"]).all()
        asked = {name: run.raw["queue"][name].get("requirement") for name in run.queues}
        made = require(
            volume,
            run.goals,
            grid,
            models={
                name: mode if mode not in (None, "moving") else "erlang_a" if hang_up.get(name, False) else "erlang_c"
                for name, mode in asked.items()
            },
            unplanned={name: run.absent(grid.starts) for name in run.queues},
            planned=float(run.raw.get("shrinkage", {}).get("planned", 0.0)),
            moving=[name for name, mode in asked.items() if mode == "moving"],
        )
        return cls(run, made.requirement, {name: _corrected(run, c) for name, c in made.curves.items()})

    @cached_property
    def curve(self) -> pd.DataFrame | None:
        """The rows of curve.csv."""
        if self.curves is None:
            return None
        return self._planned(pd.concat([c.to_frame() for c in self.curves.values()], ignore_index=True))

    @cached_property
    def published_requirement(self) -> pd.DataFrame:
        """The rows of requirement.csv."""
        return self._planned(self.requirement)

    def _planned(self, rows: pd.DataFrame) -> pd.DataFrame:
        grid = self.run.intervals
        return rows[(rows["start"] >= grid.first) & (rows["start"] < grid.end)].reset_index(drop=True)

    @cached_property
    def needs(self) -> Mapping[str, Need]:
        """What each queue asks for."""
        return {name: self._need(name) for name in self.run.queues}

    def _need(self, name: str) -> Need:
        run, goal = self.run, self.run.goals[name]
        rows = self.requirement[self.requirement["queue"] == name]
        is_open = rows["open"].to_numpy(dtype=bool) if "open" in rows else np.ones(len(rows), dtype=bool)
        rows = rows[is_open]
        curve = None if self.curves is None else self.curves.get(name)
        starts = pd.DatetimeIndex(rows["start"]) if curve is None else curve.starts
        at, length = minutes(starts), run.interval_min
        row = np.searchsorted(at, run.slots, "right") - 1
        in_row = np.zeros(len(run.slots), dtype=bool)
        for start in minutes(rows["start"]):
            in_row |= (start <= run.slots) & (run.slots < start + length)
        row = np.where(in_row, row, -1)
        if curve is None:
            need = self._scheduled(rows)[row] if len(rows) else np.zeros(len(row))
            need = np.where(in_row, need, 0.0)
            return Need(goal, in_row, row, need, need, None, False, starts)
        used = np.isin(np.arange(len(at)), row[in_row])
        heads = curve.thinned(np.where(used, run.absent(curve.starts), 0.0))
        moving = run.requirement is None and run.raw["queue"][name].get("requirement") == "moving"
        moving &= goal.basis == "interval"
        if moving:
            whole = np.where(in_row, self._by_start(rows, at)[row], 0.0)
            return Need(goal, in_row, row, whole, whole, heads, False, starts)
        pooled = goal.basis != "interval" and bool(in_row.any())
        least, floor = (np.where(in_row, x[row], 0) for x in (heads.smallest(goal), heads.floor(goal)))
        return Need(goal, in_row, row, least.astype(float), floor if pooled else least, heads, pooled, starts)

    def _scheduled(self, rows: pd.DataFrame) -> np.ndarray:
        if "agents_scheduled" in rows:
            return rows["agents_scheduled"].to_numpy(dtype=float)
        phone = rows["agents_phone"].to_numpy(dtype=float)
        return np.asarray(phone / (1.0 - self.run.absent(rows["start"])))

    def _by_start(self, rows: pd.DataFrame, at: np.ndarray) -> np.ndarray:
        known = dict(zip(minutes(rows["start"]), self._scheduled(rows), strict=True))
        return np.array([known.get(start, 0.0) for start in at])


def _corrected(run: Published, curve: Curve) -> Curve:
    """Return a curve corrected for the queue that moves as curve.csv tells in ``as_agents``; rows that are not there
    are found by the comparison of the tables.
    """
    rows = run.tables.get("curve")
    if rows is None or "as_agents" not in rows:
        return curve
    rows = rows[rows["queue"] == curve.queue].astype({"as_agents": float, "agents": float})
    told = rows.pivot_table(index="start", columns="agents", values="as_agents", aggfunc="first")
    top = max(curve.top, len(told.columns) - 1)
    told = told.reindex(index=curve.starts, columns=np.arange(top + 1))
    agents = told.to_numpy(dtype=float)
    return curve.served_as(np.where(np.isnan(agents), np.arange(top + 1), agents))


def _given(run: Published) -> Mapping[str, Curve] | None:
    rows = run.curve
    if rows is None:
        return None
    rows = rows if "queue" in rows else rows.assign(queue=run.queues[0])
    return {str(name): Curve.from_frame(part, str(name)) for name, part in rows.groupby("queue")}


def _opened(run: Published, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a given requirement with its closed intervals marked."""
    rows = rows if "queue" in rows else rows.assign(queue=run.queues[0])
    told = rows["open"].astype(bool).to_numpy() if "open" in rows else np.ones(len(rows), dtype=bool)
    first, end = run.asked.week
    at = minutes(rows["start"])
    inside = (first <= at) & (at < end)
    is_open = [not i or open_at(run, q, t) for q, t, i in zip(rows["queue"], at, inside, strict=True)]
    return rows.assign(open=(told & np.array(is_open, dtype=bool)).astype(int))


def open_at(run: Published, queue: str, minute: float) -> bool:
    """Whether `queue` is open at a real minute; yesterday's hours may run past midnight."""
    day = run.day(minute)
    dates = (day, run.day(minute - 1440))
    return any(a <= minute < b for date in dates for a, b in run.asked.opening(queue, date))
