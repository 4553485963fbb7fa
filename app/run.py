"""The main job: a folder of history, rules and people becomes next week's judged roster."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from ..forecast.calendar.grid import WEEKDAYS, Grid
from ..forecast.errors import InputError
from ..forecast.predict import Forecast, forecast
from ..forecast.progress import Watch
from ..forecast.queueing.curve.curve import Curve
from ..forecast.require import Requirement, refuse_unknown_handle_times, require
from ..schedule.problem.problem import ScheduleProblem
from .config.plan_toml import Config
from .files import refuse_foreign
from .inputs.folder import Folder
from .publish.folder import beside_finished, publish
from .week import build_problem, decide

T = TypeVar("T")

LEAST_DAYS, FAR_DAYS = 28, 42


@dataclass(frozen=True)
class Ask:
    """What the caller of a run may set beside the folder: overrides of `[solve]` and where the result goes."""

    out: Path | None = None
    week: dt.date | None = None
    scenario: str | None = None
    seed: int | None = None
    time_limit_s: float | None = None
    gap: float | None = None
    previous: Path | None = None
    wages: bool = True

    @property
    def overrides(self) -> dict[str, Any]:
        """The tables of plan.toml that the caller set."""
        asked = {"seed": self.seed, "time_limit_s": self.time_limit_s, "gap": self.gap}
        given = {key: value for key, value in asked.items() if value is not None}
        return {"solve": given} if given else {}


def predict(
    folder: Folder, config: Config, grid: Grid, calls: pd.DataFrame, found: pd.DataFrame, watch: Watch
) -> Forecast:
    """Forecast the queues of `folder` on the interval grid of the planned week."""
    queues = config.queue
    result = forecast(
        calls,
        grid,
        folder.calendar(),
        models={n: q.model for n, q in queues.items()},
        handle_s={n: q.handle_s for n, q in queues.items()},
        patience_s={n: q.patience_s for n, q in queues.items()},
        overrides=folder.forecast_overrides(),
        watch=watch,
    )
    for error in result.failed.values():
        raise error
    refuse_unknown_handle_times(result.volume)
    if not len(found):
        return result
    return replace(result, quality=pd.concat([found, result.quality], ignore_index=True))


def requirement_of(config: Config, volume: pd.DataFrame, grid: Grid) -> Requirement:
    """Return requirement and curves of every queue on the interval grid; a patience in the volume means Erlang A."""
    impatient = volume["patience_s"].notna().groupby(volume["queue"]).all()
    return require(
        volume,
        {n: q.goal for n, q in config.queue.items()},
        grid,
        models={n: q.erlang(hang_up=bool(impatient.get(n, False))) for n, q in config.queue.items()},
        unplanned={n: config.shrinkage.absent(grid) for n in config.queue},
        planned=config.shrinkage.planned,
        moving=[n for n, q in config.queue.items() if q.requirement == "moving"],
    )


def decisive(config: Config, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return the curves that the schedule decides by: an interval goal on the moving queue is decided by its need."""
    queues = config.queue
    return {
        name: curve
        for name, curve in curves.items()
        if not (queues[name].requirement == "moving" and queues[name].goal.basis == "interval")
    }


def plan(path: Path, ask: Ask, watch: Watch, log: Callable[[], list[str]]) -> tuple[Path, dict[str, Any]]:
    """Plan one week of the folder `path`; returns the run folder and the summary.

    Raises
    ------
    InputError, Infeasible, Refused, Stopped
        See the exit codes in the reference.
    """
    began = time.monotonic()
    stages: dict[str, float] = {}
    folder = Folder.read(path, ask.scenario, ask.overrides)
    config = folder.config
    watch.tell("read", str(path))
    calls, found = folder.calls()
    first = folder.week(ask.week, calls)
    out = ask.out or folder.path / "runs" / "-".join([first.isoformat(), *([ask.scenario] if ask.scenario else [])])
    refuse_foreign(out)
    horizon = config.horizon(first)
    slots = horizon.grid
    before = folder.last_week(slots, ask.previous)
    people = folder.people(slots, before)
    if not config.shift:
        raise InputError("no shift family", file="plan.toml", column="shift.", mend="Add a [shift.NAME]")
    stages["read"] = time.monotonic() - began
    watch.raise_if_stopped()
    grid = Grid(first, horizon.days, config.site.interval_min, config.site.zone)
    predicted, stages["forecast"] = _timed(lambda: predict(folder, config, grid, calls, found, watch))
    needed, stages["require"] = _timed(lambda: requirement_of(config, predicted.volume, grid))
    watch.tell("require", f"{needed.requirement['load_erl'].sum() * grid.hours:,.0f} erlang-hours")
    watch.raise_if_stopped()
    curves = decisive(config, needed.curves)
    problem = build_problem(config, horizon, needed.requirement, curves, people, before.running)
    week = decide(config, problem, needed.curves, predicted.volume, watch, before.running)
    stages |= week.stages
    if watch.stopped:
        out = beside_finished(out)
    watch.tell("publish", str(out))
    summary = publish(
        out,
        folder,
        week,
        {**folder.files(), **folder.calls_files()},
        first,
        requirement=needed.requirement,
        curve=needed.curve,
        predicted=predicted,
        volume=predicted.volume,
        previous=ask.previous,
        stages=stages,
        notes=[*folder.notes(people), *_far(calls, grid), *_lost_families(problem)],
        log=log,
        wages=ask.wages,
        stopped=watch.stopped,
    )
    text = f"{out}  {time.monotonic() - began:.0f} s in all"
    watch.tell("publish", text, best=summary["cost"], bound=summary["bound"], gap=summary["gap"])
    return out, summary


def schedule(
    requirement: pd.DataFrame,
    curves: Mapping[str, Curve] | None,
    folder: Folder,
    ask: Ask,
    files: Mapping[str, Path],
    watch: Watch,
    log: Callable[[], list[str]],
) -> tuple[Path, dict[str, Any]]:
    """Schedule a requirement made elsewhere (and its curves where known); returns the run folder and the summary."""
    config = folder.config
    first = requirement_week(requirement, folder, ask)
    out = ask.out or folder.path / "runs" / first.isoformat()
    refuse_foreign(out)
    horizon = config.horizon(first)
    slots = horizon.grid
    before = folder.last_week(slots, ask.previous)
    people = folder.people(slots, before)
    problem = build_problem(config, horizon, requirement, curves, people, before.running)
    week = decide(config, problem, curves, None, watch, before.running)
    if watch.stopped:
        out = beside_finished(out)
    curve = pd.concat([c.to_frame() for c in curves.values()], ignore_index=True) if curves else None
    summary = publish(
        out,
        folder,
        week,
        files,
        first,
        requirement=_inside(requirement, slots),
        curve=None if curve is None else _inside(curve, slots),
        predicted=None,
        volume=None,
        previous=ask.previous,
        stages=dict(week.stages),
        notes=[*folder.notes(people), *_outside(requirement, slots), *_lost_families(problem)],
        log=log,
        wages=ask.wages,
        stopped=watch.stopped,
    )
    return out, summary


def requirement_week(requirement: pd.DataFrame, folder: Folder, ask: Ask) -> dt.date:
    """Return the first day of the week to schedule: as asked, as configured, or the requirement's first whole week.

    Without a whole week it is the week in which the requirement begins.
    """
    config = folder.config
    if ask.week is not None or config.site.week is not None:
        return ask.week or config.site.week  # type: ignore[return-value]
    begin: dt.date = requirement["start"].min().date()
    end: dt.date = requirement["start"].max().date()
    first = begin + dt.timedelta(days=(WEEKDAYS.index(config.site.week_start) - begin.weekday()) % 7)
    return first if first <= end else first - dt.timedelta(days=7)


def _inside(rows: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Return the rows that start in the planned week."""
    return rows[(rows["start"] >= grid.first) & (rows["start"] < grid.end)].reset_index(drop=True)


def _outside(requirement: pd.DataFrame, grid: Grid) -> list[str]:
    """Tell how many rows of a requirement lie outside the planned week."""
    beyond = len(requirement) - len(_inside(requirement, grid))
    week = f"{grid.dates[0]} to {grid.dates[-1]}"
    return [f"{beyond} rows of the requirement lie outside the planned week ({week}) and are left aside"] * (beyond > 0)


def _far(calls: pd.DataFrame, grid: Grid) -> list[str]:
    """Tell a history that is short, or that ends long before the planned week."""
    past = calls.loc[calls["start"] < grid.first, "start"]
    days, gap = (past.max().date() - past.min().date()).days + 1, (grid.first_date - past.max().date()).days - 1
    short = f"the history holds {days} days only: four weeks are the least for a forecast to rely on"
    far = f"the history ends {gap} days before the planned week"
    return [short] * (days < LEAST_DAYS) + [far] * (gap > FAR_DAYS)


def _lost_families(problem: ScheduleProblem) -> list[str]:
    """Tell the shift families of which no shift fits into the opening hours."""
    fitting = {s.family for s in problem.shifts}
    return [
        f"no shift of family {name} fits into the opening hours" for name in problem.families if name not in fitting
    ]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began
