"""What a queue asks of the schedule: requirement and service curve, laid on the schedule's slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.goal.targets import ServiceGoal
from .goal_period import GoalPeriod
from .horizon import Horizon
from .problem import Demand, ScheduleProblem

_CELLS = 15_000_000
"""Most slots × agents of a demand: 22,000 agents in all quarters of a week; a table of them takes 120 MB."""


def demand(
    requirement: pd.DataFrame,
    curve: ServiceCurve | None,
    goal: ServiceGoal,
    horizon: Horizon,
    interval_min: int,
    unplanned: np.ndarray | float,
    beyond: tuple[GoalPeriod, ...] = (),
) -> Demand:
    """Return the demand of one queue on the schedule's grid, in scheduled heads.

    Needs are repeated on the finer grid, calls and gains split evenly over an interval's slots. With a curve, each
    scheduled head is absent with probability `unplanned`, independently (`ServiceCurve.thinned`), and the goal is
    pooled over the periods of its basis. Without a curve only the requirement is known, so it must hold in every slot.

    Parameters
    ----------
    requirement
        Rows of ``requirement.csv`` of one queue; at least ``start`` and ``agents_phone``. Rows outside the grid are
        left aside, intervals without a row are closed.
    curve
        Service curve in agents on the phone, or None.
    goal
        The queue's service goal.
    horizon
        The schedule's days and slots.
    interval_min
        Length of the intervals of `requirement` and `curve`; a multiple of ``grid.minutes``.
    unplanned
        Share of the scheduled people who are absent: one number or per slot, shape (S,).
    beyond
        The periods of a goal that reaches beyond the horizon.

    Raises
    ------
    InputError
        If the intervals do not fit the grid, the rows are not of one queue, a number is unknown, an open interval
        has no curve, or so many agents are needed that no memory holds what each of them gains.
    """
    grid = horizon.grid
    if interval_min % grid.minutes:
        raise InputError("grid_min must divide interval_min", column="site.grid_min", value=grid.minutes,
                         mend=f"Use a divisor of {interval_min}")  # fmt: skip
    queue = _queue(requirement, curve)
    absent = np.broadcast_to(np.asarray(unplanned, dtype=float), (len(grid),))
    opened = requirement[requirement["open"].astype(bool)] if "open" in requirement else requirement
    steps = interval_min // grid.minutes
    rows, slots = _slots(pd.DatetimeIndex(opened["start"]), grid, steps)
    is_open = np.zeros(len(grid), dtype=bool)
    is_open[slots] = True
    if curve is None:
        need = np.zeros(len(grid))
        need[slots] = _scheduled(opened, absent[slots], rows)
        return Demand(queue, goal, is_open, need, np.ceil(need - 1e-9).astype(np.int64), np.zeros(len(grid)))
    return _from_curve(queue, curve, goal, horizon, steps, is_open, absent, beyond=beyond)


def demands_of(
    requirement: pd.DataFrame,
    curves: Mapping[str, ServiceCurve] | None,
    goals: Mapping[str, ServiceGoal],
    horizon: Horizon,
    interval_min: int,
    unplanned: np.ndarray | float,
    beyond: Mapping[str, tuple[GoalPeriod, ...]] | None = None,
) -> tuple[Demand, ...]:
    """Return the demand of every queue in the order of `goals` (see `demand`); a queue may lack a curve.

    Parameters
    ----------
    beyond
        Queue → the periods of its goal, where that reaches beyond the horizon.
    """
    periods = beyond or {}
    return tuple(
        demand(
            requirement[requirement["queue"] == name],
            (curves or {}).get(name),
            goal,
            horizon,
            interval_min,
            unplanned,
            periods.get(name, ()),
        )
        for name, goal in goals.items()
    )


def demands_by(
    problem: ScheduleProblem,
    curves: Mapping[str, ServiceCurve],
    interval_min: int,
    unplanned: np.ndarray,
    above: Mapping[str, np.ndarray] | None = None,
) -> ScheduleProblem:
    """Return `problem` with demands that follow from other `curves`; those that follow from none stay.

    Parameters
    ----------
    curves
        Queue → service curve in agents on the phone.
    interval_min
        Length of their intervals.
    unplanned
        Share of the scheduled people who are absent, per slot, shape (S,).
    above
        Queue → share by which each interval of its curve is to lie above its floor (with a goal per interval: its
        level), shape (T,).

    Raises
    ------
    InputError
        See `demand`.
    """
    steps, over = interval_min // problem.grid.minutes, above or {}

    def of(d: Demand) -> Demand:
        if d.gain is None or d.queue not in curves:
            return d
        curve, more = curves[d.queue], over.get(d.queue, 0.0)
        return _from_curve(d.queue, curve, d.goal, problem.horizon, steps, d.open, unplanned, more, beyond=d.beyond)

    demands = (of(d) for d in problem.demands)
    return replace(problem, demands=tuple(demands))


def _from_curve(
    queue: str,
    curve: ServiceCurve,
    goal: ServiceGoal,
    horizon: Horizon,
    steps: int,
    is_open: np.ndarray,
    absent: np.ndarray,
    above: np.ndarray | float = 0.0,
    *,
    beyond: tuple[GoalPeriod, ...] = (),
) -> Demand:
    """Return the demand of a queue by its curve; its parameters are those of `demand` and `demands_by`, of which rows
    are laid on slots already.
    """
    grid = horizon.grid
    rows, slots = _slots(curve.starts, grid, steps)
    known = np.zeros(len(grid), dtype=bool)
    known[slots] = True
    if (is_open & ~known).any():
        missing = str(grid.time(int(np.argmax(is_open & ~known))))
        raise InputError("open interval without a service curve", column="start", value=missing)
    keep = is_open[slots]
    rows, slots = rows[keep], slots[keep]
    shares = np.zeros(len(curve.starts))
    shares[rows[::-1]] = absent[slots[::-1]]  # an interval takes the share of its first slot
    heads = curve.thinned(shares)
    by_interval = goal.basis == "interval"
    need = heads.smallest(goal, above if by_interval else 0.0)
    lower = need if by_interval else heads.floor(goal, above)
    most = int(max(need.max(initial=0), lower.max(initial=0)))
    if most * len(grid) > _CELLS:
        raise InputError(f"{most:,} agents in {len(grid):,} slots are more than can be planned",
                         column=f"queue.{queue}.goal", mend="Lower min_agents, or raise max_occupancy")  # fmt: skip
    top = heads.top
    gain = np.zeros((len(grid), max(top, most) + 1))
    gain[slots, : top + 1] = heads.gain(goal)[rows] / steps
    gain[slots, top + 1 :] = gain[slots, top, None]  # past its end calls fare as at its end

    def spread(values: np.ndarray) -> np.ndarray:
        out = np.zeros(len(grid), dtype=values.dtype)
        out[slots] = values[rows]
        return out

    periods = horizon.periods(goal.basis, is_open)
    made = Demand(queue, goal, is_open, spread(need.astype(float)), spread(lower), spread(heads.calls) / steps, gain,
                  periods, (0.0,) * len(periods))  # fmt: skip
    return _reaching_beyond(made, beyond, horizon) if beyond else made


def _reaching_beyond(d: Demand, beyond: tuple[GoalPeriod, ...], horizon: Horizon) -> Demand:
    """Return a demand whose goal is pooled over `beyond`: with what is banked, and with the price of ladders."""
    slots = [period.slots(horizon.day_slots, d.open) for period in beyond]
    known = [(p, at, float(d.calls[at].sum())) for p, at in zip(beyond, slots, strict=True) if len(at)]
    ladders = [p.price(d.goal.level, calls) for p, _, calls in known]
    margins = [p.margin(d.goal.level, calls) for p, _, calls in known]
    return replace(
        d,
        periods=tuple(at for _, at, _ in known),
        margin=tuple(m if ladder is None else ladder[0] for m, ladder in zip(margins, ladders, strict=True)),
        beyond=tuple(p for p, _, _ in known),
        ladders=tuple(None if ladder is None else ladder[1] for ladder in ladders),
    )


def asking_more(problem: ScheduleProblem, calls: Mapping[tuple[str, int], float]) -> ScheduleProblem:
    """Return `problem` with goals that ask for more calls in time.

    Parameters
    ----------
    calls
        (queue, number of the period of its goal) → calls more.
    """

    def more(d: Demand) -> Demand:
        return replace(d, margin=tuple(m + calls.get((d.queue, k), 0.0) for k, m in enumerate(d.margin)))

    return replace(problem, demands=tuple(more(d) for d in problem.demands))


def _queue(requirement: pd.DataFrame, curve: ServiceCurve | None) -> str:
    names = list(requirement["queue"].unique()) if "queue" in requirement else []
    if "queue" not in requirement:
        names = [curve.queue if curve is not None else "calls"]
    if len(names) != 1 or (curve is not None and curve.queue != names[0]):
        told = [*names, curve.queue] if curve is not None else names
        raise InputError("requirement and curve must be of one queue", column="queue", value=", ".join(map(str, told)))
    return str(names[0])


def _slots(starts: pd.DatetimeIndex, grid: Grid, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, slot by slot, the row of `starts` and the slot of the grid that it covers."""
    first = np.array([grid.position(t) for t in starts], dtype=np.int64)
    slots = (first[:, None] + np.arange(steps)).ravel()
    rows = np.repeat(np.arange(len(starts)), steps)
    inside = (slots >= 0) & (slots < len(grid))
    rows, slots = rows[inside], slots[inside]
    if len(np.unique(slots)) < len(slots):
        raise InputError("intervals overlap", column="start",
                         mend=f"Each start may occur once, {steps * grid.minutes} minutes apart")  # fmt: skip
    return rows, slots


def _scheduled(requirement: pd.DataFrame, absent: np.ndarray, rows: np.ndarray) -> np.ndarray:
    given = "agents_scheduled" in requirement
    need = requirement["agents_scheduled" if given else "agents_phone"].to_numpy(dtype=float)[rows]
    if not (need >= 0.0).all():
        raise InputError("Expected a number of at least 0", column="agents_scheduled" if given else "agents_phone",
                         value=float(need[np.argmin(need >= 0.0)]))  # fmt: skip
    heads: np.ndarray = need if given else need / (1.0 - absent)
    return heads
