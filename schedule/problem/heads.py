"""Heads on the phone, slot by slot: counted from activity, coverage, or planned shifts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from .problem import ScheduleProblem
from .shifts import PlannedShift


def on_phone(activity: pd.DataFrame, grid: Grid, *, cyclic: bool = False) -> dict[str, np.ndarray]:
    """Count the heads on the phone.

    Parameters
    ----------
    activity
        Rows of activity.csv with typed times, on the grid's steps.
    cyclic
        Whether what runs past the grid's end counts at its beginning; else it is left aside.

    Returns
    -------
    dict
        Queue → heads per slot, shape (len(grid),).

    Raises
    ------
    InputError
        If a time is off the grid.
    """
    rows = activity[activity["activity"] == "phone"]
    step = pd.Timedelta(minutes=grid.minutes)
    slots = {}
    for name in ("start", "end"):
        exact = ((rows[name] - grid.first) / step).to_numpy(dtype=float)
        slots[name] = np.round(exact).astype(np.int64)
        if not np.array_equal(slots[name], exact):
            off = rows[name].iloc[int(np.argmax(slots[name] != exact))]
            raise InputError(f"time is not on the {grid.minutes}-minute grid", column=name, value=str(off))
    out = {}
    for queue in dict.fromkeys(rows["queue"]):
        mine = (rows["queue"] == queue).to_numpy()
        size = len(grid) * (2 if cyclic else 1)
        change = np.zeros(size + 1, dtype=np.int64)
        np.add.at(change, np.clip(slots["start"][mine], 0, size), 1)
        np.add.at(change, np.clip(slots["end"][mine], 0, size), -1)
        out[str(queue)] = np.cumsum(change)[:size].reshape(-1, len(grid)).sum(axis=0)
    return out


def _on_grid(rows: pd.DataFrame, grid: Grid) -> np.ndarray:
    out = np.zeros(len(grid), dtype=np.int64)
    slots = (rows["start"] - grid.first) // pd.Timedelta(minutes=grid.minutes)
    out[slots.to_numpy()] = rows["on_phone"].to_numpy()
    return out


def heads_of(covered: pd.DataFrame, grid: Grid) -> dict[str, np.ndarray]:
    """Return the heads on the phone that a coverage tells: queue → shape (len(grid),)."""
    return {str(queue): _on_grid(rows, grid) for queue, rows in covered.groupby("queue", sort=False)}


def heads_planned(problem: ScheduleProblem, planned: Iterable[PlannedShift]) -> dict[str, np.ndarray]:
    """Return the heads on the phone if somebody works each of `planned`: queue → shape (len(grid),)."""
    size = len(problem.grid)
    nobody = np.zeros(size, dtype=np.int64)
    steps: dict[str, tuple[list[int], list[int]]] = {d.queue: ([], []) for d in problem.demands}
    for p in planned:
        for start, end, what, queue in p.stretches:
            if what == "phone":
                steps[queue][0].append(start)
                steps[queue][1].append(end)
    out = {}
    for queue, (starts, ends) in steps.items():
        change = np.zeros(2 * size + 1, dtype=np.int64)
        np.add.at(change, np.minimum(np.array(starts, dtype=np.int64), 2 * size), 1)
        np.add.at(change, np.minimum(np.array(ends, dtype=np.int64), 2 * size), -1)
        there = np.cumsum(change[: 2 * size])
        past = there[size:] if problem.cyclic else 0
        out[queue] = problem.before.get(queue, nobody) + there[:size] + past
    return out
