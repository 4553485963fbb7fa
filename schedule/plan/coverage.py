"""Who is on the phone when, against what is required; and the service to expect of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import Grid, midnight
from ...forecast.errors import InputError
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.formulas.service_level import counted
from ..problem.heads import heads_of, on_phone
from ..problem.horizon import Horizon
from ..problem.problem import Demand, ScheduleProblem

COLUMNS = ["queue", "start", "required", "on_phone", "over", "under", "service_level", "asa_s", "abandon_rate"]


@dataclass(frozen=True)
class Expected:
    """The expected service of one queue with the heads that are scheduled, slot by slot.

    Attributes
    ----------
    slots
        Open slots, shape (T,).
    row
        The curve's interval of each, shape (T,).
    share
        Part of the interval's calls that falls on each slot, shape (T,).
    heads
        Heads scheduled on the phone, shape (T,).
    curve
        In scheduled heads: absence is taken into account.
    """

    slots: np.ndarray
    row: np.ndarray
    share: np.ndarray
    heads: np.ndarray
    curve: ServiceCurve
    demand: Demand

    @classmethod
    def of(cls, demand: Demand, curve: ServiceCurve, grid: Grid, heads: np.ndarray, absent: np.ndarray) -> Expected:
        """Lay `curve` (agents on the phone) on the open slots of `grid`; `heads` and `absent` are per slot."""
        slots = np.flatnonzero(demand.open)
        row = np.searchsorted(curve.starts, grid.starts[slots], side="right") - 1
        if (row < 0).any():
            raise InputError("open slot before the first interval of the service curve", column="start")
        shares = np.zeros(len(curve.starts))
        shares[row[::-1]] = absent[slots[::-1]]  # an interval takes the share of its first slot
        thinned = curve.thinned(shares).extended(int(heads.max(initial=0)))
        return cls(slots, row, 1.0 / np.bincount(row, minlength=len(shares))[row], heads[slots], thinned, demand)

    def at(self, values: np.ndarray) -> np.ndarray:
        """Return per slot the value of a curve's array, shape (intervals, N + 1), at the heads there."""
        return np.asarray(values[self.row, self.heads])

    @property
    def calls(self) -> np.ndarray:
        """Expected calls offered per slot."""
        return np.asarray(self.curve.calls[self.row] * self.share)

    @property
    def counted(self) -> tuple[np.ndarray, np.ndarray]:
        """Calls in time and calls counted per slot, by the goal's definition."""
        c = self.curve
        parts = (self.at(v) * self.share for v in (c.answered_in, c.abandoned, c.abandoned_in, c.abandoned_short))
        return counted(self.demand.goal.definition, self.calls, *parts)


def expectations(
    covered: Mapping[str, np.ndarray],
    problem: ScheduleProblem,
    curves: Mapping[str, ServiceCurve] | None,
    absent: np.ndarray,
) -> dict[str, Expected]:
    """Return queue → expected service for the queues that have a curve.

    Parameters
    ----------
    covered
        Queue → heads per slot.
    curves
        Queue → service curve in agents on the phone.
    absent
        Share of the scheduled heads that are absent, per slot of the grid.
    """
    none = np.zeros(len(problem.grid), dtype=np.int64)
    return {
        d.queue: Expected.of(d, curves[d.queue], problem.grid, covered.get(d.queue, none), absent)
        for d in problem.demands
        if curves is not None and d.queue in curves and d.open.any()
    }


def coverage(
    activity: pd.DataFrame, problem: ScheduleProblem, curves: Mapping[str, ServiceCurve] | None, absent: np.ndarray
) -> pd.DataFrame:
    """Return coverage.csv: every open slot of every queue, and closed ones in which somebody is on the phone.

    Parameters
    ----------
    activity
        Rows of activity.csv with typed times.
    curves
        Queue → service curve in agents on the phone; None leaves the service columns blank.
    absent
        Share of the scheduled heads that are absent, per slot.

    Returns
    -------
    pandas.DataFrame
        ``queue, start, required, on_phone, over, under, service_level, asa_s, abandon_rate``. Required is what holds
        the goal in that very slot; over and under are never netted. The service columns are what to expect of
        `on_phone` scheduled heads; NaN where nothing is known, no call is expected, or (`asa_s`) the wait grows
        without bound.

    Raises
    ------
    InputError
        If somebody is on the phone of a queue that the problem does not have.
    """
    grid, heads = problem.grid, on_phone(activity, problem.grid, cyclic=problem.cyclic)
    strange = heads.keys() - {d.queue for d in problem.demands}
    if strange:
        raise InputError("unknown queue", column="queue", value=min(strange))
    heads = {d.queue: heads.get(d.queue, 0) + problem.before.get(d.queue, np.zeros(len(grid), dtype=np.int64))
             for d in problem.demands}  # fmt: skip
    expected = expectations(heads, problem, curves, absent)
    parts = []
    for d in problem.demands:
        here = heads[d.queue]
        beyond = here - d.need
        table = pd.DataFrame({"queue": d.queue, "start": grid.starts, "required": d.need, "on_phone": here})
        table["over"], table["under"] = np.maximum(beyond, 0.0), np.maximum(-beyond, 0.0)
        for name, values in _service(expected.get(d.queue), len(grid)).items():
            table[name] = values
        parts.append(table[d.open | (here > 0)])
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _service(e: Expected | None, size: int) -> dict[str, np.ndarray]:
    out = {name: np.full(size, np.nan) for name in ("service_level", "asa_s", "abandon_rate")}
    if e is not None:
        above, below = e.counted
        out["service_level"][e.slots] = _ratio(above, below)
        out["abandon_rate"][e.slots] = _ratio(e.at(e.curve.abandoned) * e.share, e.calls)
        asa = e.at(e.curve.asa_s)
        out["asa_s"][e.slots] = np.where(np.isfinite(asa) & (e.calls > 0), asa, np.nan)
    return out


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def service_expected(
    covered: pd.DataFrame, problem: ScheduleProblem, curves: Mapping[str, ServiceCurve] | None, absent: np.ndarray
) -> pd.DataFrame:
    """Pool the expected service per queue and period: calls are summed, shares never averaged.

    Parameters
    ----------
    covered
        The table that `coverage` returned.
    curves, absent
        As in `coverage`.

    Returns
    -------
    pandas.DataFrame
        ``queue, period`` (interval, day, week, and the part of the week in each period of a goal that reaches beyond
        the week, under the name of its basis), ``start, expected, calls, counted`` (calls by the goal's definition); a
        day or week without a call, and every day and week of a queue without a curve, has no expectation (NaN).
    """
    grid = problem.grid
    expected = expectations(heads_of(covered, grid), problem, curves, absent)
    parts = []
    for d in problem.demands:
        e = expected.get(d.queue)
        slots = np.flatnonzero(d.open)
        above, below = e.counted if e is not None else (np.zeros(len(slots)), np.zeros(len(slots)))
        calls = d.calls[slots] if e is None else e.calls
        days = problem.day_of_slot[slots]
        midnights = pd.DatetimeIndex([midnight(date, grid.zone) for date in grid.dates]).as_unit("us")
        periods = [] if e is None else [("interval", e.row, e.curve.starts)]
        first = part_of_day(d, problem.horizon)
        parted = [(d.goal.basis, first[days], midnights)] * bool(d.beyond)
        for period, group, starts in (*periods, ("day", days, midnights), ("week", 0 * days, midnights[:1]), *parted):
            listed = np.unique(group)
            sums = [np.bincount(group, v, len(starts))[listed] for v in (above, below, calls)]
            table = {"queue": d.queue, "period": period, "start": starts[listed], "expected": _ratio(sums[0], sums[1])}
            parts.append(pd.DataFrame({**table, "calls": sums[2], "counted": sums[1]}))
    return pd.concat(parts, ignore_index=True)


def part_of_day(demand: Demand, horizon: Horizon) -> np.ndarray:
    """Return for each day the first planned day of the goal's period in which the day lies, shape (days,).

    0 where the goal does not reach beyond the horizon.
    """
    out = np.zeros(horizon.days, dtype=np.int64)
    for period in demand.beyond:
        out[list(period.days)] = period.days[0]
    return out


def fit(covered: pd.DataFrame, grid: Grid) -> dict[str, float | None]:
    """Return how well coverage fits the requirement.

    Returns
    -------
    dict
        ``over_agent_hours``, ``under_agent_hours`` (each summed apart), and ``fit`` = 1 − Σ|on phone − required| /
        Σ required, None where nothing is required.
    """
    over, under = (float(covered[name].sum()) for name in ("over", "under"))
    required = float(covered["required"].sum())
    return {
        "over_agent_hours": over * grid.hours,
        "under_agent_hours": under * grid.hours,
        "fit": 1.0 - (over + under) / required if required > 0 else None,
    }


def below_floor(covered: pd.DataFrame, problem: ScheduleProblem) -> pd.DataFrame:
    """Return the rows of a coverage with fewer heads than the floor asks, and by how many: column ``floor``.

    The floor is that of goals per day or week (its service level, caps and least agents); a goal per interval has none
    beside its need.
    """
    parts = []
    for d in problem.demands:
        rows = covered[covered["queue"] == d.queue]
        slots = ((rows["start"] - problem.grid.first) // pd.Timedelta(minutes=problem.grid.minutes)).to_numpy()
        floor = np.where(d.open, d.lower, 0)[slots] if not d.by_interval else np.zeros(len(rows), dtype=np.int64)
        parts.append(rows.assign(floor=floor)[rows["on_phone"].to_numpy() < floor])
    return pd.concat(parts, ignore_index=True)
