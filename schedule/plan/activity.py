"""A roster as tables: activity, roster, open shifts, cover, heads on the phone; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import Grid
from ..problem.shifts import PlannedShift
from ..problem.staff import Agent

ACTIVITY = ("agent", "start", "end", "activity", "queue")
ROSTER = ("agent", "date", "pattern", "start", "end", "paid_min")
OPEN = ("date", "pattern", "start", "end", "paid_min", "queue", "contract")
COVER = ("date", "pattern", "agents", "queue", "contract")
STAFFING = ("queue", "start", "end", "agent", "agents")

Assigned = Mapping[str, Sequence[PlannedShift]]


def _table(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...], grid: Grid) -> pd.DataFrame:
    """Return rows as a table whose times have the grid's zone, also without any row."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    stamp = grid.starts.as_unit("us").dtype
    return frame.astype({c: stamp for c in ("start", "end") if c in columns})


def activity(assigned: Assigned, grid: Grid, agents: Sequence[Agent] = ()) -> pd.DataFrame:
    """Return who does what when.

    Parameters
    ----------
    assigned
        Agent, or id of an anonymous shift, → shifts.
    grid
        Turns slots into times; a shift that runs past the week's end keeps its real times.
    agents
        Their leave inside the week becomes rows of activity ``leave``.

    Returns
    -------
    pandas.DataFrame
        Columns `ACTIVITY`, by agent and start; `queue` is "" away from the phone.
    """
    rows: list[tuple[str, int, int, str, str]] = []
    for agent, shifts in assigned.items():
        for p in shifts:
            rows += [(agent, *stretch) for stretch in p.stretches]
    for person in agents:
        for a, b, _ in person.leave:
            start, end = max(a, 0), min(b, len(grid))
            if start < end:
                rows.append((person.id, start, end, "leave", ""))
    rows.sort(key=lambda r: r[:2])
    table = pd.DataFrame(rows, columns=list(ACTIVITY))
    return table.assign(start=_times(table["start"], grid), end=_times(table["end"], grid))


def _times(slots: pd.Series, grid: Grid) -> pd.DatetimeIndex:
    """Return the times at which `slots` begin; there are many rows and few slots."""
    different, place = np.unique(slots.to_numpy(dtype=np.int64), return_inverse=True)
    return pd.DatetimeIndex([grid.time(int(s)) for s in different], dtype=grid.starts.as_unit("us").dtype)[place]


def roster_table(assigned: Assigned, grid: Grid) -> pd.DataFrame:
    """Return one row per agent and shift (roster.csv), by agent and start."""
    pairs = sorted(
        ((agent, p) for agent, shifts in assigned.items() for p in shifts), key=lambda r: (r[0], r[1].shift.start)
    )
    return _table(((agent, *_head(p, grid)) for agent, p in pairs), ROSTER, grid)


def open_table(left: Iterable[PlannedShift], grid: Grid) -> pd.DataFrame:
    """Return one row per shift that nobody takes (open_shifts.csv), by start."""
    ordered = sorted(left, key=_order)
    return _table(((*_head(p, grid), p.queue, p.contract or "") for p in ordered), OPEN, grid)


def cover_table(planned: Iterable[PlannedShift]) -> pd.DataFrame:
    """Return heads per shift, queue and contract (cover.csv), by start."""
    counts: dict[tuple[object, ...], int] = {}
    for p in sorted(planned, key=_order):
        key = (p.shift.date, p.shift.pattern, "/".join(p.queues), p.contract or "")
        counts[key] = counts.get(key, 0) + 1
    rows = [(date, pattern, agents, queue, contract) for (date, pattern, queue, contract), agents in counts.items()]
    return pd.DataFrame(rows, columns=list(COVER))


def anonymous(planned: Iterable[PlannedShift]) -> dict[str, tuple[PlannedShift, ...]]:
    """Return one made-up agent per shift, ``shift-0001`` and on, by start."""
    ordered = sorted(planned, key=lambda p: (*_order(p), p.breaks))
    return {f"shift-{i:04d}": (p,) for i, p in enumerate(ordered, start=1)}


def staffing(activity: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches on the phone (columns `STAFFING`, one agent each), by queue and start."""
    phone = activity[activity["activity"] == "phone"].assign(agents=1)
    return phone[list(STAFFING)].sort_values(["queue", "start", "agent"], kind="stable", ignore_index=True)


def _order(p: PlannedShift) -> tuple[int, str, str, str]:
    return (p.shift.start, p.shift.pattern, p.queue, p.contract or "")


def _head(p: PlannedShift, grid: Grid) -> tuple[object, ...]:
    """Return date, pattern, start, end, paid minutes."""
    return (p.shift.date, p.shift.pattern, grid.time(p.shift.start), grid.time(p.shift.end), p.shift.paid_min)
