"""From a volume forecast to the agents that each interval needs, and the service curve behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .calendar.grid import Grid
from .errors import InputError
from .progress import Watch
from .queueing.curve.curve import Curve
from .queueing.curve.making import service_curve
from .queueing.formulas.uncertain_rate import rate_cv
from .queueing.goal.targets import ServiceGoal
from .queueing.moving.fewest_agents import staff_day
from .ranges import MOST_AGENTS
from .tables import QUANTILE_COLUMNS, TABLES, check, refuse_duplicates

_REACH = 0.9999
"""Share of the calls, 0 to 1, that the last agents of a service curve answer in time: flat enough for goals up to
0.999, a higher goal asks for a tenth of the rest."""

_REACH_MOST = 1.0 - 1e-9
"""Largest such share: no number of agents answers all calls in time."""

_TOLD = 1_000
"""Agents, above 0, up to which a curve that the goal asks more of is told past its end, where nothing changes but the
occupancy: 100,000 least agents would be a file of gigabytes."""


@dataclass(frozen=True)
class Requirement:
    """What a volume forecast asks for.

    Attributes
    ----------
    requirement
        Rows of ``requirement.csv``: every interval of the grid for every queue, zeros and ``open = 0`` while closed,
        sorted by queue and start. ``agents_exact`` is the fractional number of agents at which the service level
        is just reached; ``asa_s`` is blank where it has no bound.
    curves
        Per queue the service curve in agents on the phone.
    """

    requirement: pd.DataFrame
    curves: Mapping[str, Curve]

    @property
    def curve(self) -> pd.DataFrame:
        """All curves as rows of ``curve.csv``."""
        return pd.concat([c.to_frame() for c in self.curves.values()], ignore_index=True)


def require(
    volume: pd.DataFrame,
    goals: Mapping[str, ServiceGoal],
    grid: Grid,
    *,
    models: Mapping[str, str],
    unplanned: Mapping[str, np.ndarray] | float = 0.0,
    planned: float = 0.0,
    moving: Collection[str] = (),
    watch: Watch | None = None,
) -> Requirement:
    """Return the requirement and the service curves of every queue in `volume`.

    ``agents_phone`` is a cut through the service curve: the fewest agents that meet the goal's level and caps in that
    interval, averaged over the forecast distribution. For `moving` queues ``agents_phone`` is the staff of `staff_day`
    instead: waiting callers are carried from interval to interval, all agents leave when the queue closes, and all
    intervals share the busyness.

    Parameters
    ----------
    volume
        Rows of ``volume.csv``; an interval without a row is closed.
    goals, models
        Per queue the service goal and the queueing model (``erlang_a`` or ``erlang_c``).
    grid
        The forecast's intervals; every start of `volume` must be one of them.
    unplanned
        Share of the scheduled people who are absent: one number, or per queue an array of shape (len(grid),).
    planned
        Share of paid time that is planned off the phone; enters ``agents_paid`` only.
    moving
        Queues whose requirement, service level, occupancy and mean wait follow the queue as it moves; their curves
        stay those of intervals that last for ever, and ``agents_exact`` is the whole number.
    watch
        Told of progress; tells of a stop.

    Raises
    ------
    InputError
        On a queue without goal or model, a start off the grid, a repeated row, unknown numbers, a shrinkage
        outside 0 ≤ share < 1, or more agents than a curve holds.
    Stopped
        If the user stopped the run.
    """
    volume = check(volume, TABLES["volume"], zone=grid.zone)
    refuse_duplicates(volume, ["queue", "start"], what="repeated interval")
    refuse_unknown_handle_times(volume)
    _refuse_huge_loads(volume, grid)
    _refuse_wild_quantiles(volume)
    if not 0.0 <= planned < 1.0:
        raise InputError("Expected a share of at least 0 and below 1", column="planned", value=planned)
    tables, curves = [], {}
    for name, rows in volume.groupby("queue", sort=True):
        queue = str(name)
        for what, given in (("goal", goals), ("queueing model", models)):
            if queue not in given:
                raise InputError(f"queue has no {what}", column="queue", value=queue,
                                 mend=f"Known: {', '.join(given) or 'none'}")  # fmt: skip
        absent = _shares(unplanned, queue, len(grid))
        table, curves[queue] = _require_queue(
            rows, goals[queue], grid, models[queue], absent, planned, moves=queue in moving, watch=watch or Watch()
        )
        tables.append(table)
    if not tables:
        raise InputError("the volume has no rows", mend="Forecast at least one open interval")
    return Requirement(pd.concat(tables, ignore_index=True), curves)


def refuse_unknown_handle_times(volume: pd.DataFrame) -> None:
    """Refuse a volume with a blank handle time.

    Raises
    ------
    InputError
        Naming the first row.
    """
    blank = volume["handle_s"].isna().to_numpy()
    if blank.any():
        i = int(blank.argmax())
        raise InputError(
            f"queue {volume['queue'].iloc[i]!r} has no handle time",
            row=i + 2,
            column="handle_s",
            mend="Bring handle_s in the calls, set handle_s in plan.toml, or give --handle-s",
        )


def _refuse_huge_loads(volume: pd.DataFrame, grid: Grid) -> None:
    """Raise `InputError` where calls and handle time ask for more agents than any centre has."""
    load = (volume["calls"] * volume["handle_s"] / (60.0 * grid.minutes)).to_numpy(dtype=float)
    if (load > MOST_AGENTS).any():
        i = int((load > MOST_AGENTS).argmax())
        raise InputError(
            f"the calls of queue {volume['queue'].iloc[i]!r} ask for more than {MOST_AGENTS:,} agents at "
            f"{volume['start'].iloc[i]:%Y-%m-%d %H:%M}",
            column="calls",
            value=float(volume["calls"].iloc[i]),
            mend="Check the calls and the unit of handle_s",
        )


def _refuse_wild_quantiles(volume: pd.DataFrame) -> None:
    """Raise `InputError` where a quantile is far above what the mean allows.

    Of numbers that are not negative a share 1 − p lies above their quantile q, so that (1 − p) · q ≤ mean (Markov's
    inequality). Four times the mean and a call leave room for rounding.
    """
    calls = volume["calls"].to_numpy(dtype=float)
    for name in (c for c in QUANTILE_COLUMNS if c in volume):
        told = volume[name].to_numpy(dtype=float)
        wild = (1.0 - float(name[1:])) * told > 4.0 * calls + 1.0
        if wild.any():
            i = int(wild.argmax())
            what = f"the quantile cannot be so far above the mean of {calls[i]:g} calls"
            raise InputError(
                what, row=i + 2, column=name, value=float(told[i]), mend="Correct the quantile or the mean"
            )


def _shares(unplanned: Mapping[str, np.ndarray] | float, queue: str, size: int) -> np.ndarray:
    if isinstance(unplanned, Mapping) and queue not in unplanned:
        raise InputError("queue has no unplanned shrinkage", column="queue", value=queue)
    shares = np.asarray(unplanned[queue] if isinstance(unplanned, Mapping) else unplanned, dtype=float)
    if shares.ndim and shares.shape != (size,):
        raise InputError(f"Expected {size} shares, one per interval", column="unplanned", value=shares.shape)
    bad = ~((shares >= 0.0) & (shares < 1.0))
    if bad.any():
        raise InputError("Expected a share of at least 0 and below 1", column="unplanned",
                         value=float(shares[bad].flat[0]))  # fmt: skip
    return np.broadcast_to(shares, (size,))


def _require_queue(
    volume: pd.DataFrame,
    goal: ServiceGoal,
    grid: Grid,
    model: str,
    absent: np.ndarray,
    planned: float,
    *,
    moves: bool,
    watch: Watch,
) -> tuple[pd.DataFrame, Curve]:
    """Return the rows of one queue and its curve."""
    at = grid.starts.get_indexer(pd.DatetimeIndex(volume["start"]))
    if (at < 0).any():
        wrong = str(volume["start"].iloc[int(np.argmin(at))])
        raise InputError("interval is not on the grid", column="start", value=wrong,
                         mend=f"Starts lie every {grid.minutes} minutes from {grid.first} to {grid.end}")  # fmt: skip
    rows = volume.iloc[np.argsort(at)]
    at = np.sort(at)
    reach = max(_REACH, 1.0 - (1.0 - max(goal.level, goal.floor)) / 10.0)
    curve = service_curve(rows, interval_min=grid.minutes, model=model, within_s=goal.within_s, short_s=goal.short_s,
                          reach=min(reach, _REACH_MOST), watch=watch)  # fmt: skip
    agents = curve.smallest(goal)
    curve = curve.extended(min(int(agents.max(initial=0)), _TOLD))
    within = np.minimum(agents, curve.top)
    pick = (np.arange(len(agents)), within)
    exact = curve.agents_exact(goal)
    level, occupancy, asa_s = curve.service_level(goal)[pick], curve.occupancy[pick], curve.asa_s[pick]
    occupancy = np.where(agents > within, occupancy * within / np.maximum(agents, 1), occupancy)
    if moves:
        agents, level, occupancy, asa_s = _moving(rows, at, goal, grid, model, watch)
        exact = agents.astype(float)
    scheduled = agents / (1.0 - absent[at])
    values: dict[str, tuple[np.ndarray, float]] = {
        "open": (np.ones(len(at), dtype=np.int64), 0),
        "load_erl": (curve.calls * rows["handle_s"].to_numpy(dtype=float) / (60.0 * grid.minutes), 0.0),
        "agents_phone": (agents, 0),
        "agents_scheduled": (scheduled, 0.0),
        "agents_paid": (scheduled / (1.0 - planned), 0.0),
        "service_level": (level, np.nan),
        "occupancy": (occupancy, np.nan),
        "asa_s": (np.where(np.isfinite(asa_s), asa_s, np.nan), np.nan),
        "agents_exact": (exact, 0.0),
    }
    table: dict[str, object] = {"queue": curve.queue, "start": grid.starts}
    for name, (found, closed) in values.items():
        column = np.full(len(grid), closed, dtype=found.dtype)
        column[at] = found
        table[name] = column
    return pd.DataFrame(table), curve


def _moving(
    rows: pd.DataFrame, at: np.ndarray, goal: ServiceGoal, grid: Grid, model: str, watch: Watch
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return agents, service level, occupancy and mean wait of the open intervals at positions `at` of the grid."""
    here = at - at[0]
    last = np.repeat(np.arange(len(here)), np.diff(here, append=here[-1] + 1))  # the open interval that was last

    def laid(values: np.ndarray) -> np.ndarray:
        out = np.zeros(len(last))
        out[here] = values
        return out

    seconds = 60.0 * grid.minutes
    patience = np.full(len(at), np.inf)
    if model == "erlang_a":
        patience = rows["patience_s"].astype(float).fillna(np.inf).to_numpy()
    day = staff_day(
        laid(rows["calls"].to_numpy(dtype=float)) / seconds,
        goal,
        interval_s=seconds,
        aht_s=rows["handle_s"].to_numpy(dtype=float)[last],
        patience_s=patience[last],
        cv=laid(rate_cv(rows)),
        is_open=laid(np.ones(len(at))) > 0.0,
        watch=watch,
    )
    found = day.service
    return day.agents[here], found.service_level(goal.definition)[here], found.occupancy[here], found.asa_s[here]
