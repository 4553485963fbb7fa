"""What came in each interval, from the calls of the store: known, or unknown and never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from .schema import calls
from .times import days_of

SUMS = ("offered", "answered", "short_abandoned", "answered_in", "abandoned_in")
READ = ("queue", "start_s", *SUMS, "within_s", "handle_s")
APART = 10**12
"""Distance of two queues on one axis of seconds, beyond every moment of the store."""
DAY_S = 86_400
FAR_S = 9 * DAY_S
"""Seconds between two spans of intervals above which they are read apart."""
EVEN = 5
"""Equal steps of a day, at least, that prove its rows to be longer than the intervals asked for."""


def actuals(
    c: Connection, slots: pd.DataFrame, zone: str | None, within_s: Mapping[int, float] | None = None
) -> pd.DataFrame:
    """Return what came in intervals.

    An interval is known where all steps of the export inside it are there and known: a missing row is not zero.

    Parameters
    ----------
    slots
        ``queue, start_s, step_s``, one row an interval.
    zone
        Zone of the site.
    within_s
        Queue → answer-time threshold: what was counted with another one is unknown; None = whatever was counted.

    Returns
    -------
    pandas.DataFrame
        In the order of `slots`: `SUMS`, NaN = unknown; ``handle_n`` answered calls whose handle time is known (offered
        ones where answered ones are not), ``handle_work`` their seconds, ``unmeasured`` those whose handle time is
        unknown.
    """
    rows = _rows(c, slots)
    numbers = {name: rows[name].to_numpy(dtype=float) for name in (*SUMS, "handle_s")}
    if within_s is not None:
        asked = rows["queue"].map(within_s).to_numpy(dtype=float)
        other = rows["within_s"].to_numpy(dtype=float) != asked
        for name in ("answered_in", "abandoned_in"):
            numbers[name] = np.where(other & (numbers["offered"] != 0), np.nan, numbers[name])
    worked = np.nan_to_num(np.where(np.isfinite(numbers["answered"]), numbers["answered"], numbers["offered"]))
    handle = numbers.pop("handle_s")
    measured = np.isfinite(handle)
    numbers["handle_n"] = np.where(measured, worked, 0.0)
    numbers["handle_work"] = np.where(measured, worked * np.nan_to_num(handle), 0.0)
    numbers["unmeasured"] = np.where(measured, 0.0, worked)

    axis = rows["queue"].to_numpy() * APART + rows["start_s"].to_numpy()
    begin = slots["queue"].to_numpy() * APART + slots["start_s"].to_numpy()
    first, last = (np.searchsorted(axis, begin + add) for add in (0, slots["step_s"].to_numpy()))
    step = _steps(rows, slots, zone)
    out = {}
    for name, values in numbers.items():
        known = np.isfinite(values)
        total, count = (np.concatenate([[0.0], np.cumsum(x)]) for x in (np.where(known, values, 0.0), known))
        whole = (count[last] - count[first]) * step == slots["step_s"].to_numpy()
        out[name] = np.where(whole, total[last] - total[first], np.nan)
    return pd.DataFrame(out, index=slots.index)


def _rows(c: Connection, slots: pd.DataFrame) -> pd.DataFrame:
    """Return the calls inside the spans of `slots`, by queue and start."""
    queues = [int(q) for q in slots["queue"].unique()]
    found: list[tuple[object, ...]] = []
    for low, high in _spans(slots):
        asked = select(*(calls.c[name] for name in READ)).where(
            calls.c.queue.in_(queues), calls.c.start_s >= low, calls.c.start_s < high
        )
        found += [tuple(row) for row in c.execute(asked)]
    table = pd.DataFrame(found, columns=list(READ))
    kinds = {name: "int64" if name in ("queue", "start_s") else "float64" for name in READ}
    return table.astype(kinds).sort_values(["queue", "start_s"], ignore_index=True)


def _spans(slots: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield the spans of whole days around `slots` that must be read, far ones apart."""
    starts = np.unique(slots["start_s"].to_numpy())
    if not len(starts):
        return
    edges = np.flatnonzero(np.diff(starts) > FAR_S)
    for i, j in zip(np.append(0, edges + 1), np.append(edges, len(starts) - 1), strict=True):
        yield int(starts[i]) - DAY_S, int(starts[j]) + DAY_S


def _steps(rows: pd.DataFrame, slots: pd.DataFrame, zone: str | None) -> np.ndarray:
    """Return per slot the seconds that a row of calls lasts on that day: the least distance of two of its rows.

    A slot whose rows are evenly longer than the slot has no step (0): its calls cannot be told apart.
    """
    day = days_of(rows["start_s"].to_numpy(), zone)
    gap = rows["start_s"].diff().to_numpy()
    same = (rows["queue"].diff().to_numpy() == 0) & (np.append(False, day[1:] == day[:-1]) if len(day) else False)
    by_day = pd.DataFrame({"queue": rows["queue"], "day": day, "gap": np.where(same, gap, np.nan)})
    told = by_day.groupby(["queue", "day"])["gap"].agg(["min", "max", "count"])
    keys = pd.MultiIndex.from_arrays([slots["queue"], days_of(slots["start_s"].to_numpy(), zone)])
    mine = told.reindex(keys)
    least, most, count = (mine[name].to_numpy(dtype=float) for name in ("min", "max", "count"))
    asked = slots["step_s"].to_numpy(dtype=float)
    coarse = (least > asked) & (least == most) & (count >= EVEN)
    return np.where(coarse, 0.0, np.fmin(least, asked))
